"""What of activities, awards and duties waits for somebody, and since when?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import F, Q, Value
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from activities.models import Activity, Award, Duty
from activities.queries.awards import waiting_awards
from activities.queries.duties import LATE, lacking_last_month
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
    """Duties of the "three ones" that lack entries of last month: one's own, and those that one gives out."""
    month_began = timezone.localtime(now).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    today = timezone.localdate(now)
    if access_of(user).may(Permission.VIEW_OWN_RECORD):
        own = lacking_last_month(Duty.objects.filter(member__user=user, branch=F("member__branch")), today)
        yield Waiting(own.annotate(due_at=Value(month_began)), "due_at", _own_duties, reverse("activities:my_duties"))
    if access_of(user).may(Permission.ASSIGN_DUTIES):
        given = lacking_last_month(Duty.objects.visible_to(user, Permission.ASSIGN_DUTIES), today)
        url = f"{reverse('activities:duties')}?show={LATE}"
        yield Waiting(given.annotate(due_at=Value(month_began)), "due_at", _given_duties, url)


def _own_duties(number: int) -> str:
    text = ngettext(
        "%(number)s of your three ones lacks entries of last month",
        "%(number)s of your three ones lack entries of last month",
        number,
    )
    return text % {"number": number}


def _given_duties(number: int) -> str:
    text = ngettext(
        "%(number)s duty of the three ones lacks entries of last month",
        "%(number)s duties of the three ones lack entries of last month",
        number,
    )
    return text % {"number": number}


def _awards(number: int) -> str:
    text = ngettext("%(number)s award waits for an answer", "%(number)s awards wait for an answer", number)
    return text % {"number": number}
