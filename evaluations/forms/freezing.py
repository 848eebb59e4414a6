"""What does somebody fill in who proposes, confirms, declines or withdraws the freezing of a ranking?"""

from django import forms
from django.utils.translation import gettext_lazy as _

from members.forms.sign_in import password_field


class SignatureForm(forms.Form):
    """The password once more, under exactly what the page showed."""

    fingerprint = forms.CharField(max_length=64, widget=forms.HiddenInput)
    password = password_field(
        _("Your password"), autocomplete="current-password", help_text=_("Once more, as your signature.")
    )


class ProposalForm(SignatureForm):
    """A note for whoever confirms, and the signature."""

    note = forms.CharField(
        label=_("Note for the committee"), max_length=200, required=False,
        help_text=_("Optional, for example when the branch committee discussed it."),
    )  # fmt: skip
    field_order = ("fingerprint", "note", "password")


class ReasonForm(forms.Form):
    """Why a proposal goes back."""

    reason = forms.CharField(label=_("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 3}))
