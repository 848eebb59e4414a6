"""Where do the rings, spokes and shapes of a radar lie? For a few dimensions of one person, no more."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from branchportal.pictures.marks import marks, shape_of
from branchportal.pictures.scales import Scale, Value, points, short, strokes

WIDTH, HEIGHT = 256, 200
CENTRE_X, CENTRE_Y, RADIUS = 128, 105, 74
LABEL_RADIUS = RADIUS + 7
TEXT_RISE = 4  # half of a letter's height


@dataclass(frozen=True)
class Label:
    """A word at the end of a spoke; `anchor` as SVG has it: start, middle, end."""

    text: str
    x: str
    y: str
    anchor: str


@dataclass(frozen=True)
class Outline:
    """One series: its dots, and the line through them, closed to an area only where nothing is missing."""

    dots: tuple[tuple[str, str], ...]
    path: str
    marks: str
    is_closed: bool


@dataclass(frozen=True)
class Radar:
    rings: tuple[str, ...]  # corners of each, the outermost last
    spokes: str
    labels: tuple[Label, ...]
    outlines: tuple[Outline, ...]


def radar(
    labels: Sequence[str], series: Sequence[Sequence[Value | None]], *, low: Value, high: Value, rings: int
) -> Radar:
    """The drawing of at least three dimensions, the first one upwards, clockwise; `low` lies in the centre."""
    scale = Scale(low, high, 0, RADIUS)
    count = len(labels)
    ends = [_at(place, count, RADIUS) for place in range(count)]
    return Radar(
        tuple(
            points([_at(place, count, RADIUS * ring / rings) for place in range(count)]) for ring in range(1, rings + 1)
        ),
        "".join(strokes([(CENTRE_X, CENTRE_Y), end]) for end in ends),
        tuple(_label(text, place, count) for place, text in enumerate(labels)),
        tuple(_outline(values, scale, shape_of(place)) for place, values in enumerate(series)),
    )


def _outline(values: Sequence[Value | None], scale: Scale, shape: int) -> Outline:
    places = [None if value is None else _at(at, len(values), scale.place(value)) for at, value in enumerate(values)]
    dots = tuple((short(x), short(y)) for x, y in filter(None, places))
    if None not in places:
        return Outline(dots, strokes(places) + "Z", marks(dots, shape), is_closed=True)
    gap = places.index(None)  # begin behind it, so that the last dimension is joined to the first
    return Outline(dots, strokes(places[gap:] + places[:gap]), marks(dots, shape), is_closed=False)


def _at(place: int, count: int, radius: float) -> tuple[float, float]:
    turn = 2 * math.pi * place / count
    return CENTRE_X + radius * math.sin(turn), CENTRE_Y - radius * math.cos(turn)


def _label(text: str, place: int, count: int) -> Label:
    x, y = _at(place, count, LABEL_RADIUS)
    sideways = round(x - CENTRE_X)
    anchor = "middle" if sideways == 0 else "start" if sideways > 0 else "end"
    below = TEXT_RISE * (1 + round((y - CENTRE_Y) / LABEL_RADIUS))
    return Label(text, short(x), short(y + below), anchor)
