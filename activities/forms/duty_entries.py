"""What does somebody write down about a duty, and why does he take it back?"""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from activities.duties import TOPICS, DutyKind
from activities.forms.evidence import LONGEST_NAME, upload_of
from activities.models import Duty, DutyEntry
from activities.models.duties import TOPIC_LABELS
from activities.services.evidence import Upload
from branchportal.months import last_day_of
from branchportal.spreadsheets.values import text_of


class EntryForm(forms.Form):
    """One entry of the person who is signed in; `entry` names the opened form."""

    on = forms.DateField(
        label=_("Day"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": _("Write the date like 2023-09-01.")},
    )
    topic = forms.ChoiceField(label=_("Topic"), widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("What did you do?"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("One line. Nothing about anybody's family, hardship or health: say what you did, not why."),
    )
    file = forms.FileField(
        label=_("Evidence (PDF, JPG or PNG, up to 5 MB)"),
        required=False,
        max_length=LONGEST_NAME,
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
        help_text=_("Not required. Each file counts once, and no photograph of people is asked for."),
    )
    entry = forms.UUIDField(widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)

    def __init__(self, *args: Any, duty: Duty, today: date, row: DutyEntry | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"initial": _stored(row) if row else _first(duty, today)})
        self.upload: Upload | None = None
        self.fields["topic"].choices = [(topic, TOPIC_LABELS[topic]) for topic in TOPICS[DutyKind(duty.kind)]]
        limits = {"min": duty.first_month.isoformat(), "max": min(today, last_day_of(duty.last_month)).isoformat()}
        self.fields["on"].widget.attrs |= limits

    def clean_text(self) -> str:
        text = text_of(self.cleaned_data["text"])
        if not text:
            raise forms.ValidationError(_("This field is required."))
        return text

    def clean_file(self) -> Any:
        sent = self.cleaned_data["file"]
        if sent:
            self.upload = upload_of(
                sent, of_another_kind=_("This is no PDF, JPG or PNG file. Save it as one of them, or send none.")
            )
        return sent or None

    def values(self) -> dict[str, Any]:
        """What the services take."""
        return {name: self.cleaned_data[name] for name in ("on", "topic", "text")}


class ReasonForm(forms.Form):
    """Why something is taken back; `version` is what the sender saw."""

    reason = forms.CharField(
        label=_("Reason"), max_length=200, help_text=_("Such as: written twice, or for the wrong day.")
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def clean_reason(self) -> str:
        reason = text_of(self.cleaned_data["reason"])
        if not reason:
            raise forms.ValidationError(_("This field is required."))
        return reason


def _first(duty: Duty, today: date) -> dict[str, Any]:
    return {"on": max(duty.first_month, min(today, last_day_of(duty.last_month))), "entry": uuid4()}


def _stored(row: DutyEntry) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("on", "topic", "text", "entry", "version")}
