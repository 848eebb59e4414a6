"""Which rule does a branch choose for late self-reviews?"""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

REFUSE, ACCEPT = "refuse", "accept"


class LatePolicyForm(forms.Form):
    """Refuse, or accept and mark."""

    policy = forms.ChoiceField(
        label=_("Self-reviews after the deadline"),
        choices=[
            (REFUSE, _("Refuse: the month counts as missing")),
            (ACCEPT, _("Accept until the branch ratings end, and mark them as late")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the two."), "invalid_choice": _("Choose one of the two.")},
    )
