"""What may a member ask to have corrected, and what does an officer say to it?"""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from branchportal.spreadsheets.values import BadNumberError, number_of, text_of
from members.forms.people import TEXTS, MemberForm
from members.models import Member
from members.services.people import EDITABLE

CORRECTABLE = tuple(name for name in EDITABLE if name != "kind")


def member_form(member: Member, field: str, text: str, *, today: date) -> MemberForm:
    """The record with one other value, to be checked as if an officer had typed it."""
    data = {name: "" if getattr(member, name) is None else str(getattr(member, name)) for name in EDITABLE}
    return MemberForm({**data, field: text, "version": member.version}, instance=member, today=today)


class AskForm(forms.Form):
    """The value that would be right, and why. `field` is one of CORRECTABLE."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("How can it be seen that this is right? For example: the card, the minutes, the letter."),
    )
    entry = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    field_order = ("proposed", "reason", "entry")

    def __init__(self, *args, member: Member, field: str, today: date, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.member, self.field, self.today = member, field, today
        proposed = MemberForm(instance=member, today=today).fields[field]
        proposed.label, proposed.help_text, proposed.show_hidden_initial = _("Right would be"), "", False
        proposed.widget.attrs.pop("list", None)
        self.fields["proposed"] = proposed
        self.order_fields(self.field_order)

    def clean_proposed(self) -> Any:
        value = self.cleaned_data["proposed"]
        if self.field == "number":
            value = _number(value)
        elif self.field in TEXTS:
            value = text_of(value)
            if not value and self.fields["proposed"].required:  # invisible signs alone
                raise forms.ValidationError(self.fields["proposed"].error_messages["required"])
        elif isinstance(value, date) and value > self.today and self.field != "leaving_on":
            raise forms.ValidationError(_("This day lies in the future. Enter the day on which it happened."))
        if (value or None) == (getattr(self.member, self.field) or None):
            raise forms.ValidationError(_("This is what the record says already. Enter what it should say."))
        return value


class AnswerForm(forms.Form):
    """What an officer answers; declining needs a reason."""

    answer = forms.CharField(
        label=_("Answer"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The member reads it. Needed when you decline."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)
    verdict = forms.ChoiceField(choices=[("accept", "accept"), ("decline", "decline")], widget=forms.HiddenInput)

    def clean(self) -> dict:
        values = super().clean()
        if values.get("verdict") == "decline" and not values.get("answer") and "answer" not in self.errors:
            self.add_error("answer", _("Say why, so that the member understands it."))
        return values


def _number(value: str) -> str:
    try:
        return number_of(value)
    except BadNumberError:
        raise forms.ValidationError(
            _("A number has only letters, digits, hyphens and underscores. Type it in full, without spaces.")
        ) from None
