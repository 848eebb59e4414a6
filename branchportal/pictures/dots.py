"""Where do dots lie between the lowest and the highest value: on the line of one row, or of all people at once?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from branchportal.pictures.scales import Scale, Value, short

ROW_WIDTH, ROW_MARGIN = 160, 8
FIELD_WIDTH, FIELD_MARGIN, LEVELS = 320, 10, 4
LEVEL_HEIGHT, FIELD_BASE = 10, 46


@dataclass(frozen=True)
class FieldDot:
    """One value among all: equal ones stand on each other, as far as there is room."""

    x: str
    y: int


def along(value: Value, low: Value, high: Value) -> int:
    """The place of a value on the line of a row, in whole units of 160."""
    return round(Scale(low, high, ROW_MARGIN, ROW_WIDTH - ROW_MARGIN).place(value))


def field(values: Sequence[Value], low: Value, high: Value) -> list[FieldDot]:
    """One dot for each value in the order given, on a line of 320 units; what would cover another stands above it."""
    scale = Scale(low, high, FIELD_MARGIN, FIELD_WIDTH - FIELD_MARGIN)
    standing: dict[int, int] = {}
    dots = []
    for value in values:
        place = scale.place(value)
        column = round(place / LEVEL_HEIGHT)
        level = min(standing.get(column, 0), LEVELS - 1)
        standing[column] = level + 1
        dots.append(FieldDot(short(place), FIELD_BASE - LEVEL_HEIGHT * level))
    return dots


def between(above: Value, below: Value, low: Value, high: Value) -> str:
    """The place of a line in the middle of two values of a field."""
    scale = Scale(low, high, FIELD_MARGIN, FIELD_WIDTH - FIELD_MARGIN)
    return short((scale.place(above) + scale.place(below)) / 2)
