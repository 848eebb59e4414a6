"""What does the page of an activity show of who was there, to whom?"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from activities.forms.attendance import AttendanceForm, stored_line
from activities.models import Activity, Minutes
from activities.queries.attendance import Row, corrections_of, is_above, people_on_sheet, rows_of, sheet
from activities.queries.attendance_by_branch import branches_of, figures
from activities.queries.hours_corrections import of_activity
from branchportal.paging import page_of as list_page
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
    return {
        **part,
        "lines": [form.line(row) if form else stored_line(row) for row in rows],
        "guests": form.data.get("guests", "") if form else activity.guests,
        "guests_error": form.guests_error if form else "",
        "reason": form.reason if form else "",
        "reason_error": form.reason_error if form else "",
        "asks_reason": now >= activity.ends_at and any(row.state for row in rows),
        "corrections": list_page(request, corrections_of(activity), CORRECTIONS_OF_A_PAGE, "corrections"),
        "hours_corrections": list(of_activity(activity)),
        "own_only": False,
        "minutes": Minutes.objects.filter(activity=activity).first(),
        "shows_minutes": now >= activity.starts_at and not activity.cancelled_at,
    }


def own_sheet(activity: Activity, member: Member | None, request: HttpRequest, *, was_present: bool) -> dict[str, Any]:
    """Nobody's lines, what was corrected about this person (or for all who were there), the minutes that he signs."""
    minutes = Minutes.objects.filter(activity=activity).filter(_signed_by(member)).first()
    return {
        "lines": [],
        "corrections": list_page(request, corrections_of(activity, member), CORRECTIONS_OF_A_PAGE, "corrections")
        if member
        else None,
        "hours_corrections": list(of_activity(activity)) if was_present else [],
        "own_only": True,
        "minutes": minutes,
        "shows_minutes": minutes is not None,
    }


def _signed_by(member: Member | None) -> Q:
    if member is None or member.user_id is None:
        return Q(pk__in=[])
    return Q(chair=member.user_id) | Q(recorder=member.user_id)
