"""Are hours and presence counted for the right days?"""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from activities.audiences import counted_as
from activities.models import Attendance
from activities.queries.attendance import recorded_between
from activities.queries.hours import academic_year, hours_by_audience, hours_by_member, hours_by_year
from tests.activities.examples import ABSENT, make_activity, mark
from tests.factories import make_member

AUTUMN = (date(2026, 9, 1), date(2026, 11, 30))


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


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("stage", "dates", "columns"),
    [
        ("activist", {}, [0, 3, 4]),
        ("candidate", {}, [0, 3, 4]),
        ("probationary", {"probationary_on": date(2026, 10, 2)}, [2, 1, 4]),  # a member since the second meeting
        ("probationary", {"probationary_on": None}, [3, 0, 4]),
        ("full", {"full_on": date(2026, 11, 1), "probationary_on": date(2025, 11, 1)}, [3, 0, 4]),
        ("full", {"full_on": date(2027, 11, 1), "probationary_on": date(2026, 10, 2)}, [2, 1, 4]),
        ("full", {"full_on": None, "probationary_on": date(2026, 10, 2)}, [3, 0, 4]),
    ],
)
def test_organisation_life_counts_for_party_members_alone_and_is_study_for_others(tree, stage, dates, columns):
    member = make_member(tree.b1, stage=stage, **dates)
    for day, audience, hours in ((1, "inside", 1), (2, "inside", 2), (3, "open", 4)):
        activity = make_activity(tree.b1, starts_at=datetime(2026, 10, day, 4, tzinfo=UTC), audience=audience)
        mark(activity, member, hours=str(hours))
    assert hours_by_audience([member], *AUTUMN)[member.pk].columns == columns
    assert [hours.columns for hours in hours_by_year(member).values()] == [columns]
    sums = dict.fromkeys(("inside", "applicants", "open"), 0)
    for one in Attendance.objects.select_related("activity"):
        sums[counted_as(one.activity.audience, member.stage_on(one.activity.starts_at.date()))] += one.hours
    assert list(sums.values()) == columns
