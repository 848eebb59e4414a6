"""Who leaves at the end of the studies, and how?"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from branchportal.spreadsheets.values import text_of
from members.forms.people import DateField
from members.forms.transfers import MOST_DAYS, USUAL_DAYS
from members.models import Branch, Member
from members.queries.graduation import Leaving, LeavingPlan
from members.queries.roster import known_values

KINDS = {
    Leaving.MOVES: _("Graduated and transferred out: a letter for each"),
    Leaving.ENDS: _("Graduated: the membership ends here"),
    Leaving.KEPT: _("Kept here for the time being: a new planned leaving date"),
}
FIELDS_OF = {
    Leaving.MOVES: ("organisation", "valid_days"),
    Leaving.ENDS: ("last_day",),
    Leaving.KEPT: ("until",),
}
ALL = _("All")


class GraduationForm(forms.Form):
    """Whom it concerns and what happens; everything stands in the address of the preview."""

    branch = forms.ModelChoiceField(label=_("Branch"), queryset=Branch.objects.none(), to_field_name="code")
    grade = forms.ChoiceField(label=_("Grade"), required=False)
    class_name = forms.ChoiceField(label=_("Class"), required=False)
    kind = forms.ChoiceField(label=_("What happens"), choices=list(KINDS.items()))
    last_day = DateField(
        label=_("Last day in the branch"), required=False, help_text=_("For those whose membership ends here.")
    )
    organisation = forms.CharField(
        label=_("Transferred to"),
        max_length=120,
        required=False,
        help_text=_("For letters: the usual organisation; it can be changed for each person in the preview."),
    )
    valid_days = forms.IntegerField(
        label=_("Letters valid for how many days?"), min_value=1, max_value=MOST_DAYS, required=False
    )
    until = DateField(label=_("Kept until"), required=False, help_text=_("For those who stay for the time being."))

    def __init__(
        self, *args, branches: QuerySet[Branch], people: QuerySet[Member], may_move: bool, today: date, **options
    ):
        super().__init__(*args, **options)
        self.today = today
        yesterday = today - timedelta(days=1)
        self.fields["branch"].queryset = branches
        self.initial |= {"valid_days": USUAL_DAYS, "branch": branches.first()}
        self.fields["last_day"].widget.attrs["max"] = yesterday.isoformat()
        for name, values in known_values(people.current(), ("grade", "class_name")).items():
            self.fields[name].choices = [("", ALL), *((value, value) for value in values)]
        if not may_move:
            self.fields["kind"].choices = [(kind, label) for kind, label in KINDS.items() if kind != Leaving.MOVES]
            del self.fields["organisation"], self.fields["valid_days"]

    def clean_organisation(self) -> str:
        return text_of(self.cleaned_data["organisation"])

    def clean(self) -> dict[str, Any]:
        typed = super().clean()
        kind = typed.get("kind")
        self._pass_over_other_ways(kind)
        if self._could_choose() and not typed.get("grade") and not typed.get("class_name"):
            self.add_error("grade", _("Choose a grade or a class: a whole branch does not leave at once."))
        if kind == Leaving.ENDS and "last_day" not in self.errors:
            self._check_last_day(typed.get("last_day"))
        if kind == Leaving.MOVES and not typed.get("organisation"):
            self.add_error("organisation", _("Say where they go; it can be changed for each person afterwards."))
        if kind == Leaving.MOVES and not typed.get("valid_days"):
            typed["valid_days"] = USUAL_DAYS
        if kind == Leaving.KEPT and "until" not in self.errors:
            self._check_until(typed.get("until"))
        return typed

    def _pass_over_other_ways(self, kind: str | None) -> None:
        """The fields of the ways that were not chosen are not shown: what is wrong in them holds nothing up."""
        for name in (name for way, names in FIELDS_OF.items() if way != kind for name in names):
            self._errors.pop(name, None)

    def _could_choose(self) -> bool:
        """Whether the roster knows a grade or class of anybody."""
        return any(len(self.fields[name].choices) > 1 for name in ("grade", "class_name"))

    def plan(self) -> LeavingPlan:
        """What the preview and the services take."""
        typed = self.cleaned_data
        kind = Leaving(typed["kind"])
        return LeavingPlan(
            branch=typed["branch"],
            kind=kind,
            last_day=typed["last_day"] if kind == Leaving.ENDS else None,
            organisation=typed["organisation"] if kind == Leaving.MOVES else "",
            valid_days=typed["valid_days"] if kind == Leaving.MOVES else 0,
            until=typed["until"] if kind == Leaving.KEPT else None,
        )

    def chosen(self, people: QuerySet[Member]) -> QuerySet[Member]:
        """Those of `people` whom grade and class leave."""
        wanted = {name: self.cleaned_data[name] for name in ("grade", "class_name") if self.cleaned_data[name]}
        return people.current().filter(branch=self.cleaned_data["branch"], **wanted)

    def _check_last_day(self, day: date | None) -> None:
        if day is None:
            self.add_error("last_day", _("Enter the last day in the branch."))
        elif day >= self.today:
            self.add_error("last_day", _("The last day must be over. Enter yesterday or an earlier day."))

    def _check_until(self, day: date | None) -> None:
        if day is None:
            self.add_error("until", _("Say until when they are kept."))
        elif day <= self.today:
            self.add_error("until", _("Choose a later day than today."))
