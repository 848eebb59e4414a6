"""How is it written down who was there?"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import View

from activities.forms.attendance import AttendanceForm
from activities.models import Activity
from activities.services.activities import StaleActivity
from activities.services.attendance import AttendanceRefused, ReasonMissing, set_attendance
from activities.views.activity import page_of
from activities.views.sheet import rows_shown
from members.access import PortalView
from members.roles import Permission


class AttendanceView(PortalView, View):
    """Write down who was there: all people of the branch, or those of one sheet, in one form."""

    permission = Permission.EDIT_ACTIVITIES

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        activity = get_object_or_404(self.visible(Activity.objects), pk=pk)
        return self._same_sheet(activity)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        activity = get_object_or_404(self.visible(Activity.objects.select_related("branch", "owner", "kind")), pk=pk)
        form = AttendanceForm(request.POST, rows_shown(activity, request)[0], usual_hours=activity.hours)
        if not form.is_valid:
            return self._again(activity, form, 422)
        try:
            set_attendance(
                activity=activity,
                version=form.version,
                marks=form.marks,
                guests=form.guests,
                reason=form.reason,
                by=request.user,
                now=timezone.now(),
            )
        except ReasonMissing as missing:
            form.reason_error = str(missing)
            return self._again(activity, form, 422)
        except AttendanceRefused as refused:
            return self._again(activity, form, 422, refusal=str(refused))
        except StaleActivity as stale:
            return self._again(stale.activity, form, 409, is_conflict=True)
        messages.success(request, _("Attendance saved."))
        return self._same_sheet(activity)

    def _same_sheet(self, activity: Activity) -> HttpResponse:
        """To the page of the activity, with the branch and the page of the list that the address names."""
        return redirect(reverse("activities:activity", args=[activity.pk], query=self.request.GET))

    def _again(self, activity: Activity, form: AttendanceForm, status: int, **context: Any) -> HttpResponse:
        """The same page with everything that was typed."""
        page = page_of(activity, self.request, form=form) | context
        return render(self.request, "activities/activity.html", page, status=status)
