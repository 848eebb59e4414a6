"""What may be typed about an activity?"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

from django import forms
from django.core.validators import URLValidator
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from activities.models import Activity, ActivityKind
from activities.queries.kinds import offered_kinds
from branchportal.spreadsheets.values import FIRST_YEAR, text_of
from members.models import Branch, Member

MOST_HOURS = Decimal(24)
MOST_PLACES = 9_999
LONGEST_DESCRIPTION = 2_000
WRONG_PLACES = _("Places are a whole number from 1 to 9999. Left empty: as many as like.")
WRONG_HOURS = _("Hours are a number from 0 to 24 with one decimal at most, such as 1.5.")
WRONG_DECIMAL = ("invalid", "min_value", "max_value", "max_digits", "max_decimal_places", "max_whole_digits")
TYPED = (
    "kind", "title", "description", "audience", "mode", "place", "link", "owner", "signs_up", "capacity",
    "signs_up_until",
)  # fmt: skip


class PersonChoice(forms.ModelChoiceField):
    def label_from_instance(self, member: Member) -> str:
        return f"{member.name} · {member.class_name}" if member.class_name else member.name


class WebAddressField(forms.URLField):
    """An address that a browser opens; the field's usual check would say everything wrong a second time."""

    default_validators = (URLValidator(schemes=["http", "https"]),)


class KindChoice(forms.ModelChoiceField):
    def label_from_instance(self, kind: ActivityKind) -> str:
        return kind.label


def day_field(**options) -> forms.DateField:
    return forms.DateField(
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": _("Write the date like 2023-09-01.")},
        **options,
    )


def time_field(**options) -> forms.TimeField:
    return forms.TimeField(
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={"invalid": _("Write the time like 18:30.")},
        **options,
    )


class ActivityForm(forms.Form):
    """One activity of one branch on one day; `activity` is the one to change, `entry` names the opened form."""

    kind = KindChoice(label=_("Kind"), queryset=ActivityKind.objects.none(), empty_label=None, to_field_name="code")
    title = forms.CharField(label=_("Title"), max_length=80)
    audience = forms.ChoiceField(
        label=_("For whom"), choices=Activity.Audience.choices, initial=Activity.Audience.INSIDE,
        help_text=_("Organisation life of Party members is counted apart from what others are invited to."),
    )  # fmt: skip
    owner = PersonChoice(
        label=_("Responsible"),
        queryset=Member.objects.none(),
        empty_label=_("Choose a person"),
        help_text=_("Every activity has one person in charge."),
    )
    description = forms.CharField(
        label=_("Description"), max_length=LONGEST_DESCRIPTION, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What it is about, what to bring, where to read up."),
    )  # fmt: skip
    day = day_field(label=_("Day"))
    begins = time_field(label=_("Begins"))
    ends = time_field(label=_("Ends"))
    hours = forms.DecimalField(
        label=_("Hours counted"), required=False, min_value=0, max_value=MOST_HOURS, max_digits=4, decimal_places=1,
        help_text=_("For everybody who was there. Left empty: from begin to end."),
        widget=forms.NumberInput(attrs={"step": "0.5", "inputmode": "decimal"}),
        error_messages=dict.fromkeys(WRONG_DECIMAL, WRONG_HOURS),
    )  # fmt: skip
    mode = forms.ChoiceField(label=_("On site or online"), choices=Activity.Mode.choices, initial="offline")
    place = forms.CharField(label=_("Location"), max_length=80, required=False)
    link = WebAddressField(
        label=_("Meeting link"), max_length=300, required=False, assume_scheme="https",
        error_messages={"invalid": _("Write a whole web address like https://meeting.example.edu.cn/123.")},
    )  # fmt: skip
    signs_up = forms.BooleanField(label=_("People sign up"), required=False)
    capacity = forms.IntegerField(
        label=_("Places"), required=False, min_value=1, max_value=MOST_PLACES,
        help_text=_("Left empty: as many as like. Whoever comes later waits in order of arrival."),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), WRONG_PLACES),
    )  # fmt: skip
    signs_up_until = forms.DateTimeField(
        label=_("Sign-up until"), required=False,
        help_text=_("Left empty: until it begins."),
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
        error_messages={"invalid": _("Write date and time like 2023-09-01 18:30.")},
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    entry = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args, branch: Branch, activity: Activity | None = None, **options) -> None:
        first = {"entry": uuid4(), **options.get("initial", {})}
        super().__init__(*args, **options | {"initial": first if activity is None else _initial(activity)})
        self.fields["owner"] = _owner_field(branch, activity, self.fields["owner"])
        self.fields["kind"].queryset = offered_kinds(branch, besides=activity.kind_id if activity else None)
        for field in self.fields.values():
            field.widget.attrs.setdefault("autocomplete", "off")

    @property
    def shows_places(self) -> bool:
        """Is there anything typed or wrong about places?"""
        return any(self[name].value() or self[name].errors for name in ("signs_up", "capacity", "signs_up_until"))

    def clean_title(self) -> str:
        title = text_of(self.cleaned_data["title"])
        if not title:
            raise forms.ValidationError(_("Write what the activity is called."))
        return title

    def clean_place(self) -> str:
        return text_of(self.cleaned_data["place"])

    def clean_description(self) -> str:
        return "\n".join(text_of(line) for line in self.cleaned_data["description"].splitlines()).strip()

    def clean_day(self) -> date:
        return not_too_early(self.cleaned_data["day"])

    def clean(self) -> dict:
        values = super().clean()
        begins, ends = values.get("begins"), values.get("ends")
        if begins and ends and ends <= begins:
            self.add_error("ends", _("The end is not after the begin. Enter a later time of the same day."))
        if values.get("link") and values.get("mode") == Activity.Mode.OFFLINE:
            self.add_error("link", _("An activity on site has no meeting link. Choose online, or empty this field."))
        self._clean_sign_up(values)
        return values

    def _clean_sign_up(self, values: dict) -> None:
        until, day, begins = (values.get(name) for name in ("signs_up_until", "day", "begins"))
        if not values.get("signs_up") and (values.get("capacity") or until):
            self.add_error("signs_up", _("Places and a last day count only where people sign up. Tick this too."))
        if until and day and begins and until > _moment(day, begins):
            self.add_error("signs_up_until", _("Sign-up must end before the activity begins."))

    def values(self) -> dict:
        """What the services take."""
        typed = self.cleaned_data
        starts_at, ends_at = _moment(typed["day"], typed["begins"]), _moment(typed["day"], typed["ends"])
        usual = _half_hours(ends_at - starts_at) if typed["kind"].counts_hours else Decimal(0)
        hours = usual if typed["hours"] is None else typed["hours"]
        return {name: typed[name] for name in TYPED} | {"starts_at": starts_at, "ends_at": ends_at, "hours": hours}


def not_too_early(day: date) -> date:
    """The day, unless its year is a slip of the pen."""
    if day.year < FIRST_YEAR:
        raise forms.ValidationError(_("This date lies before %(year)s. Check the year.") % {"year": FIRST_YEAR})
    return day


def _owner_field(branch: Branch, activity: Activity | None, field: PersonChoice) -> forms.ModelChoiceField:
    """A list of the branch's people; above the branches there are too many, and the number is typed."""
    standing = Q(pk=activity.owner_id) if activity else Q(pk=None)
    if branch.kind == Branch.Kind.BRANCH:
        field.queryset = Member.objects.filter(Q(branch=branch, ended_on=None) | standing).in_roster_order()
        return field
    below = Member.objects.filter(Q(branch__path__startswith=branch.path, ended_on=None) | standing)
    return forms.ModelChoiceField(
        label=_("Responsible"), queryset=below, to_field_name="number", widget=forms.TextInput,
        help_text=_("Student or staff number of one person of the branches below, who is in charge."),
        error_messages={"invalid_choice": _("Nobody in the branches below has this number. Check it.")},
    )  # fmt: skip


def _initial(activity: Activity) -> dict:
    starts_at, ends_at = timezone.localtime(activity.starts_at), timezone.localtime(activity.ends_at)
    kept = {name: getattr(activity, name) for name in (*TYPED, "hours", "version", "entry")}
    times = {"day": starts_at.date(), "begins": starts_at.time(), "ends": ends_at.time()}
    return {**kept, **times, "kind": activity.kind.code, "owner": _owner_of(activity)}


def _owner_of(activity: Activity) -> int | str | None:
    if activity.owner_id is None or activity.branch.kind == Branch.Kind.BRANCH:
        return activity.owner_id
    return activity.owner.number


def _moment(day: date, hour) -> datetime:
    return timezone.make_aware(datetime.combine(day, hour))


def _half_hours(length: timedelta) -> Decimal:
    return Decimal(round(length / timedelta(minutes=30))) / 2
