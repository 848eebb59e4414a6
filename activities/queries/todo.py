"""What of activities and awards waits for an officer, and since when?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from activities.models import Activity, Award
from activities.queries.awards import waiting_awards
from activities.queries.minutes import DAYS_FOR_MINUTES, missing_minutes, unconfirmed_minutes
from branchportal.todo import Todo, Waiting
from members.models import User

MOST = 20  # the oldest; the others follow when these are done


def of_minutes(user: User, now: datetime) -> Iterator[Todo]:
    """Minutes that are missing three days after the activity, and drafts to confirm. One query."""
    missing = Q(pk__in=missing_minutes(user, now).values("pk"))
    unconfirmed = Q(pk__in=unconfirmed_minutes(user, now).values("activity"))
    activities = Activity.objects.filter(missing | unconfirmed).select_related("minutes")
    for activity in activities.order_by("ends_at", "pk")[:MOST]:
        minutes = getattr(activity, "minutes", None)
        if minutes is None:
            text = _("Minutes of “%(title)s” are missing") % {"title": activity.title}
            since = activity.ends_at + timedelta(days=DAYS_FOR_MINUTES)
            yield Todo(text, reverse("activities:minutes_edit", args=[activity.pk]), since=since)
        else:
            text = _("Minutes of “%(title)s” wait to be confirmed") % {"title": activity.title}
            yield Todo(text, reverse("activities:minutes", args=[activity.pk]), since=minutes.saved_at)


def of_awards(user: User, now: datetime) -> Iterator[Waiting]:
    """Awards that were proposed and wait for an answer, as one line."""
    url = f"{reverse('activities:awards')}?state={Award.State.PROPOSED}"
    yield Waiting(waiting_awards(user, timezone.localdate(now)), "proposed_at", _awards, url)


def _awards(number: int) -> str:
    text = ngettext("%(number)s award waits for an answer", "%(number)s awards wait for an answer", number)
    return text % {"number": number}
