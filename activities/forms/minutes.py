"""What was typed as minutes, or as an addendum to them?"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from activities.models import Minutes
from activities.services.minutes import Item
from branchportal.spreadsheets.values import text_of
from members.models import Member, User

MOST_ITEMS = 40
LONGEST_TOPIC = 120
LONGEST_TEXT = 4_000
SPARE_ITEMS = 1  # empty ones below the last: without scripts an item is added by saving
EMPTY = {"topic": "", "spoken": "", "decided": ""}


class SignerChoice(forms.ModelChoiceField):
    def label_from_instance(self, user: User) -> str:
        return f"{user.name} · {user.number}"


class MinutesForm(forms.Form):
    """Chair, recorder, and the agenda as the repeated fields `topic`, `spoken` and `decided`."""

    chair = SignerChoice(label=_("Chair"), queryset=User.objects.none(), required=False, empty_label=_("Not yet named"))
    recorder = SignerChoice(
        label=_("Recorder"), queryset=User.objects.none(), required=False, empty_label=_("Not yet named")
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)

    def __init__(
        self, *args: Any, people: Any, minutes: Minutes | None, owner: Member | None = None, **kwargs: Any
    ) -> None:
        stored = _first(owner) if minutes is None else _stored(minutes)
        super().__init__(*args, **kwargs | {"initial": stored})
        self.minutes = minutes
        self.fields["chair"].queryset = self.fields["recorder"].queryset = people
        if minutes is None and stored["recorder"]:
            self.fields["recorder"].help_text = _("Whoever is responsible for the activity, until you choose another.")

    @property
    def rows(self) -> list[dict[str, str]]:
        """The items to show, typed or stored, and an empty one."""
        rows = _typed_rows(self.data) if self.is_bound else list(self.minutes.items if self.minutes else [])
        return rows + [dict(EMPTY)] * max(SPARE_ITEMS, 3 - len(rows))

    @property
    def items(self) -> list[Item]:
        return [Item(**row) for row in _typed_rows(self.data)]

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        for place, item in enumerate(self.items, start=1):
            if not item.topic:
                self.add_error(None, _("Item %(place)s: write what it was about.") % {"place": place})
            if max(len(item.spoken), len(item.decided)) > LONGEST_TEXT or len(item.topic) > LONGEST_TOPIC:
                self.add_error(
                    None, _("Item %(place)s is too long: at most 4,000 characters in a field.") % {"place": place}
                )
        if len(self.items) > MOST_ITEMS:
            self.add_error(None, _("At most 40 items. Put some of them together."))
        return values


class AddendumForm(forms.Form):
    """What is added to confirmed minutes, and why; `entry` names the opened form."""

    text = forms.CharField(label=_("Addendum"), max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 5}))
    reason = forms.CharField(label=_("Reason"), max_length=200, help_text=_("Such as: a name was left out."))
    entry = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"initial": {"entry": uuid4()}})


class VersionForm(forms.Form):
    """Which state of a thing the sender saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


def _typed_rows(data: Any) -> list[dict[str, str]]:
    """The items that hold anything at all, in their order."""
    columns = [data.getlist(name) for name in EMPTY]
    rows = [dict(zip(EMPTY, map(_lines_of, cells), strict=True)) for cells in zip(*columns, strict=False)]
    return [row for row in rows if any(row.values())]


def _lines_of(text: str) -> str:
    """A text of several lines without invisible signs."""
    return "\n".join(text_of(line) for line in text.splitlines()).strip()


def _first(owner: Member | None) -> dict[str, Any]:
    """Before the first draft: whoever is responsible for the activity usually writes."""
    return {"version": 0, "recorder": owner.user_id if owner else None}


def _stored(minutes: Minutes) -> dict[str, Any]:
    return {"chair": minutes.chair_id, "recorder": minutes.recorder_id, "version": minutes.version}
