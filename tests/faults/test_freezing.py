"""Is a ranking that is frozen while it is compiled again either frozen or replaced, never both?

`FREEZINGS=1000 bin/test faults/test_freezing.py -n0 -s` is the long run.
"""

from __future__ import annotations

import random
import time
from collections import Counter

import pytest
from django.db import connection

from branchportal import jobs
from branchportal.models import JobRun
from evaluations.models import Freezing, RankingRun
from evaluations.refusals import Refused
from evaluations.services import compile as compiling
from evaluations.services import freezing
from tests.evaluations.freezing_material import NOW, confirm, make_hands, make_run, propose
from tests.evaluations.ranking_material import OCTOBER, SEPTEMBER
from tests.factories import make_branch_tree
from tests.parallel import at_once, refused_or_done
from tests.rounds import rounds, until

FREEZINGS = rounds("FREEZINGS", 5)
CONTROL_ROUNDS = 60
ENDINGS = {("done", "failed"), ("Refused", "done")}  # frozen, or replaced
ASKED = {"purpose": "candidate", "first": SEPTEMBER, "last": OCTOBER, "by": None}

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]


@pytest.fixture
def branch():
    tree = make_branch_tree()
    make_run(tree, people=2)
    return tree.b1, make_hands(tree)


def freeze_amid_compiling(branch, dice: random.Random, length: float) -> tuple[str, str, bool]:
    """What the reviewer was told, how the job ended, and whether a frozen run has been superseded."""
    place, hands = branch
    Freezing.objects.all().delete()
    newest = RankingRun.objects.get(branch=place, superseded_by=None)
    proposed = propose(newest, hands.secretary)
    job, _created = compiling.request(branch=place, now=NOW, **ASKED)

    def sign() -> None:
        time.sleep(dice.uniform(0, length * 0.7))
        confirm(proposed, hands.reviewer)

    told, _done = at_once([refused_or_done(sign, Refused), lambda: jobs.run(str(job.pk))])
    job.refresh_from_db()
    proposed.refresh_from_db()
    assert job.state in {JobRun.State.DONE, JobRun.State.FAILED}
    return told, str(job.state), proposed.is_frozen and RankingRun.objects.filter(supersedes=newest).exists()


def measured(branch) -> float:
    began = time.monotonic()
    freeze_amid_compiling(branch, random.Random(0), 0)
    return time.monotonic() - began


def test_a_ranking_is_frozen_or_replaced_never_both(branch):
    dice, met, both = random.Random(2026), Counter(), 0
    length = measured(branch)
    for _round in until(lambda: met.keys() >= ENDINGS, least=FREEZINGS):
        told, ended, contradicts = freeze_amid_compiling(branch, dice, length)
        met[told, ended] += 1
        both += contradicts
    print(f"\n{met.total()} freezings amid compilations: {dict(met)}")
    assert both == 0
    assert met.keys() == ENDINGS  # each side was the quicker one at least once


def test_control_without_the_lock_it_is_both(branch, monkeypatch):
    length = measured(branch)
    monkeypatch.setattr(freezing, "held", lambda runs: runs)
    dice = random.Random(2026)
    assert any(freeze_amid_compiling(branch, dice, length)[2] for _round in range(CONTROL_ROUNDS))
