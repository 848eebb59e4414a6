"""Whose hours, and of which days?"""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from activities.queries.hours import academic_year
from branchportal.spreadsheets.values import FIRST_YEAR
from members.models import Branch, Member

YEARS_BACK = 6
LAST_YEAR = 2200


class PeriodForm(forms.Form):
    """An academic year, or days of one's own; whatever can't be read means the present year."""

    year = forms.TypedChoiceField(label=_("School year"), required=False, coerce=int, empty_value=None)
    first = forms.DateField(
        label=_("From this day"), required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    last = forms.DateField(
        label=_("Until this day"), required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )

    def __init__(self, data: Any, *, today: date) -> None:
        super().__init__(data)
        self.today = today
        self.prepare()
        self.is_valid()

    def prepare(self) -> None:
        """Fill in what may be chosen, before anything is read."""
        this_year = academic_year(self.today)[0].year
        self.fields["year"].choices = [("", f"{this_year}–{this_year + 1}")] + [
            (year, f"{year}–{year + 1}") for year in range(this_year - 1, this_year - 1 - YEARS_BACK, -1)
        ]
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-select" if isinstance(field.widget, forms.Select) else "form-control"

    @property
    def days(self) -> tuple[date, date]:
        """First and last day, both included, in their order."""
        year = self.cleaned_data.get("year")
        first, last = academic_year(date(year, 9, 1) if year else self.today)
        first, last = self._own_day("first") or first, self._own_day("last") or last
        return min(first, last), max(first, last)

    @property
    def has_own_days(self) -> bool:
        return bool(self._own_day("first") or self._own_day("last"))

    def _own_day(self, name: str) -> date | None:
        day = self.cleaned_data.get(name)
        return day if day and FIRST_YEAR <= day.year <= LAST_YEAR else None


class HoursFilter(PeriodForm):
    """The people of one branch or of all, found by name, number or pinyin."""

    q = forms.CharField(
        label=_("Name or number"), required=False, max_length=80,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )  # fmt: skip
    branch = forms.ChoiceField(label=_("Branch"), required=False)
    field_order = ("q", "branch", "year", "first", "last")

    def __init__(self, data: Any, *, today: date, branches: list[Branch]) -> None:
        self.branches = branches
        super().__init__(data, today=today)

    def prepare(self) -> None:
        super().prepare()
        self.fields["branch"].choices = [("", _("All"))] + [(branch.code, branch.name) for branch in self.branches]
        if len(self.branches) < 2:
            del self.fields["branch"]

    @property
    def narrowed(self) -> bool:
        return any(self.cleaned_data.values())

    def people(self, members: QuerySet[Member]) -> QuerySet[Member]:
        """Those whom the address asks for."""
        words, code = self.cleaned_data.get("q"), self.cleaned_data.get("branch")
        if words:
            by_name = Q(name__icontains=words) | Q(pinyin__icontains=words) | Q(initials__istartswith=words)
            members = members.filter(by_name | Q(number__icontains=words))
        return members.filter(branch__code=code) if code else members
