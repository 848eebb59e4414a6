"""Are branches that wait compiled together, each to what it would be alone, each with its own end?"""

from __future__ import annotations

from datetime import date

import pytest

from branchportal import jobs
from branchportal.models import AuditEntry, JobRun
from evaluations.models import RankingRun
from evaluations.queries import rankings
from evaluations.services import compile as compiling
from members.models import FormerMembership, RoleAssignment
from members.roles import Role
from tests.evaluations.ranking_material import (
    NOVEMBER,
    NOW,
    OCTOBER,
    SEPTEMBER,
    compile_now,
    file_self,
    install,
    review,
)
from tests.factories import make_branch_tree, make_member, make_user

pytestmark = pytest.mark.django_db

ASKED = {"first": SEPTEMBER, "last": NOVEMBER, "purpose": "candidate", "now": NOW}


@pytest.fixture
def tree():
    tree = make_branch_tree()
    install(tree.b1)
    return tree


def test_branches_that_wait_are_compiled_together_to_the_same_bytes(tree):
    branches = [tree.b1, tree.b2, tree.b3]
    for place, branch in enumerate(branches):
        for points in (90, 80, 70 + place):
            review(make_member(branch), SEPTEMBER, own=points, branch=points)
    moved = make_member(tree.b2, name="后来转走", joined_on=date(2026, 12, 5))
    FormerMembership.objects.create(member=moved, branch=tree.b1, joined_on=date(2025, 9, 1), left_on=date(2026, 12, 5))
    file_self(moved, OCTOBER, 60)
    alone = [compile_now(branch) for branch in branches]
    waiting = [compiling.request(branch=branch, by=None, **ASKED)[0] for branch in branches]

    jobs.run(str(waiting[0].pk))

    together = [RankingRun.objects.get(job=job) for job in waiting]
    assert [(run.number, run.supersedes, run.fingerprint) for run in together] == [
        (2, run, run.fingerprint) for run in alone
    ]
    assert [rankings.bundle_of(run) for run in together] == [rankings.bundle_of(run) for run in alone]
    assert [run.entries.count() for run in together] == [4, 3, 3]
    assert AuditEntry.objects.filter(action="ranking.compile").count() == 6


def test_of_branches_compiled_together_one_is_refused_and_one_was_taken_over(tree, monkeypatch):
    secretary = make_user(Role.SECRETARY, tree.b1)
    refused = compiling.request(branch=tree.b1, by=secretary, **ASKED)[0]
    taken_over, done = (compiling.request(branch=branch, by=None, **ASKED)[0] for branch in (tree.b2, tree.b3))
    RoleAssignment.objects.filter(user=secretary).update(ends_on=date(2024, 12, 31))
    write = compiling.write

    def write_late(compiled):
        JobRun.objects.filter(pk=taken_over.pk).update(attempt=2)
        write(compiled)

    monkeypatch.setattr(compiling, "write", write_late)
    jobs.run(str(refused.pk))

    assert dict(JobRun.objects.values_list("branch__code", "state")) == {
        "B001": "failed", "B002": "running", "B003": "done",
    }  # fmt: skip
    assert [run.job for run in RankingRun.objects.all()] == [done]
