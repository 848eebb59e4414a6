"""Are the limits of the development rules counted to the day?"""

from datetime import date

import pytest

from members.rules import Finding, NextStep, Rule, next_step, out_of_order, shortfalls
from members.stages import Stage

S = Stage


def test_steps_out_of_order():
    dates = {S.APPLICANT: date(2024, 3, 1), S.ACTIVIST: date(2023, 10, 8), S.CANDIDATE: date(2023, 12, 1), S.FULL: None}
    assert out_of_order(dates) == [
        Finding(Rule.ORDER, S.ACTIVIST, date(2023, 10, 8), date(2024, 3, 1), S.APPLICANT),
        Finding(Rule.ORDER, S.CANDIDATE, date(2023, 12, 1), date(2024, 3, 1), S.APPLICANT),
    ]
    assert out_of_order({S.APPLICANT: date(2024, 3, 1), S.FULL: date(2024, 3, 1)}) == []


@pytest.mark.parametrize(("day", "found"), [(date(2025, 5, 9), True), (date(2025, 5, 10), False)])
def test_twelve_months_as_activist(day, found):
    limit = Finding(Rule.CULTIVATION, S.CANDIDATE, day, date(2025, 5, 10), S.ACTIVIST)
    assert shortfalls({S.ACTIVIST: date(2024, 5, 10), S.CANDIDATE: day}) == ([limit] if found else [])


@pytest.mark.parametrize(("day", "found"), [(date(2026, 6, 19), True), (date(2026, 6, 20), False)])
def test_twelve_months_of_probation(day, found):
    limit = Finding(Rule.PROBATION, S.FULL, day, date(2026, 6, 20), S.PROBATIONARY)
    assert shortfalls({S.PROBATIONARY: date(2025, 6, 20), S.FULL: day}) == ([limit] if found else [])


@pytest.mark.parametrize(("day", "found"), [(date(2023, 2, 27), True), (date(2023, 2, 28), False)])
def test_eighteen_years(day, found):
    limit = Finding(Rule.ADULT, S.APPLICANT, day, date(2023, 2, 28))
    assert shortfalls({S.APPLICANT: day}, born_on=date(2005, 2, 28)) == ([limit] if found else [])


def test_unknown_dates_offend_against_nothing():
    assert shortfalls({}) == []
    assert shortfalls({S.CANDIDATE: date(2024, 1, 1), S.FULL: date(2024, 2, 1)}) == []


def test_next_step():
    dates = {S.ACTIVIST: date(2026, 3, 31), S.PROBATIONARY: date(2026, 6, 20)}
    assert next_step(S.FULL, dates) is None
    assert next_step(S.MASSES, dates) == NextStep(S.APPLICANT)
    assert next_step(S.ACTIVIST, dates) == NextStep(S.CANDIDATE, Rule.CULTIVATION, date(2027, 3, 31))
    assert next_step(S.ACTIVIST, dates, leaving_on=date(2027, 3, 30)) == NextStep(
        S.CANDIDATE, Rule.CULTIVATION, date(2027, 3, 31), too_late=True
    )
    assert next_step(S.ACTIVIST, {}) == NextStep(S.CANDIDATE)
    assert next_step(S.CANDIDATE, dates, leaving_on=date(2027, 6, 30)) == NextStep(
        S.PROBATIONARY, Rule.PRE_REVIEW, last_good_day=date(2027, 3, 30)
    )
    assert next_step(S.PROBATIONARY, dates) == NextStep(S.FULL, Rule.PROBATION, date(2027, 6, 20))
