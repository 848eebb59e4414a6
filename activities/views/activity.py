"""What is known about this activity?"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.generic import TemplateView

from activities.forms.attendance import AttendanceForm
from activities.models import Activity, Attendance
from activities.queries.attendance import own_attendance
from activities.queries.expected import is_expected
from activities.views.sheet import own_sheet, sheet_of
from activities.views.sign_ups import sign_up_box
from members.access import PortalView, access_of
from members.models import Member
from members.roles import Permission


class ActivityView(PortalView, TemplateView):
    """One activity: what, when, who is responsible, and who was there as far as the reader may see it."""

    permission = Permission.VIEW_ACTIVITIES
    template_name = "activities/activity.html"

    def get_context_data(self, **context) -> dict:
        activities = self.visible(Activity.objects.select_related("branch", "owner", "kind", "minutes"))
        activity = get_object_or_404(activities, pk=context["pk"])
        return super().get_context_data(**context) | page_of(activity, self.request)


def own_member(request: HttpRequest) -> Member | None:
    """The person on the roster who is signed in."""
    return getattr(request.user, "member", None)


def page_of(activity: Activity, request: HttpRequest, *, form: AttendanceForm | None = None) -> dict[str, Any]:
    """What the page of one activity shows to this reader."""
    access, branch, now = access_of(request.user), activity.branch, timezone.now()
    may_edit = access.may_in(Permission.EDIT_ACTIVITIES, branch)
    own = own_member(request)
    sees_everybody = may_edit or access.may_in(Permission.VIEW_ROSTER, branch)
    own_mark = own_attendance(activity, own)
    was_present = own_mark is not None and own_mark.state == Attendance.State.PRESENT
    return {
        "activity": activity,
        "may_edit": may_edit,
        "has_begun": now >= activity.starts_at,
        "is_over": now >= activity.ends_at,
        "sees_everybody": sees_everybody,
        "own": own_mark,
        "shows_own": not sees_everybody and (own_mark is not None or is_expected(activity, own)),
        **sign_up_box(activity, own, request, sees_everybody=sees_everybody, may_edit=may_edit, now=now),
        **(
            sheet_of(activity, form, now, request)
            if sees_everybody
            else own_sheet(activity, own, request, was_present=was_present)
        ),
    }
