"""What was typed on an attendance sheet, and how does the sheet stand with it?"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from activities.forms.activity import MOST_HOURS
from activities.models import Attendance
from activities.queries.attendance import Row
from activities.services.attendance import Mark
from branchportal.spreadsheets.values import half_width, text_of

MOST_GUESTS = 9_999
LONGEST_WHY = 100
LONGEST_REASON = 200


@dataclass(frozen=True)
class Line:
    """One person as the sheet shows him; `differs` where what is typed is not what is stored.

    `is_prefilled`: nothing is stored, but he had signed up.
    """

    row: Row
    state: str
    hours: str
    why: str = ""
    error: str = ""
    why_error: str = ""
    differs: bool = False
    is_prefilled: bool = False

    @property
    def asks_why(self) -> bool:
        """Is there anything to say about other hours?"""
        return bool(self.why or self.why_error)


class AttendanceForm:
    """The fields of one sheet as they were sent: `guests`, `reason`, and `state-`, `hours-`, `why-<member>`."""

    def __init__(self, data, rows: list[Row], *, usual_hours: Decimal) -> None:
        self.data, self.usual_hours = data, usual_hours
        self.errors: dict[int, str] = {}
        self.why_errors: dict[int, str] = {}
        self.guests_error = self.reason_error = ""
        self.marks = {row.member.pk: self._mark(row) for row in rows if f"state-{row.member.pk}" in data}
        self.guests = self._guests()
        self.reason = text_of(data.get("reason", ""))[:LONGEST_REASON]
        version = data.get("version", "")
        self.version = int(version) if version.isascii() and version.isdigit() and len(version) < 10 else 0

    @property
    def is_valid(self) -> bool:
        return not (self.errors or self.why_errors or self.guests_error)

    def state(self, member: int) -> str:
        typed = self.data.get(f"state-{member}", "")
        return typed if typed in Attendance.State.values else ""

    def hours(self, member: int) -> str:
        return self.data.get(f"hours-{member}", "")[:10]

    def why(self, member: int) -> str:
        return text_of(self.data.get(f"why-{member}", ""))[:LONGEST_WHY]

    def line(self, row: Row) -> Line:
        """The person as he was typed."""
        member = row.member.pk
        if member not in self.marks:
            return stored_line(row)
        mark = self.marks[member]
        return Line(
            row,
            self.state(member),
            self.hours(member),
            self.why(member),
            self.errors.get(member, ""),
            self.why_errors.get(member, ""),
            differs=(row.state, row.hours) != ((mark.state, mark.hours) if mark else ("", None)),
        )

    def _mark(self, row: Row) -> Mark | None:
        member = row.member.pk
        state = self.state(member)
        if not state:
            return None
        if state != Attendance.State.PRESENT:
            return Mark(state, Decimal(0))
        hours, why = self._hours(member), self.why(member)
        is_new = (row.state, row.hours) != (state, hours)
        if hours != self.usual_hours and is_new and not why and member not in self.errors:
            self.why_errors[member] = str(_("Say why these hours differ from those of the activity."))
        return Mark(state, hours, why)

    def _hours(self, member: int) -> Decimal:
        typed = half_width(text_of(self.hours(member)))
        if not typed:
            return self.usual_hours
        try:
            return _HOURS.clean(typed)
        except forms.ValidationError:
            self.errors[member] = str(_("Hours are a number from 0 to 24 with one decimal at most, such as 1.5."))
            return Decimal(0)

    def _guests(self) -> int | None:
        typed = half_width(text_of(self.data.get("guests", "")))
        if "guests" not in self.data:
            return None
        if not typed:
            return 0
        if typed.isascii() and typed.isdigit() and int(typed[:9]) <= MOST_GUESTS:
            return int(typed[:9])
        self.guests_error = str(_("The number of guests is a whole number, such as 3."))
        return None


def stored_line(row: Row) -> Line:
    """The person as he is stored; who signed up is taken to have come until somebody says otherwise."""
    if not row.state and row.signed_up:
        return Line(row, Attendance.State.PRESENT, "", is_prefilled=True)
    hours = "" if row.hours is None or not row.hours else f"{row.hours.normalize():f}"
    return Line(row, row.state, hours, row.reason)


_HOURS = forms.DecimalField(min_value=0, max_value=MOST_HOURS, max_digits=4, decimal_places=1)
