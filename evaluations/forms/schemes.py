"""What has to be said when a scheme is imported or published?"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from evaluations.deadlines import month_of, months_between, next_month, parse_month
from evaluations.documents import SchemeError, check_storable, read_json
from evaluations.forms.compilations import month_label
from evaluations.labels import SOURCE_LABELS, column_label
from evaluations.models import ScoringScheme
from evaluations.purposes import Purpose
from evaluations.queries.rated_months import rated_months
from evaluations.scheme import Scheme, parse_scheme
from evaluations.scheme_sheet import next_version
from evaluations.sources import COMPONENT_SOURCES, INPUT_SOURCES, needed_components, needed_inputs, usual_sources
from members.models import Branch

LARGEST_DOCUMENT = 256 * 1024


class SchemeImportForm(forms.Form):
    """First the file; `document` carries the same text through the page that checks it."""

    branch = forms.ModelChoiceField(label=_("Branch"), queryset=None, to_field_name="code", empty_label=None)
    purpose = forms.ChoiceField(label=_("Purpose"), choices=Purpose.choices)
    file = forms.FileField(
        label=_("Scheme document"),
        required=False,
        help_text=_("A JSON file in the format branchportal.scheme/1, such as the export of another scheme."),
        widget=forms.ClearableFileInput(attrs={"accept": ".json,application/json"}),
    )
    document = forms.CharField(required=False, widget=forms.HiddenInput, strip=False)

    def __init__(self, *args: Any, branches: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["branch"].queryset = branches

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        file = cleaned.get("file")
        if file is None and not cleaned.get("document"):
            raise forms.ValidationError(_("Choose the scheme's JSON file."))
        if file is not None and file.size > LARGEST_DOCUMENT:
            raise forms.ValidationError(_("This file is larger than 256 KB and is no scheme document."))
        content = file.read() if file is not None else cleaned["document"].encode()
        try:
            document = read_json(content, SchemeError)
            check_storable(document, "scheme", SchemeError)
            scheme = parse_scheme(document)
        except SchemeError as problem:
            raise forms.ValidationError(document_problem(problem)) from None
        return cleaned | {"content": document, "scheme": scheme, "text": content.decode("utf-8-sig")}


class SourcesForm(forms.Form):
    """Where each component and each gate input gets its data from; the names mostly say it already."""

    def __init__(self, *args: Any, scheme: Scheme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scheme = scheme
        usual = usual_sources(scheme)
        for component in needed_components(scheme):
            label = _("Source of %(label)s") % {"label": component.label}
            self._add(f"component-{component.code}", label, COMPONENT_SOURCES, usual["components"].get(component.code))
        for name in needed_inputs(scheme):
            label = _("Source of the gate input %(name)s") % {"name": SOURCE_LABELS.get(name) or column_label(name)}
            self._add(f"input-{name}", label, INPUT_SOURCES, usual["inputs"].get(name))

    def _add(self, field: str, label: str, sources: dict, initial: str | None) -> None:
        choices = [("", "—"), *((code, SOURCE_LABELS[code]) for code in sources)]
        self.fields[field] = forms.ChoiceField(
            label=label,
            choices=choices,
            initial=initial,
            error_messages={"required": _("The portal has to know where these figures come from: choose a source.")},
        )

    def sources(self) -> dict[str, dict[str, str]]:
        """What was chosen, as a ScoringScheme keeps it."""
        return {
            "components": {
                one.code: self.cleaned_data[f"component-{one.code}"] for one in needed_components(self.scheme)
            },
            "inputs": {name: self.cleaned_data[f"input-{name}"] for name in needed_inputs(self.scheme)},
        }


class ApproveForm(forms.Form):
    """When the committee approved a draft; `seen` is what was read."""

    approved_on = forms.DateField(
        label=_("Approved by the committee on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, draft: ScoringScheme, today: date, **kwargs: Any) -> None:
        super().__init__(*args, initial={"approved_on": today, "seen": draft.mark}, **kwargs)
        self.today = today

    def clean_approved_on(self) -> date:
        day = self.cleaned_data["approved_on"]
        if day > self.today:
            raise forms.ValidationError(_("This day is still to come: enter the day of the committee's decision."))
        return day


class PublishForm(forms.Form):
    """The months in which a scheme is valid, within a year from now in both directions."""

    first_month = forms.TypedChoiceField(label=_("Valid from"), coerce=parse_month)
    last_month = forms.TypedChoiceField(
        label=_("Valid until"), coerce=parse_month, required=False, empty_value=None
    )  # fmt: skip

    def __init__(self, *args: Any, branch: Branch, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        this = month_of(now)
        first = this.replace(year=this.year - 1)
        last = this.replace(year=this.year + 1)
        choices = [(f"{month:%Y-%m}", month_label(month)) for month in months_between(first, last)]
        self.fields["first_month"].choices = choices
        self.fields["last_month"].choices = [("", _("until another scheme replaces it")), *choices]
        if not self.is_bound:  # a rated month keeps its scheme
            rated = rated_months(branch, this, None)
            self.fields["first_month"].initial = f"{next_month(rated[-1]) if rated else this:%Y-%m}"


class CopyForm(forms.Form):
    """Whose the copy of a scheme is, and in which version."""

    branch = forms.ModelChoiceField(label=_("Branch"), queryset=None, to_field_name="code", empty_label=None)
    version = forms.CharField(label=_("Version"), max_length=ScoringScheme._meta.get_field("version").max_length)

    def __init__(self, *args: Any, scheme: ScoringScheme, branches: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["branch"].queryset = branches
        self.fields["branch"].initial = scheme.branch.code
        if not self.is_bound:
            taken = set(ScoringScheme.objects.filter(name=scheme.name).values_list("version", flat=True))
            self.fields["version"].initial = next_version(scheme.version, taken)


def document_problem(problem: SchemeError) -> str:
    """Which place of a document is wrong, and why, in the reader's language."""
    message = _(problem.text) % problem.params
    return f"{problem.place} {message}" if problem.place else str(message)
