"""What does somebody say about an award, what is answered, and by what can the register be narrowed?"""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from activities.forms.evidence import LONGEST_NAME, upload_of
from activities.models import Award, AwardLevel
from branchportal.spreadsheets.values import FIRST_YEAR, text_of
from members.models import Branch


class AwardForm(forms.Form):
    """One award of the person who is signed in; `entry` names the opened form. The evidence is a file or a link."""

    title = forms.CharField(label=_("Award"), max_length=120, help_text=_("As it stands on the certificate."))
    level = forms.ModelChoiceField(label=_("Level"), queryset=AwardLevel.objects.all(), empty_label=_("Choose a level"))
    awarded_on = forms.DateField(
        label=_("Awarded on"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": _("Write the date like 2023-09-01.")},
    )
    body = forms.CharField(label=_("Awarding body"), max_length=120)
    file = forms.FileField(
        label=_("Certificate (PDF, JPG or PNG, up to 5 MB)"),
        required=False,
        max_length=LONGEST_NAME,
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
        help_text=_("Not required: you can also show the paper to an officer, or give a link below."),
    )
    link = forms.URLField(
        label=_("Link to an announcement"), required=False, max_length=300, assume_scheme="https",
        error_messages={"invalid": _("Write the whole address, such as https://www.example.edu/news/1.")},
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)
    entry = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, today: date, award: Award | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"initial": _initial(award)})
        self.today, self.upload = today, None
        self.fields["awarded_on"].widget.attrs["max"] = today.isoformat()

    def clean_title(self) -> str:
        return _written(self.cleaned_data["title"])

    def clean_body(self) -> str:
        return _written(self.cleaned_data["body"])

    def clean_awarded_on(self) -> date:
        day = self.cleaned_data["awarded_on"]
        if day > self.today:
            raise forms.ValidationError(_("This day lies after today. Choose today or an earlier day."))
        if day.year < FIRST_YEAR:
            raise forms.ValidationError(_("This date lies before %(year)s. Check the year.") % {"year": FIRST_YEAR})
        return day

    def clean_link(self) -> str:
        link = self.cleaned_data["link"]
        if link and not link.lower().startswith(("http://", "https://")):
            raise forms.ValidationError(_("Write the whole address, such as https://www.example.edu/news/1."))
        return link

    def clean_file(self) -> Any:
        sent = self.cleaned_data["file"]
        if sent:
            self.upload = upload_of(
                sent, of_another_kind=_("This is no PDF, JPG or PNG file. Save the certificate as one of them.")
            )
        return sent or None

    def values(self) -> dict[str, Any]:
        """What the services take."""
        return {name: self.cleaned_data[name] for name in ("title", "level", "awarded_on", "body", "link")}


class DecisionForm(forms.Form):
    """The answer to a proposal."""

    confirms = forms.TypedChoiceField(
        label=_("Answer"),
        choices=[("yes", _("Confirm: it counts")), ("no", _("Do not confirm"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        required=False,
        help_text=_("Needed if you do not confirm; the person reads it."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def clean_reason(self) -> str:
        return text_of(self.cleaned_data["reason"])

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if values.get("confirms") is False and not values.get("reason"):
            self.add_error("reason", _("Say why it is not confirmed, so that it can be mended."))
        return values


class AwardFilter(django_filters.FilterSet):
    """Every filter stands in the address; unknown values are ignored."""

    q = django_filters.CharFilter(
        method="search", label=_("Name, number or award"),
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )  # fmt: skip
    branch = django_filters.ChoiceFilter(field_name="member__branch__code", label=_("Branch"), empty_label=_("All"))
    state = django_filters.ChoiceFilter(label=_("State"), choices=Award.State.choices, empty_label=_("All"))
    level = django_filters.ModelChoiceFilter(label=_("Level"), queryset=AwardLevel.objects.all(), empty_label=_("All"))

    class Meta:
        model = Award
        fields = ["q", "branch", "state", "level"]

    def __init__(self, data: Any, queryset: QuerySet[Award], *, branches: list[Branch]) -> None:
        super().__init__(data, queryset)
        self.filters["branch"].extra["choices"] = [(branch.code, branch.name) for branch in branches]
        if len(branches) < 2:
            del self.filters["branch"]
        for field in self.form.fields.values():
            field.widget.attrs["class"] = "form-select" if isinstance(field.widget, forms.Select) else "form-control"

    @property
    def narrowed(self) -> bool:
        """Does the address ask for less than everything?"""
        return any(self.form.cleaned_data.values()) if self.form.is_valid() else True

    def search(self, queryset: QuerySet[Award], name: str, value: str) -> QuerySet[Award]:
        person = Q(member__name__icontains=value) | Q(member__number__icontains=value)
        return queryset.filter(person | Q(title__icontains=value))


def _written(text: str) -> str:
    text = text_of(text)
    if not text:
        raise forms.ValidationError(_("This field is required."))
    return text


def _initial(award: Award | None) -> dict[str, Any]:
    if award is None:
        return {"entry": uuid4()}
    return {name: getattr(award, name) for name in ("title", "level", "awarded_on", "body", "link", "version", "entry")}
