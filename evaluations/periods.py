"""Over which months does a ranking run when nobody chose them, and on which day is its pool drawn? Pure."""

from __future__ import annotations

from datetime import date

from branchportal.months import last_day_of

AUTUMN, SPRING = 9, 3  # the terms' first months


def term_until(month: date) -> date:
    """The first month of the term that `month` (its first day) belongs to: September or March."""
    if month.month >= AUTUMN:
        return month.replace(month=AUTUMN)
    if month.month >= SPRING:
        return month.replace(month=SPRING)
    return date(month.year - 1, AUTUMN, 1)


def pool_day(last_month: date, today: date) -> date:
    """The last day of the period; today, while the period still runs."""
    return min(last_day_of(last_month), today)
