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
from evaluations.models import SpotCheck
from evaluations.queries import spot_checks
from evaluations.refusals import Refused
from evaluations.services import spot_checks as service
from members.access import PortalView
from members.roles import Permission


class SpotChecksView(PortalView, View):
    """The samples of one month below the branches in which the reader holds office; POST draws one."""

    permission = Permission.SPOT_CHECK

    @cached_property
    def samples(self) -> list[spot_checks.Sample]:
        found = spot_checks.samples_of(self.request.user, self.kwargs["month"])
        if not found:
            raise Http404
        return found

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        now = timezone.now()
        context = {
            "month": self.kwargs["month"],
            "samples": self.samples,
            "months": spot_checks.months_of(request.user, now=now),
            "now": now,
            "size": service.SAMPLE_SIZE,
        }
        return render(request, "evaluations/spot_checks.html", context)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        wanted = request.POST.get("branch", "")
        sample = next((sample for sample in self.samples if sample.branch.code == wanted), None)
        if sample is None:
            raise Http404
        try:
            service.draw(cycle=sample.cycle, branch=sample.branch, by=request.user, now=timezone.now())
        except Refused as refusal:
            messages.error(request, str(refusal))
        return redirect("evaluations:spot_checks", month=self.kwargs["month"])


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
