"""What is known about this activity?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.generic import TemplateView

from activities.forms.attendance import AttendanceForm
from activities.models import Activity
from activities.queries.attendance import Row, own_attendance, sheet
from members.access import PortalView, access_of
from members.models import Member
from members.roles import Permission


class ActivityView(PortalView, TemplateView):
    """One activity: what, when, who is responsible, and who was there as far as the reader may see it."""

    permission = Permission.VIEW_ACTIVITIES
    template_name = "activities/activity.html"

    def get_context_data(self, **context) -> dict:
        activities = self.visible(Activity.objects.select_related("branch", "owner", "kind"))
        activity = get_object_or_404(activities, pk=context["pk"])
        return super().get_context_data(**context) | page_of(activity, self.request)


def own_member(request: HttpRequest) -> Member | None:
    """The person on the roster who is signed in."""
    return getattr(request.user, "member", None)


def page_of(activity: Activity, request: HttpRequest, *, form: AttendanceForm | None = None) -> dict[str, Any]:
    """What the page of one activity shows to this reader."""
    access, branch, now = access_of(request.user), activity.branch, timezone.now()
    may_edit = access.may_in(Permission.EDIT_ACTIVITIES, branch)
    sees_everybody = may_edit or access.may_in(Permission.VIEW_ROSTER, branch)
    return {
        "activity": activity,
        "may_edit": may_edit,
        "has_begun": now >= activity.starts_at,
        "sees_everybody": sees_everybody,
        "own": own_attendance(activity, own_member(request)),
        "lines": [_line(row, form) for row in sheet(activity)] if sees_everybody else [],
    }


def _line(row: Row, form: AttendanceForm | None) -> Mapping[str, Any]:
    """One person with what is typed; `standing` is what is stored, where that is something else."""
    stored_hours = "" if row.hours is None or not row.hours else f"{row.hours.normalize():f}"
    if form is None or row.member.pk not in form.marks:
        return {"row": row, "state": row.state, "hours": stored_hours, "error": "", "differs": False}
    state, hours = form.state(row.member.pk), form.hours(row.member.pk)
    mark = form.marks[row.member.pk]
    return {
        "row": row,
        "state": state,
        "hours": hours,
        "error": form.errors.get(row.member.pk, ""),
        "differs": (row.state, row.hours) != ((mark.state, mark.hours) if mark else ("", None)),
    }
