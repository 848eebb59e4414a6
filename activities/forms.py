"""What may be typed about an activity, who was there, and by what can the list be narrowed?"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from activities.models import Activity, Attendance
from activities.services import Mark
from branchportal.spreadsheets.values import FIRST_YEAR, half_width, text_of
from members.models import Branch, Member

MOST_HOURS = Decimal(24)
WHEN = [("coming", _("Coming")), ("past", _("Past"))]


class ActivityFilter(django_filters.FilterSet):
    """Every filter stands in the address; unknown values are ignored. `now` parts coming ones from past ones."""

    q = django_filters.CharFilter(
        method="search",
        label=_("Title or location"),
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    branch = django_filters.ChoiceFilter(field_name="branch__code", label=_("Branch"), empty_label=_("All"))
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=Activity.Kind.choices, empty_label=_("All"))
    when = django_filters.ChoiceFilter(label=_("When"), choices=WHEN, empty_label=_("All"), method="coming_or_past")

    class Meta:
        model = Activity
        fields = ["q", "branch", "kind", "when"]

    def __init__(self, data, queryset: QuerySet[Activity], *, branches: list[Branch], now: datetime) -> None:
        super().__init__(data, queryset)
        self.now = now
        self.filters["branch"].extra["choices"] = [(branch.code, branch.name) for branch in branches]
        if len(branches) < 2:
            del self.filters["branch"]
        for field in self.form.fields.values():
            field.widget.attrs["class"] = "form-select" if isinstance(field.widget, forms.Select) else "form-control"

    @property
    def narrowed(self) -> bool:
        """Does the address ask for less than everything?"""
        return any(self.form.cleaned_data.values()) if self.form.is_valid() else True

    def search(self, queryset: QuerySet[Activity], name: str, value: str) -> QuerySet[Activity]:
        return queryset.filter(Q(title__icontains=value) | Q(place__icontains=value))

    def coming_or_past(self, queryset: QuerySet[Activity], name: str, value: str) -> QuerySet[Activity]:
        return (
            queryset.filter(starts_at__gte=self.now) if value == "coming" else queryset.filter(starts_at__lt=self.now)
        )


class PersonChoice(forms.ModelChoiceField):
    def label_from_instance(self, member: Member) -> str:
        return f"{member.name} · {member.class_name}" if member.class_name else member.name


class ActivityForm(forms.Form):
    """One activity of one branch on one day; `activity` is the one to change, `entry` names the opened form."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Activity.Kind.choices)
    title = forms.CharField(label=_("Title"), max_length=80)
    place = forms.CharField(label=_("Location"), max_length=80, required=False)
    day = forms.DateField(
        label=_("Day"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": _("Write the date like 2023-09-01.")},
    )
    begins = forms.TimeField(
        label=_("Begins"),
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={"invalid": _("Write the time like 18:30.")},
    )
    ends = forms.TimeField(
        label=_("Ends"),
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={"invalid": _("Write the time like 18:30.")},
    )
    hours = forms.DecimalField(
        label=_("Hours counted"), required=False, min_value=0, max_value=MOST_HOURS, max_digits=4, decimal_places=1,
        help_text=_("For everybody who was there. Left empty: from begin to end."),
        widget=forms.NumberInput(attrs={"step": "0.5", "inputmode": "decimal"}),
    )  # fmt: skip
    owner = PersonChoice(
        label=_("Responsible"),
        queryset=Member.objects.none(),
        empty_label=_("Choose a person"),
        help_text=_("Every activity has one person in charge."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    entry = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args, branch: Branch, activity: Activity | None = None, **options) -> None:
        initial = {"entry": uuid4()} if activity is None else _initial(activity)
        super().__init__(*args, **options | {"initial": initial})
        standing = Q(pk=activity.owner_id) if activity else Q(pk=None)
        people = Member.objects.filter(Q(branch=branch, ended_on=None) | standing)
        self.fields["owner"].queryset = people.in_roster_order()
        for field in self.fields.values():
            field.widget.attrs.setdefault("autocomplete", "off")

    def clean_title(self) -> str:
        title = text_of(self.cleaned_data["title"])
        if not title:
            raise forms.ValidationError(_("Write what the activity is called."))
        return title

    def clean_place(self) -> str:
        return text_of(self.cleaned_data["place"])

    def clean_day(self):
        day = self.cleaned_data["day"]
        if day.year < FIRST_YEAR:
            raise forms.ValidationError(_("This date lies before %(year)s. Check the year.") % {"year": FIRST_YEAR})
        return day

    def clean(self) -> dict:
        values = super().clean()
        begins, ends = values.get("begins"), values.get("ends")
        if begins and ends and ends <= begins:
            self.add_error("ends", _("The end is not after the begin. Enter a later time of the same day."))
        return values

    def values(self) -> dict:
        """What the services take."""
        typed = self.cleaned_data
        starts_at = timezone.make_aware(datetime.combine(typed["day"], typed["begins"]))
        ends_at = timezone.make_aware(datetime.combine(typed["day"], typed["ends"]))
        hours = typed["hours"] if typed["hours"] is not None else _half_hours(ends_at - starts_at)
        kept = {name: typed[name] for name in ("kind", "title", "place", "owner")}
        return {**kept, "starts_at": starts_at, "ends_at": ends_at, "hours": hours}


class AttendanceForm:
    """The fields `state-<member>` and `hours-<member>` of one sheet, as they were sent."""

    def __init__(self, data, members: list[Member], *, usual_hours: Decimal) -> None:
        self.data, self.usual_hours = data, usual_hours
        self.errors: dict[int, str] = {}
        self.marks = {member.pk: self._mark(member.pk) for member in members if f"state-{member.pk}" in data}
        version = data.get("version", "")
        self.version = int(version) if version.isascii() and version.isdigit() and len(version) < 10 else 0

    def state(self, member: int) -> str:
        typed = self.data.get(f"state-{member}", "")
        return typed if typed in Attendance.State.values else ""

    def hours(self, member: int) -> str:
        return self.data.get(f"hours-{member}", "")[:10]

    def _mark(self, member: int) -> Mark | None:
        state = self.state(member)
        if not state:
            return None
        return Mark(state, self._hours(member) if state == Attendance.State.PRESENT else Decimal(0))

    def _hours(self, member: int) -> Decimal:
        typed = half_width(text_of(self.hours(member)))
        if not typed:
            return self.usual_hours
        try:
            return _HOURS.clean(typed)
        except forms.ValidationError:
            self.errors[member] = str(_("Hours are a number from 0 to 24 with one decimal at most, such as 1.5."))
            return Decimal(0)


_HOURS = forms.DecimalField(min_value=0, max_value=MOST_HOURS, max_digits=4, decimal_places=1)


def _initial(activity: Activity) -> dict:
    starts_at, ends_at = timezone.localtime(activity.starts_at), timezone.localtime(activity.ends_at)
    kept = {name: getattr(activity, name) for name in ("kind", "title", "place", "hours", "owner", "version", "entry")}
    return {**kept, "day": starts_at.date(), "begins": starts_at.time(), "ends": ends_at.time()}


def _half_hours(length: timedelta) -> Decimal:
    return Decimal(round(length / timedelta(minutes=30))) / 2
