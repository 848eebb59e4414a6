"""What is typed to give or end an office?"""

from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _

from branchportal.spreadsheets.values import text_of
from members.forms.people import DateField
from members.forms.sign_in import NumberField
from members.labels import ROLE_LABELS
from members.models import Branch, Member
from members.roles import Role


def date_field(label, **kwargs) -> forms.DateField:
    """A day, picked or typed as 2026-11-22."""
    return DateField(label=label, **kwargs)


class MemberChoiceField(forms.ModelChoiceField):
    def label_from_instance(self, member: Member) -> str:
        return f"{member.name} · {member.number}"


class AppointForm(forms.Form):
    """Which office, for whom, from when until when."""

    role = forms.ChoiceField(label=_("Office"))
    member = MemberChoiceField(
        label=_("Member of this branch"),
        queryset=Member.objects.none(),
        required=False,
        widget=forms.RadioSelect,
    )
    number = NumberField(
        label=_("Or somebody else: student or staff number"),
        required=False,
        help_text=_("For teachers and staff. Who has no account yet gets one; print a slip for it afterwards."),
    )
    name = forms.CharField(label=_("Name of this person"), max_length=80, required=False)
    class_name = forms.CharField(
        label=_("Class"), max_length=60, required=False, help_text=_("For a class contact only.")
    )
    starts_on = date_field(_("First day"))
    ends_on = date_field(_("Last day"), required=False, help_text=_("Empty: until it is ended."))

    def __init__(self, *args, branch: Branch, roles: list[Role], members, shown: list[Member], today: date, **kwargs):
        """`members`: who may be chosen; `shown`: those of them that the search has found."""
        super().__init__(*args, **kwargs)
        self.initial.setdefault("starts_on", today)
        self.fields["role"].choices = [("", "—"), *((role.value, ROLE_LABELS[role]) for role in roles)]
        self._offer(members, shown)
        if branch.kind != Branch.Kind.BRANCH:
            del self.fields["member"]
            self.fields["number"].label = _("Student or staff number")
        if Role.CLASS_CONTACT not in roles:
            del self.fields["class_name"]

    def _offer(self, members, shown: list[Member]) -> None:
        field, chosen = self.fields["member"], self.data.get("member", "")
        field.queryset = members
        if chosen.isdecimal() and int(chosen) not in {member.pk for member in shown}:
            shown = [*members.filter(pk=chosen[:18]), *shown]
        offered = [(member.pk, field.label_from_instance(member)) for member in shown]
        field.widget.choices = [("", _("Nobody of this list")), *offered]

    def clean_name(self):
        return text_of(self.cleaned_data["name"])

    def clean(self):
        cleaned = super().clean()
        member, number, name = cleaned.get("member"), cleaned.get("number"), cleaned.get("name")
        if member and (number or name):
            self.add_error("member", _("Choose a member or type a number and a name, not both."))
        if not member and not self.errors.keys() & {"member", "number"}:
            if not number:
                self.add_error("number", _("Say who it is: choose a member or type a number and a name."))
            if number and not name:
                self.add_error("name", _("Type the name too: it guards against a mistyped number."))
        self._check_class(cleaned)
        return cleaned

    def _check_class(self, cleaned) -> None:
        is_contact = cleaned.get("role") == Role.CLASS_CONTACT
        if is_contact and not cleaned.get("class_name"):
            self.add_error("class_name", _("Say which class the person is the contact of."))
        if not is_contact:
            cleaned["class_name"] = ""


class EndOfficeForm(forms.Form):
    """At once, or after a day."""

    AT_ONCE, LATER = "at_once", "later"
    when = forms.ChoiceField(
        label=_("When does it end?"),
        choices=[(AT_ONCE, _("At once; the person is signed out")), (LATER, _("After this day:"))],
        widget=forms.RadioSelect,
        initial=AT_ONCE,
    )
    last_day = date_field(_("Last day"), required=False)

    def __init__(self, *args, today: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("when") != self.LATER:
            return cleaned
        if not cleaned.get("last_day"):
            self.add_error("last_day", _("Choose the last day, or “at once”."))
        elif cleaned["last_day"] < self.today:
            self.add_error("last_day", _("This day is over. Choose today or a later day, or “at once”."))
        return cleaned
