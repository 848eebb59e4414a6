"""How is an activity recorded and corrected, and how is it written down who was there?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from activities.models import Activity, Attendance
from branchportal import audit
from members.models import Branch, User

EDITABLE = ("kind", "title", "place", "starts_at", "ends_at", "hours", "owner")


class StaleActivity(Exception):
    """Somebody else changed the activity since the page was opened; `activity` is how it stands now."""

    def __init__(self, activity: Activity) -> None:
        super().__init__(activity.pk)
        self.activity = activity


class AttendanceRefused(Exception):
    """The attendance can't be written; the message says why and what to do."""


@dataclass(frozen=True)
class Mark:
    """What is said of one person: a state of Attendance, and the hours that count for him."""

    state: str
    hours: Decimal


def record_activity(*, branch: Branch, entry: UUID, values: dict[str, Any], by: User) -> Activity:
    """Store a new activity from EDITABLE `values`. The same `entry` sent again gives the one that stands."""
    try:
        with transaction.atomic():
            activity = Activity.objects.create(branch=branch, entry=entry, **values)
            audit.record("activity.recorded", by=by, subject=activity, after=_facts(values))
    except IntegrityError:
        standing = Activity.objects.filter(branch=branch, entry=entry).first()
        if standing is None:
            raise
        return standing
    return activity


@transaction.atomic
def edit_activity(*, activity: Activity, version: int, values: dict[str, Any], by: User) -> Activity:
    """Write the changed ones of `values`. The same edit sent twice is done once. Raises StaleActivity."""
    row = _locked(activity)
    before, after = audit.changes({name: getattr(row, name) for name in values}, values)
    if not after:
        return row
    if row.version != version:
        raise StaleActivity(row)
    for name, value in after.items():
        setattr(row, name, value)
    row.version += 1
    row.save()
    audit.record("activity.edited", by=by, subject=row, before=_facts(before), after=_facts(after))
    return row


@transaction.atomic
def set_attendance(
    *, activity: Activity, version: int, marks: Mapping[int, Mark | None], by: User, now: datetime
) -> Activity:
    """Write {member id: Mark, or None for nothing known}. Hours count only for those who were present.

    The same marks again change nothing. Raises StaleActivity, or AttendanceRefused before the activity begins.
    """
    row = _locked(activity)
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


def _locked(activity: Activity) -> Activity:
    return Activity.objects.select_for_update(of=("self",)).select_related("branch", "owner").get(pk=activity.pk)


def _settled(mark: Mark | None) -> Mark | None:
    if mark is None or mark.state == Attendance.State.PRESENT:
        return mark
    return Mark(mark.state, Decimal(0))


def _mark_of(attendance: Attendance | None) -> Mark | None:
    return Mark(attendance.state, attendance.hours) if attendance else None


def _in_words(mark: Mark | None) -> str:
    return f"{mark.state} {mark.hours}" if mark else ""


def _facts(values: dict[str, Any]) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, Decimal) else value for name, value in values.items()}
