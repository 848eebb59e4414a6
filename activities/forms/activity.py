"""What may be typed about an activity?"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from uuid import uuid4

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from activities.models import Activity, ActivityKind
from activities.queries.kinds import offered_kinds
from branchportal.spreadsheets.values import FIRST_YEAR, text_of
from members.models import Branch, Member

MOST_HOURS = Decimal(24)


class PersonChoice(forms.ModelChoiceField):
    def label_from_instance(self, member: Member) -> str:
        return f"{member.name} · {member.class_name}" if member.class_name else member.name


class KindChoice(forms.ModelChoiceField):
    def label_from_instance(self, kind: ActivityKind) -> str:
        return kind.label


class ActivityForm(forms.Form):
    """One activity of one branch on one day; `activity` is the one to change, `entry` names the opened form."""

    kind = KindChoice(label=_("Kind"), queryset=ActivityKind.objects.none(), empty_label=None, to_field_name="code")
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
        self.fields["kind"].queryset = offered_kinds(branch, besides=activity.kind_id if activity else None)
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


def _initial(activity: Activity) -> dict:
    starts_at, ends_at = timezone.localtime(activity.starts_at), timezone.localtime(activity.ends_at)
    kept = {name: getattr(activity, name) for name in ("title", "place", "hours", "owner", "version", "entry")}
    times = {"day": starts_at.date(), "begins": starts_at.time(), "ends": ends_at.time()}
    return {**kept, **times, "kind": activity.kind.code}


def _half_hours(length: timedelta) -> Decimal:
    return Decimal(round(length / timedelta(minutes=30))) / 2
