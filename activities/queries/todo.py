"""What of activities, awards and duties waits for somebody, and since when?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import DateTimeField, F, Q, QuerySet
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from activities.models import Activity, Award, Duty
from activities.queries.awards import waiting_awards
from activities.queries.duties import LATE, late_duties
from activities.queries.minutes import DAYS_FOR_MINUTES, missing_minutes, unconfirmed_minutes
from branchportal.todo import Todo, Waiting
from members.access import access_of
from members.models import User
from members.roles import Permission

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


def of_duties(user: User, now: datetime) -> Iterator[Waiting]:
    """Duties of the "three ones" with late entries: one's own, and those that one gives out."""
    own = Duty.objects.filter(member__user=user, branch=F("member__branch"))
    if access_of(user).may(Permission.VIEW_OWN_RECORD):
        yield Waiting(_late(own, now), "late_since", _own_duties, reverse("activities:my_duties"))
    if access_of(user).may(Permission.ASSIGN_DUTIES):
        given = Duty.objects.visible_to(user, Permission.ASSIGN_DUTIES)
        yield Waiting(_late(given, now), "late_since", _given_duties, f"{reverse('activities:duties')}?show={LATE}")


def _late(duties: QuerySet[Duty], now: datetime) -> QuerySet[Duty]:
    """Those with late entries; `late_since` is the midnight that ended the day on which the oldest was due."""
    here = timezone.localtime(now)
    midnight = Cast("late_from", DateTimeField()) - here.utcoffset()  # the database counts days in UTC
    return late_duties(duties, here.date()).annotate(late_since=midnight)


def _own_duties(number: int) -> str:
    text = ngettext(
        "%(number)s of your three ones has late entries", "%(number)s of your three ones have late entries", number
    )
    return text % {"number": number}


def _given_duties(number: int) -> str:
    text = ngettext(
        "%(number)s duty of the three ones has late entries",
        "%(number)s duties of the three ones have late entries",
        number,
    )
    return text % {"number": number}


def _awards(number: int) -> str:
    text = ngettext("%(number)s award waits for an answer", "%(number)s awards wait for an answer", number)
    return text % {"number": number}
