"""What counts for everybody who was at an activity, and how is it kept that this was changed afterwards?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext as _

from activities.models import Activity, Attendance, HoursCorrection
from branchportal.notifications import notify
from members.models import User


@dataclass(frozen=True)
class Counted:
    """Which hours (0 for a kind whose hours do not count), at which time, for which audience."""

    hours: Decimal
    starts_at: datetime
    ends_at: datetime
    audience: str


def as_counted(activity: Activity) -> Counted:
    hours = activity.hours if activity.kind.counts_hours else Decimal(0)
    return Counted(hours, activity.starts_at, activity.ends_at, activity.audience)


def keep_correction(row: Activity, before: Counted, *, reason: str, by: User, now: datetime) -> bool:
    """Keep what counted before and counts now, and tell those who were there; return whether there was anything.

    Only where attendance is recorded: then a `reason` is needed. Wants the activity locked; raises ValidationError.
    """
    after = as_counted(row)
    if before == after or not row.attendances.exists():
        return False
    if not reason:
        text = _("Attendance is recorded, and this changes what counts for everybody who was there. Say why.")
        raise ValidationError({"reason": text})
    HoursCorrection.objects.create(
        activity=row, reason=reason, by=by, at=now,
        old_hours=before.hours, old_starts_at=before.starts_at, old_ends_at=before.ends_at,
        old_audience=before.audience,
        new_hours=after.hours, new_starts_at=after.starts_at, new_ends_at=after.ends_at, new_audience=after.audience,
    )  # fmt: skip
    _tell(row, before, after, reason=reason, by=by)
    return True


def _figures(before: Counted, after: Counted) -> dict[str, str]:
    return {"old": f"{before.hours.normalize():f}", "new": f"{after.hours.normalize():f}"}


def _tell(row: Activity, before: Counted, after: Counted, *, reason: str, by: User) -> None:
    present = User.objects.filter(
        member__attendances__activity=row, member__attendances__state=Attendance.State.PRESENT
    ).exclude(pk=by.pk)
    context = {"title": row.title, "by": by.name, "reason": reason, **_figures(before, after)}
    address = reverse("activities:activity", args=[row.pk])
    notify(present, "activity_counts_otherwise", key=f"{row.pk}:{row.version}", context=context, url=address)
