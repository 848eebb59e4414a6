"""Where do the lines over months lie? One column for each month; a month without a value is a gap with a sign below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from branchportal.pictures.marks import marks, shape_of
from branchportal.pictures.scales import Scale, Value, short, strokes

WIDTH, HEIGHT = 256, 140
LEFT, RIGHT, TOP, BOTTOM = 30, 250, 10, 98
MONTHS_BASELINE, SIGNS_BASELINE = 116, 133


@dataclass(frozen=True)
class Tick:
    """A line across the picture with its value in front."""

    text: str
    y: str
    text_y: str


@dataclass(frozen=True)
class Column:
    """One month: the middle of its column, and the band that marks it where it is a gap of every line."""

    x: str
    band_x: str
    band_width: str
    is_gap: bool


@dataclass(frozen=True)
class Line:
    """One series: a dot for each value, and strokes between neighbours only."""

    dots: tuple[tuple[str, str], ...]
    path: str
    marks: str


@dataclass(frozen=True)
class MonthLines:
    ticks: tuple[Tick, ...]
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]


def month_lines(
    series: Sequence[Sequence[Value | None]], *, low: Value, high: Value, ticks: Sequence[int]
) -> MonthLines:
    """The drawing of series of equal length, one value or None for each month in its order."""
    count = len(series[0])
    scale = Scale(low, high, BOTTOM, TOP)
    width = (RIGHT - LEFT) / count
    middles = [LEFT + width * (place + 0.5) for place in range(count)]
    return MonthLines(
        tuple(_tick(value, scale) for value in ticks),
        tuple(
            Column(
                short(middle), short(middle - width / 2), short(width), all(values[place] is None for values in series)
            )
            for place, middle in enumerate(middles)
        ),
        tuple(_line(values, middles, scale, shape_of(place)) for place, values in enumerate(series)),
    )


def _tick(value: int, scale: Scale) -> Tick:
    y = scale.place(value)
    return Tick(str(value), short(y), short(y + 4))


def _line(values: Sequence[Value | None], middles: Sequence[float], scale: Scale, shape: int) -> Line:
    places = [None if value is None else (x, scale.place(value)) for x, value in zip(middles, values, strict=True)]
    dots = tuple((short(x), short(y)) for x, y in filter(None, places))
    return Line(dots, strokes(places), marks(dots, shape))
