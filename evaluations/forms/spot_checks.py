"""What does a reviewer fill in about somebody who was drawn?"""

from django import forms
from django.utils.translation import gettext_lazy as _

from evaluations.models import SpotCheck


class FindingForm(forms.Form):
    """In order, or a remark with its words."""

    finding = forms.ChoiceField(label=_("Finding"), choices=SpotCheck.Finding.choices, widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("Note"), max_length=200, required=False,
        help_text=_("One line for the branch; needed with a remark."),
    )  # fmt: skip
