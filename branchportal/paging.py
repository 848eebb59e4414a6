"""Which page of a list does the address ask for? A number too large, or no number at all, means the nearest one."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest


def page_of(request: HttpRequest, rows: Any, size: int) -> Page:
    """The page of these rows that `?page=` asks for."""
    return Paginator(rows, size).get_page(request.GET.get("page"))


class NearestPage:
    """Mix-in before ListView, whose own answer to a wrong number is a 404."""

    def paginate_queryset(self, queryset, page_size):
        page = page_of(self.request, queryset, page_size)
        return page.paginator, page, page.object_list, page.has_other_pages()
