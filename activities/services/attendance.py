"""How is it written down who was at an activity?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from activities.models import Activity, Attendance
from activities.services.activities import StaleActivity, locked
from branchportal import audit
from members.models import User


class AttendanceRefused(Exception):
    """The attendance can't be written; the message says why and what to do."""


@dataclass(frozen=True)
class Mark:
    """What is said of one person: a state of Attendance, and the hours that count for him."""

    state: str
    hours: Decimal


@transaction.atomic
def set_attendance(
    *, activity: Activity, version: int, marks: Mapping[int, Mark | None], by: User, now: datetime
) -> Activity:
    """Write {member id: Mark, or None for nothing known}. Hours count only for those who were present.

    The same marks again change nothing. Raises StaleActivity, or AttendanceRefused before the activity begins.
    """
    row = locked(activity)
    if now < row.starts_at:
        raise AttendanceRefused(_("Attendance can be recorded once the activity has begun."))
    standing = {one.member_id: one for one in row.attendances.select_related("member")}
    wanted = {member: _settled(mark) for member, mark in marks.items()}
    changed = {member: mark for member, mark in wanted.items() if _mark_of(standing.get(member)) != mark}
    if not changed:
        return row
    if row.version != version:
        raise StaleActivity(row)
    row.attendances.filter(member__in=changed).delete()
    Attendance.objects.bulk_create(
        Attendance(activity=row, member_id=member, state=mark.state, hours=mark.hours)
        for member, mark in changed.items()
        if mark is not None
    )
    row.version += 1
    row.save(update_fields=["version"])
    before = {str(member): _in_words(_mark_of(standing.get(member))) for member in changed}
    audit.record(
        "activity.attendance",
        by=by,
        subject=row,
        before=before,
        after={str(member): _in_words(mark) for member, mark in changed.items()},
    )
    return row


def _settled(mark: Mark | None) -> Mark | None:
    if mark is None or mark.state == Attendance.State.PRESENT:
        return mark
    return Mark(mark.state, Decimal(0))


def _mark_of(attendance: Attendance | None) -> Mark | None:
    return Mark(attendance.state, attendance.hours) if attendance else None


def _in_words(mark: Mark | None) -> str:
    return f"{mark.state} {mark.hours}" if mark else ""
