"""What is typed about a defence: its plan, who speaks, who judges, a reason, and a judge's marks?"""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from evaluations.defence_scores import FULL_WEIGHT, Criterion
from evaluations.models import DefenceSession
from evaluations.queries import defences
from evaluations.services.defences.judging import Marks
from evaluations.services.defences.preparing import Plan
from members.models import Branch

ROWS = 6  # criteria that a form takes
HIGHEST = 1000
BIGGEST_NUMBER = 2_000_000_000
MOST_LISTED = 200  # people to tick; more are named by their numbers
LONGEST_NUMBER = 32


class PlanForm(forms.Form):
    """Title, day, place, and up to six criteria whose weights make 100."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=60)
    held_on = forms.DateField(
        label=gettext_lazy("Date"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    place = forms.CharField(label=pgettext_lazy("where", "Place"), max_length=60, required=False)
    version = forms.IntegerField(required=False, min_value=1, max_value=BIGGEST_NUMBER, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for row in range(1, ROWS + 1):
            self.fields[f"label_{row}"] = forms.CharField(
                label=_("Criterion %(row)s") % {"row": row}, max_length=40, required=False
            )
            self.fields[f"weight_{row}"] = _whole(
                _("Criterion %(row)s: weight in per cent") % {"row": row}, FULL_WEIGHT
            )
            self.fields[f"highest_{row}"] = _whole(_("Criterion %(row)s: highest points") % {"row": row}, HIGHEST)

    @property
    def plan(self) -> Plan:
        """After is_valid()."""
        typed = self.cleaned_data
        criteria = [
            Criterion(label, typed[f"weight_{row}"], typed[f"highest_{row}"])
            for row in range(1, ROWS + 1)
            if (label := typed[f"label_{row}"])
        ]
        return Plan(typed["title"], typed["held_on"], typed["place"], criteria)

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The three fields of each criterion, for the page."""
        return [{name: self[f"{name}_{row}"] for name in ("label", "weight", "highest")} for row in range(1, ROWS + 1)]

    def clean(self) -> dict[str, Any]:
        typed = super().clean()
        for row in range(1, ROWS + 1):
            names = [f"{name}_{row}" for name in ("label", "weight", "highest")]
            if any(name in self.errors for name in names):
                continue
            given = [bool(typed.get(name)) for name in names]
            if any(given) and not all(given):
                self.add_error(
                    names[given.index(False)],
                    _("Criterion %(row)s: fill in name, weight and highest points, or none of them.") % {"row": row},
                )
        return typed


class NewDefenceForm(PlanForm):
    """The same with who holds it and what it is about; `entry` is the name of the opened form."""

    branch = forms.ModelChoiceField(
        label=gettext_lazy("Held by"), queryset=Branch.objects.none(), to_field_name="code", empty_label=None
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=DefenceSession.Kind.choices)
    entry = forms.UUIDField(widget=forms.HiddenInput)
    field_order = ("branch", "kind", "title", "held_on", "place")

    def __init__(self, *args: Any, branches: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["branch"].queryset = branches


class SpeakersForm(forms.Form):
    """Ticks for whoever may speak; further ones by their numbers, one per line or separated by commas."""

    chosen = forms.MultipleChoiceField(
        label=gettext_lazy("Who speaks"), required=False, widget=forms.CheckboxSelectMultiple
    )
    numbers = forms.CharField(
        label=gettext_lazy("Further ones by student number"), required=False, max_length=8000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("One per line, as it comes from Excel."),
    )  # fmt: skip

    def __init__(self, *args: Any, session: DefenceSession, **kwargs: Any) -> None:
        speakers = list(defences.speakers(session))
        kwargs.setdefault("initial", {"chosen": [one.number for one in speakers]})
        super().__init__(*args, **kwargs)
        self.session = session
        self.people = {one.number if not session.is_of_branches else one.code: one
                       for one in defences.eligible(session)[: MOST_LISTED + 1]}  # fmt: skip
        self.is_cut = len(self.people) > MOST_LISTED
        shown = {one.number: one.member or one.branch for one in speakers} | ({} if self.is_cut else self.people)
        self.people = self.people | shown
        self.fields["chosen"].choices = [(number, self._label(one, number)) for number, one in shown.items()]
        if session.is_of_branches:
            del self.fields["numbers"]

    @property
    def objects(self) -> list[Any]:
        """The people (or branches) who were named; after is_valid()."""
        return self._objects

    def clean(self) -> dict[str, Any]:
        typed = super().clean()
        named = [text for text in re.split(r"[\s,，、;；]+", typed.get("numbers", "")) if text]
        found = {number: self.people[number] for number in typed.get("chosen", [])}
        missing = [number for number in named if number not in found]
        if missing and not self.session.is_of_branches:
            people = defences.eligible(self.session).filter(number__in=[one[:LONGEST_NUMBER] for one in missing])
            found |= {one.number: one for one in people}
        unknown = [number for number in named if number not in found]
        if unknown:
            self.add_error(
                "numbers",
                _(
                    "Nobody of the branch at the right stage has the number %(numbers)s: correct it, or look at the "
                    "roster."
                )
                % {"numbers": "、".join(unknown[:5])},
            )
        self._objects = list(found.values())
        return typed

    def _label(self, one: Any, number: str) -> str:
        if self.session.is_of_branches:
            return one.name
        if self.session.branch.kind == Branch.Kind.BRANCH:
            return f"{one.name} · {number}"
        return f"{one.name} · {number} · {one.branch.name}"


class JudgeForm(forms.Form):
    """A number for whoever has an account, otherwise name and who that is."""

    number = forms.CharField(
        label=gettext_lazy("Number of somebody with an account"), required=False, max_length=LONGEST_NUMBER,
        widget=forms.TextInput(attrs={"list": "officers", "autocomplete": "off"}),
    )  # fmt: skip
    name = forms.CharField(label=gettext_lazy("Name of an outside judge"), required=False, max_length=80)
    role = forms.CharField(
        label=gettext_lazy("Who that is"), required=False, max_length=40,
        help_text=gettext_lazy("For an outside judge, such as the unit and the post."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        typed = super().clean()
        if bool(typed.get("number")) == bool(typed.get("name")):
            self.add_error(
                "number", _("Give either the number of somebody with an account, or an outside judge's name.")
            )
        return typed


class ReasonForm(forms.Form):
    """Why; it is kept in the audit trail."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)


class DayForm(ReasonForm):
    """The right day of a session that is under way, and why."""

    held_on = forms.DateField(
        label=gettext_lazy("Date"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    field_order = ("held_on", "reason")


class MarksForm(forms.Form):
    """A judge's marks as they were sent, one text per criterion; what is wrong with them the service says."""

    version = forms.IntegerField(required=False, min_value=0, max_value=BIGGEST_NUMBER)
    page = forms.CharField(required=False, max_length=32)
    step = forms.IntegerField(required=False, min_value=0, max_value=BIGGEST_NUMBER)

    def __init__(self, *args: Any, criteria: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = [f"mark_{place}" for place in range(1, criteria + 1)]
        for name in self.names:
            self.fields[name] = forms.CharField(required=False, max_length=12)

    @property
    def marks(self) -> Marks:
        """After is_valid(), whatever it said."""
        typed = self.cleaned_data
        return Marks([typed.get(name, "") for name in self.names], typed.get("page", ""), typed.get("step") or 0)

    @property
    def sent_version(self) -> int:
        return self.cleaned_data.get("version") or 0


def _whole(label: str, most: int) -> forms.IntegerField:
    wrong = _("%(label)s: a whole number from 1 to %(most)s.") % {"label": label, "most": most}
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=1,
        max_value=most,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), wrong),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
