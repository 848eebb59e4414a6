"""Which pages explain the portal? Open to everybody: they say nothing about anybody."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views import View

from branchportal import navigation
from branchportal.help.glossary import GLOSSARY
from branchportal.help.guides import GUIDES
from branchportal.help.parts import Guide


@method_decorator(login_not_required, name="dispatch")
class HelpView(View):
    """All guides, the reader's own first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        account = navigation.account(request)
        own = account.guide if account else ""
        first = sorted(GUIDES, key=lambda guide: guide.slug != own)
        return render(request, "branchportal/help/index.html", {"guides": first, "own": own})


@method_decorator(login_not_required, name="dispatch")
class GuideView(View):
    """One guide."""

    guide: Guide | None = None

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "branchportal/help/guide.html", {"guide": self.guide, "guides": GUIDES})


@method_decorator(login_not_required, name="dispatch")
class GlossaryView(View):
    """What the words mean."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "branchportal/help/glossary.html", {"groups": GLOSSARY})
