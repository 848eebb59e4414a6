"""Does long work survive: taken once, given back after a failure, republished after a death, never lost?"""

from datetime import timedelta

import pytest
from django.db import OperationalError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from branchportal import jobs
from branchportal.models import JobRun

pytestmark = pytest.mark.django_db

State = JobRun.State


class Boom(Exception):
    pass


@pytest.fixture
def handle(monkeypatch):
    """Register a handler of kind "probe" for this test."""

    def register(function):
        monkeypatch.setitem(jobs._handlers, "probe", function)

    return register


@pytest.fixture
def handle_many(monkeypatch):
    """The same for a function that does three at once."""

    def register(function):
        monkeypatch.setitem(jobs._handlers, "probe", function)
        monkeypatch.setitem(jobs._at_once, "probe", 3)

    return register


def enqueue(key="B001", **more):
    return jobs.enqueue("probe", key=key, arguments={"branch": "B001"}, by=None, **more)[0]


def state_of(job):
    job.refresh_from_db()
    return job.state


def test_an_open_job_of_the_same_key_is_returned_instead_of_a_second_one():
    first, created = jobs.enqueue("probe", key="B001", arguments={}, by=None)
    second, created_again = jobs.enqueue("probe", key="B001", arguments={}, by=None)
    other, _created = jobs.enqueue("probe", key="B002", arguments={}, by=None)
    assert (created, created_again, first, JobRun.objects.count()) == (True, False, second, 2)
    assert other != first


def test_a_finished_job_makes_room_for_the_next(handle):
    handle(lambda context: context.finish({}))
    first = enqueue()
    jobs.run(str(first.pk))
    assert enqueue() != first


def test_a_message_delivered_five_times_runs_once(handle):
    ran = []

    def count(context):
        ran.append(context.job.pk)
        context.finish({"rows": 3})

    handle(count)
    job = enqueue()
    for _delivery in range(5):
        jobs.run(str(job.pk))
    assert (ran, state_of(job), job.result, job.attempt) == ([job.pk], State.DONE, {"rows": 3}, 1)


def test_an_error_gives_the_job_back_and_five_make_it_fail(handle):
    def fail(context):
        raise Boom("disk")

    handle(fail)
    job = enqueue()
    states = []
    for _attempt in range(5):
        jobs.run(str(job.pk))
        states.append(state_of(job))
    assert states == [State.QUEUED] * 4 + [State.FAILED]
    assert job.error == "Boom: disk"
    jobs.run(str(job.pk))
    assert job.attempt == 5


def test_a_refusal_is_not_tried_again(handle):
    def refuse(context):
        context.refuse("no scheme")

    handle(refuse)
    job = enqueue()
    jobs.run(str(job.pk))
    assert (state_of(job), job.error, job.attempt) == (State.FAILED, "no scheme", 1)


def test_progress_shows_true_counts_and_a_heartbeat(handle):
    seen = []

    def work(context):
        context.progress("read", 7, 30)
        context.job.refresh_from_db()
        seen.append((context.job.step, context.job.done_count, context.job.total_count))
        context.finish({})

    handle(work)
    jobs.run(str(enqueue().pk))
    assert seen == [("read", 7, 30)]


def test_an_attempt_that_was_taken_over_stores_nothing(handle):
    def slow(context):
        JobRun.objects.filter(pk=context.job.pk).update(attempt=2)  # another worker took it
        with transaction.atomic():
            JobRun.objects.create(kind="written", key="by the slow one")
            context.finish({})

    handle(slow)
    job = enqueue()
    jobs.run(str(job.pk))
    assert (state_of(job), JobRun.objects.filter(kind="written").exists()) == (State.RUNNING, False)


def test_a_dead_worker_loses_the_job_to_the_next(handle):
    handle(lambda context: context.finish({}))
    dead = enqueue("dead")
    alive = enqueue("alive")
    JobRun.objects.filter(pk=dead.pk).update(
        state=State.RUNNING, attempt=1, heartbeat_at=timezone.now() - timedelta(seconds=61)
    )
    JobRun.objects.filter(pk=alive.pk).update(state=State.RUNNING, attempt=1, heartbeat_at=timezone.now())
    jobs.republish()
    assert (state_of(dead), state_of(alive)) == (State.QUEUED, State.RUNNING)
    jobs.run(str(dead.pk))
    assert (state_of(dead), dead.attempt) == (State.DONE, 2)


def test_a_job_that_killed_five_workers_fails_with_a_reason():
    job = enqueue()
    JobRun.objects.filter(pk=job.pk).update(
        state=State.RUNNING, attempt=5, heartbeat_at=timezone.now() - timedelta(seconds=61)
    )
    jobs.republish()
    assert (state_of(job), job.error) == (State.FAILED, "lost_worker")


def test_the_tick_publishes_what_no_process_published(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks():  # the process dies between commit and publication
        job = enqueue()
    assert job.published_at is None
    assert jobs.republish() == 1
    job.refresh_from_db()
    assert job.published_at is not None
    assert jobs.republish() == 0


def test_the_longer_a_job_has_waited_the_rarer_it_is_published_again(time_machine):
    begin = timezone.now()
    time_machine.move_to(begin, tick=False)
    job = enqueue()
    jobs.publish(job.pk)
    published = []
    for second in range(20, 1300, 20):  # a tick every twenty seconds, and no worker
        time_machine.move_to(begin + timedelta(seconds=second), tick=False)
        if jobs.republish():
            published.append(second)
    assert published == [40, 80, 160, 320, 620, 920, 1220]


def test_a_retry_is_a_new_job_of_the_same_work(handle):
    def refuse(context):
        context.refuse("not yet")

    handle(refuse)
    job = enqueue()
    jobs.run(str(job.pk))
    job.refresh_from_db()
    again, created = jobs.retry(job, by=None)
    assert (created, again.arguments, again.key, again.pk == job.pk) == (True, job.arguments, job.key, False)


def test_what_waits_is_taken_along_and_its_own_message_finds_nothing(handle_many):
    calls = []

    def work(contexts):
        calls.append([context.job.key for context in contexts])
        for context in jobs.still_held(contexts):
            context.finish({"key": context.job.key})

    handle_many(work)
    waiting = [enqueue(key) for key in ("a", "b", "c", "d")]
    other = jobs.enqueue("other", key="a", arguments={}, by=None)[0]

    for job in waiting:
        jobs.run(str(job.pk))

    assert calls == [["a", "d", "c"], ["b"]]
    assert [(state_of(job), job.attempt, job.result) for job in waiting] == [
        (State.DONE, 1, {"key": key}) for key in ("a", "b", "c", "d")
    ]
    assert state_of(other) == State.QUEUED


@pytest.fixture
def deliver_at_once(monkeypatch, django_capture_on_commit_callbacks):
    """Run a job with a worker that waits for messages: what is published meanwhile is run at once."""
    monkeypatch.setattr(jobs, "publish", lambda pk: jobs.run(str(pk)))

    def run(job):
        with django_capture_on_commit_callbacks(execute=True):
            jobs.run(str(job.pk))

    return run


def test_what_failed_together_is_done_alone_and_at_once(handle_many, deliver_at_once, caplog):
    calls = []

    def work(contexts):
        calls.append([context.job.key for context in contexts])
        if any(context.job.key == "poison" for context in contexts):
            raise Boom("poison")
        for context in jobs.still_held(contexts):
            context.finish({})

    handle_many(work)
    waiting = [enqueue(key) for key in ("a", "poison", "b")]

    deliver_at_once(waiting[0])

    assert (calls[0], sorted(calls[1:])) == (["a", "b", "poison"], [["a"], ["b"], ["poison"]])
    assert [(state_of(job), job.attempt, job.error) for job in waiting] == [
        (State.DONE, 2, ""), (State.QUEUED, 2, "Boom: poison"), (State.DONE, 2, ""),
    ]  # fmt: skip
    together, alone = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert [str(job.pk) in together for job in waiting] == [True] * 3
    assert alone == f"Jobs {waiting[1].pk} failed in attempt 2."


def test_what_failed_together_waits_without_an_error_until_it_is_published(handle_many):
    def work(contexts):
        contexts[0].finish({})
        raise Boom("after the first was done")

    handle_many(work)
    done, *others = [enqueue(key) for key in ("a", "b", "c")]

    jobs.run(str(done.pk))

    assert (state_of(done), done.attempt) == (State.DONE, 1)
    assert [(state_of(job), job.attempt, job.error, job.published_at) for job in others] == [
        (State.QUEUED, 1, "", None)
    ] * 2


def test_a_job_for_which_no_company_could_be_found_is_given_back(handle_many, monkeypatch):
    def deadlock(_queryset, **_how):
        raise OperationalError("deadlock detected")

    handle_many(lambda contexts: jobs.finish([jobs.End(context, {}) for context in contexts]))
    job, other = enqueue("a"), enqueue("b")
    with monkeypatch.context() as patch:
        patch.setattr(QuerySet, "select_for_update", deadlock)
        jobs.run(str(job.pk))

    assert (state_of(job), job.error) == (State.QUEUED, "OperationalError: deadlock detected")
    assert (state_of(other), other.attempt) == (State.QUEUED, 0)


def test_one_of_many_that_was_taken_over_or_refused_leaves_the_others_alone(handle_many):
    def work(contexts):
        first, second, *_others = contexts
        JobRun.objects.filter(pk=first.job.pk).update(attempt=2)  # another worker took it
        second.refuse("no scheme")
        with transaction.atomic():
            for context in jobs.still_held(contexts):
                context.finish({})

    handle_many(work)
    taken_over, done, refused = (enqueue(key) for key in ("a", "b", "c"))
    jobs.run(str(taken_over.pk))

    assert [state_of(job) for job in (taken_over, refused, done)] == [State.RUNNING, State.FAILED, State.DONE]
    assert (refused.error, taken_over.finished_at) == ("no scheme", None)


def test_the_heartbeats_of_all_that_were_taken_along_tell_when_their_worker_is_gone(handle_many):
    class Killed(BaseException):
        pass

    def work(_contexts):
        raise Killed

    handle_many(work)
    waiting = [enqueue(key) for key in ("a", "b")]
    with pytest.raises(Killed):
        jobs.run(str(waiting[0].pk))
    assert [state_of(job) for job in waiting] == [State.RUNNING] * 2

    JobRun.objects.update(heartbeat_at=timezone.now() - timedelta(seconds=61))
    jobs.republish()

    assert [(state_of(job), job.attempt) for job in waiting] == [(State.QUEUED, 1)] * 2
