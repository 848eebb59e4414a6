"""What did the committee type for a month, and what is wrong with it?"""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evaluations.models import Cycle
from evaluations.services.calendar import MonthSettings
from members.models import Branch

FIRST_DAY, LAST_DAY = 1, 28


def _day(label: Any, *, required: bool = True) -> forms.IntegerField:
    wrong = _not_a_day(label)
    return forms.IntegerField(
        label=label,
        required=required,
        min_value=FIRST_DAY,
        max_value=LAST_DAY,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), wrong),
        widget=forms.NumberInput(attrs={"class": "form-control", "inputmode": "numeric"}),
    )


def _not_a_day(label: Any) -> Any:
    """Name the field, the rule and the remedy; lazy, for the language is known later."""
    return format_lazy(
        gettext_lazy("“{field}” is not a day of the month. Enter a whole number from {first} to {last}."),
        field=label,
        first=FIRST_DAY,
        last=LAST_DAY,
    )


class MonthForm(forms.Form):
    """On or off, the two days, the scale, and two days for each general branch that has own ones."""

    is_on = forms.BooleanField(
        label=gettext_lazy("This month is evaluated"),
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )
    review_day = _day(gettext_lazy("Self-reviews due on day"))
    rating_day = _day(gettext_lazy("Branch ratings due on day"))
    scale = forms.ChoiceField(
        label=gettext_lazy("Scale"),
        choices=Cycle.Scale.choices,
        widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
    )
    version = forms.IntegerField(min_value=1, max_value=2_000_000_000, widget=forms.HiddenInput)

    def __init__(self, *args: Any, branches: list[Branch], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.branches = branches
        for branch in branches:
            names = {"branch": branch.name}
            self.fields[f"review_day_{branch.pk}"] = _day(
                _("%(branch)s: self-reviews due on day") % names, required=False
            )
            self.fields[f"rating_day_{branch.pk}"] = _day(
                _("%(branch)s: branch ratings due on day") % names, required=False
            )

    def freeze(self) -> None:
        """Show everything, let nothing be typed."""
        for field in self.fields.values():
            field.disabled = True

    @property
    def settings(self) -> MonthSettings:
        """After is_valid()."""
        typed = self.cleaned_data
        return MonthSettings(
            is_off=not typed["is_on"],
            review_day=typed["review_day"],
            rating_day=typed["rating_day"],
            scale=typed["scale"],
            own_days={branch.pk: days for branch in self.branches if (days := self._own_days(branch))},
        )

    def own_rows(self) -> list[dict[str, Any]]:
        """[{branch, fields}, …]: the two fields of each general branch, for the page."""
        return [
            {"branch": branch, "fields": [self[f"review_day_{branch.pk}"], self[f"rating_day_{branch.pk}"]]}
            for branch in self.branches
        ]

    def clean(self) -> dict[str, Any]:
        typed = super().clean()
        self._check_order("review_day", "rating_day")
        for branch in self.branches:
            first, second = f"review_day_{branch.pk}", f"rating_day_{branch.pk}"
            if first in self.errors or second in self.errors:
                continue
            if (typed.get(first) is None) != (typed.get(second) is None):
                self.add_error(first, _("%(branch)s: fill in both days, or neither.") % {"branch": branch.name})
            else:
                self._check_order(first, second)
        return typed

    def _check_order(self, first: str, second: str) -> None:
        typed = self.cleaned_data
        if typed.get(first) is not None and typed.get(second) is not None and typed[second] < typed[first]:
            self.add_error(second, _("Branch ratings end on the day of the self-reviews or later."))

    def _own_days(self, branch: Branch) -> tuple[int, int] | None:
        review_day = self.cleaned_data.get(f"review_day_{branch.pk}")
        rating_day = self.cleaned_data.get(f"rating_day_{branch.pk}")
        return None if review_day is None or rating_day is None else (review_day, rating_day)


def initial_of(settings: MonthSettings, version: int) -> dict[str, Any]:
    """Return the form's values for a month as it is set."""
    values: dict[str, Any] = {
        "is_on": not settings.is_off,
        "review_day": settings.review_day,
        "rating_day": settings.rating_day,
        "scale": settings.scale,
        "version": version,
    }
    for branch_id, (review_day, rating_day) in settings.own_days.items():
        values[f"review_day_{branch_id}"], values[f"rating_day_{branch_id}"] = review_day, rating_day
    return values
