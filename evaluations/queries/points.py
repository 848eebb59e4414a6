"""Which bonuses and deductions are there: for a ranking, and for a page?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date

from evaluations.models import PointsEntry

Entries = Mapping[int, Mapping[str, list[PointsEntry]]]  # {person: {category: entries}}


def counting(members: Collection[int], first: date, last: date) -> Entries:
    """Each person's standing entries of these days by category, the newest last. One query."""
    found: dict[int, dict[str, list[PointsEntry]]] = defaultdict(lambda: defaultdict(list))
    inside = PointsEntry.objects.standing().filter(member__in=members, on__range=(first, last))
    for entry in inside.select_related("recorded_by").order_by("on", "pk"):
        found[entry.member_id][entry.category].append(entry)
    return found
