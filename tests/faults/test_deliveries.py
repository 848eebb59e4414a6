"""Does a job run once when its message is delivered five times at the same moment?

`DELIVERIES=1000 bin/test faults/test_deliveries.py -n0 -s` is the long run.
"""

from __future__ import annotations

from threading import Barrier

import pytest
from django.db import connection
from django.db.models import F
from django.utils import timezone

from branchportal import jobs
from branchportal.models import JobRun, Notification
from members.roles import Role
from tests.factories import make_branch_tree, make_user
from tests.parallel import at_once
from tests.rounds import rounds

DELIVERIES = rounds("DELIVERIES", 20)
MESSAGES = 5

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]


@pytest.fixture
def deliver(monkeypatch):
    """Deliver the message of a new job five times at once; return (how often it ran, its attempts)."""
    user, ran = make_user(Role.SECRETARY, make_branch_tree().b1), []

    def work(context) -> None:
        ran.append(context.job.pk)
        context.progress("writing")
        Notification.objects.get_or_create(user=user, kind="probe", key=str(context.job.pk))
        context.finish({})

    monkeypatch.setitem(jobs._handlers, "probe", work)

    def five_times(number: int) -> tuple[int, int]:
        ran.clear()
        job, _created = jobs.enqueue("probe", key=str(number), arguments={}, by=None)
        at_once([lambda: jobs.run(str(job.pk))] * MESSAGES)
        job.refresh_from_db()
        assert job.state == "done"
        return len(ran), job.attempt

    return five_times


def test_five_messages_run_a_job_once(deliver):
    assert {deliver(number) for number in range(DELIVERIES)} == {(1, 1)}


def test_control_looking_before_taking_runs_it_five_times(deliver, monkeypatch):
    """The twin: the job is looked at, and taken in a second step."""
    looked = Barrier(MESSAGES)

    def take(job_id: str) -> JobRun:
        job = JobRun.objects.get(pk=job_id)
        looked.wait(timeout=60)
        JobRun.objects.filter(pk=job_id).update(
            state=JobRun.State.RUNNING, attempt=F("attempt") + 1, heartbeat_at=timezone.now()
        )
        return job

    monkeypatch.setattr(jobs, "_take", take)
    monkeypatch.setattr(jobs, "_held", lambda contexts: JobRun.objects.filter(pk=contexts[0].job.pk))
    assert deliver(0) == (MESSAGES, MESSAGES)
