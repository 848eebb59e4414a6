"""On which days does a plan repeat itself? Pure: days in, days out."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from branchportal.months import months_later

MOST_OCCURRENCES = 60


class Every(StrEnum):
    WEEK = "week"
    TWO_WEEKS = "two_weeks"
    MONTH = "month"


class TooMany(Exception):
    """More than MOST_OCCURRENCES days lie between the first and the last."""


def times(first: date, every: Every, count: int) -> list[date]:
    """Return `count` days from the first on. Raises TooMany."""
    if count > MOST_OCCURRENCES:
        raise TooMany
    return [_day(first, every, index) for index in range(count)]


def until(first: date, every: Every, last: date) -> list[date]:
    """Return all days from the first on that are not after `last`. Raises TooMany."""
    days = [_day(first, every, index) for index in range(MOST_OCCURRENCES + 1)]
    found = [day for day in days if day <= last]
    if len(found) > MOST_OCCURRENCES:
        raise TooMany
    return found


def moved(every: Every, days: list[date]) -> list[date]:
    """Return the days of a monthly plan that are not on the first one's day because their month is too short."""
    return [day for day in days if day.day < days[0].day] if every == Every.MONTH else []


def _day(first: date, every: Every, index: int) -> date:
    if every == Every.WEEK:
        return first + timedelta(weeks=index)
    if every == Every.TWO_WEEKS:
        return first + timedelta(weeks=2 * index)
    return months_later(first, index)
