"""Is a decision either consented to or sent back when two reviewers press at once, and recorded as it was read?

`DECISIONS=1000 bin/test faults/test_deciding.py -n0 -s` is the long run.
"""

from __future__ import annotations

import random
import time
from collections import Counter

import pytest
from django.db import connection

from evaluations.models import Decision, DecisionMeeting
from evaluations.refusals import Refused
from evaluations.services import decision_signing, decisions, freezing
from evaluations.services.decisions import StaleSheetError
from members.roles import Role
from tests.evaluations.decision_material import (
    MEETING,
    NOT_SELECTED,
    NOW,
    SELECTED,
    begin,
    consent,
    make_frozen,
    record,
    said,
    save,
    send_back,
)
from tests.factories import make_branch_tree, make_user
from tests.parallel import at_once, refused_or_done
from tests.rounds import rounds

DECISIONS = rounds("DECISIONS", 5)
CONTROL_ROUNDS = 60

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]


@pytest.fixture
def place():
    tree = make_branch_tree()
    run, hands = make_frozen(tree, people=2)
    return run, hands, make_user(Role.REVIEWER, tree.root, name="周审核")


def drafted(place) -> DecisionMeeting:
    run, hands, _second = place
    Decision.objects.all().delete()
    DecisionMeeting.objects.all().delete()
    return save(begin(run, hands.secretary), hands.secretary, SELECTED, SELECTED)


def review_at_once(place, dice: random.Random) -> tuple[list[str], str]:
    """What the two reviewers were told, and the state in the end."""
    _run, hands, second = place
    meeting = record(drafted(place), hands.secretary)

    def give_back() -> None:
        time.sleep(dice.uniform(0, 0.004))
        send_back(DecisionMeeting.objects.get(pk=meeting.pk), second)

    def agree() -> None:
        time.sleep(dice.uniform(0, 0.004))
        consent(DecisionMeeting.objects.get(pk=meeting.pk), hands.reviewer)

    told = at_once([refused_or_done(agree, Refused), refused_or_done(give_back, Refused)])
    meeting.refresh_from_db()
    return told, meeting.state


def test_every_step_that_was_told_done_is_in_the_state(place):
    """Consent before sending back leaves both done and the sheet sent back; the other order refuses the consent."""
    dice, met = random.Random(2026), Counter()
    for _round in range(DECISIONS):
        told, state = review_at_once(place, dice)
        met[(*told, state)] += 1
    print(f"\n{DECISIONS} reviews at once: {dict(met)}")
    assert set(met) <= {("done", "done", "sent_back"), ("Refused", "done", "sent_back")}


def record_amid_saving(place, dice: random.Random) -> bool:
    """Whether a recorded sheet says something else than whoever recorded it has read."""
    _run, hands, _second = place
    meeting = drafted(place)
    version = meeting.version

    def change() -> None:
        time.sleep(dice.uniform(0, 0.004))
        mine = DecisionMeeting.objects.get(pk=meeting.pk)
        decisions.save(
            meeting=mine, version=version, held=MEETING, said=said(mine, NOT_SELECTED, NOT_SELECTED),
            by=hands.secretary, now=NOW,
        )  # fmt: skip

    def fix() -> None:
        time.sleep(dice.uniform(0, 0.004))
        decision_signing.record(
            meeting=DecisionMeeting.objects.get(pk=meeting.pk), version=version, by=hands.secretary, now=NOW
        )

    at_once([refused_or_done(act, Refused, StaleSheetError) for act in (change, fix)])
    meeting.refresh_from_db()
    outcomes = set(meeting.decisions.filter(entry__rank__isnull=False).values_list("outcome", flat=True))
    return meeting.recorded_at is not None and outcomes != {SELECTED}


def test_what_is_recorded_is_what_was_read(place):
    dice = random.Random(2026)
    assert not any(record_amid_saving(place, dice) for _round in range(DECISIONS))


def test_control_without_the_lock_something_else_is_recorded(place, monkeypatch):
    monkeypatch.setattr(freezing, "held", lambda runs: runs)
    dice = random.Random(2026)
    assert any(record_amid_saving(place, dice) for _round in range(CONTROL_ROUNDS))
