"""How is it written down who was at an activity, and how is it corrected when the activity is over?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from activities.models import Activity, Attendance, AttendanceCorrection
from activities.services.activities import StaleActivity, locked
from branchportal import audit
from branchportal.notifications import notify
from members.models import User

PRESENT = Attendance.State.PRESENT


class AttendanceRefused(Exception):
    """The attendance can't be written; the message says why and what to do."""


class ReasonMissing(AttendanceRefused):
    """What was saved of an activity that is over changes only with a reason."""


@dataclass(frozen=True)
class Mark:
    """What is said of one person: a state of Attendance, the hours that count for him, and why they are others."""

    state: str
    hours: Decimal
    reason: str = ""


@transaction.atomic
def set_attendance(
    *,
    activity: Activity,
    version: int,
    marks: Mapping[int, Mark | None],
    by: User,
    now: datetime,
    guests: int | None = None,
    reason: str = "",
) -> Activity:
    """Write {member id: Mark, or None for nothing known}, and how many guests there were (None: as it stands).

    Hours count only for those who were present. `reason` is needed to change a standing mark once the activity is
    over; old and new are kept then, and the person is told. The same marks again change nothing.
    Raises StaleActivity, ReasonMissing, or AttendanceRefused before it begins and where it was cancelled.
    """
    row = locked(activity)
    if now < row.starts_at:
        raise AttendanceRefused(_("Attendance can be recorded once the activity has begun."))
    if row.cancelled_at:
        raise AttendanceRefused(_("This activity was cancelled, so nobody can have attended it."))
    guests = row.guests if guests is None else guests
    standing = {one.member_id: one for one in row.attendances.select_related("member__user")}
    wanted = {member: _settled(mark, row.hours) for member, mark in marks.items()}
    changed = {member: mark for member, mark in wanted.items() if _mark_of(standing.get(member)) != mark}
    if not changed and guests == row.guests:
        return row
    if row.version != version:
        raise StaleActivity(row)
    _refuse_hours_without_reason(changed.values(), row.hours)
    corrected = [standing[member] for member in changed if member in standing] if now >= row.ends_at else []
    if corrected and not reason:
        raise ReasonMissing(_("Say why: what was saved is being changed after the activity."))
    before = {str(member): _in_words(_mark_of(standing.get(member))) for member in changed}
    after = {str(member): _in_words(mark) for member, mark in changed.items()}
    if guests != row.guests:
        before["guests"], after["guests"] = row.guests, guests
    row.guests = guests
    row.version += 1
    row.save(update_fields=["version", "guests"])
    _write(row, changed)
    _keep_corrections(row, corrected, changed, reason=reason, by=by, now=now)
    audit.record("activity.attendance", by=by, subject=row, before=before, after=after, reason=reason)
    return row


def _write(activity: Activity, changed: Mapping[int, Mark | None]) -> None:
    activity.attendances.filter(member__in=changed).delete()
    Attendance.objects.bulk_create(
        Attendance(activity=activity, member_id=member, state=mark.state, hours=mark.hours, reason=mark.reason)
        for member, mark in changed.items()
        if mark is not None
    )


def _keep_corrections(
    activity: Activity,
    corrected: list[Attendance],
    changed: Mapping[int, Mark | None],
    *,
    reason: str,
    by: User,
    now: datetime,
) -> None:
    """Keep old and new of each, and tell the people concerned."""
    if not corrected:
        return
    AttendanceCorrection.objects.bulk_create(
        AttendanceCorrection(
            activity=activity, member_id=old.member_id, old_state=old.state, old_hours=old.hours,
            new_state=mark.state if mark else "", new_hours=mark.hours if mark else 0, reason=reason, by=by, at=now,
        )
        for old, mark in ((old, changed[old.member_id]) for old in corrected)
    )  # fmt: skip
    people = [old.member.user for old in corrected if old.member.user and old.member.user != by]
    notify(
        people,
        "attendance_corrected",
        key=f"{activity.pk}:{activity.version}",
        context={"title": activity.title, "by": by.name, "reason": reason},
        url=reverse("activities:activity", args=[activity.pk]),
    )


def _settled(mark: Mark | None, usual: Decimal) -> Mark | None:
    """Hours only for those who were there, and a reason only where the hours are others."""
    if mark is None:
        return None
    if mark.state != PRESENT:
        return Mark(mark.state, Decimal(0))
    return Mark(mark.state, mark.hours, mark.reason if mark.hours != usual else "")


def _refuse_hours_without_reason(marks: Iterable[Mark | None], usual: Decimal) -> None:
    if any(mark and mark.state == PRESENT and mark.hours != usual and not mark.reason for mark in marks):
        raise AttendanceRefused(_("Other hours than those of the activity need a reason."))


def _mark_of(attendance: Attendance | None) -> Mark | None:
    return Mark(attendance.state, attendance.hours, attendance.reason) if attendance else None


def _in_words(mark: Mark | None) -> str:
    return f"{mark.state} {mark.hours} {mark.reason}".strip() if mark else ""
