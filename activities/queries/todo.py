"""What of activities and awards waits for an officer, and since when?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Count, Min
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from activities.models import Award
from activities.queries.awards import waiting_awards
from activities.queries.minutes import DAYS_FOR_MINUTES, missing_minutes, unconfirmed_minutes
from branchportal.todo import Todo
from members.models import User

MOST = 10  # of one sort: the oldest; the others follow when these are done


def of_minutes(user: User, now: datetime) -> Iterator[Todo]:
    """Minutes that are missing three days after the activity, and drafts to confirm. Two queries."""
    for activity in missing_minutes(user, now)[:MOST]:
        text = _("Minutes of “%(title)s” are missing") % {"title": activity.title}
        since = activity.ends_at + timedelta(days=DAYS_FOR_MINUTES)
        yield Todo(text, reverse("activities:minutes_edit", args=[activity.pk]), since=since)
    for minutes in unconfirmed_minutes(user, now)[:MOST]:
        text = _("Minutes of “%(title)s” wait to be confirmed") % {"title": minutes.activity.title}
        yield Todo(text, reverse("activities:minutes", args=[minutes.activity_id]), since=minutes.saved_at)


def of_awards(user: User, now: datetime) -> Iterator[Todo]:
    """Awards that were proposed and wait for an answer, as one line. One query."""
    waiting = waiting_awards(user, timezone.localdate(now)).order_by()
    waiting = waiting.aggregate(number=Count("pk"), since=Min("proposed_at"))
    number = waiting["number"]
    if number:
        text = ngettext("%(number)s award waits for an answer", "%(number)s awards wait for an answer", number)
        url = f"{reverse('activities:awards')}?state={Award.State.PROPOSED}"
        yield Todo(text % {"number": number}, url, since=waiting["since"])
