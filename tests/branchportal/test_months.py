"""Are months counted by the calendar, also where they are short?"""

from datetime import date

import pytest

from branchportal.months import last_day_of, months_later


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2027, 5, 31), -3, date(2027, 2, 28)),
        (date(2026, 11, 22), 0, date(2026, 11, 22)),
    ],
)
def test_months_are_clamped_to_the_end(day, months, later):
    assert months_later(day, months) == later


@pytest.mark.parametrize(
    ("month", "last"),
    [
        (date(2026, 2, 1), date(2026, 2, 28)),
        (date(2028, 2, 29), date(2028, 2, 29)),
        (date(2026, 12, 22), date(2026, 12, 31)),
    ],
)
def test_the_last_day_ends_the_month(month, last):
    assert last_day_of(month) == last
