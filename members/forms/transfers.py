"""What has to be said when a membership moves, and when the other side answers?"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from branchportal.spreadsheets.values import text_of
from members.forms.branches import BranchChoiceField
from members.forms.memberships import DayForm
from members.forms.people import DateField
from members.models import Branch, Member, Transfer
from members.services.letters import Letter

USUAL_DAYS, MOST_DAYS = 30, 90


class LetterForm(forms.Form):
    """What the letter says besides the person."""

    reason = forms.ChoiceField(label=_("Reason"), choices=[("", _("Please choose")), *Transfer.Reason.choices])
    dated_on = DateField(label=_("Date of the letter"))
    valid_days = forms.IntegerField(
        label=_("Valid for how many days?"),
        min_value=1,
        max_value=MOST_DAYS,
        initial=USUAL_DAYS,
        help_text=_("Afterwards the portal reminds you that no receipt has come back."),
    )
    letter_number = forms.CharField(
        label=_("Letter number"),
        max_length=40,
        required=False,
        help_text=_("Leave it empty: the portal gives the next number of your branch."),
    )

    def __init__(self, *args, today: date, **options) -> None:
        super().__init__(*args, **options)
        self.today = today
        self.initial.setdefault("dated_on", today)

    def clean_dated_on(self) -> date:
        if self.cleaned_data["dated_on"] > self.today:
            raise forms.ValidationError(_("This day lies in the future. Enter today or an earlier day."))
        return self.cleaned_data["dated_on"]

    def clean_letter_number(self) -> str:
        return text_of(self.cleaned_data["letter_number"])

    def letter(self) -> Letter:
        """What the services take."""
        typed = self.cleaned_data
        return Letter(
            reason=typed["reason"],
            dated_on=typed["dated_on"],
            valid_until=typed["dated_on"] + timedelta(days=typed["valid_days"]),
            number=typed["letter_number"],
        )


class TransferForm(LetterForm):
    """Where one person goes. `branches`: those of the portal; `own`: those of them that the reader looks after too."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    to = BranchChoiceField(
        label=_("New branch, if it is in this portal"),
        queryset=Branch.objects.none(),
        required=False,
        empty_label=_("None of these"),
    )
    organisation = forms.CharField(
        label=_("Otherwise: organisation outside"),
        max_length=120,
        required=False,
        help_text=_("As it should stand on the letter: the Party organisation that receives the membership."),
    )
    at_once = forms.BooleanField(
        label=_("I look after both branches: move the person at once, on the date of the letter"), required=False
    )

    field_order = ["version", "to", "organisation", "at_once", "reason", "dated_on", "valid_days", "letter_number"]

    def __init__(self, *args, member: Member, branches: QuerySet[Branch], own: set[int], **options) -> None:
        super().__init__(*args, **options)
        self.member, self.own = member, own
        self.initial["version"] = member.version
        self.fields["to"].queryset = branches
        if not own:
            del self.fields["at_once"]

    def clean_organisation(self) -> str:
        return text_of(self.cleaned_data["organisation"])

    def clean(self) -> dict[str, Any]:
        typed = super().clean()
        to, organisation = typed.get("to"), typed.get("organisation")
        if to and organisation:
            self.add_error("organisation", _("Choose a branch of the portal or name an organisation, not both."))
        if not to and not organisation and not self.errors.keys() & {"to", "organisation"}:
            self.add_error("to", _("Say where the person goes: choose a branch or name an organisation."))
        if typed.get("at_once") and to and to.pk not in self.own:
            self.add_error("at_once", _("You do not look after that branch; its secretary has to accept."))
        if typed.get("at_once") and organisation:
            self.add_error("at_once", _("Outside the portal the receipt has to come back first."))
        if typed.get("dated_on") and typed["dated_on"] < self.member.joined_on:
            self.add_error(
                "dated_on",
                _("The person belongs to the branch only since %(day)s.") % {"day": self.member.joined_on.isoformat()},
            )
        return typed


class AcceptForm(DayForm):
    day_label = _("First day in the new branch")


class ReceiptForm(DayForm):
    day_label = _("Date on the receipt")
    day_help = _("From this day on the person is a member there and no longer counts in your branch.")


class AnswerForm(forms.Form):
    """Why a transfer is declined or taken back."""

    answer = forms.CharField(label=_("Reason"), max_length=200, help_text=_("The other side reads it."))

    def clean_answer(self) -> str:
        return text_of(self.cleaned_data["answer"])
