"""How many hours and which awards does everybody have: one's own, and those of the people one looks after?"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import ListView, TemplateView, View

from activities.forms.hours import HoursFilter, PeriodForm
from activities.models import Activity, AttendanceCorrection
from activities.queries.awards import awards_of, confirmed_by_member
from activities.queries.hours import Hours, attended, counted_rows, hours_by_audience, hours_by_year
from activities.queries.hours_corrections import of_member
from activities.reports.hours import hours_workbook
from branchportal import audit
from branchportal.downloads import attachment
from branchportal.paging import NearestPage, pages_of
from members.access import PortalView, access_of
from members.models import Branch, Member
from members.roles import Permission

ROWS_OF_A_PAGE = 50
MOST_ROWS = 50_000  # of a workbook that is made while somebody waits


class _FilteredPeople(PortalView):
    """The people whom the address asks for, of the branches in which this page's permission is held."""

    def read_filter(self) -> HoursFilter:
        self.branches = list(self.visible(Branch.objects.party_branches()))
        return HoursFilter(self.request.GET, today=timezone.localdate(), branches=self.branches)

    def people(self, found: HoursFilter) -> QuerySet[Member]:
        members = self.visible(Member.objects.current()).in_roster_order()
        return found.people(members).select_related("branch")


class HoursView(_FilteredPeople, NearestPage, ListView):
    """Hours of everybody, organisation life apart from study for non-members; 50 people a page."""

    permission = Permission.VIEW_ROSTER
    template_name = "activities/hours.html"
    paginate_by = ROWS_OF_A_PAGE

    def get_queryset(self) -> QuerySet[Member]:
        self.filter = self.read_filter()
        return self.people(self.filter)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context = super().get_context_data(**context)
        days, people = self.filter.days, list(context["page_obj"])
        hours, awards = hours_by_audience(people, *days), confirmed_by_member(people, *days)
        rows = [(person, hours.get(person.pk, Hours()), awards.get(person.pk, 0)) for person in people]
        return context | {
            "rows": rows,
            "filter": self.filter,
            "days": days,
            "audiences": Activity.Audience.labels,
            "branch": self.branches[0] if len(self.branches) == 1 else None,
            "branch_count": len(self.branches),
            "may_export": access_of(self.request.user).may(Permission.EXPORT_HOURS),
        }


class HoursDownloadView(_FilteredPeople, View):
    """The hours that the address asks for as a workbook; noted for each branch in it."""

    permission = Permission.EXPORT_HOURS

    def get(self, request: HttpRequest) -> HttpResponse:
        found = self.read_filter()
        days, people = found.days, list(self.people(found))
        rows = counted_rows(self.people(found), *days)
        if rows.count() > MOST_ROWS:
            messages.error(request, _("That is too much for one workbook. Choose one branch or fewer days."))
            return redirect(f"{reverse('activities:hours')}?{request.GET.urlencode()}")
        branches = list({person.branch_id: person.branch for person in people}.values())
        audit.note_access_many("hours.downloaded", by=request.user, branches=branches)
        title = branches[0].name if len(branches) == 1 else _("Hours")
        content = hours_workbook(people, rows, title=title, days=days, today=timezone.localdate())
        return attachment(content, f"{_('Hours')}-{title}-{days[0]}-{days[1]}.xlsx")


class _PersonView(PortalView, TemplateView):
    """Years, activities, corrections and awards of one person."""

    template_name = "activities/person_hours.html"

    def of(self, person: Member, today: date) -> dict[str, Any]:
        period = PeriodForm(self.request.GET, today=today)
        days = period.days
        corrections = AttendanceCorrection.objects.filter(member=person).select_related("activity", "by")
        lists = {
            "page": attended(person, *days), "corrections": corrections, "changes": of_member(person),
            "awards": awards_of(person),
        }  # fmt: skip
        pages = pages_of(self.request, lists, ROWS_OF_A_PAGE)
        return {
            "person": person,
            "period": period,
            "days": days,
            "page_obj": pages["page"],
            "years": [(first.year, first.year + 1, hours) for first, hours in hours_by_year(person).items()],
            "audiences": Activity.Audience.labels,
            "corrections": pages["corrections"],
            "hours_corrections": pages["changes"],
            "awards": pages["awards"],
        }


class MyHoursView(_PersonView):
    """One's own."""

    permission = Permission.VIEW_OWN_RECORD

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        own = self.of(self.request.user.member, timezone.localdate())
        return super().get_context_data(is_own=True, **own, **context)


class PersonHoursView(_PersonView):
    """Those of somebody whom the reader looks after; the look is noted."""

    permission = Permission.VIEW_ROSTER

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        people = self.visible(Member.objects.select_related("branch"))
        person = get_object_or_404(people, pk=context["pk"])
        if person.user_id != self.request.user.pk:
            audit.note_access("hours.viewed", by=self.request.user, subject=person, branch=person.branch)
        return super().get_context_data(is_own=False, **self.of(person, timezone.localdate()), **context)
