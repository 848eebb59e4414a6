"""What did a member type on his card, and what is wrong with it?"""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from evaluations.dimensions import DIMENSIONS, GRADE_POINTS, HIGHEST_POINTS, Grade
from evaluations.labels import DIMENSION_LABELS
from evaluations.models import Cycle
from evaluations.services.self_reviews import LONGEST_NOTE, Words

BIGGEST_NUMBER = 2_000_000_000


class ReviewCardForm(forms.Form):
    """Five grades, or five whole numbers from 0 to 100, with a note each; which page sent them, and made from what.

    Draft words may be incomplete (`complete=False`); what can't be read is left out of them and named in the errors.
    """

    version = forms.IntegerField(required=False, min_value=0, max_value=BIGGEST_NUMBER)
    page = forms.CharField(required=False, max_length=32)
    step = forms.IntegerField(required=False, min_value=0, max_value=BIGGEST_NUMBER)

    def __init__(self, *args: Any, cycle: Cycle, complete: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.in_grades = cycle.scale == Cycle.Scale.GRADES
        for dimension in DIMENSIONS:
            make = _grade_field if self.in_grades else _points_field
            self.fields[dimension] = make(str(DIMENSION_LABELS[dimension]), required=complete)
            self.fields[f"{dimension}_note"] = _note_field(str(DIMENSION_LABELS[dimension]))

    @property
    def words(self) -> Words:
        """What could be read; after is_valid()."""
        typed = self.cleaned_data
        notes = {dimension.value: " ".join(typed.get(f"{dimension}_note", "").split()) for dimension in DIMENSIONS}
        return Words(
            points={dimension.value: self._points(typed.get(dimension)) for dimension in DIMENSIONS},
            notes={dimension: note for dimension, note in notes.items() if note},
            page=typed.get("page", ""),
            step=typed.get("step") or 0,
        )

    @property
    def sent_version(self) -> int:
        """From which state of the card the page was made; 0 for none, or a figure that never was one."""
        return self.cleaned_data.get("version") or 0

    @property
    def problems(self) -> list[tuple[str, str]]:
        """(field, message) in the order of the card."""
        return [(name, message) for name in self.fields for message in self.errors.get(name, [])]

    def _points(self, value: Any) -> int | None:
        if value in {None, ""}:
            return None
        return GRADE_POINTS[Grade(value)] if self.in_grades else value


def _grade_field(label: str, *, required: bool) -> forms.ChoiceField:
    missing = _("%(dimension)s: nothing chosen yet. Choose one of the five grades.") % {"dimension": label}
    return forms.ChoiceField(
        required=required,
        choices=[(grade.value, grade.value) for grade in Grade],
        error_messages={"required": missing, "invalid_choice": missing},
    )


def _points_field(label: str, *, required: bool) -> forms.IntegerField:
    missing = _("%(dimension)s: no points yet. Type a whole number from 0 to 100.") % {"dimension": label}
    wrong = _("%(dimension)s: points are a whole number from 0 to 100. Please correct it.") % {"dimension": label}
    return forms.IntegerField(
        required=required,
        min_value=0,
        max_value=HIGHEST_POINTS,
        error_messages={"required": missing, "invalid": wrong, "min_value": wrong, "max_value": wrong},
    )


def _note_field(label: str) -> forms.CharField:
    too_long = _("%(dimension)s, note: at most 200 characters. Please shorten it.") % {"dimension": label}
    strange = _("%(dimension)s, note: it contains a character that can't be stored. Please type it again.")
    return forms.CharField(
        required=False,
        max_length=LONGEST_NOTE,
        error_messages={"max_length": too_long, "null_characters_not_allowed": strange % {"dimension": label}},
    )
