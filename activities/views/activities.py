"""Which activities are there?"""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils import timezone
from django.views.generic import ListView

from activities.forms.activity_filter import PARTS, ActivityFilter
from activities.models import Activity
from activities.queries.activities import with_attendance
from activities.queries.audiences import Counted, held
from activities.queries.hours import academic_year, hours_by_member
from activities.views.activity import own_member
from branchportal.paging import NearestPage
from members.access import Access, PortalView, access_of
from members.models import Branch
from members.roles import Permission


class ActivitiesView(PortalView, NearestPage, ListView):
    """What is to come, the soonest first, or what is over, the newest first.

    Filters stand in the address; members see their own attendance, officers everybody's.
    """

    permission = Permission.VIEW_ACTIVITIES
    template_name = "activities/activities.html"
    paginate_by = 30

    def get_queryset(self) -> QuerySet[Activity]:
        self.branches = list(self.visible(Branch.objects.filter(closed_on=None)))
        own = own_member(self.request)
        activities = with_attendance(self.visible(Activity.objects.all()), own)
        self.filter = ActivityFilter(self.request.GET, activities, branches=self.branches, own=own, now=timezone.now())
        return self.filter.qs

    def get_context_data(self, **context) -> dict:
        context = super().get_context_data(**context)
        access, own = access_of(self.request.user), own_member(self.request)
        shown = [(activity, access.may_in(Permission.VIEW_ROSTER, activity.branch)) for activity in context["page_obj"]]
        hours = hours_by_member([own], *academic_year(timezone.localdate())) if own else {}
        return context | {
            "filter": self.filter,
            "parts": PARTS,
            "activities": shown,
            "branch": self.branches[0] if len(self.branches) == 1 else None,
            "branch_count": len(self.branches),
            "own": own,
            "own_hours": hours.get(own.pk, 0) if own else None,
            "may_edit": access.may(Permission.EDIT_ACTIVITIES),
            "sees_hours": access.may(Permission.VIEW_ROSTER),
            "has_record": access.may(Permission.VIEW_OWN_RECORD),
            "sees_duties": access.may(Permission.VIEW_MONTH),
            "may_export": access.may(Permission.EXPORT_HOURS),
            "may_edit_kinds": access.may(Permission.EDIT_ACTIVITY_KINDS),
            "held": self._held(access),
            "now": timezone.now(),
        }

    def _held(self, access: Access) -> Counted | None:
        """What an officer's only branch held in this academic year."""
        if len(self.branches) != 1 or not access.may_in(Permission.VIEW_ROSTER, self.branches[0]):
            return None
        return held(self.branches[0], *academic_year(timezone.localdate()))
