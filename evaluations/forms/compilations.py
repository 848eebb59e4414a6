"""Which ranking is to be compiled: branch, purpose, first and last month?"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.dateformat import format as format_date
from django.utils.formats import get_format
from django.utils.translation import gettext_lazy as _

from evaluations.deadlines import month_of, parse_month
from evaluations.periods import term_until
from evaluations.purposes import Purpose
from evaluations.queries.months import last_closed_month

MONTHS_OFFERED = 24


def new_nonce() -> str:
    """What tells one shown form from another, so that sending it twice asks once."""
    return uuid4().hex


class CompileForm(forms.Form):
    """The branches offered are those that the signed-in person may compile for."""

    branch = forms.ModelChoiceField(label=_("Branch"), queryset=None, to_field_name="code", empty_label=None)
    purpose = forms.ChoiceField(label=_("Purpose"), choices=Purpose.choices)
    first = forms.TypedChoiceField(label=_("First month"), coerce=parse_month)
    last = forms.TypedChoiceField(label=_("Last month"), coerce=parse_month)
    nonce = forms.CharField(required=False, max_length=32, widget=forms.HiddenInput, initial=new_nonce)

    def __init__(self, *args: Any, branches: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["branch"].queryset = branches
        this_month = month_of(now)
        choices = month_choices(this_month)
        self.fields["first"].choices = self.fields["last"].choices = choices
        if not self.is_bound:
            last = self._last_closed_month(choices) or this_month
            self.fields["first"].initial = f"{term_until(last):%Y-%m}"
            self.fields["last"].initial = f"{last:%Y-%m}"

    def _last_closed_month(self, choices: list[tuple[str, str]]) -> date | None:
        """Of the branch that is shown first; None where no month that is offered has closed yet."""
        branches = self.fields["branch"].queryset
        branch = branches.filter(code=self.initial["branch"]).first() if "branch" in self.initial else branches.first()
        month = last_closed_month(branch) if branch else None
        return month if month and f"{month:%Y-%m}" in dict(choices) else None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", _("The last month lies before the first one: exchange them."))
        return cleaned


def month_choices(newest: date, count: int = MONTHS_OFFERED) -> list[tuple[str, str]]:
    """The newest month and those before it, as choices of a list."""
    months = [newest]
    while len(months) < count:
        months.append(month_of(months[-1] - timedelta(days=1)))
    return [(f"{month:%Y-%m}", month_label(month)) for month in months]


def month_label(month: date) -> str:
    """A month as the reader's language writes it."""
    return format_date(month, get_format("YEAR_MONTH_FORMAT"))
