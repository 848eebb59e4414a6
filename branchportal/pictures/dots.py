"""Where do dots lie between the lowest and the highest value: on the line of one row, or of all people at once?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from branchportal.pictures.scales import Scale, Value, short

ROW_WIDTH, ROW_MARGIN = 160, 8
FIELD_WIDTH, FIELD_MARGIN, LEVELS = 256, 10, 4
LEVEL_HEIGHT, FIELD_BASE = 10, 46


@dataclass(frozen=True)
class FieldDot:
    """One value among all: equal ones stand on each other, as far as there is room."""

    x: str
    y: int


def along(value: Value, low: Value, high: Value) -> int:
    """The place of a value on the line of a row, in whole units of 160."""
    return round(Scale(low, high, ROW_MARGIN, ROW_WIDTH - ROW_MARGIN).place(value))


def strokes_of(values: Iterable[Value | None], low: Value, high: Value) -> str:
    """One short upright stroke for each place of a row's line that somebody's value takes: a single path."""
    return "".join(
        f"M{place} 6v8" for place in sorted({along(value, low, high) for value in values if value is not None})
    )


def field(values: Sequence[Value], low: Value, high: Value) -> list[FieldDot]:
    """One dot for each value in the order given, on a line of 256 units; what would cover another stands above it."""
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


def stamps(field_dots: Iterable[FieldDot]) -> str:
    """One path with a stroke of no length at each dot: the ends of the stroke, round or square, are the dot."""
    return "".join(f"M{dot.x} {dot.y}h0" for dot in field_dots)


def between(above: Value, below: Value, low: Value, high: Value) -> str:
    """The place of a line in the middle of two values of a field."""
    scale = Scale(low, high, FIELD_MARGIN, FIELD_WIDTH - FIELD_MARGIN)
    return short((scale.place(above) + scale.place(below)) / 2)
