"""What does a duty of the "three ones" expect, by when, and how much of it is done? Pure: days are arguments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from branchportal.months import last_day_of, months_later

LONGEST_DUTY = 12  # months
MOST_A_MONTH = 8  # entries


class DutyKind(StrEnum):
    """三个一: for whom somebody is there."""

    ACTIVISTS = "activists"
    DORMITORY = "dormitory"
    CLASS = "class"


# What an entry is about: four topics of each kind.
TOPICS: dict[DutyKind, tuple[str, ...]] = {
    DutyKind.ACTIVISTS: ("thought", "study", "life", "work"),
    DutyKind.DORMITORY: ("tidiness", "atmosphere", "safety", "solved"),
    DutyKind.CLASS: ("talk", "class_meeting", "one_to_one", "other"),
}


@dataclass(frozen=True)
class MonthOfDuty:
    """One month of a duty: how many entries it expects until its last day, and how many were written."""

    month: date
    expected: int
    written: int
    is_over: bool

    @property
    def done(self) -> int:
        """How many of the expected ones; what was written beyond them helps no other month."""
        return min(self.written, self.expected)

    @property
    def missing(self) -> int:
        return self.expected - self.done

    @property
    def is_late(self) -> bool:
        return self.is_over and self.missing > 0

    @property
    def due_on(self) -> date:
        return last_day_of(self.month)


@dataclass(frozen=True)
class Progress:
    """How far a duty has got on one day."""

    months: tuple[MonthOfDuty, ...]

    @property
    def due(self) -> int:
        """How many entries the months that are over expected."""
        return sum(month.expected for month in self.months if month.is_over)

    @property
    def done(self) -> int:
        """How many of those are written."""
        return sum(month.done for month in self.months if month.is_over)

    @property
    def late(self) -> int:
        return self.due - self.done

    @property
    def percent(self) -> int | None:
        """Whole per cent of what was due, rounded down; None while nothing was due."""
        return 100 * self.done // self.due if self.due else None

    @property
    def expected(self) -> int:
        return sum(month.expected for month in self.months)

    @property
    def written(self) -> int:
        return sum(month.written for month in self.months)

    @property
    def late_months(self) -> list[MonthOfDuty]:
        return [month for month in self.months if month.is_late]

    @property
    def next_due(self) -> MonthOfDuty | None:
        """The first month to come, or running, that still expects something."""
        return next((month for month in self.months if not month.is_over and month.missing), None)


def months_of(first: date, last: date) -> list[date]:
    """The first days of all months between two, both included."""
    count = 12 * (last.year - first.year) + last.month - first.month + 1
    return [months_later(first, place) for place in range(count)]


def progress(first: date, last: date, per_month: int, written: Mapping[date, int], today: date) -> Progress:
    """How far it has got: `written` is {month: entries}; an entry belongs to the month of its day, whenever written."""
    return Progress(
        tuple(
            MonthOfDuty(month, per_month, written.get(month, 0), last_day_of(month) < today)
            for month in months_of(first, last)
        )
    )


def term_around(day: date) -> tuple[date, date]:
    """First and last month of the term that runs, or comes next: September to January, March to June."""
    if day.month == 1:
        return date(day.year - 1, 9, 1), date(day.year, 1, 1)
    if day.month <= 6:
        return date(day.year, 3, 1), date(day.year, 6, 1)
    return date(day.year, 9, 1), date(day.year + 1, 1, 1)


def overlap(first: date, last: date, other_first: date, other_last: date) -> bool:
    """Whether two ranges of months share one."""
    return first <= other_last and other_first <= last
