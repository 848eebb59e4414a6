"""Which page of a list does the address ask for? A number too large, or no number at all, means the nearest one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict

from branchportal.counting import counts


class _Page(Page):
    """A page that knows by which parameter of the address its list is turned over."""

    @property
    def previous_query(self) -> QueryDict:
        return self._query(self.previous_page_number())

    @property
    def next_query(self) -> QueryDict:
        return self._query(self.next_page_number())

    def _query(self, number: int) -> QueryDict:
        """The address with this page; its other filters stay."""
        query = self.paginator.query.copy()
        query[self.paginator.parameter] = str(number)
        return query


class _Paginator(Paginator):
    """Knows the query of the address and the parameter in it that names a page."""

    query: QueryDict
    parameter = "page"

    def _get_page(self, *args: Any, **options: Any) -> _Page:
        return _Page(*args, **options)


def page_of(request: HttpRequest, rows: Any, size: int, parameter: str = "page", *, total: int | None = None) -> Page:
    """The page of these rows that `?page=` asks for; several lists of one page have parameters of their own.

    `total` says how many rows there are, where the caller knows it already.
    """
    paginator = _Paginator(rows, size)
    if total is not None:
        paginator.count = total
    paginator.query, paginator.parameter = request.GET, parameter
    return paginator.get_page(request.GET.get(parameter))


def pages_of(request: HttpRequest, lists: Mapping[str, QuerySet], size: int) -> dict[str, Page]:
    """Each of several lists as `page_of` gives it, {parameter: page}; what they hold is counted in one query."""
    totals = counts(lists.items())
    return {
        parameter: page_of(request, rows, size, parameter, total=totals[parameter]) for parameter, rows in lists.items()
    }


class NearestPage:
    """Mix-in before ListView, whose own answer to a wrong number is a 404."""

    total: int | None = None  # how many rows there are, where the view knows it already

    def paginate_queryset(self, queryset, page_size):
        page = page_of(self.request, queryset, page_size, total=self.total)
        return page.paginator, page, page.object_list, page.has_other_pages()
