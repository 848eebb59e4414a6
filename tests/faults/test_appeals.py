"""Is an appeal that two reviewers answer at once answered once, and compiled once by however many jobs?

`APPEALS=200 bin/test faults/test_appeals.py -n0 -s` is the long run.
"""

from __future__ import annotations

import random
import time
from collections import Counter

import pytest
from django.db import connection

from branchportal import jobs
from branchportal.models import JobRun
from evaluations.models import Appeal, Freezing, RankingRun
from evaluations.refusals import Refused
from evaluations.services import compile as compiling
from evaluations.services.appeals import deciding
from members.roles import Role
from tests.evaluations.appeal_material import NOW, appeal, make_ranked, uphold
from tests.evaluations.freezing_material import confirm, propose
from tests.evaluations.ranking_material import OCTOBER, SEPTEMBER
from tests.factories import make_branch_tree, make_user
from tests.parallel import at_once, refused_or_done
from tests.rounds import rounds

APPEALS = rounds("APPEALS", 5)
CONTROL_ROUNDS = 40
GRADES = (95, 85)  # by turns: each correction is one

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]


@pytest.fixture
def ranked():
    tree = make_branch_tree()
    found = make_ranked(tree)
    found.second = make_user(Role.REVIEWER, tree.root, name="周审核")
    return found


def answered_twice(ranked, dice: random.Random, value: int) -> tuple[Counter, set[str]]:
    """How both were told, and what the trail says of the answer."""
    Appeal.objects.filter(state="waiting").delete()
    one = appeal(ranked, ranked.members[0])

    def decline() -> None:
        time.sleep(dice.uniform(0, 0.02))
        deciding.decline(appeal=one, reason="登记无误", by=ranked.second, now=NOW)

    def grant() -> None:
        time.sleep(dice.uniform(0, 0.02))
        uphold(one, ranked.hands.reviewer, value)

    told = at_once([refused_or_done(decline, Refused), refused_or_done(grant, Refused)])
    one.refresh_from_db()
    return Counter(told), one.state


def test_an_appeal_is_answered_once(ranked):
    dice, met = random.Random(2026), Counter()
    for place in range(APPEALS):
        told, state = answered_twice(ranked, dice, GRADES[place % 2])
        met[state] += 1
        assert told == {"done": 1, "Refused": 1}
        jobs_done()
        ranked.run = RankingRun.objects.get(superseded_by=None)
    print(f"\n{APPEALS} appeals answered by two at once: {dict(met)}")


def test_control_without_the_lock_it_is_answered_twice(ranked, monkeypatch):
    def unlocked(one):
        return Appeal.objects.select_related("entry__member__user", "entry__run__branch", "entry__run__scheme").get(
            pk=one.pk
        )

    monkeypatch.setattr(deciding, "_held", unlocked)
    dice = random.Random(2026)
    for place in range(CONTROL_ROUNDS):
        told, _state = answered_twice(ranked, dice, GRADES[place % 2])
        if told == {"done": 2}:
            return
        jobs_done()
        ranked.run = RankingRun.objects.get(superseded_by=None)
    pytest.fail("The lock was never needed.")


def test_freezing_upholding_and_compiling_at_once_leave_one_line_of_runs(ranked):
    """Whoever comes first: no frozen run is replaced but by the one that follows the appeal."""
    met = Counter()
    for place in range(APPEALS):
        Appeal.objects.filter(state="waiting").delete()
        newest = RankingRun.objects.get(superseded_by=None)
        ranked.run = newest
        one = appeal(ranked, ranked.members[0])
        proposed = propose(newest, ranked.hands.secretary)
        job, _created = compiling.request(
            branch=newest.branch, purpose="candidate", first=SEPTEMBER, last=OCTOBER, by=None, now=NOW
        )
        value = GRADES[place % 2]
        told = at_once([
            refused_or_done(lambda one=one, value=value: uphold(one, ranked.hands.reviewer, value), Refused),
            refused_or_done(lambda proposed=proposed: confirm(proposed, ranked.second), Refused),
            refused_or_done(lambda job=job: jobs.run(str(job.pk)), Refused),
        ])  # fmt: skip
        jobs_done()
        one.refresh_from_db()
        met[tuple(told), str(JobRun.objects.get(pk=job.pk).state)] += 1
        assert (told[0], one.run_after is not None) == ("done", True)
        replaced = Freezing.objects.frozen().filter(run__superseded_by__isnull=False, run__superseded_by__grounds=None)
        assert list(replaced) == []
        numbers = list(RankingRun.objects.order_by("number").values_list("number", flat=True))
        assert numbers == list(range(1, len(numbers) + 1))
    print(f"\n{APPEALS} times at once: {dict(met)}")


def jobs_done() -> None:
    for job in JobRun.objects.filter(state=JobRun.State.QUEUED).order_by("created_at"):
        jobs.run(str(job.pk))
