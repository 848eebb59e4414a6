"""What does somebody say when he uploads a sheet of scores?"""

from django import forms
from django.utils.translation import gettext_lazy as _

SOURCE_CHOICES = [("self", _("Self-reviews on paper cards")), ("branch", _("Branch ratings"))]


class ScoreFileForm(forms.Form):
    """The file, and whose scores stand in it where it does not say so itself."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("A sheet downloaded here and filled in, or an .xlsx, .xls or .csv file of your own."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
    )
    source = forms.ChoiceField(
        label=_("Whose scores"),
        choices=[("", _("As the downloaded sheet says")), *SOURCE_CHOICES],
        widget=forms.RadioSelect,
        initial="",
        required=False,
    )
