"""What of people waits for an officer, and since when?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count, Min
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext

from branchportal.todo import Todo
from members.access import access_of
from members.models import User
from members.queries.corrections import waiting_for
from members.roles import Permission


def of_corrections(user: User, now: datetime) -> Iterator[Todo]:
    """Wishes for a correction that wait for an answer, as one line. One query."""
    if not access_of(user).may(Permission.EDIT_ROSTER):
        return
    waiting = waiting_for(user, timezone.localdate(now)).order_by().aggregate(number=Count("pk"), since=Min("asked_at"))
    number = waiting["number"]
    if number:
        text = ngettext("%(number)s correction is asked for", "%(number)s corrections are asked for", number)
        yield Todo(text % {"number": number}, reverse("members:corrections"), since=waiting["since"])
