"""What does somebody choose to import a roster: the file, the branch, and since when new people belong to it?"""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from branchportal.spreadsheets.errors import SpreadsheetError
from branchportal.spreadsheets.reading import MAX_MB
from members.forms.roles import date_field
from members.models import Branch

KINDS = ".xlsx,.xlsm,.xls,.csv"


class RosterImportForm(forms.Form):
    """One file for one branch. With a single branch in charge there is nothing to choose."""

    branch = forms.ModelChoiceField(
        label=_("Branch"), queryset=Branch.objects.none(), to_field_name="code", empty_label=None
    )
    file = forms.FileField(
        label=_("Roster file"),
        max_length=200,
        widget=forms.FileInput(attrs={"accept": KINDS}),
        help_text=_("Excel (.xlsx, .xls) or CSV, up to 10 MB. Title rows, hidden rows and total rows do no harm."),
    )
    joined_on = date_field(
        _("New people belong to the branch since"), help_text=_("People who are already in the roster keep their day.")
    )

    def __init__(self, *args: Any, branches: QuerySet[Branch], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["branch"].queryset = branches
        self.fields["joined_on"].initial = today
        self.fields["joined_on"].widget.attrs["max"] = today.isoformat()
        if len(branches) == 1:
            self.fields["branch"].initial = branches[0]
            self.fields["branch"].widget = forms.HiddenInput()

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload.size > MAX_MB * 1024 * 1024:
            raise forms.ValidationError(str(SpreadsheetError("too_large", limit=MAX_MB)))
        return upload

    def clean_joined_on(self) -> date:
        day = self.cleaned_data["joined_on"]
        if day > self.today:
            raise forms.ValidationError(_("This day lies after today. Choose today or an earlier day."))
        return day
