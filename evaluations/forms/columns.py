"""What does somebody say when he brings in figures from Excel, and which branch does a list show?"""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from branchportal.spreadsheets.values import FIRST_YEAR
from evaluations.queries.column_check import Days
from members.models import Branch


class BranchForm(forms.Form):
    """The branch that a list shows; unknown values are ignored."""

    branch = forms.ChoiceField(label=_("Branch"), required=False)

    def __init__(self, data: Any, *, branches: list[Branch]) -> None:
        super().__init__(data)
        self.branches = branches
        self.fields["branch"].choices = [(branch.code, branch.name) for branch in branches]
        self.fields["branch"].widget.attrs["class"] = "form-select"
        self.full_clean()

    @property
    def chosen(self) -> Branch | None:
        """The branch of the address, else the first."""
        code = self.cleaned_data.get("branch")
        return next((one for one in self.branches if one.code == code), self.branches[0] if self.branches else None)


class ColumnFileForm(forms.Form):
    """The file, and which day or days its figures are about."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("The sheet downloaded here and filled in, or an .xlsx, .xls or .csv file of your own."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
    )
    last_on = forms.DateField(
        label=_("Day of the figures"),
        help_text=_(
            "Such as the day of the meeting or of the sheet. A ranking counts it if its period holds this day."
        ),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": _("Write the date like 2023-09-01.")},
    )
    first_on = forms.DateField(
        label=_("First day, if they cover a period"),
        required=False,
        help_text=_("Such as the first day of the term; the day above is then the last one."),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": _("Write the date like 2023-09-01.")},
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"initial": {"last_on": today}})
        self.today = today
        for name in ("last_on", "first_on"):
            self.fields[name].widget.attrs["max"] = today.isoformat()

    def clean_last_on(self) -> date:
        day = self.cleaned_data["last_on"]
        if day > self.today:
            raise forms.ValidationError(_("This day lies after today. Choose today or an earlier day."))
        if day.year < FIRST_YEAR:
            raise forms.ValidationError(_("This date lies before %(year)s. Check the year.") % {"year": FIRST_YEAR})
        return day

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        first, last = values.get("first_on"), values.get("last_on")
        if first and last and first > last:
            self.add_error("first_on", _("The first day lies after the last one: exchange them."))
        if first and first.year < FIRST_YEAR:
            self.add_error("first_on", _("This date lies before %(year)s. Check the year.") % {"year": FIRST_YEAR})
        return values

    @property
    def days(self) -> Days:
        last = self.cleaned_data["last_on"]
        return Days(self.cleaned_data["first_on"] or last, last)


class ReasonForm(forms.Form):
    """Why something is taken back."""

    reason = forms.CharField(label=_("Reason"), max_length=200)
