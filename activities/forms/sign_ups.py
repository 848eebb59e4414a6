"""What does an officer change about one person on the list of an activity, and why?"""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from activities.models import SignUp
from branchportal.spreadsheets.values import text_of

TAKE_OFF, PUT_FIRST = "take_off", "put_first"


class SignUpForm(forms.Form):
    """Take the person off the list, or let him wait as the first one; who has a place can only be taken off."""

    wish = forms.ChoiceField(
        label=_("Change"),
        choices=[
            (PUT_FIRST, _("First on the waiting list: the next free place")),
            (TAKE_OFF, _("Off the list: the first who waits moves up")),
        ],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("The person reads it; it stays in the audit trail."),
    )  # fmt: skip

    def __init__(self, *args, sign_up: SignUp, **options) -> None:
        super().__init__(*args, **options)
        if sign_up.has_place:
            del self.fields["wish"]

    def clean_reason(self) -> str:
        reason = text_of(self.cleaned_data["reason"])
        if not reason:
            raise forms.ValidationError(_("Say why: the person reads it."))
        return reason

    @property
    def puts_first(self) -> bool:
        return self.cleaned_data.get("wish") == PUT_FIRST
