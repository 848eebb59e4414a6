"""How long does a branch take to answer its members' self-reviews? Pure: moments are arguments."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from statistics import median as middle

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SAID_IN_DAYS = 2 * DAY


def first_replies(answers: Iterable[tuple[int, datetime, datetime]]) -> list[timedelta]:
    """Return how long each review waited for its first answer.

    `answers` are (review, when it was submitted, when it was answered) in the order in which they were given; a
    return is an answer too, and what comes after the first one does not count.
    """
    first: dict[int, timedelta] = {}
    for review, submitted_at, at in answers:
        first.setdefault(review, at - submitted_at)
    return list(first.values())


def median(times: Iterable[timedelta]) -> timedelta | None:
    """The middle one, or the mean of the two in the middle; None of nothing."""
    return middle(found) if (found := list(times)) else None


def in_whole_units(time: timedelta) -> tuple[int, bool]:
    """Return (how many, whether they are days): hours below two days, days from there on, halves rounded up."""
    is_days = time >= SAID_IN_DAYS
    unit = DAY if is_days else HOUR
    return (time + unit / 2) // unit, is_days
