"""Does a real worker compile, and does a worker that is killed in the middle cost nothing?"""

from __future__ import annotations

import time
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from branchportal import jobs
from branchportal.models import JobRun
from evaluations.models import RankingEntry, RankingRun, SelfReview
from evaluations.queries import rankings
from evaluations.services import compile as compiling
from tests.evaluations.ranking_material import NOVEMBER, NOW, SEPTEMBER, install, review
from tests.factories import make_branch_tree, make_member
from tests.live import wait_until_idle

PEOPLE = 12


@pytest.fixture
def tree(transactional_db):
    tree = make_branch_tree()
    install(tree.b1)
    for branch in (tree.b1, tree.b2, tree.b3, tree.b4):
        for place in range(PEOPLE):
            review(make_member(branch), SEPTEMBER, own=60 + place, branch=90 - place)
    return tree


@contextmanager
def held(table):
    """Another connection locks the table, so that whoever reads it waits; the lock ends with the block or `release`."""
    other = connection.copy()
    other.set_autocommit(False)
    with other.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
    try:
        yield other.rollback
    finally:
        other.close()


def remove_one_elsewhere():
    """Another connection takes one self-review away and commits."""
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("DELETE FROM evaluations_selfreview WHERE id = (SELECT min(id) FROM evaluations_selfreview)")
    finally:
        other.close()


def wait_for(condition, seconds=20):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def ask(branch):
    job, _created = compiling.request(
        branch=branch, purpose="candidate", first=SEPTEMBER, last=NOVEMBER, by=None, now=NOW
    )
    return job


def test_a_worker_compiles_what_was_queued(tree, live_worker):
    job = ask(tree.b1)

    wait_until_idle()

    job.refresh_from_db()
    run = RankingRun.objects.get(job=job)
    assert (job.state, job.step, job.done_count, job.total_count, job.result) == (
        "done", "writing", PEOPLE, PEOPLE, {"run": run.pk},
    )  # fmt: skip
    assert run.entries.count() == PEOPLE


def test_many_branches_are_independent_jobs(tree, live_worker):
    for branch in (tree.b1, tree.b2, tree.b3, tree.b4):
        ask(branch)

    wait_until_idle()

    assert sorted(RankingRun.objects.values_list("branch__code", "number")) == [
        ("B001", 1), ("B002", 1), ("B003", 1), ("B004", 1),
    ]  # fmt: skip


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="the reviews are held by a lock of PostgreSQL")
def test_a_worker_killed_in_the_middle_costs_nothing(tree, live_worker):
    undisturbed = ask(tree.b1)
    wait_until_idle()
    control = RankingRun.objects.get(job=undisturbed)
    with held(SelfReview._meta.db_table) as release:
        job = ask(tree.b1)
        wait_for(lambda: JobRun.objects.get(pk=job.pk).step == compiling.READING)
        live_worker.kill()
        release()
    assert RankingRun.objects.count() == 1

    live_worker.start()
    JobRun.objects.filter(pk=job.pk).update(heartbeat_at=timezone.now() - timedelta(seconds=61))
    jobs.republish()
    wait_until_idle()

    job.refresh_from_db()
    run = RankingRun.objects.get(job=job)
    assert (job.state, job.attempt, run.number, RankingRun.objects.count()) == ("done", 2, 2, 2)
    assert RankingEntry.objects.filter(run=run).count() == PEOPLE
    assert rankings.bundle_of(run) == rankings.bundle_of(control)


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="a file has no connections that break")
def test_a_worker_whose_connections_broke_takes_new_ones(tree, live_worker):
    """Its processes keep their connections from task to task; a restart of the database ends them all."""
    ask(tree.b1)
    wait_until_idle()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        ended = cursor.fetchone()[0]

    job = ask(tree.b2)
    wait_until_idle()

    job.refresh_from_db()
    assert (ended > 0, job.state, job.attempt) == (True, "done", 1)


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite lets nobody write while it is read")
def test_all_inputs_come_from_one_moment(tree):
    """What changes after the snapshot began is not in the ranking, even where its table is read later."""
    with compiling.one_snapshot():
        before = SelfReview.objects.count()
        remove_one_elsewhere()
        assert SelfReview.objects.count() == before

    assert SelfReview.objects.count() == before - 1


def test_without_the_snapshot_a_later_change_is_seen(tree):
    """The control twin: the same without the snapshot."""
    before = SelfReview.objects.count()
    remove_one_elsewhere()

    assert SelfReview.objects.count() == before - 1
