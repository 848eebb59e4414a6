"""What of people waits for an officer, and since when?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext

from branchportal.todo import Waiting
from members.access import access_of
from members.models import User
from members.queries.corrections import waiting_for
from members.roles import Permission


def of_corrections(user: User, now: datetime) -> Iterator[Waiting]:
    """Wishes for a correction that wait for an answer, as one line."""
    if access_of(user).may(Permission.EDIT_ROSTER):
        rows = waiting_for(user, timezone.localdate(now))
        yield Waiting(rows, "asked_at", _corrections, reverse("members:corrections"))


def _corrections(number: int) -> str:
    text = ngettext("%(number)s correction is asked for", "%(number)s corrections are asked for", number)
    return text % {"number": number}
