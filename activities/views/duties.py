"""How far have the "three ones" of a branch got, who is late, what did somebody write, and how is he reminded?"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView, View

from activities.forms.duties import DutyFilter
from activities.models import Duty, DutyEntry
from activities.queries.duties import branch_standings, late_people, shown, standing_of
from activities.reports.duties import duties_workbook
from activities.services.duty_reminders import context_of, late_in, remind_late
from activities.views.awards import handed_over
from branchportal import audit
from branchportal.downloads import attachment
from branchportal.messages import text_of
from branchportal.models import Notification
from members.access import PortalView, access_of
from members.models import Branch
from members.roles import Permission


class DutiesView(PortalView, TemplateView):
    """The duties of one branch: who needs a word first comes first."""

    permission = Permission.VIEW_MONTH
    template_name = "activities/duties.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        today, access = timezone.localdate(), access_of(self.request.user)
        found = DutyFilter(self.request.GET, branches=list(self.visible(Branch.objects.party_branches())))
        branch = found.chosen
        everything = branch_standings(branch, today) if branch else []
        rows = shown(everything, found.which, found.of_kind, today)
        return super().get_context_data(
            branch=branch,
            filter=found,
            rows=rows,
            late_count=len(late_people(everything)),
            is_empty=not everything,
            may_assign=branch and access.may_in(Permission.ASSIGN_DUTIES, branch),
            may_remind=branch and access.may_in(Permission.REMIND, branch),
            may_export=branch and access.may_in(Permission.EXPORT_HOURS, branch),
            **context,
        )


class DutyView(PortalView, TemplateView):
    """One duty with its months and everything that was written, for officers; the look is noted."""

    permission = Permission.VIEW_MONTH
    template_name = "activities/duty.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        rows = Duty.objects.select_related("member", "branch", "withdrawn_by").prefetch_related("activists")
        duty = get_object_or_404(self.visible(rows), pk=context["pk"])
        if duty.member.user_id != self.request.user.pk:
            audit.note_access("duty.viewed", by=self.request.user, subject=duty.member, branch=duty.branch)
        return super().get_context_data(
            duty=duty,
            standing=standing_of(duty, timezone.localdate()),
            may_assign=access_of(self.request.user).may_in(Permission.ASSIGN_DUTIES, duty.branch),
            **context,
        )


class EntryEvidenceView(PortalView, View):
    """The file of an entry as a download, for officers; noted."""

    permission = Permission.VIEW_MONTH

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        rows = DutyEntry.objects.select_related("duty__member", "duty__branch", "evidence")
        entry = get_object_or_404(self.visible(rows), pk=pk)
        answer = handed_over(entry)
        audit.note_access("duty_evidence.downloaded", by=request.user, subject=entry.duty.member, branch=entry.branch)
        return answer


class _OfBranch(PortalView):
    """The branch that the address names."""

    @cached_property
    def branch(self) -> Branch:
        return get_object_or_404(self.visible(Branch.objects.party_branches()), code=self.kwargs["code"])


class RemindLateView(_OfBranch, TemplateView):
    """Who is late and reads what; one button reminds them all."""

    permission = Permission.REMIND
    template_name = "activities/duties_remind.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        people = late_in(self.branch, timezone.localdate())
        text = text_of(Notification(kind="duties_late", context=context_of(people[0]))) if people else ""
        count = sum(one.can_be_told for one in people)
        return super().get_context_data(branch=self.branch, people=people, count=count, text=text, **context)

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        told = remind_late(branch=self.branch, by=request.user, now=timezone.now())
        if told:
            text = ngettext("%(count)s person was reminded.", "%(count)s people were reminded.", len(told))
            messages.success(request, text % {"count": len(told)})
        else:
            messages.info(request, _("Nobody was reminded: everybody was today already, or nothing is late now."))
        return redirect("activities:duties_remind", code)


class DutiesDownloadView(_OfBranch, View):
    """All duties of a branch and their entries as a workbook; noted."""

    permission = Permission.EXPORT_HOURS

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        branch, today = self.branch, timezone.localdate()
        standings = branch_standings(branch, today)
        entries = DutyEntry.objects.filter(duty__in=[one.duty.pk for one in standings])
        audit.note_access("duty.downloaded", by=request.user, subject=branch, branch=branch)
        rows = entries.select_related("duty__member", "evidence").order_by("duty__member__pinyin", "on", "pk")
        content = duties_workbook(standings, rows, branch=branch, today=today)
        return attachment(content, f"{_('Three ones')}-{branch.name}-{today}.xlsx")
