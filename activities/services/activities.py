"""How is an activity recorded and corrected?"""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from activities.models import Activity
from branchportal import audit
from members.models import Branch, User

EDITABLE = ("kind", "title", "place", "starts_at", "ends_at", "hours", "owner")


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
    row = locked(activity)
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


def locked(activity: Activity) -> Activity:
    rows = Activity.objects.select_for_update(of=("self",)).select_related("branch", "owner", "kind")
    return rows.get(pk=activity.pk)


def _facts(values: dict[str, Any]) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, Decimal) else value for name, value in values.items()}
