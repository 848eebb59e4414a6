"""Do the five dots of a path say what was reached, and from which day the next step is possible?"""

from datetime import date

import pytest

from members.queries.people import steps
from members.stages import Stage
from tests.factories import make_branch_tree, make_member

pytestmark = pytest.mark.django_db

ACTIVIST_ON = date(2024, 3, 15)
TODAY = date(2026, 11, 22)


@pytest.fixture
def shown():
    branch = make_branch_tree().b1
    return lambda **fields: [
        (step.state, step.date, step.earliest) for step in steps(make_member(branch, **fields), TODAY)
    ]


def test_an_activist_may_be_a_candidate_after_a_year(shown):
    assert shown(stage=Stage.ACTIVIST, activist_on=ACTIVIST_ON) == [
        ("done", date(2023, 3, 1), None),
        ("current", ACTIVIST_ON, None),
        ("todo", None, date(2025, 3, 15)),
        ("todo", None, None),
        ("todo", None, None),
    ]


def test_where_the_rules_set_no_day_none_is_shown(shown):
    assert [step[2] for step in shown(stage=Stage.ACTIVIST, activist_on=None)] == [None] * 5
    assert [step[2] for step in shown(stage=Stage.FULL)] == [None] * 5
    assert [step[2] for step in shown(stage=Stage.CANDIDATE)] == [None] * 5


def test_a_probationary_member_may_be_full_after_a_year(shown):
    assert shown(stage=Stage.PROBATIONARY, probationary_on=date(2026, 2, 28))[-1] == ("todo", None, date(2027, 2, 28))


@pytest.mark.parametrize(("today", "fulfilled"), [(date(2025, 3, 14), False), (date(2025, 3, 15), True)])
def test_a_time_that_is_over_is_fulfilled(today, fulfilled):
    member = make_member(make_branch_tree().b1, stage=Stage.ACTIVIST, activist_on=ACTIVIST_ON)
    assert [step.fulfilled for step in steps(member, today)] == [False, False, fulfilled, False, False]
