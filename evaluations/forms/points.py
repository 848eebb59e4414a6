"""What is said of a bonus or a deduction: about whom, in which category, how many points, what for, what shows it?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from activities.forms.evidence import LONGEST_NAME, upload_of
from activities.services.evidence import Upload
from branchportal.spreadsheets.values import FIRST_YEAR, text_of
from evaluations.models import PointsEntry
from evaluations.models.points import DECIMALS, MOST_DIGITS
from evaluations.queries.points import Category
from evaluations.services.points import figure
from members.models import Member

LONGEST_REASON = 200


class PointsForm(forms.Form):
    """One entry; `entry` names the opened form. What shows it is words or a file."""

    member = forms.ModelChoiceField(
        label=pgettext_lazy("of an entry", "Person"), queryset=None, empty_label=_("Choose a person")
    )
    category = forms.ChoiceField(label=_("Category"))
    points = forms.DecimalField(
        label=_("Points"),
        min_value=0,
        max_digits=MOST_DIGITS,
        decimal_places=DECIMALS,
        help_text=_("Above 0. Whether they are added or taken off is said by the category."),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={"invalid": _("Write a number such as 5 or 2.5.")},
    )
    on = forms.DateField(
        label=_("Date"),
        help_text=_("A ranking counts it if its period holds this day."),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": _("Write the date like 2023-09-01.")},
    )
    what = forms.CharField(
        label=pgettext_lazy("points", "What for"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("One line. The person reads it; nothing about family, hardship or health."),
    )
    source = forms.CharField(
        label=_("What shows it"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("A document with its number, a list, an address; or add a file."),
    )
    file = forms.FileField(
        label=_("File (PDF, JPG or PNG, up to 5 MB)"),
        required=False,
        max_length=LONGEST_NAME,
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
    )
    reason = forms.CharField(label=_("Why it changes"), max_length=LONGEST_REASON, help_text=_("The person reads it."))
    entry = forms.UUIDField(widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)

    def __init__(
        self,
        *args: Any,
        people: Any,
        categories: Mapping[str, Category],
        today: date,
        row: PointsEntry | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs | {"initial": _stored(row) if row else {"entry": uuid4(), "on": today}})
        self.upload: Upload | None = None
        self.today, self.row, self.categories = today, row, categories
        self.fields["on"].widget.attrs["max"] = today.isoformat()
        self.fields["category"].choices = _choices(categories.values(), row)
        if row is None:
            self.fields["member"].queryset = people
            self.fields["member"].label_from_instance = lambda member: f"{member.name} {member.number}"
            del self.fields["reason"]
        else:
            del self.fields["member"]

    def clean_points(self) -> Any:
        points = self.cleaned_data["points"]
        if points == 0:
            raise forms.ValidationError(_("Write a number above 0."))
        return points

    def clean_on(self) -> date:
        day = self.cleaned_data["on"]
        if day > self.today:
            raise forms.ValidationError(_("This day lies after today. Choose today or an earlier day."))
        if day.year < FIRST_YEAR:
            raise forms.ValidationError(_("This date lies before %(year)s. Check the year.") % {"year": FIRST_YEAR})
        return day

    def clean_what(self) -> str:
        return _written(self.cleaned_data["what"])

    def clean_source(self) -> str:
        return text_of(self.cleaned_data["source"])

    def clean_reason(self) -> str:
        return _written(self.cleaned_data["reason"])

    def clean_file(self) -> Any:
        sent = self.cleaned_data["file"]
        if sent:
            self.upload = upload_of(
                sent, of_another_kind=_("This is no PDF, JPG or PNG file. Save it as one of them, or send none.")
            )
        return sent or None

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        has_file = self.upload or "file" in self.errors or (self.row and self.row.evidence_id)
        if not values.get("source") and not has_file and "source" not in self.errors:
            self.add_error("source", _("Say what shows it, or add a file: points that nothing shows don't count."))
        return values

    def values(self) -> dict[str, Any]:
        """What the services take."""
        code = self.cleaned_data["category"]
        label = self.categories[code].label if code in self.categories else self.row.category_label
        chosen = {name: self.cleaned_data[name] for name in ("points", "on", "what", "source")}
        return {"category": code, "category_label": label[:80], **chosen}


class WithdrawForm(forms.Form):
    """Why an entry is taken back; `version` is what the sender saw."""

    reason = forms.CharField(
        label=_("Reason"), max_length=LONGEST_REASON, help_text=_("Such as: written twice. The person reads it.")
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def clean_reason(self) -> str:
        return _written(self.cleaned_data["reason"])


def people_of(members: Any, own: frozenset[int]) -> Any:
    """Whom an officer may write about: those who are there, never himself nor whom he stands in for."""
    return members.filter(ended_on=None, kind=Member.Kind.STUDENT).exclude(user__in=own).in_roster_order()


def _choices(categories: Iterable[Category], row: PointsEntry | None) -> list[tuple[str, str]]:
    choices = [(one.code, one.label) for one in categories]
    if row and row.category not in dict(choices):
        choices.append((row.category, row.category_label))
    return choices


def _written(text: str) -> str:
    text = text_of(text)
    if not text:
        raise forms.ValidationError(_("This field is required."))
    return text


def _stored(row: PointsEntry) -> dict[str, Any]:
    kept = {name: getattr(row, name) for name in ("category", "on", "what", "source", "entry", "version")}
    return kept | {"points": figure(row.points)}
