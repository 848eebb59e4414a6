"""Where was it changed afterwards what counted for everybody who was there?"""

from __future__ import annotations

from django.db.models import QuerySet

from activities.models import Activity, Attendance, HoursCorrection
from members.models import Member


def of_activity(activity: Activity) -> QuerySet[HoursCorrection]:
    """The newest first."""
    return activity.hours_corrections.select_related("by")


def of_member(member: Member) -> QuerySet[HoursCorrection]:
    """Of activities at which this person was present, the newest first."""
    attended = Attendance.objects.filter(member=member, state=Attendance.State.PRESENT)
    found = HoursCorrection.objects.filter(activity__in=attended.values("activity"))
    return found.select_related("activity", "by")
