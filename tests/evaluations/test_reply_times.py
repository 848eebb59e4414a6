"""How long did answers take: which answer counts, what is the middle, in which unit is it said?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from evaluations.labels import reply_time_label
from evaluations.reply_times import first_replies, in_whole_units, median

HOUR = timedelta(hours=1)


def at(day: int, hour: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=UTC)


def test_the_first_answer_to_each_review_counts():
    answers = [(1, at(3), at(3, 5)), (2, at(4), at(6)), (1, at(3), at(9)), (1, at(10), at(10, 1))]
    assert first_replies(answers) == [5 * HOUR, 48 * HOUR]


def test_of_nothing_there_is_no_time():
    assert (first_replies([]), median([])) == ([], None)


@pytest.mark.parametrize(
    ("hours", "expected"), [([7], 7), ([1, 9, 100], 9), ([1, 2, 4, 100], 3), ([100, 1, 9], 9), ([3, 3], 3)]
)
def test_the_middle(hours, expected):
    assert median([hour * HOUR for hour in hours]) == expected * HOUR


@pytest.mark.parametrize(
    ("time", "expected", "said"),
    [
        (timedelta(0), (0, False), "under an hour"),
        (timedelta(minutes=29, seconds=59), (0, False), "under an hour"),
        (timedelta(minutes=30), (1, False), "1 hour"),
        (timedelta(hours=20, minutes=30), (21, False), "21 hours"),
        (timedelta(hours=47, minutes=29), (47, False), "47 hours"),
        (timedelta(days=2), (2, True), "2 days"),
        (timedelta(days=2, hours=12), (3, True), "3 days"),
        (timedelta(days=30), (30, True), "30 days"),
    ],
)
def test_hours_below_two_days_then_days(time, expected, said):
    assert in_whole_units(time) == expected
    with translation.override("en"):
        assert reply_time_label(time) == said
