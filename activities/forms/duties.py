"""Which months are meant, who is to be there for whom, and how is a single duty changed?"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from activities.duties import MOST_A_MONTH, DutyKind, months_of, term_around
from activities.models import Duty
from activities.models.duties import KIND_LABELS
from activities.queries.duties import ENDED, LATE, NOW
from activities.queries.duty_assigning import Plan
from activities.services.duties import DutyRefused, Wanted, check_order
from branchportal.months import months_later
from branchportal.spreadsheets.values import text_of
from members.models import Branch, Member

LONGEST_SUBJECT = 40
MONTH = re.compile(r"(19|20)[0-9]{2}-(0[1-9]|1[0-2])")


def _month(text: str) -> date:
    """The first day of "2026-11"."""
    year, month = text.split("-")
    return date(int(year), int(month), 1)


def month_choices(first: date, last: date) -> list[tuple[str, str]]:
    """All months between two as choices of a list."""
    return [_choice(month) for month in months_of(first, last)]


def _choice(month: date) -> tuple[str, str]:
    return f"{month:%Y-%m}", date_format(month, "YEAR_MONTH_FORMAT")


def _refusal(months: tuple[date, date], check: Callable[[date, date], None]) -> str:
    """What `check` says against these months; "" where it takes them."""
    try:
        check(*months)
    except DutyRefused as refused:
        return str(refused)
    return ""


def months_named(data: Mapping[str, str]) -> tuple[date, date] | None:
    """First and last month that an address names, such as ?first=2026-09&last=2026-11; None where it names none."""
    first, last = data.get("first", ""), data.get("last", "")
    return (_month(first), _month(last)) if MONTH.fullmatch(first) and MONTH.fullmatch(last) else None


def usual_months(today: date, latest: date | None = None) -> tuple[date, date]:
    """The term around today, up to `latest`; between two terms the one that has ended."""
    first, last = term_around(today)
    if latest is None:
        return first, last
    if first > latest:
        first, last = term_around(months_later(latest, -2))
    return first, min(last, latest)


class MonthsForm(forms.Form):
    """The months that a page shows and others to choose, from a year back to a year ahead of today, or to `latest`.

    Shown is what the address names, so that a page is sent for the months it was opened for; the usual months where it
    names none, or months that `check` refuses with DutyRefused.
    """

    first = forms.ChoiceField(label=_("First month"))
    last = forms.ChoiceField(label=_("Last month"))

    def __init__(
        self,
        data: Mapping[str, str],
        *,
        today: date,
        latest: date | None = None,
        check: Callable[[date, date], None] = check_order,
    ) -> None:
        self.named = months_named(data)
        self.refusal = _refusal(self.named, check) if self.named else ""
        is_shown = self.named and not self.refusal and not (latest and self.named[1] > latest)
        self.months = self.named if is_shown else usual_months(today, latest)
        texts = [f"{month:%Y-%m}" for month in self.months]
        super().__init__(dict(zip(("first", "last"), texts, strict=True)))
        this_month = today.replace(day=1)
        months = {*months_of(months_later(this_month, -12), latest or months_later(this_month, 12)), *self.months}
        for field in self.fields.values():
            field.choices = [_choice(month) for month in sorted(months)]
            field.widget.attrs["class"] = "form-select"

    @property
    def refusal_of_sent(self) -> str:
        """Why a page that was sent is not taken: no guess is made for which months it was meant."""
        if self.named is None:
            return gettext("The page does not say for which months it is. Look at the months, then send it again.")
        return self.refusal


class DutyFilter(forms.Form):
    """What the list of a branch shows; unknown values are ignored."""

    branch = forms.ChoiceField(label=_("Branch"), required=False)
    show = forms.ChoiceField(
        label=_("Show"),
        required=False,
        choices=[("", _("What runs or is late")), (LATE, _("Only what is late")), (ENDED, _("What has ended"))],
    )
    kind = forms.ChoiceField(
        label=_("Kind"),
        required=False,
        choices=[("", _("All")), *((kind.value, label) for kind, label in KIND_LABELS.items())],
    )

    def __init__(self, data: Any, *, branches: list[Branch]) -> None:
        super().__init__(data)
        self.branches = branches
        self.fields["branch"].choices = [(branch.code, branch.name) for branch in branches]
        if len(branches) < 2:
            del self.fields["branch"]
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-select"
        self.full_clean()

    @property
    def chosen(self) -> Branch | None:
        """The branch of the address, else the first."""
        code = self.cleaned_data.get("branch") if "branch" in self.fields else ""
        return next((one for one in self.branches if one.code == code), self.branches[0] if self.branches else None)

    @property
    def which(self) -> str:
        return self.cleaned_data.get("show") or NOW

    @property
    def of_kind(self) -> str:
        return self.cleaned_data.get("kind") or ""

    @property
    def narrowed(self) -> bool:
        return self.which != NOW or bool(self.of_kind)


class AssignForm(forms.Form):
    """How often; and per person and kind the area, class or further activists; per activist who is there for him.

    Only what the plan holds as free is read: `activists-PK`, `dormitory-PK`, `class-PK` and `coach-PK`.
    """

    areas = forms.CharField(
        label=_("Dormitory areas, one a line"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "class": "form-control"}),
    )
    classes = forms.CharField(
        label=_("Classes, one a line"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "class": "form-control"}),
    )

    def __init__(self, data: Any = None, *, plan: Plan) -> None:
        super().__init__(data, initial={"classes": "\n".join(plan.classes)})
        self.plan = plan
        for kind, count in plan.per_month.items():
            self.fields[f"per-{kind.value}"] = forms.IntegerField(
                label=KIND_LABELS[kind], min_value=1, max_value=MOST_A_MONTH, initial=count,
                widget=forms.NumberInput(attrs={"class": "form-control", "inputmode": "numeric"}),
            )  # fmt: skip
        self.texts = {place.name: self._typed(place.name, place.proposed) for place in plan.free}
        self.coaches = {
            one.name: self._typed(one.name, str(one.proposed or "")) for one in plan.activists if not one.by
        }

    @property
    def rates(self) -> list[Any]:
        """The fields that say how often."""
        return [self[f"per-{kind.value}"] for kind in DutyKind]

    def spread(self) -> None:
        """Fill the empty areas and classes from the two lists, in the order of people, one after the other."""
        for kind, field in ((DutyKind.DORMITORY, "areas"), (DutyKind.CLASS, "classes")):
            lines = [text for line in self.data.get(field, "").splitlines() if (text := text_of(line))]
            empty = [place for place in self.plan.free if place.kind == kind and not self.texts[place.name]]
            for place, found in zip(empty, lines * (len(empty) // len(lines) + 1) if lines else [], strict=False):
                self.texts[place.name] = found[:LONGEST_SUBJECT]

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        for place in self.plan.free:
            if len(self.texts[place.name]) > LONGEST_SUBJECT:
                text = _("%(name)s: write at most 40 characters.") % {"name": place.member.name}
                self.add_error(None, text)
        return values

    def wanted(self) -> list[Wanted]:
        """What the services take: each place with a text, or with activists who were given to it."""
        groups: dict[int, list[Member]] = defaultdict(list)
        coaches = {str(one.pk): one for one in self.plan.coaches}
        for one in self.plan.activists:
            coach = coaches.get(self.coaches.get(one.name, ""))
            if coach is not None and coach != one.member:
                groups[coach.pk].append(one.member)
        found = []
        for place in self.plan.free:
            activists = tuple(groups.get(place.member.pk, ())) if place.kind == DutyKind.ACTIVISTS else ()
            if self.texts[place.name] or activists:
                found.append(Wanted(place.member, place.kind, self.texts[place.name], activists))
        return found

    def left_out(self) -> list[Member]:
        """Activists given to somebody who has his group in these months already: they are added on its own page."""
        free = {place.member.pk for place in self.plan.free if place.kind == DutyKind.ACTIVISTS}
        return [
            one.member
            for one in self.plan.activists
            if (chosen := self.coaches.get(one.name, "")).isdecimal() and int(chosen) not in free
        ]

    @property
    def per_month(self) -> dict[DutyKind, int]:
        return {kind: self.cleaned_data[f"per-{kind.value}"] for kind in DutyKind}

    def _typed(self, name: str, otherwise: str) -> str:
        return text_of(self.data.get(name, "")) if self.is_bound else otherwise


class DutyForm(forms.Form):
    """Change one duty: for whom, until when, how often; `version` is what the sender saw."""

    subject = forms.CharField(
        label=pgettext_lazy("duty", "For whom"),
        max_length=LONGEST_SUBJECT,
        required=False,
        help_text=_("The name of the area or class; with activists only those who are not in the roster."),
    )
    activists = forms.ModelMultipleChoiceField(
        label=_("Activists"), queryset=Member.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    last = forms.TypedChoiceField(label=_("Last month"), coerce=_month)
    per_month = forms.IntegerField(label=_("Entries a month"), min_value=1, max_value=MOST_A_MONTH)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, duty: Duty, activists: Any, **kwargs: Any) -> None:
        initial = {
            "subject": duty.subject, "activists": duty.activists.all(), "last": f"{duty.last_month:%Y-%m}",
            "per_month": duty.per_month, "version": duty.version,
        }  # fmt: skip
        super().__init__(*args, **kwargs | {"initial": initial})
        self.fields["last"].choices = month_choices(duty.first_month, months_later(duty.first_month, 11))
        self.fields["activists"].queryset = activists
        if duty.kind != DutyKind.ACTIVISTS:
            del self.fields["activists"]

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        values["subject"] = text_of(values.get("subject", ""))
        if not values["subject"] and not values.get("activists"):
            self.add_error("subject", _("Name for whom it is."))
        return values

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        taken = {name: self.cleaned_data[name] for name in ("subject", "last", "per_month", "version")}
        return taken | {"activists": list(self.cleaned_data.get("activists", []))}
