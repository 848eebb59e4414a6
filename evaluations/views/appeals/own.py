"""How does a member appeal against a figure of his own row, read the answer and take the appeal back?"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views import View

from evaluations.forms.appeals import AppealForm
from evaluations.models import Appeal, RankingEntry
from evaluations.queries import appeals, freezings, rankings
from evaluations.queries.appeals import Figure
from evaluations.refusals import Refused
from evaluations.services.appeals import filing
from evaluations.views.appeals.words import WHOLE, appeal_days, figure_label, told
from members.access import PortalView
from members.roles import Permission


class NewAppealView(PortalView, View):
    """Appeal against one figure, which the address names, of the own row of a run."""

    permission = Permission.VIEW_OWN_RANKING

    @cached_property
    def entry(self) -> RankingEntry:
        own = RankingEntry.objects.filter(member__user=self.request.user)
        own = own.select_related("run__branch", "run__scheme", "run__superseded_by")
        return get_object_or_404(own.prefetch_related(freezings.TOLD_WITH_AN_ENTRY), run=self.kwargs["pk"])

    @cached_property
    def figure(self) -> Figure:
        place = self.kwargs["place"]
        found = appeals.figure_of(self.entry, self.kwargs["figure"], "" if place == WHOLE else place)
        if found is None:
            raise Http404
        return found

    def get(self, request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponse:
        if not appeals.is_open(self.entry.run, timezone.now()):
            messages.error(request, _("Figures of this ranking can't be appealed against any more."))
            return redirect("evaluations:own_ranking", pk=pk)
        return self._page(AppealForm())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = AppealForm(request.POST)
        figure = self.figure
        if not form.is_valid():
            return self._page(form, status=422)
        try:
            appeal = filing.file_appeal(
                entry=self.entry, figure=figure.code, place=figure.place, **form.cleaned_data, by=request.user,
                now=timezone.now(),
            )  # fmt: skip
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self._page(form, status=422)
        messages.success(request, _("Your appeal has gone to the superior committee."))
        return redirect("evaluations:own_appeal", pk=appeal.pk)

    def _page(self, form: AppealForm, status: int = 200) -> HttpResponse:
        run = self.entry.run
        context = {
            "form": form,
            "run": run,
            "label": figure_label(self.figure, rankings.scheme_of(run), run.scheme.sources["inputs"]),
            "days": appeal_days(run, timezone.now()),
        }
        return render(self.request, "evaluations/appeal_add.html", context, status=status)


class OwnAppealView(PortalView, View):
    """One own appeal: what was written, how far it is, what the committee said."""

    permission = Permission.VIEW_OWN_RANKING

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        found = get_object_or_404(appeals.own(request.user), pk=pk)
        return render(request, "evaluations/own_appeal.html", told(found, timezone.now()))


class WithdrawAppealView(PortalView, View):
    """Ask before the own appeal is taken back."""

    permission = Permission.VIEW_OWN_RANKING

    @cached_property
    def appeal(self) -> Appeal:
        return get_object_or_404(appeals.own(self.request.user), pk=self.kwargs["pk"])

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        context = {
            "title": _("Withdraw the appeal"),
            "text": _("The committee no longer looks into the figure. While there is time, you can appeal again."),
            "label": _("Withdraw the appeal"),
            "danger": True,
            "back_url": reverse("evaluations:own_appeal", args=[self.appeal.pk]),
        }
        return render(request, "branchportal/confirm.html", context)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            filing.withdraw(appeal=self.appeal, by=request.user, now=timezone.now())
            messages.success(request, _("The appeal is withdrawn."))
        except Refused as refusal:
            messages.error(request, str(refusal))
        return redirect("evaluations:own_appeal", pk=self.appeal.pk)
