"""How many rows do several tables have for somebody, in one statement?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from django.db.models import CharField, Count, QuerySet, Value


def counts(wanted: Iterable[tuple[str, QuerySet]]) -> Counter[str]:
    """Return {name: how many rows}; a name that comes several times has the sum of its rows. One query at most."""
    wanted = list(wanted)
    each = [
        rows.order_by()
        .values(counted_as=Value(name, CharField()))
        .annotate(rows_found=Count("pk"))
        .values_list("counted_as", "rows_found")
        for name, rows in wanted
    ]
    found = Counter({name: 0 for name, _rows in wanted})
    for name, number in each[0].union(*each[1:], all=True) if each else ():
        found[name] += number
    return found
