"""What does the page of an activity show of who was there, to whom?"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from activities.forms.attendance import AttendanceForm, stored_line
from activities.models import Activity
from activities.queries.attendance import Row, corrections_of, is_above, people_on_sheet, rows_of, sheet
from activities.queries.attendance_by_branch import branches_of, figures
from activities.queries.hours_corrections import of_activity
from activities.queries.minutes import signs
from branchportal.paging import page_of as list_page
from branchportal.paging import pages_of
from members.models import Member

PEOPLE_OF_A_SHEET = 100
BRANCHES_OF_A_PAGE = 50
CORRECTIONS_OF_A_PAGE = 50


def rows_shown(activity: Activity, request: HttpRequest) -> tuple[list[Row], dict[str, Any]]:
    """The rows that the address asks for, and of which branch and page they are.

    A branch has one sheet. Above, `?of=` chooses a branch; without it those who are marked or signed up stand there.
    """
    if not is_above(activity):
        return sheet(activity), {"is_above": False}
    branches, code = branches_of(activity), request.GET.get("of", "")[:20]
    chosen = get_object_or_404(branches, code=code) if code else None
    shown = list_page(request, people_on_sheet(activity, chosen), PEOPLE_OF_A_SHEET, "sheet")
    of_branches = list_page(request, branches, BRANCHES_OF_A_PAGE, "branches")
    return rows_of(activity, shown), {
        "is_above": True,
        "chosen": chosen,
        "sheet_page": shown,
        "branches_page": of_branches,
        "branch_figures": figures(activity, of_branches),
    }


def sheet_of(activity: Activity, form: AttendanceForm | None, now: datetime, request: HttpRequest) -> dict[str, Any]:
    """The sheet as it is stored, or as it was typed in `form`, and what was corrected later."""
    rows, part = rows_shown(activity, request)
    corrected = {"corrections": corrections_of(activity), "changes": of_activity(activity)}
    pages = pages_of(request, corrected, CORRECTIONS_OF_A_PAGE)
    return {
        **part,
        "lines": [form.line(row) if form else stored_line(row) for row in rows],
        "guests": form.data.get("guests", "") if form else activity.guests,
        "guests_error": form.guests_error if form else "",
        "reason": form.reason if form else "",
        "reason_error": form.reason_error if form else "",
        "asks_reason": now >= activity.ends_at and any(row.state for row in rows),
        "corrections": pages["corrections"],
        "hours_corrections": pages["changes"],
        "own_only": False,
        "minutes": getattr(activity, "minutes", None),
        "shows_minutes": now >= activity.starts_at and not activity.cancelled_at,
    }


def own_sheet(activity: Activity, member: Member | None, request: HttpRequest, *, was_present: bool) -> dict[str, Any]:
    """Nobody's lines, what was corrected about this person (or for all who were there), the minutes that he signs."""
    minutes = getattr(activity, "minutes", None)
    if member is None or not signs(request.user, minutes):
        minutes = None
    corrected = {"corrections": corrections_of(activity, member)} if member else {}
    corrected |= {"changes": of_activity(activity)} if was_present else {}
    pages = pages_of(request, corrected, CORRECTIONS_OF_A_PAGE)
    return {
        "lines": [],
        "corrections": pages.get("corrections"),
        "hours_corrections": pages.get("changes"),
        "own_only": True,
        "minutes": minutes,
        "shows_minutes": minutes is not None,
    }
