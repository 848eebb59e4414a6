"""Are working days counted by the holidays and make-up days that the State Council has announced?"""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from activities.working_days import Found, is_announced, is_working_day, working_days_after


@pytest.mark.parametrize(
    ("published", "first", "last"),
    [
        (date(2026, 11, 16), date(2026, 11, 17), date(2026, 11, 23)),  # a plain week: Monday to Monday
        (date(2026, 11, 20), date(2026, 11, 23), date(2026, 11, 27)),  # published on a Friday
        (date(2026, 11, 21), date(2026, 11, 23), date(2026, 11, 27)),  # published on a Saturday
        (date(2026, 9, 28), date(2026, 9, 29), date(2026, 10, 10)),  # a week of holidays and a Saturday made up
        (date(2026, 9, 18), date(2026, 9, 20), date(2026, 9, 24)),  # begins with a Sunday made up
        (date(2026, 2, 12), date(2026, 2, 13), date(2026, 2, 26)),  # 14 February is made up, 16 to 23 are off
        (date(2026, 1, 1), date(2026, 1, 4), date(2026, 1, 8)),
        (date(2025, 12, 29), date(2025, 12, 30), date(2026, 1, 6)),  # over a known year's end
    ],
)
def test_five_working_days(published, first, last):
    assert working_days_after(published, 5) == Found(first, last, is_provisional=False)


@pytest.mark.parametrize(
    ("published", "last"),
    [
        (date(2040, 3, 5), date(2040, 3, 12)),
        (date(2098, 12, 30), date(2099, 1, 7)),  # 1 January is off by law, whatever is announced
        (date(2150, 1, 1), date(2150, 1, 8)),  # beyond the library: weekends alone
    ],
)
def test_a_year_that_is_not_announced_is_provisional(published, last):
    found = working_days_after(published, 5)
    assert (found.last, found.is_provisional) == (last, True)


def test_a_notice_that_reaches_into_an_unknown_year_is_provisional():
    year = next(year for year in range(2026, 2100) if not is_announced(year))
    assert not working_days_after(date(year - 1, 12, 1), 5).is_provisional
    assert working_days_after(date(year - 1, 12, 30), 5).is_provisional


def test_more_days_never_end_earlier():
    day = date(2026, 1, 1)
    while day.year == 2026:
        ends = [working_days_after(day, count).last for count in (1, 5, 6, 10)]
        assert ends == sorted(ends)
        assert ends[0] > day
        day += timedelta(days=1)


def test_made_up_saturdays_and_moved_days_off():
    assert is_working_day(date(2026, 10, 10))
    assert not is_working_day(date(2026, 10, 7))
    assert not is_working_day(date(2026, 10, 11))
    assert is_announced(2026)
    assert not is_announced(2150)
