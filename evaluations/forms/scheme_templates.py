"""What does somebody choose who begins a new scheme?"""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from evaluations.models import ScoringScheme
from evaluations.purposes import Purpose
from evaluations.scheme_templates import CODES

LONGEST_NAME = ScoringScheme._meta.get_field("name").max_length
LONGEST_VERSION = ScoringScheme._meta.get_field("version").max_length


class NewSchemeForm(forms.Form):
    """Whose it is, for what, how it is called, and with which template it begins."""

    branch = forms.ModelChoiceField(label=_("Branch"), queryset=None, to_field_name="code", empty_label=None)
    purpose = forms.ChoiceField(label=_("Purpose"), choices=Purpose.choices)
    name = forms.CharField(label=_("Name of the scheme"), max_length=LONGEST_NAME)
    version = forms.CharField(label=_("Version"), max_length=LONGEST_VERSION)
    template = forms.ChoiceField(
        choices=[(code, code) for code in CODES],
        error_messages={"required": _("Choose with which template the scheme begins.")},
    )

    def __init__(self, *args: Any, branches: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["branch"].queryset = branches
        self.fields["version"].initial = f"{today.year}-1"
