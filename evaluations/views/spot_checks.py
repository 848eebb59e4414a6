"""Whom of this month does the committee look at by lot, and what did it find?"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import cached_property
from django.views import View

from evaluations.forms.spot_checks import FindingForm
from evaluations.models import Cycle, SpotCheck
from evaluations.queries import months, overview, spot_checks
from evaluations.refusals import Refused
from evaluations.services import spot_checks as service
from members.access import PortalView
from members.models import Branch
from members.roles import Permission


class SpotChecksView(PortalView, View):
    """The samples of one month below the branches in which the reader holds office; POST draws one."""

    permission = Permission.SPOT_CHECK

    @cached_property
    def branches(self) -> list[Branch]:
        return spot_checks.branches_of(self.request.user)

    @cached_property
    def cycle(self) -> Cycle:
        cycle = months.cycle_of(self.branches[0], self.kwargs["month"])
        if cycle is None or cycle.is_off:
            raise Http404
        return cycle

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        now = timezone.now()
        context = {
            "cycle": self.cycle,
            "samples": spot_checks.samples(self.cycle, self.branches),
            "months": overview.months_shown(self.branches[0].ancestor_paths()[0], now=now)[:12],
            "now": now,
            "size": service.SAMPLE_SIZE,
        }
        return render(request, "evaluations/spot_checks.html", context)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        codes = {branch.code: branch for branch in self.branches}
        branch = codes.get(request.POST.get("branch", ""))
        if branch is None:
            raise Http404
        try:
            service.draw(cycle=self.cycle, branch=branch, by=request.user, now=timezone.now())
        except Refused as refusal:
            messages.error(request, str(refusal))
        return redirect("evaluations:spot_checks", month=self.cycle.month)


class SpotCheckView(PortalView, View):
    """What was found about one person who was drawn."""

    permission = Permission.SPOT_CHECK

    @cached_property
    def check(self) -> SpotCheck:
        checks = SpotCheck.objects.select_related("draw__cycle", "draw__branch", "member", "branch")
        return get_object_or_404(self.visible(checks), pk=self.kwargs["pk"])

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._page(FindingForm(initial={"finding": self.check.finding, "note": self.check.note}))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = FindingForm(request.POST)
        if not form.is_valid():
            return self._page(form)
        try:
            service.record_finding(check=self.check, **form.cleaned_data, by=request.user, now=timezone.now())
        except Refused as refusal:
            form.add_error("note", str(refusal))
            return self._page(form)
        return redirect("evaluations:spot_checks", month=self.check.draw.cycle.month)

    def _page(self, form: FindingForm) -> HttpResponse:
        return render(self.request, "evaluations/spot_check.html", {"check": self.check, "form": form})
