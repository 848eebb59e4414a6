"""What does the page of an activity show of who was there, to whom?"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q

from activities.forms.attendance import AttendanceForm, stored_line
from activities.models import Activity, Minutes
from activities.queries.attendance import corrections_of, sheet
from members.models import Member


def sheet_of(activity: Activity, form: AttendanceForm | None, now: datetime) -> dict[str, Any]:
    """The sheet as it is stored, or as it was typed in `form`, and what was corrected later."""
    rows = sheet(activity)
    return {
        "lines": [form.line(row) if form else stored_line(row) for row in rows],
        "guests": form.data.get("guests", "") if form else activity.guests,
        "guests_error": form.guests_error if form else "",
        "reason": form.reason if form else "",
        "reason_error": form.reason_error if form else "",
        "asks_reason": now >= activity.ends_at and any(row.state for row in rows),
        "corrections": list(corrections_of(activity)),
        "own_only": False,
        "minutes": Minutes.objects.filter(activity=activity).first(),
        "shows_minutes": now >= activity.starts_at and not activity.cancelled_at,
    }


def own_sheet(activity: Activity, member: Member | None) -> dict[str, Any]:
    """Nobody's lines, what was corrected about this person alone, and the minutes that he signs."""
    minutes = Minutes.objects.filter(activity=activity).filter(_signed_by(member)).first()
    return {
        "lines": [],
        "corrections": list(corrections_of(activity, member)) if member else [],
        "own_only": True,
        "minutes": minutes,
        "shows_minutes": minutes is not None,
    }


def _signed_by(member: Member | None) -> Q:
    if member is None or member.user_id is None:
        return Q(pk__in=[])
    return Q(chair=member.user_id) | Q(recorder=member.user_id)
