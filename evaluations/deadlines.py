"""Until when may a month be reviewed and rated, and in which phase is it now? Pure: the time is an argument."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
REMINDED_BEFORE = (3, 1)  # days before the last day on which the clock reminds, the nearest last


class Phase(StrEnum):
    """Where a month stands for one branch."""

    OFF = "off"
    PLANNED = "planned"
    FILING = "filing"  # self-reviews and branch ratings
    RATING = "rating"  # branch ratings only
    CLOSED = "closed"


@dataclass(frozen=True)
class Window:
    """One month of one branch. Days are inclusive: the last instant of `review_day` still counts."""

    month: date  # its first day
    review_day: int
    rating_day: int
    is_off: bool = False

    @property
    def opens_at(self) -> datetime:
        return _midnight(self.month)

    @property
    def reviews_end(self) -> datetime:
        """First instant that is too late for a self-review."""
        return _midnight(self.month.replace(day=self.review_day) + timedelta(days=1))

    @property
    def ratings_end(self) -> datetime:
        """First instant that is too late for a branch rating; from then on the month is closed."""
        return _midnight(self.month.replace(day=self.rating_day) + timedelta(days=1))

    def phase(self, now: datetime) -> Phase:
        if self.is_off:
            return Phase.OFF
        if now < self.opens_at:
            return Phase.PLANNED
        if now < self.reviews_end:
            return Phase.FILING
        if now < self.ratings_end:
            return Phase.RATING
        return Phase.CLOSED

    def accepts_reviews(self, now: datetime) -> bool:
        return self.phase(now) == Phase.FILING

    def filing_end(self, *, accepts_late: bool, is_in_time: bool, was_returned: bool) -> datetime:
        """First instant that is too late for one card.

        A review that was returned may be submitted again until the branch ratings end; so may, where the branch
        accepts late ones, a review that does not stand in time already.
        """
        is_open_longer = was_returned or (accepts_late and not is_in_time)
        return self.ratings_end if is_open_longer else self.reviews_end

    def is_late(self, now: datetime, *, was_in_time: bool) -> bool:
        """Whether what is submitted now is late: the first submission decides, whatever is changed afterwards."""
        return now >= self.reviews_end and not was_in_time

    def accepts_ratings(self, now: datetime) -> bool:
        return self.phase(now) in {Phase.FILING, Phase.RATING}

    def days_left(self, now: datetime) -> int:
        """Whole days until self-reviews end, counting today as one; 0 when they have ended."""
        return days_until(self.reviews_end, now)

    def review_reminder(self, now: datetime) -> int | None:
        """Which reminder of the self-reviews is due by `now`: see `reminder_due`."""
        return None if self.is_off else reminder_due(self.opens_at, self.reviews_end, now)

    def rating_reminder(self, now: datetime) -> int | None:
        """The same for the branch ratings."""
        return None if self.is_off else reminder_due(self.opens_at, self.ratings_end, now)


def days_until(end: datetime, now: datetime) -> int:
    """Whole days until this midnight, counting today as one; 0 when it has passed."""
    return 0 if now >= end else (end.date() - now.astimezone(SHANGHAI).date()).days


def reminder_due(opens_at: datetime, end: datetime, now: datetime) -> int | None:
    """Return how many days before the last day the nearest reminder that is due by `now` stands, or None.

    `end` is the first instant that is too late. A reminder begins with its day in Shanghai and is due until the next
    one, the last until `end`: who comes late sends one and not all. None stands on the day on which the month opens.
    """
    if not opens_at <= now < end:
        return None
    begun = [days for days in REMINDED_BEFORE if opens_at < end - timedelta(days=days + 1) <= now]
    return min(begun, default=None)


def looked_back(month: date, review_day: int, previous_review_day: int) -> tuple[date, date]:
    """Return the first and last day that the card of `month` looks back on: since the previous deadline."""
    last_of_previous_month = month - timedelta(days=1)
    return last_of_previous_month.replace(day=previous_review_day) + timedelta(days=1), month.replace(day=review_day)


def month_of(moment: datetime | date) -> date:
    """Return the first day of the month in which this moment lies in Shanghai."""
    day = moment.astimezone(SHANGHAI).date() if isinstance(moment, datetime) else moment
    return day.replace(day=1)


def next_month(month: date) -> date:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)


def months_between(first: date, last: date) -> list[date]:
    """Return the first days of all months from `first` to `last`, both included."""
    months = []
    month = first
    while month <= last:
        months.append(month)
        month = next_month(month)
    return months


def parse_month(text: str) -> date:
    """Return the first day of "2026-10"; raises ValueError for anything else."""
    year, _, month = text.partition("-")
    if len(year) != 4 or len(month) != 2 or not (year + month).isdecimal() or not (year + month).isascii():
        raise ValueError(text)
    return date(int(year), int(month), 1)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)
