"""What does the quick search answer: a page of its own, and suggestions while somebody types?"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import View

from branchportal.search import is_long_enough, search, tidy
from members.access import PortalView
from members.roles import Permission


class SearchView(PortalView, View):
    """People, pages, months, rankings, activities and help; the same hits with a script and without."""

    permission = Permission.SIGNED_IN

    def get(self, request: HttpRequest) -> HttpResponse:
        words = tidy(request.GET.get("q", ""))
        found = search(request, words)
        context = {
            "words": words,
            "too_short": not is_long_enough(words),
            "found": found,
            "count": sum(len(group.hits) for group in found),
        }
        template = "members/search_suggestions.html" if request.htmx else "members/search.html"
        return render(request, template, context)
