"""In which five dimensions is a month reviewed, and how many points is a grade?

How they are called on a page is in labels.py: this module is standard library only.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Dimension(StrEnum):
    """思想、学习、生活、工作、作风: always in this order."""

    THOUGHT = "thought"
    STUDY = "study"
    LIFE = "life"
    WORK = "work"
    CONDUCT = "conduct"


DIMENSIONS: tuple[Dimension, ...] = tuple(Dimension)


class Grade(StrEnum):
    """The five grades of a card, the best first."""

    EXCELLENT = "excellent"
    GOOD = "good"
    FAIR = "fair"
    PASSABLE = "passable"
    WEAK = "weak"


# The published table: what a grade counts in every sum.
GRADE_POINTS: dict[Grade, int] = {
    Grade.EXCELLENT: 95,
    Grade.GOOD: 85,
    Grade.FAIR: 75,
    Grade.PASSABLE: 65,
    Grade.WEAK: 55,
}


HIGHEST_POINTS = 100


def grade_of(points: int) -> Grade | None:
    """Return the grade that stands for exactly these points, or None (a card on the other scale)."""
    return next((grade for grade, worth in GRADE_POINTS.items() if worth == points), None)


def is_on_scale(points: Mapping[str, int | None], *, in_grades: bool) -> bool:
    """Whether every filled dimension has the points of a grade, or on the other scale a number from 0 to 100."""
    allowed = GRADE_POINTS.values() if in_grades else range(HIGHEST_POINTS + 1)
    return all(value is None or value in allowed for value in points.values())


def is_complete(points: Mapping[str, int | None]) -> bool:
    """Whether all five dimensions have points."""
    return all(points.get(dimension) is not None for dimension in DIMENSIONS)
