"""Which day is the n-th working day after another, by the State Council's holidays and make-up days?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import holidays

SATURDAY = 5


@dataclass(frozen=True)
class Found:
    """The first and the last of the counted working days.

    Provisional where a year between them has not been announced yet: then only its weekends and the days that the law
    fixes are known, no make-up day.
    """

    first: date
    last: date
    is_provisional: bool


def working_days_after(day: date, count: int) -> Found:
    """The next `count` working days, at least one; the day itself never counts."""
    days = _working_days(day + timedelta(days=1))
    counted = [next(days) for _number in range(count)]
    years = range(day.year, counted[-1].year + 1)
    return Found(counted[0], counted[-1], is_provisional=not all(is_announced(year) for year in years))


def is_working_day(day: date) -> bool:
    """Whether people work on this day, as far as its year is known."""
    known = _calendar(day.year)
    if known is None:
        return day.weekday() < SATURDAY
    return day in known.weekend_workdays or (day.weekday() < SATURDAY and day not in known)


def is_announced(year: int) -> bool:
    """Whether the make-up days of that year are known: each announcement so far has had some."""
    known = _calendar(year)
    return known is not None and any(day.year == year for day in known.weekend_workdays)


def _working_days(day: date) -> Iterator[date]:
    while True:
        if is_working_day(day):
            yield day
        day += timedelta(days=1)


@cache
def _calendar(year: int) -> holidays.HolidayBase | None:
    """One year of the library's calendar, without the years beside it; None where it has none."""
    china = holidays.China
    return china(years=year, expand=False) if china.start_year <= year <= china.end_year else None
