"""Is everybody who submits while the month closes either in what closes or refused, never both and never neither?

`CLOSINGS=1000 bin/test faults/test_closing_months.py -n0 -s` is the long run: so many times fifty people.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from datetime import date, datetime

import pytest
from django.db import connection

from evaluations.deadlines import SHANGHAI
from evaluations.models import CycleEvent, ReviewAnswer, SelfReview
from evaluations.refusals import Refused
from evaluations.services import months, self_reviews
from evaluations.services.self_reviews import Words
from members.roles import Role
from tests.factories import make_branch_tree, make_user
from tests.parallel import at_once, both_or_neither, refused_or_done
from tests.rounds import rounds

CLOSINGS = rounds("CLOSINGS", 3)
PEOPLE = 50
CONTROL_ROUNDS = 60
IN_TIME = datetime(2026, 11, 15, 23, 59, 59, 999_999, tzinfo=SHANGHAI)
OVER = datetime(2026, 11, 21, tzinfo=SHANGHAI)
POINTS = dict.fromkeys(("thought", "study", "life", "work", "conduct"), 85)

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]


@pytest.fixture
def month():
    """(the month, its branch, the people)."""
    tree = make_branch_tree()
    cycle = months.ensure_month(committee=tree.root, month=date(2026, 11, 1))
    people = [make_user(Role.MEMBER, tree.b1).member for _person in range(PEOPLE)]
    months.open_month(cycle=cycle, branch=tree.b1, now=datetime(2026, 11, 1, 12, tzinfo=SHANGHAI))
    return cycle, tree.b1, people


def close_amid_submissions(month, dice: random.Random, length: float) -> tuple[set[int], dict[int, str], set[int]]:
    """Who stood in the closing month, what each was told, and who counts in the end."""
    cycle, branch, people = month
    SelfReview.objects.all().delete()
    CycleEvent.objects.filter(kind=CycleEvent.Kind.CLOSED).delete()
    closed: set[int] = set()

    def close() -> None:
        time.sleep(dice.uniform(0, length))
        months.close_month(cycle=cycle, branch=branch, now=OVER, on_closed=lambda *_month: closed.update(counting()))

    def submitter(member):
        def submit() -> None:
            self_reviews.submit(member=member, cycle=cycle, words=Words(POINTS), version=0, by=member.user, now=IN_TIME)

        return refused_or_done(submit, Refused)

    told = at_once([*map(submitter, people), close])
    return closed, {member.pk: word for member, word in zip(people, told[:-1], strict=True)}, counting()


def counting() -> set[int]:
    return set(SelfReview.objects.submitted().values_list("member_id", flat=True))


def test_everybody_is_in_the_closing_month_or_refused(month):
    dice, met, wrong = random.Random(2026), Counter(), []
    began = time.monotonic()
    close_amid_submissions(month, dice, 0)
    length = time.monotonic() - began
    for number in range(CLOSINGS):
        closed, told, counts = close_amid_submissions(month, dice, length)
        met.update(told.values())
        met["mixed rounds"] += 0 < len(closed) < PEOPLE
        wrong += [(number, pk) for pk in both_or_neither(closed, told, counts)]
    print(f"\n{CLOSINGS} closings amid {PEOPLE} submissions in {time.monotonic() - began:.0f} s: {dict(met)}")
    assert wrong == []
    assert ReviewAnswer.objects.count() == 0


def test_control_without_the_lock_somebody_is_both(month, monkeypatch):
    monkeypatch.setattr(months, "_keep_month_and_rules", lambda *_month: None)
    dice = random.Random(2026)
    assert any(both_or_neither(*close_amid_submissions(month, dice, 0.5)) for _round in range(CONTROL_ROUNDS))
