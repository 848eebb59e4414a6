"""How many of a branch filed and were rated, month by month?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from evaluations.deadlines import month_of
from evaluations.models import Cycle, Due
from evaluations.queries.months import Progress, with_marks
from members.models import Branch

MONTHS_SHOWN = 12


@dataclass(frozen=True)
class MonthRate:
    """One month of a branch; nobody is due in a month that is switched off."""

    cycle: Cycle
    progress: Progress


def month_rates(branch: Branch, *, now: datetime) -> list[MonthRate]:
    """The last twelve months that have begun, the newest first; two queries."""
    begun = Cycle.objects.filter(committee__path=branch.ancestor_paths()[0], month__lte=month_of(now))
    cycles = list(begun.order_by("-month")[:MONTHS_SHOWN])
    counted = (
        with_marks(Due.objects.filter(cycle__in=cycles, cycle__is_off=False, branch=branch))
        .values("cycle_id")
        .annotate(
            due=Count("pk"), filed=Count("pk", filter=Q(has_filed=True)), rated=Count("pk", filter=Q(is_rated=True))
        )
        .order_by()
    )
    found = {row["cycle_id"]: Progress(row["due"], row["filed"], row["rated"]) for row in counted}
    return [MonthRate(cycle, found.get(cycle.pk, Progress())) for cycle in cycles]
