"""What has to be said when an officer is away?"""

from __future__ import annotations

from datetime import date

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from members.forms.people import DateField
from members.models import Absence, User
from members.pinyin import spell


class PersonChoiceField(forms.ModelChoiceField):
    """People with their numbers, because two may have one name."""

    def label_from_instance(self, user: User) -> str:
        return f"{user.name} · {user.number}"


class AbsenceForm(forms.Form):
    """From when until when, and who stands in."""

    stand_in = PersonChoiceField(
        label=_("Who stands in?"),
        queryset=User.objects.none(),
        empty_label=_("Please choose"),
        help_text=_("Officers of this branch and above, and Party members of the branch who have an account."),
    )
    starts_on = DateField(label=pgettext_lazy("absence", "First day"))
    ends_on = DateField(
        label=pgettext_lazy("absence", "Last day"), help_text=_("This day included; the rights end by themselves.")
    )
    kind = forms.ChoiceField(
        label=_("Kind"), choices=Absence.Kind.choices, help_text=_("Nobody asks for more than this.")
    )

    def __init__(self, *args, people: QuerySet[User], today: date, **options) -> None:
        super().__init__(*args, **options)
        field = self.fields["stand_in"]
        field.queryset = people
        by_pinyin = sorted(people, key=lambda user: (*spell(user.name), user.number))
        field.choices = [("", field.empty_label), *((user.pk, field.label_from_instance(user)) for user in by_pinyin)]
        self.initial.setdefault("starts_on", today)
        for name in ("starts_on", "ends_on"):
            self.fields[name].widget.attrs["min"] = today.isoformat()
