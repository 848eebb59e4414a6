"""What does the branch committee fill in about its meeting and about each person, and what a reviewer?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from activities.models import Activity
from evaluations.decision_wording import DEPARTURES
from evaluations.departures import departures
from evaluations.models import Decision, DecisionMeeting
from evaluations.queries.decisions import Line, as_decided
from evaluations.services.decisions import Meeting, Said
from members.forms.roles import date_field
from members.forms.sign_in import password_field
from members.models import User
from members.queries.own_matters import own_people

MOST_PEOPLE = 99
LONGEST_MINUTES = 8_000
OUTCOMES = [("", pgettext_lazy("decision", "Open")), *Decision.Outcome.choices]


@dataclass(frozen=True)
class Row:
    """One person on the sheet with both fields, and what follows from what is chosen there."""

    line: Line
    outcome: forms.BoundField
    reason: forms.BoundField
    shown: str  # the outcome that is chosen
    departure: str
    is_own: bool  # the reader's own matter: his, or of somebody for whom he stands in
    is_self: bool


class ActivityChoice(forms.ModelChoiceField):
    def label_from_instance(self, activity: Activity) -> str:
        return f"{timezone.localdate(activity.starts_at):%Y-%m-%d} · {activity.title}"


class SheetForm(forms.Form):
    """The meeting, and an outcome and a reason for each person; everything may still be empty in a draft."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    quota = forms.IntegerField(
        label=_("Places"), min_value=1, max_value=MOST_PEOPLE, required=False,
        help_text=_("How many the plan allows: a line in the list, nothing is filled in by it."),
    )  # fmt: skip
    held_on = date_field(_("Date of the meeting"), required=False)
    entitled = forms.IntegerField(
        label=_("Members of the committee"), min_value=1, max_value=MOST_PEOPLE, required=False
    )
    present = forms.IntegerField(label=_("Of these present"), min_value=0, max_value=MOST_PEOPLE, required=False)
    chair = forms.CharField(
        label=_("Chair"), max_length=80, required=False, widget=forms.TextInput(attrs={"list": "committee"})
    )
    recorder = forms.CharField(
        label=_("Recorder"), max_length=80, required=False, widget=forms.TextInput(attrs={"list": "committee"})
    )
    activity = ActivityChoice(
        label=_("Meeting as an activity"), queryset=Activity.objects.none(), required=False,
        empty_label=_("Not linked"), help_text=_("A meeting of the branch committee whose minutes are kept here."),
    )  # fmt: skip
    minutes = forms.CharField(
        label=_("Minutes"), max_length=LONGEST_MINUTES, required=False, widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("What was discussed and how it was voted on."),
    )  # fmt: skip

    def __init__(
        self, *args: Any, meeting: DecisionMeeting, lines: Sequence[Line], activities: Any, user: User, **kwargs: Any
    ) -> None:
        initial = {name: getattr(meeting, name) for name in (*Meeting.__dataclass_fields__, "version")}
        super().__init__(*args, **kwargs | {"initial": initial})
        self.lines, self.user = lines, user
        self.own = own_people(user, timezone.localdate())
        self.fields["activity"].queryset = activities
        for line in lines:
            self._add_person(line)

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        present, entitled = values.get("present"), values.get("entitled")
        if present is not None and entitled is not None and present > entitled:
            self.add_error("present", _("More people than the committee has members. Correct one of the two numbers."))
        return values

    @property
    def held(self) -> Meeting:
        """What was typed of the meeting."""
        return Meeting(**{name: self.cleaned_data[name] for name in Meeting.__dataclass_fields__})

    @property
    def said(self) -> dict[int, Said]:
        """What was typed of each person, but of the reader himself and whom he stands in for."""
        values = self.cleaned_data
        return {
            pk: Said(values[f"outcome_{pk}"], " ".join(values[f"reason_{pk}"].split()))
            for pk in (line.decision.pk for line in self.lines if not self._is_own(line))
        }

    @property
    def ranked(self) -> list[Row]:
        return [row for row in self._rows() if row.line.entry.rank is not None]

    @property
    def not_ranked(self) -> list[Row]:
        return [row for row in self._rows() if row.line.entry.rank is None]

    def _add_person(self, line: Line) -> None:
        decision, name, is_own = line.decision, line.entry.name, self._is_own(line)
        self.fields[f"outcome_{decision.pk}"] = forms.ChoiceField(
            label=_("Decision: %(name)s") % {"name": name}, choices=OUTCOMES, required=False, disabled=is_own,
            initial=decision.outcome,
        )  # fmt: skip
        self.fields[f"reason_{decision.pk}"] = forms.CharField(
            label=_("Reason: %(name)s") % {"name": name}, max_length=300, required=False, disabled=is_own,
            initial=decision.reason,
        )  # fmt: skip

    def _rows(self) -> Iterator[Row]:
        """In the order of the ranking; what departs is found from what is shown, typed or stored."""
        decided = [Decision(pk=line.decision.pk, entry=line.entry, outcome=self._shown(line)) for line in self.lines]
        departing = departures(as_decided(decided))
        for line in self.lines:
            pk = line.decision.pk
            departure = str(DEPARTURES[departing[pk]]) if pk in departing else ""
            fields = self[f"outcome_{pk}"], self[f"reason_{pk}"]
            yield Row(line, *fields, self._shown(line), departure, self._is_own(line), self._is_self(line))

    def _shown(self, line: Line) -> str:
        value = self[f"outcome_{line.decision.pk}"].value() or ""
        return value if value in Decision.Outcome.values else ""

    def _is_own(self, line: Line) -> bool:
        return line.entry.member.user_id in self.own

    def _is_self(self, line: Line) -> bool:
        return line.entry.member.user_id == self.user.pk


class SignForm(forms.Form):
    """The password once more, under exactly the sheet that the page showed."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    password = password_field(
        _("Your password"), autocomplete="current-password", help_text=_("Once more, as your signature.")
    )
