"""Is every submission answered once when two officers, or two taps of one, answer at the same moment?"""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.db import IntegrityError, connection

from evaluations.deadlines import SHANGHAI
from evaluations.models import ReviewAnswer
from evaluations.services import months, review_answers, self_reviews
from evaluations.services.self_reviews import Words
from members.roles import Role
from tests.factories import make_branch_tree, make_user
from tests.parallel import at_once

PEOPLE, OFFICERS = 5, 4
GOOD = {"thought": 95, "study": 85, "life": 85, "work": 75, "conduct": 65}

pytestmark = pytest.mark.django_db(transaction=True)


def at(day: int) -> datetime:
    return datetime(2026, 11, day, 12, tzinfo=SHANGHAI)


@pytest.fixture
def press():
    """Press "all read" once; each call is one officer."""
    tree = make_branch_tree()
    cycle = months.ensure_month(committee=tree.root, month=date(2026, 11, 1))
    people = [make_user(Role.MEMBER, tree.b1).member for _ in range(PEOPLE)]
    officers = iter([make_user(Role.SECRETARY, tree.b1) for _ in range(OFFICERS)])
    months.open_month(cycle=cycle, branch=tree.b1, now=at(1))
    reviews = [
        self_reviews.submit(member=one, cycle=cycle, words=Words(GOOD), version=0, by=one.user, now=at(9))
        for one in people
    ]
    seen = {review.pk: review.submitted_at for review in reviews}

    def act():
        try:
            return review_answers.mark_read(cycle=cycle, branch=tree.b1, seen=seen, by=next(officers), now=at(10))
        except IntegrityError:
            return "broken"

    return act


def test_of_several_who_mark_all_as_read_one_does(press):
    assert sorted(at_once([press] * OFFICERS)) == [0, 0, 0, PEOPLE]
    assert ReviewAnswer.objects.count() == PEOPLE


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_control_without_waiting_it_goes_wrong(press, monkeypatch):
    monkeypatch.setattr(review_answers, "_wait_for_other_answers", lambda *_: None)
    assert "broken" in at_once([press] * OFFICERS)
