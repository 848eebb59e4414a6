"""Which shape does a series have, so that it can be told from the others without its colour?"""

from __future__ import annotations

from collections.abc import Iterable

SHAPES = (
    "m-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z",  # circle
    "m-4-4h8v8h-8z",  # square
    "m0-5l5 9h-10z",  # triangle
    "m0-5.5l5.5 5.5-5.5 5.5-5.5-5.5z",  # diamond
    "m-5-4h10l-5 9z",  # triangle on its tip
)


def shape_of(series: int) -> int:
    """The number of the shape (and of the colour) of the series at this place."""
    return series % len(SHAPES)


def marks(places: Iterable[tuple[str, str]], shape: int) -> str:
    """One path with the shape at each of these places."""
    return "".join(f"M{x} {y}{SHAPES[shape]}" for x, y in places)
