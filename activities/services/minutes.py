"""How are minutes kept, confirmed, and added to once they are confirmed?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from activities.models import Activity, Minutes, MinutesAddendum
from activities.queries.minutes import lacking, roll_of
from branchportal import audit
from branchportal.wording import sentences
from members.models import User


class StaleMinutes(Exception):
    """Somebody else saved the minutes since the page was opened; `minutes` is how they stand now."""

    def __init__(self, minutes: Minutes) -> None:
        super().__init__(minutes.pk)
        self.minutes = minutes


class MinutesRefused(Exception):
    """The minutes can't be written; the message says why and what to do."""


@dataclass(frozen=True)
class Item:
    """One item of the agenda: what it was about, who said what, and what was decided."""

    topic: str
    spoken: str = ""
    decided: str = ""

    def as_json(self) -> dict[str, str]:
        return {"topic": self.topic, "spoken": self.spoken, "decided": self.decided}


@transaction.atomic
def save_minutes(
    *,
    activity: Activity,
    version: int,
    chair: User | None,
    recorder: User | None,
    items: Iterable[Item],
    by: User,
    now: datetime,
) -> Minutes:
    """Keep the draft; `version` is 0 for the first one. The same again changes nothing.

    Raises StaleMinutes, or MinutesRefused once they are confirmed.
    """
    values = {"chair": chair, "recorder": recorder, "items": [item.as_json() for item in items]}
    Activity.objects.select_for_update().get(pk=activity.pk)  # two first drafts at once: the second one waits
    row = _locked(activity)
    if row is None:
        row = Minutes.objects.create(activity=activity, saved_at=now, saved_by=by, **values)
        audit.record("minutes.saved", by=by, subject=row, after=_facts(values))
        return row
    before, after = audit.changes({name: getattr(row, name) for name in values}, values)
    if not after:
        return row
    if row.is_confirmed:
        raise MinutesRefused(_("These minutes are confirmed. Add an addendum with a reason instead."))
    if row.version != version:
        raise StaleMinutes(row)
    for name, value in after.items():
        setattr(row, name, value)
    row.version, row.saved_at, row.saved_by = row.version + 1, now, by
    row.save()
    audit.record("minutes.saved", by=by, subject=row, before=_facts(before), after=_facts(after))
    return row


@transaction.atomic
def confirm_minutes(*, minutes: Minutes, version: int, by: User, now: datetime) -> Minutes:
    """Fix the minutes, with who was there as it is recorded now. Confirming twice is done once.

    Raises StaleMinutes, or MinutesRefused where something is missing.
    """
    Activity.objects.select_for_update().get(pk=minutes.activity_id)  # attendance that is being corrected comes first
    row = _locked(minutes.activity)
    if row.is_confirmed:
        return row
    if row.version != version:
        raise StaleMinutes(row)
    roll = roll_of(row.activity)
    if missing := lacking(row, roll):
        raise MinutesRefused(sentences([_("The minutes can’t be confirmed yet."), *missing]))
    row.roll, row.confirmed_at, row.confirmed_by = roll, now, by
    row.version += 1
    row.save()
    audit.record("minutes.confirmed", by=by, subject=row, after={"version": row.version})
    return row


def add_to_minutes(*, minutes: Minutes, entry: UUID, text: str, reason: str, by: User, now: datetime) -> None:
    """Add a dated text to confirmed minutes. The same `entry` sent again adds nothing. Raises MinutesRefused."""
    if not minutes.is_confirmed:
        raise MinutesRefused(_("These minutes are still a draft: change them instead."))
    try:
        with transaction.atomic():
            MinutesAddendum.objects.create(minutes=minutes, entry=entry, text=text, reason=reason, by=by, at=now)
            audit.record("minutes.added_to", by=by, subject=minutes, after={"text": text}, reason=reason)
    except IntegrityError:
        if not minutes.addenda.filter(entry=entry).exists():
            raise


def _locked(activity: Activity) -> Minutes | None:
    rows = Minutes.objects.select_for_update(of=("self",)).select_related(
        "activity__branch", "activity__kind", "chair", "recorder"
    )
    return rows.filter(activity=activity).first()


def _facts(values: dict) -> dict:
    return {name: str(value) if isinstance(value, User) else value for name, value in values.items()}
