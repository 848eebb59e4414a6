"""Are jobs that several workers take along at once each done once, and given back when a connection breaks?"""

from __future__ import annotations

from threading import Barrier, Lock

import pytest
from django.db import connection
from django.db.models import QuerySet

from branchportal import jobs
from branchportal.models import JobRun
from tests.parallel import at_once

WORKERS = 4
WAITING = 24

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]


@pytest.fixture
def done_at_once(monkeypatch):
    """Four workers take a message each while twenty more jobs wait; return {how often a job was done}."""
    ran, lock = [], Lock()

    def work(contexts):
        with lock:
            ran.extend(context.job.pk for context in contexts)

    monkeypatch.setitem(jobs._handlers, "probe", work)
    monkeypatch.setitem(jobs._at_once, "probe", WAITING)

    def run() -> set[int]:
        waiting = [jobs.enqueue("probe", key=str(number), arguments={}, by=None)[0].pk for number in range(WAITING)]
        at_once([lambda pk=pk: jobs.run(str(pk)) for pk in waiting[:WORKERS]])
        return {ran.count(pk) for pk in waiting}

    return run


def test_each_job_is_taken_along_once(done_at_once):
    assert done_at_once() == {1}
    assert set(JobRun.objects.values_list("attempt", flat=True)) == {1}


def test_control_taking_along_without_locks_does_jobs_twice(done_at_once, monkeypatch):
    """The twin: all have looked at what waits before anybody takes it."""
    looked = Barrier(WORKERS)
    look = QuerySet._fetch_all

    def slow(queryset):
        is_look = queryset._result_cache is None and queryset.query.is_sliced and queryset.model is JobRun
        look(queryset)
        if is_look and queryset.query.high_mark == WAITING - 1:
            looked.wait(timeout=60)

    monkeypatch.setattr(QuerySet, "select_for_update", lambda queryset, **_how: queryset)
    monkeypatch.setattr(QuerySet, "_fetch_all", slow)

    assert max(done_at_once()) == WORKERS


def test_a_job_whose_connection_broke_is_given_back(monkeypatch):
    def work(_contexts):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    monkeypatch.setitem(jobs._handlers, "probe", work)
    job, _created = jobs.enqueue("probe", key="1", arguments={}, by=None)

    jobs.run(str(job.pk))

    job.refresh_from_db()
    assert (job.state, job.attempt, job.error.partition(":")[0]) == ("queued", 1, "OperationalError")
