"""Over which months does a ranking run when nobody chose them, and on which day is its pool drawn? Pure."""

from __future__ import annotations

from datetime import date, timedelta

from evaluations.deadlines import next_month

AUTUMN, SPRING = 9, 3  # the terms' first months


def term_until(month: date) -> date:
    """The first month of the term that `month` (its first day) belongs to: September or March."""
    if month.month >= AUTUMN:
        return month.replace(month=AUTUMN)
    if month.month >= SPRING:
        return month.replace(month=SPRING)
    return date(month.year - 1, AUTUMN, 1)


def last_day(month: date) -> date:
    """The last day of the month that begins on `month`."""
    return next_month(month) - timedelta(days=1)


def pool_day(last_month: date, today: date) -> date:
    """The last day of the period; today, while the period still runs."""
    return min(last_day(last_month), today)
