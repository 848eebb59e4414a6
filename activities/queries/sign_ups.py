"""How many places are left, who waits, and what about this person?"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from activities.models import Activity, SignUp
from members.models import Member


@dataclass(frozen=True)
class Places:
    """How full an activity is. `left` is None where as many may come as like."""

    taken: int
    waiting: int
    left: int | None

    @property
    def is_full(self) -> bool:
        return self.left == 0


def places_of(activity: Activity) -> Places:
    """One query."""
    counts = activity.sign_ups.aggregate(
        taken=Count("pk", filter=Q(has_place=True)), waiting=Count("pk", filter=Q(has_place=False))
    )
    left = None if activity.capacity is None else max(activity.capacity - counts["taken"], 0)
    return Places(**counts, left=left)


def own_sign_up(activity: Activity, member: Member | None) -> SignUp | None:
    """This person's sign-up; `ahead` is how many wait before him."""
    if member is None:
        return None
    found = activity.sign_ups.filter(member=member).first()
    if found and not found.has_place:
        found.ahead = activity.sign_ups.filter(has_place=False, arrival__lt=found.arrival).count()
    return found


def in_order(activity: Activity) -> QuerySet[SignUp]:
    """Everybody who signed up, in order of arrival, those with a place first."""
    return activity.sign_ups.select_related("member__branch").order_by("-has_place", "arrival")
