"""Where does a value lie between the two ends of an axis, and how is a place written in a drawing?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

Value = int | Fraction


@dataclass(frozen=True)
class Scale:
    """An axis from the value `low` at `start` to the value `high` at `end`; what lies outside is put at the end."""

    low: Value
    high: Value
    start: int
    end: int

    def place(self, value: Value) -> float:
        held = min(max(value, self.low), self.high)
        return float(self.start + Fraction(held - self.low, self.high - self.low) * (self.end - self.start))


def short(place: float) -> str:
    """At most one decimal, and none where it is 0: "12", "12.5"."""
    text = f"{place:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def points(places: Sequence[tuple[float, float]]) -> str:
    """The corners of an SVG polygon: "12,30 40,8.5"."""
    return " ".join(f"{short(x)},{short(y)}" for x, y in places)


def strokes(places: Sequence[tuple[float, float] | None]) -> str:
    """The path through these places; a gap lifts the pen, and a place alone between gaps draws no line."""
    runs: list[list[tuple[float, float]]] = [[]]
    for place in places:
        if place is None:
            runs.append([])
        else:
            runs[-1].append(place)
    return "".join(_stroke(run) for run in runs if len(run) > 1)


def _stroke(run: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{short(x)} {short(y)}" for x, y in run)
