"""What is the same day some months away, and which day ends a month? Pure."""

from __future__ import annotations

from calendar import monthrange
from datetime import date


def months_later(day: date, months: int) -> date:
    """Return the same day so many months later (earlier, below 0), at most the last of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def last_day_of(month: date) -> date:
    """Return the last day of the month in which this day lies."""
    return month.replace(day=monthrange(month.year, month.month)[1])
