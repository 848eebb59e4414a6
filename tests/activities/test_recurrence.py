"""On which days does a plan repeat itself, and is none of them left out silently?"""

from datetime import date

import pytest

from activities.recurrence import Every, TooMany, moved, times, until

FIRST = date(2026, 12, 31)


@pytest.mark.parametrize(
    ("every", "days"),
    [
        (Every.WEEK, [date(2026, 12, 31), date(2027, 1, 7), date(2027, 1, 14)]),
        (Every.TWO_WEEKS, [date(2026, 12, 31), date(2027, 1, 14), date(2027, 1, 28)]),
        (Every.MONTH, [date(2026, 12, 31), date(2027, 1, 31), date(2027, 2, 28)]),
    ],
)
def test_three_times(every, days):
    assert times(FIRST, every, 3) == days


def test_the_31st_is_the_last_day_of_a_shorter_month_and_comes_back():
    days = times(FIRST, Every.MONTH, 5)
    assert days[2:] == [date(2027, 2, 28), date(2027, 3, 31), date(2027, 4, 30)]
    assert moved(Every.MONTH, days) == [date(2027, 2, 28), date(2027, 4, 30)]


@pytest.mark.parametrize("every", [Every.WEEK, Every.TWO_WEEKS])
def test_weeks_have_no_short_months(every):
    assert moved(every, times(FIRST, every, 5)) == []


def test_until_a_day_includes_it():
    assert until(FIRST, Every.WEEK, date(2027, 1, 7)) == [FIRST, date(2027, 1, 7)]
    assert until(FIRST, Every.WEEK, date(2027, 1, 6)) == [FIRST]


def test_sixty_are_possible_and_not_one_more():
    assert len(times(FIRST, Every.WEEK, 60)) == 60
    assert len(until(FIRST, Every.WEEK, date(2028, 2, 17))) == 60
    with pytest.raises(TooMany):
        times(FIRST, Every.WEEK, 61)
    with pytest.raises(TooMany):
        until(FIRST, Every.WEEK, date(2028, 2, 24))
