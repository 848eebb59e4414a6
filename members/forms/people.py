"""What may be typed about a person, and which date does not fit?"""

from __future__ import annotations

from datetime import date

from django import forms
from django.core.validators import MaxValueValidator
from django.utils.translation import gettext_lazy as _

from branchportal.spreadsheets.values import FIRST_YEAR, BadNumberError, number_of, text_of
from members.labels import STAGE_LABELS
from members.models import Branch, Member
from members.rule_texts import sentence
from members.rules import out_of_order
from members.services.people import EDITABLE
from members.stages import ORDER, STAGE_DATE_FIELDS, Stage

LAST_DAY = date(2199, 12, 31)  # later ones are slips of the finger, and some leave what a moment can hold
SUGGESTED = ("grade", "class_name", "major", "schooling")  # what others in the branch have is offered
TEXTS = ("name", "grade", "class_name", "major", "schooling", "contact", "cultivation_contact")


class DateField(forms.DateField):
    """A day as browsers offer it; one way of typing it, named in the message."""

    default_error_messages = {"invalid": _("Write the date like 2023-09-01.")}

    def __init__(self, **options) -> None:
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        super().__init__(widget=widget, validators=[MaxValueValidator(LAST_DAY)], **options)

    def clean(self, value) -> date | None:
        day = super().clean(value)
        if day and day.year < FIRST_YEAR:
            raise forms.ValidationError(_("This date lies before %(year)s. Check the year.") % {"year": FIRST_YEAR})
        return day


class MemberForm(forms.ModelForm):
    """A person's record. `today` decides what lies in the future; `version` is of the record as it was shown."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    why = forms.CharField(
        label=_("Why this change? (optional)"),
        max_length=200,
        required=False,
        help_text=_("It stands in the history of the person, who reads it too."),
    )

    class Meta:
        model = Member
        fields = EDITABLE
        help_texts = {
            "number": _("As on the student or staff card. After a change the old number is still found."),
            "contact": _("Telephone or e-mail; seen by the branch's officers and those above only."),
            "cultivation_contact": _("One or two full members."),
            "leaving_on": _("Graduation or the end of the contract, if known."),
            "joined_on": _("The first day in this branch; who belonged on a month's first day is due in it."),
        }

    def __init__(self, *args, today: date, **options) -> None:
        super().__init__(*args, **options)
        self.today = today
        for name in EDITABLE:
            field = Member._meta.get_field(name)
            if name.endswith("_on"):
                help_text = self.fields[name].help_text
                self.fields[name] = DateField(label=field.verbose_name, required=not field.blank, help_text=help_text)
            self.fields[name].show_hidden_initial = self.instance.pk is not None  # says what was typed here
            self.fields[name].widget.attrs.setdefault("autocomplete", "off")
        for name in SUGGESTED:
            self.fields[name].widget.attrs["list"] = f"known-{name}"
        self.fields["contact"].widget.attrs["inputmode"] = "tel"
        self.fields["stage"].choices = list(STAGE_LABELS.items())
        self.initial["version"] = self.instance.version

    def clean_number(self) -> str:
        try:
            return number_of(self.cleaned_data["number"])
        except BadNumberError:
            raise forms.ValidationError(
                _("A number has only letters, digits, hyphens and underscores. Type it in full, without spaces.")
            ) from None

    def clean(self) -> dict:
        values = super().clean()
        for name in TEXTS:
            if name in values:
                values[name] = text_of(values[name])
        if "name" in values and not values["name"]:  # invisible signs alone
            self.add_error("name", self.fields["name"].error_messages["required"])
        self._refuse_the_future(values)
        self._refuse_wrong_order(values)
        self._refuse_steps_ahead(values)
        self._refuse_leaving_before_joining(values)
        if values.get("joined_on") and self.instance.ended_on and values["joined_on"] > self.instance.ended_on:
            self.add_error("joined_on", _("The membership ended on %(day)s. Enter an earlier day.") % {
                "day": self.instance.ended_on.isoformat()})  # fmt: skip
        return values

    def _post_clean(self) -> None:
        """The services write, and unique numbers are theirs to check: nothing is set on the instance."""

    def values(self) -> dict:
        """What the services take."""
        return {name: self.cleaned_data[name] for name in EDITABLE}

    def brought_up_to_date(self, current: Member) -> MemberForm:
        """The same form on the record as it stands now; only what was typed here differs from it."""
        data, touched = self.data.copy(), self.changed_data
        for name in EDITABLE:
            value = getattr(current, name)
            data[self.add_initial_prefix(name)] = shown = "" if value is None else str(value)
            if name not in touched:
                data[self.add_prefix(name)] = shown
        data["version"] = current.version
        return type(self)(data, instance=current, today=self.today)

    def _refuse_the_future(self, values: dict) -> None:
        for name in (*STAGE_DATE_FIELDS.values(), "joined_on"):
            if values.get(name) and values[name] > self.today:
                self.add_error(name, _("This day lies in the future. Enter the day on which it happened."))

    def _refuse_leaving_before_joining(self, values: dict) -> None:
        """Only where one of them is typed: an old mistake should not hold up a new telephone number."""
        joined, leaving = values.get("joined_on"), values.get("leaving_on")
        if joined and leaving and leaving < joined and {"joined_on", "leaving_on"} & set(self.changed_data):
            self.add_error("leaving_on", _("This day lies before the first day in this branch, %(day)s.") % {
                "day": joined.isoformat()})  # fmt: skip

    def _refuse_wrong_order(self, values: dict) -> None:
        dates = {stage: values.get(field) for stage, field in STAGE_DATE_FIELDS.items()}
        for finding in out_of_order(dates):
            self.add_error(STAGE_DATE_FIELDS[finding.stage], sentence(finding))

    def _refuse_steps_ahead(self, values: dict) -> None:
        if "stage" not in values:
            return
        reached = ORDER.index(Stage(values["stage"]))
        for stage, field in STAGE_DATE_FIELDS.items():
            if values.get(field) and ORDER.index(stage) > reached:
                self.add_error(
                    field,
                    _("The stage is %(stage)s, which comes before this step. Choose the later stage or empty the date.")
                    % {"stage": STAGE_LABELS[ORDER[reached]]},
                )


class AddMemberForm(MemberForm):
    """The same for a new person; whoever keeps several rosters chooses the branch."""

    branch = forms.ModelChoiceField(label=_("Branch"), queryset=Branch.objects.none(), empty_label=None)

    organisation = forms.CharField(
        label=_("Comes from (organisation outside the portal)"),
        max_length=120,
        required=False,
        help_text=_("Only if a letter of transfer came with the person."),
    )
    letter_number = forms.CharField(label=_("Letter number"), max_length=40, required=False)
    letter_date = DateField(label=_("Date of the letter"), required=False)

    field_order = ["branch", *EDITABLE]

    def __init__(self, *args, branches, **options) -> None:
        super().__init__(*args, **options)
        self.fields["branch"].queryset = branches
        del self.fields["version"], self.fields["why"]

    def clean_letter_date(self) -> date | None:
        day = self.cleaned_data["letter_date"]
        if day and day > self.today:
            raise forms.ValidationError(_("This day lies in the future. Enter the day on which it happened."))
        return day

    def clean(self) -> dict:
        values = super().clean()
        values["organisation"] = text_of(values.get("organisation", ""))
        if values.get("letter_number") and not values["organisation"]:
            self.add_error("organisation", _("Say from which organisation the letter came."))
        return values

    def letter(self) -> dict:
        """What the service takes of the letter that came with the person."""
        typed = self.cleaned_data
        return {
            "organisation": typed["organisation"],
            "letter_number": text_of(typed["letter_number"]),
            "dated_on": typed["letter_date"],
        }
