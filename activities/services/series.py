"""How is a plan recorded that repeats itself, and how is it changed or cancelled from one occurrence on?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from activities.models import Activity, Attendance
from activities.services import places
from activities.services.activities import StaleActivity, changed_values, facts, locked, write_changes
from branchportal import audit
from members.models import Branch, User

MOMENTS = ("starts_at", "ends_at", "signs_up_until")  # what lies on another day in each occurrence


def record_series(
    *, branch: Branch, entry: UUID, values: dict[str, Any], days: Sequence[date], by: User
) -> list[Activity]:
    """Store an activity of its own on each of the days; `values` are those of the first.

    The same `entry` sent again gives those that stand.
    """
    each = [_on_day(values, (day - days[0])) for day in days]
    rows = [
        Activity(branch=branch, series=entry, entry=uuid5(entry, day.isoformat()), **own)
        for day, own in zip(days, each, strict=True)
    ]
    try:
        with transaction.atomic():
            Activity.objects.bulk_create(rows)
            lines = [{"subject": row, "after": facts(own)} for row, own in zip(rows, each, strict=True)]
            audit.record_many("activity.recorded", by=by, lines=lines)
    except IntegrityError:
        standing = list(Activity.objects.filter(branch=branch, series=entry).order_by("starts_at"))
        if not standing:
            raise
        return standing
    return rows


@transaction.atomic
def edit_following(
    *, activity: Activity, version: int, values: dict[str, Any], by: User, now: datetime, reason: str = ""
) -> list[Activity]:
    """Write the changed ones of `values` into this occurrence and the later ones that are still to come.

    Another day or time moves each by as much; what was changed in a single one before stays where this edit says
    nothing about it. Everybody who signed up gets one message. Raises StaleActivity for this one, or ValidationError
    (as edit_activity); then nothing is written.
    """
    this, later = _locked_from(activity, now)
    changed = changed_values(this, values)
    if not changed:
        return []
    if this.version != version:
        raise StaleActivity(this)
    wanted = [(this, changed)] + [(row, _carried(changed, this, row)) for row in later]
    told = [row for row, own in wanted if _write(row, changed_values(row, own), by=by, now=now, reason=reason)]
    places.tell_everybody(told, "activity_moved", key=f"{this.pk}-{this.version}")
    moved_up = [sign_up for row, _own in wanted for sign_up in places.move_up(row, now=now)]
    places.tell(moved_up, "activity_place", key=now.isoformat())
    return [this, *later]


@transaction.atomic
def cancel(*, activity: Activity, because: str, following: bool, by: User, now: datetime) -> list[Activity]:
    """Cancel this one, or it and the later ones of its series; who signed up is told in one message. Twice is once.

    Raises ValidationError once attendance is recorded: those hours count.
    """
    this, later = _locked_from(activity, now)
    rows = [row for row in [this, *(later if following else [])] if not row.is_cancelled]
    if Attendance.objects.filter(activity__in=rows).exists():
        raise ValidationError(_("Attendance is recorded, so it took place and can't be cancelled."))
    for row in rows:
        row.cancelled_at, row.cancelled_because = now, because
        row.version += 1
        row.save(update_fields=["cancelled_at", "cancelled_because", "version"])
    places.tell_everybody([row for row in rows if now < row.ends_at], "activity_cancelled", key="cancelled")
    audit.record_many("activity.cancelled", by=by, lines=[{"subject": row, "reason": because} for row in rows])
    return rows


def _locked_from(activity: Activity, now: datetime) -> tuple[Activity, list[Activity]]:
    """The row and the later ones of its series that are to come; all locked, always in the same order."""
    if activity.series is None:
        return locked(activity), []
    series = Activity.objects.select_for_update(of=("self",)).select_related("branch", "owner", "kind")
    rows = list(series.filter(series=activity.series).order_by("pk"))
    this = next(row for row in rows if row.pk == activity.pk)
    later = [row for row in rows if row.starts_at > max(this.starts_at, now) and not row.is_cancelled]
    return this, sorted(later, key=lambda row: row.starts_at)


def _on_day(values: dict[str, Any], shift: timedelta) -> dict[str, Any]:
    """The values of the first day, `shift` later."""
    moments = {name: values[name] + shift for name in MOMENTS if values.get(name)}
    return values | moments


def _carried(changed: dict[str, Any], this: Activity, row: Activity) -> dict[str, Any]:
    """What a change of this occurrence means for a later one."""
    moments = {name: changed[name] for name in MOMENTS if changed.get(name)}
    standing = {name: getattr(this, name) or this.starts_at for name in moments}
    same = {name: value for name, value in changed.items() if name not in moments}
    shifted = {name: (getattr(row, name) or row.starts_at) + (moments[name] - standing[name]) for name in moments}
    without_places = {"capacity": None, "signs_up_until": None} if same.get("signs_up") is False else {}
    return same | shifted | without_places


def _write(row: Activity, changed: dict[str, Any], *, by: User, now: datetime, reason: str) -> bool:
    """Write one occurrence; return whether who signed up must hear of it. An error says of which day it speaks."""
    if not changed:
        return False
    try:
        return write_changes(row, changed, by=by, now=now, reason=reason)
    except ValidationError as error:
        day = date_format(timezone.localtime(row.starts_at), "Y-m-d")
        texts = {
            field: [_("%(day)s: %(problem)s") % {"day": day, "problem": text} for text in problems]
            for field, problems in _by_field(error).items()
        }
        raise ValidationError(texts) from error


def _by_field(error: ValidationError) -> dict[str, list[str]]:
    return error.message_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.messages}
