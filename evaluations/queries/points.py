"""Which bonuses and deductions are there: for a ranking, and for a page?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from branchportal.months import last_day_of
from evaluations import sources as known
from evaluations.documents import number
from evaluations.explaining import counted
from evaluations.models import PointsEntry
from evaluations.queries import schemes
from evaluations.scheme import Component, parse_scheme
from members.models import Branch

LONGEST_CODE = PointsEntry._meta.get_field("category").max_length
Entries = Mapping[int, Mapping[str, list[PointsEntry]]]  # {person: {category: entries}}


def counting(members: Collection[int], first: date, last: date) -> Entries:
    """Each person's standing entries of these days by category, the newest last. One query."""
    found: dict[int, dict[str, list[PointsEntry]]] = defaultdict(lambda: defaultdict(list))
    inside = PointsEntry.objects.standing().filter(member__in=members, on__range=(first, last))
    for entry in inside.select_related("recorded_by", "evidence").order_by("on", "pk"):
        found[entry.member_id][entry.category].append(entry)
    return found


@dataclass(frozen=True)
class Line:
    """One entry on the page of a branch, and whether it counts in a ranking of the shown months."""

    entry: PointsEntry
    counts: bool


@dataclass
class Category:
    """A component of a scheme that entries feed, with the entries of the shown months; None: no scheme counts it."""

    code: str
    label: str
    component: Component | None
    lines: list[Line] = field(default_factory=list)


def categories(branch: Branch, first: date, last: date) -> dict[str, Category]:
    """{code: category} of the schemes that apply in these months; one query."""
    found: dict[str, Category] = {}
    for scheme in schemes.applying(branch, first, last):
        for component in known.needed_components(parse_scheme(scheme.document)):
            is_fed = scheme.sources["components"].get(component.code) == known.POINTS
            if is_fed and len(component.code) <= LONGEST_CODE:
                found.setdefault(component.code, Category(component.code, component.label, component))
    return found


def of_months(branch: Branch, first: date, last: date) -> list[Category]:
    """All categories with the branch's entries of these months, the newest first. Two queries."""
    found = categories(branch, first, last)
    entries = branch.points_entries.filter(on__range=(first, last_day_of(last)))
    rows = list(entries.select_related("member", "recorded_by", "withdrawn_by", "evidence").order_by("on", "pk"))
    counting_rows = _counting(rows, found)
    for row in reversed(rows):
        category = found.setdefault(row.category, Category(row.category, row.category_label, None))
        category.lines.append(Line(row, row.pk in counting_rows))
    return list(found.values())


def _counting(rows: Sequence[PointsEntry], found: Mapping[str, Category]) -> set[int]:
    """Which entries a ranking of just these months would count."""
    grouped: dict[tuple[int, str], list[PointsEntry]] = defaultdict(list)
    for row in rows:
        if row.withdrawn_at is None and row.category in found:
            grouped[row.member_id, row.category].append(row)
    return {
        some[place].pk
        for (_member, category), some in grouped.items()
        for place in counted(found[category].component.aggregate, [number(str(one.points)) for one in some])
    }
