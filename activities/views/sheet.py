"""What does the page of an activity show of who was there, to whom?"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from activities.forms.attendance import AttendanceForm, stored_line
from activities.models import Activity
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
    }


def own_sheet(activity: Activity, member: Member | None) -> dict[str, Any]:
    """Nobody's lines, and what was corrected about this person alone."""
    return {"lines": [], "corrections": list(corrections_of(activity, member)) if member else [], "own_only": True}
