"""Who gets the places of an activity, and who is told what when it changes?

Every function wants the activity's row locked by the caller.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import ngettext

from activities.models import Activity, SignUp
from branchportal.notifications import notify


def fill(activity: Activity, *, now: datetime) -> int:
    """Give free places to those who wait and are still members, in order of arrival, and tell them; return how many."""
    if activity.is_cancelled or now >= activity.starts_at:
        return 0
    waiting = activity.sign_ups.filter(has_place=False, member__ended_on=None)
    waiting = waiting.order_by("arrival").select_related("member__user")
    if activity.capacity is not None:
        waiting = waiting[: max(activity.capacity - taken(activity), 0)]
    moved_up = list(waiting)
    SignUp.objects.filter(pk__in=[sign_up.pk for sign_up in moved_up]).update(has_place=True)
    tell(activity, moved_up, "activity_place", key=now.isoformat())
    return len(moved_up)


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


def tell_everybody(activity: Activity, kind: str, *, key: str) -> None:
    """Tell all who have a place or wait for one."""
    tell(activity, list(activity.sign_ups.select_related("member__user")), kind, key=key)


def tell(activity: Activity, sign_ups: list[SignUp], kind: str, *, key: str) -> None:
    users = [sign_up.member.user for sign_up in sign_ups if sign_up.member.user_id]
    context = {
        "title": activity.title,
        "starts_at": activity.starts_at.isoformat(),
        "place": activity.place,
        "reason": activity.cancelled_because,
    }
    address = reverse("activities:activity", args=[activity.pk])
    notify(users, kind, key=f"{activity.pk}:{key}", context=context, url=address)
