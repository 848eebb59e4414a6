"""Which figures from Excel are there: for a ranking, and for a page?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from evaluations.models import ColumnFigure

Figures = Mapping[int, Mapping[str, "list[Figure]"]]  # {person: {key of the column: figures}}


@dataclass(frozen=True)
class Figure:
    """One person's figure in one column."""

    name: str
    first: date
    last: date
    value: str
    by: str
    at: datetime
    file: str


def counting(members: Collection[int], keys: Collection[str], first: date, last: date) -> Figures:
    """Of each person the figures of columns whose last day lies in the period, the newest last. One query."""
    found: dict[int, dict[str, list[Figure]]] = defaultdict(lambda: defaultdict(list))
    inside = ColumnFigure.objects.filter(member__in=members, column__key__in=keys, column__last_on__range=(first, last))
    columns = ("column__name", "column__first_on", "column__last_on", "value", "imported_by__name", "imported_at")
    rows = inside.order_by("column__last_on", "column__first_on", "column_id")
    for member, key, *figure in rows.values_list("member", "column__key", *columns, "file_name"):
        found[member][key].append(Figure(*figure))
    return found
