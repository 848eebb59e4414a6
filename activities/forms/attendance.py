"""What was typed on an attendance sheet?"""

from __future__ import annotations

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from activities.forms.activity import MOST_HOURS
from activities.models import Attendance
from activities.services.attendance import Mark
from branchportal.spreadsheets.values import half_width, text_of
from members.models import Member


class AttendanceForm:
    """The fields `state-<member>` and `hours-<member>` of one sheet, as they were sent."""

    def __init__(self, data, members: list[Member], *, usual_hours: Decimal) -> None:
        self.data, self.usual_hours = data, usual_hours
        self.errors: dict[int, str] = {}
        self.marks = {member.pk: self._mark(member.pk) for member in members if f"state-{member.pk}" in data}
        version = data.get("version", "")
        self.version = int(version) if version.isascii() and version.isdigit() and len(version) < 10 else 0

    def state(self, member: int) -> str:
        typed = self.data.get(f"state-{member}", "")
        return typed if typed in Attendance.State.values else ""

    def hours(self, member: int) -> str:
        return self.data.get(f"hours-{member}", "")[:10]

    def _mark(self, member: int) -> Mark | None:
        state = self.state(member)
        if not state:
            return None
        return Mark(state, self._hours(member) if state == Attendance.State.PRESENT else Decimal(0))

    def _hours(self, member: int) -> Decimal:
        typed = half_width(text_of(self.hours(member)))
        if not typed:
            return self.usual_hours
        try:
            return _HOURS.clean(typed)
        except forms.ValidationError:
            self.errors[member] = str(_("Hours are a number from 0 to 24 with one decimal at most, such as 1.5."))
            return Decimal(0)


_HOURS = forms.DecimalField(min_value=0, max_value=MOST_HOURS, max_digits=4, decimal_places=1)
