"""What does a member write who appeals against a figure, and what does the committee write in answer?"""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from evaluations.dimensions import DIMENSIONS, GRADE_POINTS, HIGHEST_POINTS, grade_of
from evaluations.labels import DIMENSION_LABELS, GRADE_LABELS
from evaluations.models import Appeal
from evaluations.models.appeals import LONGEST_WORDS

GRADES = [("", _("Choose"))] + [(str(points), GRADE_LABELS[grade]) for grade, points in GRADE_POINTS.items()]


class AppealForm(forms.Form):
    """What is wrong with the figure, and what shows it."""

    words = forms.CharField(
        label=_("What is wrong"), max_length=LONGEST_WORDS, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Say what stands there and what should. At most 500 characters."),
    )  # fmt: skip
    evidence = forms.CharField(
        label=_("What shows it"), max_length=LONGEST_WORDS, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Optional: a sheet, a record, whom to ask. Nothing about health, hardship or family."),
    )  # fmt: skip


class AnswerForm(forms.Form):
    """Why an appeal is upheld or not."""

    reason = forms.CharField(
        label=_("Reason"), max_length=LONGEST_WORDS, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The member reads it. At most 500 characters."),
    )  # fmt: skip


class CorrectionForm(AnswerForm):
    """The five points that count from now on, for a month on either scale, and why."""

    field_order = (*DIMENSIONS, "reason")

    def __init__(self, *args: Any, in_grades: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        make = _grade_field if in_grades else _points_field
        for dimension in DIMENSIONS:
            self.fields[dimension.value] = make(DIMENSION_LABELS[dimension])
        self.order_fields([*DIMENSIONS, "reason"])

    @property
    def points(self) -> dict[str, int]:
        """By dimension; after is_valid()."""
        return {dimension.value: int(self.cleaned_data[dimension.value]) for dimension in DIMENSIONS}


class StateForm(forms.Form):
    """Which appeals a list shows."""

    state = forms.ChoiceField(
        label=_("State"), required=False,
        choices=[("", pgettext_lazy("appeals", "All")), *Appeal.State.choices],
    )  # fmt: skip


def is_of_grades(points: dict[str, int | None]) -> bool:
    """Whether all that stands so far is a grade, so that a form of grades can show it."""
    return all(value is None or grade_of(value) for value in points.values())


def _grade_field(label: Any) -> forms.Field:
    return forms.ChoiceField(label=label, choices=GRADES)


def _points_field(label: Any) -> forms.Field:
    return forms.IntegerField(label=label, min_value=0, max_value=HIGHEST_POINTS)
