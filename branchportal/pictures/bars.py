"""How wide is a bar for a part of a whole, and how is a bar divided among counts?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

RATE_WIDTH = 100
STACK_WIDTH = 256
ROOM_PER_DIGIT = 9
ROOM_BESIDE = 8


@dataclass(frozen=True)
class Segment:
    """One piece of a divided bar; its count is written inside where there is room."""

    x: int
    width: int
    count: int
    middle: str
    has_room: bool


def rate_width(part: int, whole: int) -> int:
    """The filled units out of 100: 0 for nothing, 100 for all and for nothing less."""
    if not part:
        return 0
    if part >= whole:
        return RATE_WIDTH
    return min(max(round(RATE_WIDTH * part / whole), 1), RATE_WIDTH - 1)


def stacked(counts: Sequence[int]) -> list[Segment]:
    """One segment for each count, side by side, together 256 units; none at all where nobody is counted."""
    total = sum(counts)
    if not total:
        return []
    edges = [0, *(round(STACK_WIDTH * reached / total) for reached in accumulate(counts))]
    return [_segment(*ends, count) for ends, count in zip(pairwise(edges), counts, strict=True)]


def _segment(start: int, end: int, count: int) -> Segment:
    width = end - start
    has_room = width >= ROOM_PER_DIGIT * len(str(count)) + ROOM_BESIDE
    return Segment(start, width, count, f"{(start + end) / 2:g}", has_room)
