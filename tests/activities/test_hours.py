"""Are hours and presence counted for the right days?"""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from activities.queries.attendance import recorded_between
from activities.queries.hours import academic_year, hours_by_member
from tests.activities.examples import ABSENT, make_activity, mark
from tests.factories import make_member


@pytest.mark.django_db
def test_the_review_card_counts_whole_days_in_shanghai_and_only_presence(tree):
    member = make_member(tree.b1)
    late_on_the_first = make_activity(tree.b1, starts_at=datetime(2026, 10, 15, 16, 0, tzinfo=UTC))  # 16 October, 0:00
    late_on_the_last = make_activity(tree.b1, starts_at=datetime(2026, 11, 15, 15, 59, tzinfo=UTC))
    before = make_activity(tree.b1, starts_at=datetime(2026, 10, 15, 15, 59, tzinfo=UTC))
    after = make_activity(tree.b1, starts_at=datetime(2026, 11, 15, 16, 0, tzinfo=UTC))
    missed = make_activity(tree.b1, starts_at=datetime(2026, 11, 1, 2, 0, tzinfo=UTC))
    for activity in (late_on_the_first, late_on_the_last, before, after):
        mark(activity, member)
    mark(missed, member, ABSENT)
    found = recorded_between(member, date(2026, 10, 16), date(2026, 11, 15))
    assert [attendance.activity for attendance in found] == [late_on_the_last, late_on_the_first]
    assert hours_by_member([member], date(2026, 10, 16), date(2026, 11, 15)) == {member.pk: Decimal("4.0")}


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        (date(2026, 8, 31), date(2025, 9, 1), date(2026, 8, 31)),
        (date(2026, 9, 1), date(2026, 9, 1), date(2027, 8, 31)),
    ],
)
def test_an_academic_year_begins_in_september(day, first, last):
    assert academic_year(day) == (first, last)
