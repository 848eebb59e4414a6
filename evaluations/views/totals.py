"""Where does one person stand beside the others, and who stands near a line: what is drawn of it?"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import ceil, floor
from typing import Any

from branchportal.pictures import dots
from branchportal.pictures.marks import marks, shape_of
from branchportal.pictures.scales import Value
from evaluations.explaining import Part, plain
from evaluations.queries.rankings import Cell, Row
from evaluations.scheme import WEIGHTED

NEAR = 3  # people shown on each side of a line


def component_lines(parts: Sequence[Part], others: Sequence[Row]) -> dict[str, Any]:
    """One person's weighted components on a common line: his mark, and a stroke for each place of the `others`."""
    weighted = [part for part in parts if part.is_weighted]
    own = [Fraction(part.points) for part in weighted if part.points is not None]
    beside = [cell.points for row in others for cell in row.cells if cell.component.role == WEIGHTED]
    low, high = _tens([*own, *beside])
    return {
        "low": low,
        "high": high,
        "has_others": bool(others),
        "lines": [_component_line(place, part, others, low, high) for place, part in enumerate(weighted)],
    }


def field_of_totals(table: Sequence[Row]) -> dict[str, Any] | None:
    """Where all totals lie and where the line cuts them; None for fewer than two different ones."""
    totals = [Fraction(row.entry.total) for row in table]
    if len(set(totals)) < 2:
        return None
    low, high = floor(min(totals)), ceil(max(totals))
    field = dots.field(totals, low, high)
    cut = _cut(table)
    above = len(table) if cut is None else cut + 1
    return {
        "low": low,
        "high": high,
        "count": len(totals),
        "first": table[0].entry.total,
        "last": table[-1].entry.total,
        "above": dots.stamps(field[:above]),
        "below": dots.stamps(field[above:]),
        "line": None if cut is None else dots.between(totals[cut], totals[cut + 1], low, high),
    }


def near_the_line(table: Sequence[Row]) -> dict[str, Any] | None:
    """The three people on each side of the line, with what each component adds to their totals; None without a line."""
    cut = _cut(table)
    if cut is None:
        return None
    above, below = table[cut].entry, table[cut + 1].entry
    return {
        "gap": plain(Fraction(above.total) - Fraction(below.total)),
        "labels": [cell.component.label for cell in table[cut].cells],
        "rows": [
            {"row": row, "parts": [_contribution(row, cell) for cell in row.cells]}
            for row in table[max(cut + 1 - NEAR, 0) : cut + 1 + NEAR]
        ],
    }


def _component_line(place: int, part: Part, others: Sequence[Row], low: int, high: int) -> dict[str, Any]:
    code, shape = part.component.code, shape_of(place)
    beside = [cell.points for row in others for cell in row.cells if cell.component.code == code]
    x = None if part.points is None else dots.along(Fraction(part.points), low, high)
    return {
        "label": part.component.label,
        "points": part.points,
        "contribution": part.contribution,
        "shape": shape,
        "mark": "" if x is None else marks([(str(x), "10")], shape),
        "others": dots.strokes_of(beside, low, high),
    }


def _tens(values: Sequence[Value | None]) -> tuple[int, int]:
    """The tens that hold all these values."""
    known = [value for value in values if value is not None]
    if not known:
        return 0, 100
    low, high = floor(min(known) / 10) * 10, ceil(max(known) / 10) * 10
    return low, high if high > low else low + 10


def _cut(table: Sequence[Row]) -> int | None:
    return next((place for place, row in enumerate(table) if row.is_last_above_the_line), None)


def _contribution(row: Row, cell: Cell) -> tuple[str, str]:
    """The component's label, and how much of the total comes from it."""
    added = row.entry.components.get(cell.component.code, {}).get("contribution")
    return cell.component.label, "–" if added is None else plain(Fraction(added))
