"""How is an activity recorded and corrected?"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from activities.models import Activity, ActivityKind
from activities.services import counting, places
from branchportal import audit
from members.models import Branch, User

EDITABLE = (
    "kind", "title", "description", "audience", "mode", "place", "link", "starts_at", "ends_at", "hours", "owner",
    "signs_up", "capacity", "signs_up_until",
)  # fmt: skip
TOLD = {"starts_at", "ends_at", "place", "mode", "link"}  # whoever signed up hears of these


class StaleActivity(Exception):
    """Somebody else changed the activity since the page was opened; `activity` is how it stands now."""

    def __init__(self, activity: Activity) -> None:
        super().__init__(activity.pk)
        self.activity = activity


def record_activity(*, branch: Branch, entry: UUID, values: dict[str, Any], by: User) -> Activity:
    """Store a new activity from EDITABLE `values`. The same `entry` sent again gives the one that stands."""
    try:
        with transaction.atomic():
            activity = Activity.objects.create(branch=branch, entry=entry, **values)
            audit.record("activity.recorded", by=by, subject=activity, after=facts(values))
    except IntegrityError:
        standing = Activity.objects.filter(branch=branch, entry=entry).first()
        if standing is None:
            raise
        return standing
    return activity


@transaction.atomic
def edit_activity(
    *, activity: Activity, version: int, values: dict[str, Any], by: User, now: datetime, reason: str = ""
) -> Activity:
    """Write the changed ones of `values`. The same edit sent twice is done once.

    `reason` is needed where attendance is recorded and something that counts changes. Raises StaleActivity, or
    ValidationError: no reason, people who signed up would lose their place, the end comes first, or it would be still
    to come although attendance is recorded.
    """
    row = locked(activity)
    changed = changed_values(row, values)
    if not changed:
        return row
    if row.version != version:
        raise StaleActivity(row)
    if write_changes(row, changed, by=by, now=now, reason=reason):
        places.tell_everybody([row], "activity_moved", key=str(row.version))
    places.settle(row, now=now)
    return row


def write_changes(row: Activity, changed: dict[str, Any], *, by: User, now: datetime, reason: str = "") -> bool:
    """Write values that differ into a locked row; return whether those who signed up must hear of it."""
    if row.is_cancelled:
        raise ValidationError(_("This activity is cancelled. Record a new one instead."))
    places.refuse_to_take_away(row, changed)
    counted = counting.as_counted(row)
    before = {name: getattr(row, name) for name in changed}
    for name, value in changed.items():
        setattr(row, name, value)
    if row.ends_at <= row.starts_at:  # one of a series whose own times were changed before
        raise ValidationError(_("The end is not after the begin. Enter a later time of the same day."))
    if row.starts_at > now and "starts_at" in changed and row.attendances.exists():
        raise ValidationError(_("Attendance is recorded, so it has taken place. Choose a day and time in the past."))
    row.version += 1
    corrects = counting.keep_correction(row, counted, reason=reason, by=by, now=now)
    row.save()
    if "hours" in changed:
        row.attendances.following(before["hours"]).update(hours=row.hours)
    why = reason if corrects else ""
    audit.record("activity.edited", by=by, subject=row, before=facts(before), after=facts(changed), reason=why)
    return now < row.starts_at and bool(changed.keys() & TOLD)


def changed_values(row: Activity, values: dict[str, Any]) -> dict[str, Any]:
    """Those of `values` that are not stored."""
    return audit.changes({name: getattr(row, name) for name in values}, values)[1]


def locked(activity: Activity) -> Activity:
    rows = Activity.objects.select_for_update(of=("self",)).select_related("branch", "owner", "kind")
    return rows.get(pk=activity.pk)


def facts(values: dict[str, Any]) -> dict[str, Any]:
    """The values as the audit trail keeps them."""
    return {name: _fact(value) for name, value in values.items()}


def _fact(value: Any) -> Any:
    if isinstance(value, ActivityKind):
        return value.name or value.code
    return str(value) if isinstance(value, Decimal) else value
