"""Is the 15th the 15th in Shanghai, to the last microsecond, wherever the server stands?"""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta

import pytest

from evaluations.deadlines import (
    SHANGHAI,
    Phase,
    Window,
    looked_back,
    month_of,
    months_between,
    next_month,
    parse_month,
)

NOVEMBER = Window(date(2026, 11, 1), review_day=15, rating_day=20)
LAST_MOMENT = datetime(2026, 11, 15, 23, 59, 59, 999999, tzinfo=SHANGHAI)
TOO_LATE = datetime(2026, 11, 16, tzinfo=SHANGHAI)


def test_the_last_microsecond_counts_and_the_next_does_not():
    assert NOVEMBER.accepts_reviews(LAST_MOMENT)
    assert not NOVEMBER.accepts_reviews(TOO_LATE)
    assert LAST_MOMENT + timedelta(microseconds=1) == TOO_LATE


@pytest.mark.parametrize(
    ("moment", "phase"),
    [
        (datetime(2026, 10, 31, 23, 59, 59, 999999, tzinfo=SHANGHAI), Phase.PLANNED),
        (datetime(2026, 11, 1, tzinfo=SHANGHAI), Phase.FILING),
        (datetime(2026, 10, 31, 16, tzinfo=UTC), Phase.FILING),
        (LAST_MOMENT, Phase.FILING),
        (datetime(2026, 11, 15, 15, 59, 59, 999999, tzinfo=UTC), Phase.FILING),
        (TOO_LATE, Phase.RATING),
        (datetime(2026, 11, 15, 16, tzinfo=UTC), Phase.RATING),
        (datetime(2026, 11, 20, 23, 59, 59, 999999, tzinfo=SHANGHAI), Phase.RATING),
        (datetime(2026, 11, 21, tzinfo=SHANGHAI), Phase.CLOSED),
    ],
)
def test_phases(moment, phase):
    assert NOVEMBER.phase(moment) == phase


def test_a_month_switched_off_accepts_nothing():
    off = Window(date(2026, 7, 1), 15, 20, is_off=True)
    moment = datetime(2026, 7, 10, 12, tzinfo=SHANGHAI)
    assert (off.phase(moment), off.accepts_reviews(moment), off.accepts_ratings(moment)) == (Phase.OFF, False, False)


@pytest.mark.parametrize(
    ("moment", "days"),
    [
        (datetime(2026, 11, 12, 0, 0, tzinfo=SHANGHAI), 4),
        (datetime(2026, 11, 15, 0, 0, tzinfo=SHANGHAI), 1),
        (LAST_MOMENT, 1),
        (datetime(2026, 11, 14, 16, 0, tzinfo=UTC), 1),
        (TOO_LATE, 0),
    ],
)
def test_days_left_counts_today(moment, days):
    assert NOVEMBER.days_left(moment) == days


def test_the_card_looks_back_to_the_day_after_the_previous_deadline():
    assert looked_back(date(2026, 11, 1), 15, 15) == (date(2026, 10, 16), date(2026, 11, 15))
    assert looked_back(date(2026, 3, 1), 10, 28) == (date(2026, 3, 1), date(2026, 3, 10))
    assert looked_back(date(2027, 1, 1), 15, 12) == (date(2026, 12, 13), date(2027, 1, 15))


def test_the_month_is_that_of_shanghai():
    assert month_of(datetime(2026, 10, 31, 16, 0, tzinfo=UTC)) == date(2026, 11, 1)
    assert month_of(datetime(2026, 10, 31, 15, 59, 59, tzinfo=UTC)) == date(2026, 10, 1)
    assert month_of(date(2026, 10, 31)) == date(2026, 10, 1)


def test_months_in_a_row():
    assert next_month(date(2026, 12, 1)) == date(2027, 1, 1)
    assert months_between(date(2026, 11, 1), date(2027, 1, 1)) == [
        date(2026, 11, 1),
        date(2026, 12, 1),
        date(2027, 1, 1),
    ]
    assert months_between(date(2026, 11, 1), date(2026, 10, 1)) == []


@pytest.mark.parametrize("text", ["2026-1", "2026-13", "26-01", "2026-00", "２０２６-01", "2026/01", "", "2026-01-01"])
def test_what_is_no_month(text):
    with pytest.raises(ValueError):
        parse_month(text)


PROGRAM = """
from datetime import date, datetime, timezone
from evaluations.deadlines import Window, month_of
window = Window(date(2026, 11, 1), 15, 20)
utc = [datetime(2026, 11, 15, 15, 59, 59, 999999, tzinfo=timezone.utc), datetime(2026, 11, 15, 16, 0, tzinfo=timezone.utc)]
local = [moment.astimezone() for moment in utc]  # as the server's own clock writes them
print(local[1].utcoffset())
def look():
    print([window.accepts_reviews(moment) for moment in utc + local], [window.days_left(moment) for moment in local],
          month_of(datetime(2026, 10, 31, 16, 0, tzinfo=timezone.utc).astimezone()))
look()
import django
django.setup()
from django.utils import timezone as portal_time
look()
print([portal_time.localtime(moment).isoformat() for moment in local])
"""  # noqa: E501
LOOK = "[True, False, True, False] [1, 0] 2026-11-01"


@pytest.mark.parametrize(
    ("zone", "offset"),
    [("UTC", "0:00:00"), ("America/Los_Angeles", "-1 day, 16:00:00"), ("Pacific/Kiritimati", "14:00:00")],
)
def test_the_server_may_stand_in_any_time_zone(zone, offset):
    answer = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "TZ": zone, "DJANGO_SETTINGS_MODULE": "branchportal.settings"},
    )
    assert answer.stdout.splitlines() == [
        offset,
        LOOK,
        LOOK,
        "['2026-11-15T23:59:59.999999+08:00', '2026-11-16T00:00:00+08:00']",
    ]


# --- Reminders -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "reviews", "ratings"),
    [
        (datetime(2026, 11, 11, 23, 59, 59, 999999, tzinfo=SHANGHAI), None, None),
        (datetime(2026, 11, 12, tzinfo=SHANGHAI), 3, None),
        (datetime(2026, 11, 11, 16, tzinfo=UTC), 3, None),
        (datetime(2026, 11, 13, 23, 59, tzinfo=SHANGHAI), 3, None),
        (datetime(2026, 11, 14, tzinfo=SHANGHAI), 1, None),
        (LAST_MOMENT, 1, None),
        (TOO_LATE, None, None),
        (datetime(2026, 11, 17, tzinfo=SHANGHAI), None, 3),
        (datetime(2026, 11, 19, 8, tzinfo=SHANGHAI), None, 1),
        (datetime(2026, 11, 21, tzinfo=SHANGHAI), None, None),
    ],
)
def test_reminders_are_due_three_days_and_one_day_before_the_last_day(moment, reviews, ratings):
    assert (NOVEMBER.review_reminder(moment), NOVEMBER.rating_reminder(moment)) == (reviews, ratings)


@pytest.mark.parametrize(
    ("review_day", "day", "due"), [(4, 1, None), (4, 2, None), (4, 3, 1), (5, 2, 3), (2, 1, None), (1, 1, None)]
)
def test_a_month_that_opens_that_day_says_enough(review_day, day, due):
    window = Window(date(2026, 11, 1), review_day, 20)
    assert window.review_reminder(datetime(2026, 11, day, 12, tzinfo=SHANGHAI)) == due


def test_a_month_switched_off_reminds_of_nothing():
    off = Window(date(2026, 7, 1), 15, 20, is_off=True)
    moment = datetime(2026, 7, 12, 12, tzinfo=SHANGHAI)
    assert (off.review_reminder(moment), off.rating_reminder(moment.replace(day=17))) == (None, None)
