"""What may be typed about a kind of activity?"""

from __future__ import annotations

from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from activities.models import ActivityKind
from activities.services.kinds import EDITABLE
from branchportal.spreadsheets.values import text_of


class KindForm(forms.ModelForm):
    """A kind of one committee; a standard one may do without a name and keeps its own then."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    entry = forms.UUIDField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = ActivityKind
        fields = EDITABLE
        labels = {"name": _("Name of the kind")}
        help_texts = {
            "series": _("Optional, such as the name of one of the year's series: its activities are counted together."),
            "counts_hours": _("Otherwise its hours are 0 unless somebody enters others."),
            "needs_minutes": _("The page of such an activity asks for minutes."),
            "english_name": _("Optional: shown to readers of English."),
        }

    def __init__(self, *args, **options) -> None:
        super().__init__(*args, **options)
        self.initial |= {"entry": uuid4(), "version": self.instance.version}
        self.fields["name"].required = not self._is_standard
        self.fields["platform"].choices = [("", _("None")), *ActivityKind.Platform.choices]
        if self._is_standard:
            self.fields["name"].help_text = _("Left empty: the standard name.")
        for field in self.fields.values():
            field.widget.attrs.setdefault("autocomplete", "off")

    @property
    def _is_standard(self) -> bool:
        return bool(self.instance.pk) and not self.instance.code.startswith("own-")

    def clean_name(self) -> str:
        name = text_of(self.cleaned_data["name"])
        if not name and not self._is_standard:
            raise forms.ValidationError(_("Write what the kind is called."))
        return name

    def clean_english_name(self) -> str:
        return text_of(self.cleaned_data["english_name"])

    def clean_series(self) -> str:
        return text_of(self.cleaned_data["series"])

    def _post_clean(self) -> None:
        """The row itself is written by the service."""

    def values(self) -> dict:
        return {name: self.cleaned_data[name] for name in EDITABLE}
