"""What has to be said when a membership ends or goes on?"""

from __future__ import annotations

from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _

from members.forms.people import DateField
from members.models import Member


class DayForm(forms.Form):
    """A day that is not before `first` and not after today."""

    day = DateField()

    day_label, day_help = "", ""

    def __init__(self, *args, first: date, today: date, **options) -> None:
        super().__init__(*args, **options)
        self.first, self.today = first, today
        self.fields["day"].label, self.fields["day"].help_text = self.day_label, self.day_help
        self.fields["day"].widget.attrs |= {"min": first.isoformat(), "max": today.isoformat()}

    def clean_day(self) -> date:
        day = self.cleaned_data["day"]
        if day > self.today:
            raise forms.ValidationError(_("This day lies in the future. Enter the day on which it happened."))
        if day < self.first:
            raise forms.ValidationError(
                _("This day lies before %(first)s. Enter that day or a later one.") % {"first": self.first.isoformat()}
            )
        return day


class MembershipForm(DayForm):
    """A step in the life of a membership; `version` is of the record as it was shown."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, member: Member, **options) -> None:
        super().__init__(*args, **options)
        self.member = member
        self.initial["version"] = member.version


class EndForm(MembershipForm):
    day_label = _("Ends on")
    day_help = _("From this day on the person no longer counts in the branch.")

    reason = forms.ChoiceField(label=_("Reason"), choices=[("", _("Please choose")), *Member.EndReason.choices])

    field_order = ["version", "reason", "day"]


class ResumeForm(MembershipForm):
    day_label = _("Goes on from")
    day_help = _("The day of the end, if the end was a mistake; otherwise the day of the return.")

    def clean(self) -> dict:
        if self.member.branch.closed_on is not None:
            raise forms.ValidationError(_("%(branch)s is closed.") % {"branch": self.member.branch.name})
        return super().clean()
