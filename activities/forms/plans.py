"""How may a new activity repeat itself, which occurrences does a change speak of, and why is something cancelled?"""

from __future__ import annotations

from datetime import date, time

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from activities.forms.activity import ActivityForm, day_field
from activities.models import Activity
from activities.recurrence import MOST_OCCURRENCES, Every, TooMany, times, until
from branchportal.spreadsheets.values import text_of

REPEATS = [
    ("", _("Only once")),
    (Every.WEEK, _("Every week")),
    (Every.TWO_WEEKS, _("Every two weeks")),
    (Every.MONTH, _("Every month")),
]
SCOPES = [("this", _("Only this one")), ("following", _("This one and the following ones"))]


class NewActivityForm(ActivityForm):
    """An activity, once or as a plan: `days()` says when."""

    repeats = forms.ChoiceField(label=_("Repeats"), choices=REPEATS, required=False)
    repeats_until = day_field(label=_("Repeats until"), required=False)
    repeats_times = forms.IntegerField(
        label=_("How many times"), required=False, min_value=2, max_value=MOST_OCCURRENCES,
        help_text=_("Enter either the last day or how many times, 60 at most."),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip

    @property
    def shows_repetition(self) -> bool:
        """Is there anything typed or wrong about repeating?"""
        names = ("repeats", "repeats_until", "repeats_times")
        return any(self[name].value() or self[name].errors for name in names)

    def clean(self) -> dict:
        values = super().clean()
        last, count = values.get("repeats_until"), values.get("repeats_times")
        if not values.get("repeats"):
            if last or count:
                self.add_error("repeats", _("Choose how often it repeats, or empty the last day and the number."))
        elif "repeats_until" in self.errors or "repeats_times" in self.errors or "day" in self.errors:
            pass
        elif bool(last) == bool(count):
            self.add_error("repeats_until", _("Enter either the last day or how many times."))
        else:
            self._clean_last(values)
        return values

    def _clean_last(self, values: dict) -> None:
        try:
            days = self.days()
        except TooMany:
            text = _("That would be more than %(most)s times. Choose an earlier last day.")
            self.add_error("repeats_until", text % {"most": MOST_OCCURRENCES})
            return
        if len(days) < 2:
            self.add_error("repeats_until", _("Until then it takes place only once. Choose a later last day."))
        if values.get("signs_up") and values.get("begins"):
            self._clean_begun(days, values["begins"])

    def _clean_begun(self, days: list[date], begins: time) -> None:
        """Nobody can sign up for what has begun: the year or month is a slip of the pen, or the tick is."""
        now = timezone.localtime()
        over = sum((day, begins) <= (now.date(), now.time()) for day in days)
        if over:
            text = ngettext(
                "%(count)s activity of the series has begun already: nobody could sign up for it. Choose a first day "
                "that is still to come, or leave out the sign-up.",
                "%(count)s activities of the series have begun already: nobody could sign up for them. Choose a first "
                "day that is still to come, or leave out the sign-up.",
                over,
            )
            self.add_error("day", text % {"count": over})

    def days(self) -> list[date]:
        """All days of the plan, the first included. Raises TooMany."""
        typed = self.cleaned_data
        if not typed.get("repeats"):
            return [typed["day"]]
        every = Every(typed["repeats"])
        if typed["repeats_times"]:
            return times(typed["day"], every, typed["repeats_times"])
        return until(typed["day"], every, typed["repeats_until"])


class ChangeForm(ActivityForm):
    """A change of one activity; one of a series may speak of the following ones too."""

    scope = forms.ChoiceField(
        label=_("What changes"), choices=SCOPES, initial="this", required=False, widget=forms.RadioSelect
    )

    reason = forms.CharField(
        label=_("Reason of a correction"), max_length=200, required=False,
        help_text=_(
            "Attendance is recorded: needed to change times, hours, kind or for whom it was. Those who were there get "
            "a message and see it beside their hours."
        ),
    )  # fmt: skip

    def __init__(self, *args, activity: Activity, **options) -> None:
        super().__init__(*args, activity=activity, **options)
        if activity.series is None:
            del self.fields["scope"]

    def clean_reason(self) -> str:
        return text_of(self.cleaned_data["reason"])

    @property
    def speaks_of_following(self) -> bool:
        return self.cleaned_data.get("scope") == "following"


class CancelForm(forms.Form):
    """Why an activity does not take place."""

    because = forms.CharField(
        label=_("Reason"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Everybody who signed up reads it."),
    )  # fmt: skip
    scope = forms.ChoiceField(
        label=_("What is cancelled"), choices=SCOPES, initial="this", required=False, widget=forms.RadioSelect
    )

    def __init__(self, *args, activity: Activity, **options) -> None:
        super().__init__(*args, **options)
        if activity.series is None:
            del self.fields["scope"]

    def clean_because(self) -> str:
        because = text_of(self.cleaned_data["because"])
        if not because:
            raise forms.ValidationError(_("Write why it does not take place."))
        return because
