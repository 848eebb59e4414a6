"""Are branches that wait compiled together, each to what it would be alone, each with its own end?"""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from branchportal import jobs
from branchportal.models import AuditEntry, JobRun
from evaluations import bundle
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
    review,
)
from tests.factories import make_member, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ready_schemes")]

ASKED = {"first": SEPTEMBER, "last": NOVEMBER, "purpose": "candidate", "now": NOW}


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


def test_a_large_branch_that_was_taken_over_leaves_the_others_alone(tree, monkeypatch):
    lost, *others = [compiling.request(branch=one, by=None, **ASKED)[0] for one in (tree.b1, tree.b2, tree.b3)]
    for branch in (tree.b1, tree.b2, tree.b3):
        review(make_member(branch), SEPTEMBER, own=80, branch=80)
    build = bundle.build

    def build_late(document, people):
        JobRun.objects.filter(pk=lost.pk).update(attempt=2)
        return build(document, people)

    monkeypatch.setattr(bundle, "build", build_late)
    monkeypatch.setattr(compiling, "SLOW_FROM", 1)
    jobs.run(str(lost.pk))

    assert dict(JobRun.objects.values_list("branch__code", "state")) == {
        "B001": "running", "B002": "done", "B003": "done",
    }  # fmt: skip
    assert {run.job for run in RankingRun.objects.all()} == set(others)


def test_jobs_that_somebody_else_has_taken_over_are_not_even_read(tree, django_assert_num_queries):
    job = compiling.request(branch=tree.b1, by=None, **ASKED)[0]
    JobRun.objects.update(state="running", attempt=2)
    job.attempt = 1

    with django_assert_num_queries(1):
        compiling.compile_rankings([jobs.JobContext(job)])

    assert RankingRun.objects.count() == 0


def test_large_branches_are_written_one_after_the_other_and_who_waits_shows_to_be_alive(tree, monkeypatch):
    branches = [tree.b1, tree.b2, tree.b3]
    for branch in branches:
        for points in (90, 80):
            review(make_member(branch), SEPTEMBER, own=points, branch=points)
    alone = [compile_now(branch) for branch in branches]
    waiting = [compiling.request(branch=branch, by=None, **ASKED)[0] for branch in branches]
    long_ago = datetime(2026, 11, 1, tzinfo=UTC)
    write, seen = compiling.write, []

    def write_and_look(compiled):
        JobRun.objects.filter(state="running").update(heartbeat_at=long_ago)
        write(compiled)
        seen.append([one.found.branch.code for one in compiled])

    build = bundle.build

    def look_and_build(document, people):
        mine = JobRun.objects.filter(pk__in=[job.pk for job in waiting])
        seen.append((mine.filter(state="done").count(), mine.filter(heartbeat_at=long_ago).count()))
        return build(document, people)

    monkeypatch.setattr(compiling, "WRITTEN_AT_ONCE", 2)
    monkeypatch.setattr(compiling, "write", write_and_look)
    monkeypatch.setattr(bundle, "build", look_and_build)
    jobs.run(str(waiting[0].pk))

    assert seen == [(0, 0), ["B001"], (1, 0), ["B003"], (2, 0), ["B002"], []]
    together = [RankingRun.objects.get(job=job) for job in waiting]
    assert [run.fingerprint for run in together] == [run.fingerprint for run in alone]
    assert [rankings.bundle_of(run) for run in together] == [rankings.bundle_of(run) for run in alone]


def test_what_one_person_asked_for_is_checked_once(tree, django_assert_max_num_queries):
    """Who somebody is, and his offices, are looked up together, for whoever asked for three branches once."""
    secretary = make_user(Role.SECRETARY, tree.root)
    waiting = [compiling.request(branch=one, by=secretary, **ASKED)[0] for one in (tree.b1, tree.b2, tree.b3)]

    with django_assert_max_num_queries(100) as met:
        jobs.run(str(waiting[0].pk))

    assert sum('WHERE "members_member"."user_id" = ' in query["sql"] for query in met.captured_queries) == 1
    assert RankingRun.objects.filter(compiled_by=secretary).count() == 3
