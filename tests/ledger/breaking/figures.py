"""How are figures from Excel, bonuses and deductions broken by hand?"""

from __future__ import annotations

from evaluations.models import ColumnFigure, PointsEntry
from tests.ledger.breaking.by_hand import breaks, change, drop_line_about, first


@breaks("figures.recorded")
def _() -> list[str]:
    return drop_line_about(ColumnFigure, "figures.imported")


@breaks("points.recorded")
def _() -> list[str]:
    return drop_line_about(PointsEntry, "points.recorded")


@breaks("points.own")
def _() -> list[str]:
    entry = first(PointsEntry, member__user__isnull=False)
    return change(entry, recorded_by=entry.member.user)
