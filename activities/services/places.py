"""Who gets the places of an activity, and who is told what when it changes?

Every function wants the rows of the activities locked by the caller.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import ngettext

from activities.models import Activity, SignUp
from branchportal import audit
from branchportal.notifications import notify
from members.models import User


def settle(activity: Activity, *, now: datetime) -> None:
    """Free the places of people who have left, give free ones to those who wait, and tell these."""
    tell(move_up(activity, now=now), "activity_place", key=now.isoformat())


def move_up(activity: Activity, *, now: datetime) -> list[SignUp]:
    """The same without telling them; returns who got a place, in order of arrival. Nothing changes once it begins."""
    if activity.is_cancelled or now >= activity.starts_at:
        return []
    _release(activity, now)
    waiting = activity.sign_ups.filter(has_place=False).order_by("arrival").select_related("member__user")
    if activity.capacity is not None:
        waiting = waiting[: max(activity.capacity - taken(activity), 0)]
    moved_up = list(waiting)
    SignUp.objects.filter(pk__in=[sign_up.pk for sign_up in moved_up]).update(has_place=True)
    for sign_up in moved_up:
        sign_up.activity = activity
    return moved_up


def _release(activity: Activity, now: datetime) -> None:
    """Take those off the list whose membership has ended, and those who have left the branch: these are told."""
    gone = list(activity.sign_ups.of_people_gone().select_related("member__user"))
    lines = [{"subject": activity, "before": facts(sign_up)} for sign_up in gone]
    audit.record_many("activity.place_freed", by=None, lines=lines)
    SignUp.objects.filter(pk__in=[sign_up.pk for sign_up in gone]).delete()
    moved = [one.member.user for one in gone if one.member.user and one.member.ended_on is None]
    key, address = f"{activity.pk}:{now.isoformat()}", reverse("activities:activities")  # they see its page no more
    notify(moved, "activity_left", key=key, context=_context((activity,), ""), url=address)


def facts(sign_up: SignUp) -> dict[str, Any]:
    """What the audit trail keeps of a sign-up that somebody else has changed."""
    return {"name": sign_up.member.name, "arrival": sign_up.arrival, "has_place": sign_up.has_place}


def taken(activity: Activity) -> int:
    """How many places are given."""
    return activity.sign_ups.filter(has_place=True).count()


def refuse_to_take_away(activity: Activity, values: dict[str, Any]) -> None:
    """Raise ValidationError where fewer places are wanted than are given already, or no sign-up at all."""
    given = taken(activity)
    if given and not values.get("signs_up", activity.signs_up):
        text = ngettext(
            "%(count)s person has signed up already. Leave sign-up on, or cancel the activity.",
            "%(count)s people have signed up already. Leave sign-up on, or cancel the activity.",
            given,
        )
        raise ValidationError({"signs_up": text % {"count": given}})
    wanted = values.get("capacity", activity.capacity)
    if wanted is not None and wanted < given:
        text = ngettext(
            "%(count)s person has a place already. Enter %(count)s or more.",
            "%(count)s people have a place already. Enter %(count)s or more.",
            given,
        )
        raise ValidationError({"capacity": text % {"count": given}})


def tell_everybody(activities: Iterable[Activity], kind: str, *, key: str) -> None:
    """Tell all who have a place or wait for one at any of these occurrences."""
    tell(SignUp.objects.filter(activity__in=activities).select_related("activity", "member__user"), kind, key=key)


def tell(sign_ups: Iterable[SignUp], kind: str, *, key: str, reason: str = "") -> None:
    """Tell these people, once each: of several occurrences of a series the first, the last and how many."""
    of_user: dict[User, list[Activity]] = defaultdict(list)
    for sign_up in sign_ups:
        if sign_up.member.user_id:
            of_user[sign_up.member.user].append(sign_up.activity)
    together: dict[tuple[Activity, ...], list[User]] = defaultdict(list)
    for user, activities in of_user.items():
        together[tuple(sorted(activities, key=lambda one: one.starts_at))].append(user)
    for activities, users in together.items():
        first = activities[0]
        address = reverse("activities:activity", args=[first.pk])
        notify(users, kind, key=f"{first.pk}:{key}", context=_context(activities, reason), url=address)


def _context(activities: tuple[Activity, ...], reason: str) -> dict[str, Any]:
    first, last = activities[0], activities[-1]
    return {
        "title": first.title,
        "starts_at": first.starts_at.isoformat(),
        "last_starts_at": last.starts_at.isoformat(),
        "number": len(activities),
        "place": first.place,
        "reason": reason or first.cancelled_because,
    }
