"""What does an officer write to a member about a self-review, and which submission does he answer?"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from evaluations.models.answers import LONGEST_ANSWER

MOST_SEEN = 2000  # rows that one preview may send back


class SubmissionField(forms.CharField):
    """The moment of the submission that the page had shown, as the page wrote it."""

    widget = forms.HiddenInput

    def clean(self, value: Any) -> datetime:
        text = super().clean(value)
        moment = _moment(text)
        if moment is None:
            raise forms.ValidationError(_("The page is out of date: open it again."))
        return moment


class AnswerForm(forms.Form):
    """A remark, or nothing where the review was only read."""

    submission = SubmissionField(max_length=40)
    text = forms.CharField(
        label=_("Your answer"),
        required=False,
        max_length=LONGEST_ANSWER,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("At most 500 characters; the member is told."),
    )


class ReturnForm(forms.Form):
    """Why the review is handed back."""

    submission = SubmissionField(max_length=40)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=LONGEST_ANSWER,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What is missing or unclear, and what to add. At most 500 characters."),
        error_messages={"required": _("Say why you return the review: the member reads it and acts on it.")},
    )


def seen_submissions(values: list[str]) -> dict[int, datetime]:
    """{review: its submission} of a preview's hidden fields "12@2026-11-10T…"; whatever can't be read is left out."""
    seen = {}
    for value in values[:MOST_SEEN]:
        key, _at, text = value.partition("@")
        moment = _moment(text)
        if key.isascii() and key.isdigit() and len(key) < 19 and moment is not None:
            seen[int(key)] = moment
    return seen


def _moment(text: str) -> datetime | None:
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None
