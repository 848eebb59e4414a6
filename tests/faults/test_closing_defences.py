"""Is every score that is submitted while a defence closes either in its snapshot or refused, never both or neither?

`DEFENCES=1000 bin/test faults/test_closing_defences.py -n0 -s` is the long run: so many times fifty judges.
"""

from __future__ import annotations

import random
import time
from collections import Counter

import pytest
from django.db import connection

from branchportal.models import AuditEntry
from evaluations.models import DefenceSession, DefenceSpeaker, JudgeScore
from evaluations.refusals import Refused
from evaluations.services.defences import holding, judging, running
from evaluations.services.defences.judging import Marks
from evaluations.stages import DefenceState
from members.roles import Role
from tests.evaluations.defence_material import NOW, heard, make_session, panel
from tests.factories import make_branch_tree, make_user
from tests.parallel import at_once, both_or_neither, refused_or_done
from tests.rounds import rounds, until

CLOSINGS = rounds("DEFENCES", 3)
JUDGES = 50
CONTROL_ROUNDS = 60

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]


@pytest.fixture
def session():
    tree = make_branch_tree()
    secretary = make_user(Role.SECRETARY, tree.b1)
    return make_session(tree.b1, by=secretary, judges=JUDGES, speakers=1)


def close_amid_scores(session, dice: random.Random, length: float) -> tuple[set[int], dict[int, str], set[int]]:
    """Whose scores are in the snapshot, what each judge was told, and whose score stands as submitted."""
    JudgeScore.objects.all().delete()
    DefenceSession.objects.update(state=DefenceState.OPEN, closed_at=None, closed_by=None)
    DefenceSpeaker.objects.update(scores=[], total="", rank=None)
    speaker, judges = heard(session)[0], panel(session)

    def close() -> None:
        time.sleep(dice.uniform(0, length))
        running.close(session=session, by=session.created_by, now=NOW)

    def submitter(judge):
        def submit() -> None:
            judging.submit(judge=judge, speaker=speaker, marks=Marks(["88"]), version=0, by=None, now=NOW)

        return refused_or_done(submit, Refused)

    told = at_once([*map(submitter, judges), close])
    snapshot = {judge for judge, _score in DefenceSpeaker.objects.get().scores}
    standing = set(JudgeScore.objects.filter(submitted_at__isnull=False).values_list("judge", flat=True))
    return snapshot, {judge.pk: word for judge, word in zip(judges, told[:-1], strict=True)}, standing


def test_every_score_is_in_the_snapshot_or_refused(session):
    dice, met, wrong = random.Random(2026), Counter(), []
    began = time.monotonic()
    close_amid_scores(session, dice, 0)
    length = time.monotonic() - began
    for number in until(lambda: met["mixed rounds"] > 0, least=CLOSINGS):
        snapshot, told, standing = close_amid_scores(session, dice, length)
        met.update(told.values())
        met["rounds"] += 1
        met["mixed rounds"] += 0 < len(snapshot) < JUDGES
        wrong += [(number, pk) for pk in both_or_neither(snapshot, told, standing)]
    print(f"\n{met['rounds']} closings amid {JUDGES} scores in {time.monotonic() - began:.0f} s: {dict(met)}")
    assert wrong == []
    assert met["mixed rounds"] > 0  # some in the snapshot and some refused: the closing met them at work


def test_control_without_the_lock_somebody_is_both(session, monkeypatch):
    def unlocked(asked):
        return DefenceSession.objects.select_related("branch").get(pk=asked.pk)

    monkeypatch.setattr(holding, "locked", unlocked)
    monkeypatch.setattr(running, "locked", unlocked)
    dice = random.Random(2026)
    assert any(both_or_neither(*close_amid_scores(session, dice, 0.5)) for _round in range(CONTROL_ROUNDS))


def test_fifty_presses_close_once(session):
    told = at_once([lambda: running.close(session=session, by=session.created_by, now=NOW).state] * 50)
    assert told == ["closed"] * 50
    assert AuditEntry.objects.filter(action="defence.closed").count() == 1
