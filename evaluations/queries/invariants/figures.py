"""Which invariants hold of figures from Excel and of bonuses and deductions?"""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from branchportal.invariants import without_line
from branchportal.ledger import Asked, Check, Violation, place
from evaluations.models import ColumnFigure, PointsEntry


def figure_without_line(asked: Asked) -> Iterator[Violation]:
    """Of every figure from Excel the audit trail tells that it was imported."""
    yield from without_line(ColumnFigure, ("figures.imported",), asked)


def points_without_line(asked: Asked) -> Iterator[Violation]:
    """Of every bonus and deduction the audit trail tells that it was written down."""
    yield from without_line(PointsEntry, ("points.recorded",), asked)


def points_of_himself(asked: Asked) -> Iterator[Violation]:
    """Nobody wrote down points about himself."""
    own = PointsEntry.objects.filter(recorded_by=F("member__user"))
    for pk in own.order_by("pk").values_list("pk", flat=True):
        yield Violation(place(PointsEntry, pk), "written down by the person himself")


_FAULT = _("Note the row and what happened around it, and report it as a fault of the program.")

CHECKS = (
    Check("figures.recorded", _("The audit trail tells of each figure from Excel."), _FAULT, figure_without_line),
    Check("points.recorded", _("The audit trail tells of each bonus and deduction."), _FAULT, points_without_line),
    Check("points.own", _("Nobody wrote down points about himself."), _FAULT, points_of_himself),
)
