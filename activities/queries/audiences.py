"""How much was organisation life of Party members, and how much was for others? Never added up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from activities.models import Activity
from activities.queries.hours import in_days
from members.models import Branch

INSIDE = Activity.Audience.INSIDE


@dataclass(frozen=True)
class Counted:
    """`inside`: organisation life of Party members. `outside`: what applicants and everybody else were invited to."""

    inside: int = 0
    outside: int = 0


def held(branch: Branch, first: date, last: date) -> Counted:
    """How many activities of this branch began on these days, both included; cancelled ones don't count. One query."""
    counts = Activity.objects.filter(in_days(first, last, ""), branch=branch, cancelled_at=None).aggregate(
        inside=Count("pk", filter=Q(audience=INSIDE)), outside=Count("pk", filter=~Q(audience=INSIDE))
    )
    return Counted(**counts)
