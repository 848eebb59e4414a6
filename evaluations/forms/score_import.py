"""What does somebody say when he uploads a sheet of paper cards?"""

from django import forms
from django.utils.translation import gettext_lazy as _

SOURCE_CHOICES = [("self", _("Self-reviews on paper cards")), ("branch", _("Branch ratings"))]


class ScoreFileForm(forms.Form):
    """The file, and whose scores stand in it."""

    source = forms.ChoiceField(
        label=_("Whose scores"), choices=SOURCE_CHOICES, widget=forms.RadioSelect, initial="self"
    )
    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "An .xlsx or .csv file with the columns 学号, 思想, 学习, 生活, 工作, 作风; 说明 may stand beside."
        ),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
    )
