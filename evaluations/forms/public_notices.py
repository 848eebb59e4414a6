"""What does somebody fill in who prepares, publishes or ends a public notice, or objects to one?"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from evaluations.models import NoticePerson, Objection, PublicNotice
from evaluations.models.public_notices import LEAST_DAYS, MOST_DAYS
from evaluations.services.public_notices.objecting import Words
from evaluations.services.public_notices.publishing import Wording
from members.models import User

BIGGEST_NUMBER = 2**31 - 1
LONGEST_TEXT = 2000
WHOLE = ""  # the objection is about the notice as a whole


class NoticeForm(forms.Form):
    """How a notice is worded; who is named follows from the decision."""

    reach = forms.ChoiceField(
        label=_("Who can read it"), choices=PublicNotice.Reach.choices, initial=PublicNotice.Reach.SIGNED_IN,
        widget=forms.RadioSelect,
        help_text=_("Search engines find it in neither case, and after its last day nobody does."),
    )  # fmt: skip
    days = forms.IntegerField(
        label=_("Working days"), initial=LEAST_DAYS, min_value=LEAST_DAYS, max_value=MOST_DAYS,
        help_text=_("Five at least, by the holidays and make-up days. The day of publishing does not count."),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip
    contact = forms.CharField(
        label=_("Contact of the branch"), max_length=200,
        help_text=_("Of the office, not of a person at home: room, telephone, e-mail."),
    )  # fmt: skip
    object_to = forms.CharField(
        label=_("Where to object"), max_length=200,
        help_text=_("Office, room and telephone of the superior committee. Objections in the portal go there too."),
    )  # fmt: skip
    version = forms.IntegerField(
        widget=forms.HiddenInput, required=False, min_value=0, max_value=BIGGEST_NUMBER, initial=0
    )

    @property
    def wording(self) -> Wording:
        """After is_valid()."""
        typed = self.cleaned_data
        return Wording(typed["reach"], typed["contact"], typed["object_to"], typed["days"])

    @property
    def sent_version(self) -> int:
        return self.cleaned_data.get("version") or 0


class PublishForm(forms.Form):
    """Under exactly what the preview showed."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=BIGGEST_NUMBER)


class EndForm(forms.Form):
    """Why a notice ends before its last day."""

    reason = forms.CharField(label=_("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 3}))


class OutcomeForm(forms.Form):
    """A note beside the outcome, which follows from what was filed."""

    note = forms.CharField(
        label=_("Note"), max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The branch reads it: name nobody who objected."),
    )  # fmt: skip


class ObjectionForm(forms.Form):
    """An objection in somebody's own name. Who is signed in need not type it; everybody else does."""

    about = forms.ChoiceField(label=_("About whom"), required=False)
    text = forms.CharField(
        label=_("What you object to, and why"), max_length=LONGEST_TEXT, min_length=10,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("What happened, when and where, and who can confirm it. Nothing about health, family or hardship."),
    )  # fmt: skip
    name = forms.CharField(label=_("Your name"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    contact = forms.CharField(
        label=_("How you can be reached"), max_length=80,
        help_text=_("Telephone or e-mail. Only the committee's reviewers see it."),
    )  # fmt: skip
    entry = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, people: list[NoticePerson], user: User | None, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"entry": uuid4()})
        super().__init__(*args, **kwargs)
        self.people = {str(person.position): person for person in people}
        choices = [(place, person.name) for place, person in self.people.items()]
        self.fields["about"].choices = [(WHOLE, _("The notice as a whole")), *choices]
        self.user = user
        if user is not None:
            del self.fields["name"]
            self.fields["contact"].required = False

    @property
    def words(self) -> Words:
        """After is_valid()."""
        typed = self.cleaned_data
        name = self.user.name if self.user is not None else " ".join(typed["name"].split())
        return Words(self.people.get(typed["about"]), typed["text"], name, " ".join(typed["contact"].split()))


class ReceiptForm(forms.Form):
    """The number on a receipt."""

    receipt = forms.CharField(
        label=_("Number on your receipt"), max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        help_text=_("Four groups of four signs and one more. Hyphens and small letters don't matter."),
    )  # fmt: skip


class StepForm(forms.Form):
    """One step of looking into an objection."""

    text = forms.CharField(
        label=_("What was done or found out"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("It gets today's date and your name, and is not changed afterwards."),
    )  # fmt: skip
    entry = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"entry": uuid4()})
        super().__init__(*args, **kwargs)


class DecideForm(forms.Form):
    """What the committee decided, and the reply."""

    decision = forms.ChoiceField(
        label=_("Conclusion"), choices=Objection.Decision.choices, widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the three.")},
    )  # fmt: skip
    reply = forms.CharField(
        label=_("Reply with its reasons"), max_length=LONGEST_TEXT, min_length=10,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Whoever has the receipt reads exactly this. It is not changed afterwards."),
    )  # fmt: skip
