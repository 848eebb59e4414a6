"""How is a decision of the branch committee on a frozen ranking written, read and printed?"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views import View

from branchportal import audit
from branchportal.paging import page_of
from evaluations import decision_wording
from evaluations.forms.decisions import OUTCOMES, SheetForm
from evaluations.models import DecisionMeeting, RankingRun
from evaluations.queries import decisions, freezings
from evaluations.refusals import Refused
from evaluations.services import decision_signing as signing
from evaluations.services import decisions as service
from evaluations.views.papers import SIGNING_A_DECISION, decision_facts
from members.access import PortalView, access_of
from members.roles import Permission

SHEETS_PER_PAGE = 50


class DecisionsView(PortalView, View):
    """The decision sheets in scope, the newest meeting first."""

    permission = Permission.VIEW_RANKING

    def get(self, request: HttpRequest) -> HttpResponse:
        sheets = decisions.readable(self.visible(DecisionMeeting.objects.all()), request.user)
        page = page_of(request, decisions.in_list(sheets), SHEETS_PER_PAGE)
        may_keep = access_of(request.user).may(Permission.KEEP_DECISIONS)
        return render(request, "evaluations/decisions.html", {"page": page, "may_keep": may_keep})


class SheetView(PortalView, View):
    """What every page about one decision sheet begins with."""

    permission = Permission.VIEW_RANKING

    def sheets(self) -> QuerySet[DecisionMeeting]:
        related = ("run__branch", "run__scheme", "run__superseded_by", "run__compiled_by", "activity", "saved_by")
        people = ("signer", "signer_for", "reviewer", "reviewer_for")
        sheets = DecisionMeeting.objects.select_related(*related, *people)
        sheets = sheets.defer("run__scheme_document", "run__scheme__document", "run__superseded_by__scheme_document")
        return self.visible(sheets.prefetch_related(freezings.TOLD_WITH_ITS_RUN))

    @cached_property
    def meeting(self) -> DecisionMeeting:
        return get_object_or_404(decisions.readable(self.sheets(), self.request.user), pk=self.kwargs["pk"])

    @cached_property
    def lines(self) -> list[decisions.Line]:
        return decisions.lines(self.meeting)

    def back(self) -> HttpResponse:
        return redirect("evaluations:decision", pk=self.meeting.pk)


class DecisionView(SheetView):
    """One sheet as it is read and printed."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        meeting, lines, access = self.meeting, self.lines, access_of(request.user)
        if not meeting.is_draft:
            audit.note_access("decision.read", by=request.user, branch=meeting.branch)
        run = meeting.run
        return render(
            request,
            "evaluations/decision.html",
            {
                "meeting": meeting,
                "run": run,
                "ranked": [line for line in lines if line.entry.rank is not None],
                "others": [line for line in lines if line.entry.rank is None and line.decision.outcome],
                "not_ranked": sum(line.entry.rank is None for line in lines),
                "recused": [line.entry.name for line in lines if line.decision.recused],
                "counted": decision_wording.counted(lines),
                "facts": decision_wording.meeting_facts(meeting),
                "signatures": decision_wording.signatures(meeting),
                "missing": signing.what_is_missing(meeting, lines, timezone.now()) if meeting.is_draft else [],
                "superseded_by": getattr(run, "superseded_by", None),
                "newest": decisions.current(run),
                "may_keep": access.may_in(Permission.KEEP_DECISIONS, run.branch),
                "may_record": access.may_in(Permission.RECORD_DECISIONS, run.branch),
                "may_publish": access.may_in(Permission.PUBLISH_NOTICE, run.branch),
                "may_consent": access.may_in(Permission.CONSENT_DECISIONS, run.branch)
                and meeting.signer_id != request.user.pk
                and meeting.branch.path not in freezings.own_branches(request.user, timezone.localdate()),
                "paper_facts": decision_facts(meeting),
                "signing": SIGNING_A_DECISION,
            },
        )


class BeginView(PortalView, View):
    """The button on a frozen ranking: open its sheet."""

    permission = Permission.KEEP_DECISIONS

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = get_object_or_404(self.visible(RankingRun.objects.all()), pk=pk)
        try:
            meeting = service.begin(run=run, by=request.user, now=timezone.now())
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("evaluations:ranking", pk=pk)
        return redirect("evaluations:decision_edit", pk=meeting.pk)


class EditSheetView(SheetView):
    """Write the draft while the committee meets; who saves second sees what differs and keeps what he typed."""

    permission = Permission.KEEP_DECISIONS

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not self.meeting.is_draft:
            return self.back()
        return self._page(self._form())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = self._form(request.POST)
        if not form.is_valid():
            return self._page(form, status=422)
        version, now = form.cleaned_data["version"], timezone.now()
        try:
            service.save(
                meeting=self.meeting, version=version, held=form.held, said=form.said, by=request.user, now=now
            )
        except service.StaleSheetError as stale:
            return self._conflict(form, stale.meeting)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self._page(form, status=422)
        messages.success(request, _("The draft of the decision is saved."))
        return self.back()

    def _form(self, data: Any = None) -> SheetForm:
        activities = decisions.meetings_kept(self.meeting.run)
        return SheetForm(data, meeting=self.meeting, lines=self.lines, activities=activities, user=self.request.user)

    def _conflict(self, form: SheetForm, current: DecisionMeeting) -> HttpResponse:
        form.data = form.data.copy()
        form.data["version"] = current.version
        names = ("quota", "held_on", "entitled", "present", "chair", "recorder", "activity", "minutes")
        labels = {name: form.fields[name].label for name in names}
        differing = decisions.differences(current, form.cleaned_data, labels)
        outcomes = dict(OUTCOMES)
        for line in decisions.lines(current):
            typed = form.said.get(line.decision.pk)
            stored = (line.decision.outcome, line.decision.reason)
            if typed and (typed.outcome, typed.reason) != stored:
                pair = [f"{outcomes[outcome]} {reason}" for outcome, reason in (stored, (typed.outcome, typed.reason))]
                differing.append((line.entry.name, *pair))
        return self._page(form, differences=differing, status=409)

    def _page(self, form: SheetForm, status: int = 200, **more: Any) -> HttpResponse:
        meeting = self.meeting
        day = meeting.held_on or timezone.localdate()
        context = {
            "meeting": meeting,
            "run": meeting.run,
            "form": form,
            "committee": decisions.committee(meeting.branch, day),
            "differences": [],
        }
        return render(self.request, "evaluations/decision_form.html", context | more, status=status)
