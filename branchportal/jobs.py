"""How does long work survive: queued with its cause, run by any worker, never twice, never lost?"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, models, transaction
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.utils import timezone

from branchportal import audit
from branchportal.celery import app
from branchportal.models import JobRun

logger = logging.getLogger(__name__)

RUN_JOB = "branchportal.tasks.run_job"
MAXIMUM_ATTEMPTS = 5
QUEUED_TOO_LONG = timedelta(seconds=30)
LOST_WORKER = "lost_worker"  # instead of an error: whoever did the job is gone
LONGEST_WAIT = timedelta(minutes=5)
HEARTBEAT_STALE = timedelta(seconds=60)

State = JobRun.State


class StaleAttempt(Exception):
    """Another worker has taken this job over: whatever this one computed must not be stored."""


@dataclass
class JobContext:
    """What a handler gets: its row, a way to report progress, and the fence before the final write."""

    job: JobRun

    def progress(self, step: str, done: int = 0, total: int = 0) -> None:
        """Show true counts and prove that this worker is alive. Call it outside the final transaction.

        It ends the whole handler when the job is lost: one that does many calls `show`.
        """
        if not show([self], step, done, total):
            raise StaleAttempt

    def finish(self, result: dict[str, Any]) -> None:
        """Mark the job done inside the handler's own transaction, or raise StaleAttempt, which undoes its writes."""
        finish([End(self, result)])

    def refuse(self, message: str) -> None:
        """End a job that can't succeed as it was asked; the message tells the user what to do. Not tried again."""
        _fail(self.job, message)


@dataclass
class End:
    """How a job ended: its result, and how much was done where that is shown."""

    context: JobContext
    result: dict[str, Any]
    count: int = 0


Handler = Callable[[JobContext], None]
HandlerOfMany = Callable[[list[JobContext]], None]
_handlers: dict[str, Handler | HandlerOfMany] = {}
_at_once: dict[str, int] = {}  # of the kinds whose handler takes many


def handler(kind: str) -> Callable[[Handler], Handler]:
    """Register the function that does jobs of this kind. It must call `context.finish` in its last transaction."""

    def register(function: Handler) -> Handler:
        _handlers[kind] = function
        return function

    return register


def handler_of_many(kind: str, *, at_once: int) -> Callable[[HandlerOfMany], HandlerOfMany]:
    """Register a function that does up to so many small jobs of this kind at once, each with its own row and attempt.

    In its last transaction, or in one for each part of them, it must ask for the contexts that are `still_held`, write
    for those only and end them with the module's `finish`, which takes one statement for all.
    """

    def register(function: HandlerOfMany) -> HandlerOfMany:
        _handlers[kind], _at_once[kind] = function, at_once
        return function

    return register


def show(contexts: list[JobContext], step: str, done: int = 0, total: int = 0) -> int:
    """Show where these jobs are; return how many of them are still held by this worker."""
    return _held(contexts).update(step=step, done_count=done, total_count=total, heartbeat_at=timezone.now())


def still_held(contexts: list[JobContext]) -> list[JobContext]:
    """Those of these jobs that nobody has taken over; they are locked until the transaction ends."""
    held = set(_held(contexts).select_for_update().order_by("pk").values_list("pk", flat=True))
    for context in contexts:
        if context.job.pk not in held:
            logger.warning("Job %s was taken over; this attempt is dropped.", context.job.pk)
    return [context for context in contexts if context.job.pk in held]


def finish(ends: list[End], *, step: str = "") -> None:
    """Mark these jobs done in one statement, inside the handler's own transaction, in which they are `still_held`.

    `step` and the counts are the last progress, where it was not shown on the way.
    """
    now = timezone.now()
    result = Case(*(When(pk=end.context.job.pk, then=Value(end.result, models.JSONField())) for end in ends))
    count = Case(*(When(pk=end.context.job.pk, then=end.count) for end in ends))
    last = {"step": step, "done_count": count, "total_count": count} if step else {}
    updated = _held([end.context for end in ends]).update(
        state=State.DONE, result=result, finished_at=now, heartbeat_at=now, error="", **last
    )
    if updated != len(ends):
        raise StaleAttempt


def enqueue(kind: str, *, key: str, arguments: dict[str, Any], by: Any, branch: Any = None) -> tuple[JobRun, bool]:
    """Return (job, created): an open job of the same kind and key is returned instead of a second one.

    Call it in the transaction that writes the cause; the id is published after commit, and a tick publishes it
    again should the process die in between.
    """
    job = JobRun(kind=kind, key=key, arguments=arguments, branch=branch, requested_by=by)
    JobRun.objects.bulk_create([job], ignore_conflicts=True)
    stored = JobRun.objects.filter(kind=kind, key=key, state__in=[State.QUEUED, State.RUNNING]).first()
    if stored is None:  # the open one ended between the two statements
        return enqueue(kind, key=key, arguments=arguments, by=by, branch=branch)
    transaction.on_commit(lambda: publish(stored.pk))
    return stored, stored.pk == job.pk


def publish(job_id: Any) -> bool:
    """Hand the id to the broker; a broker that is away costs nothing, the tick tries again."""
    try:
        app.send_task(RUN_JOB, args=[str(job_id)], retry=False)
    except Exception:
        logger.warning("The broker did not take job %s; the next tick will try again.", job_id)
        return False
    JobRun.objects.filter(pk=job_id).update(published_at=timezone.now())
    return True


def run(job_id: str) -> None:
    """Take the job and do it. Taking is one atomic step, so a message delivered five times runs once.

    Where a handler does many at once, jobs of the same kind that wait are taken along; their messages find nothing.
    """
    job = _take(job_id)
    if job is None:
        return
    taken = [job]
    try:
        taken += _company(job)
        contexts = [JobContext(one) for one in taken]
        _handlers[job.kind](contexts if job.kind in _at_once else contexts[0])
    except StaleAttempt:
        logger.warning("Job %s was taken over; this attempt is dropped.", job.pk)
    except Exception as error:
        logger.exception("Jobs %s failed in attempt %s.", ", ".join(str(one.pk) for one in taken), job.attempt)
        if not connection.in_atomic_block:  # a broken one is replaced, so that the job can be given back
            connection.close_if_unusable_or_obsolete()
        if len(taken) == 1:
            _give_back(job, f"{type(error).__name__}: {error}")
        else:
            _part(taken)


def republish() -> int:
    """Publish again what waits too long or whose worker is gone; return how many. Run by the tick.

    The longer a job has waited the rarer: a broker whose workers are away is not filled with copies of one message.
    """
    now = timezone.now()
    _lost(now).filter(attempt__gte=MAXIMUM_ATTEMPTS).update(state=State.FAILED, finished_at=now, error=LOST_WORKER)
    _lost(now).update(state=State.QUEUED, published_at=None)
    waiting = JobRun.objects.filter(state=State.QUEUED).filter(
        Q(published_at__isnull=True) | Q(published_at__lt=now - QUEUED_TOO_LONG)
    )
    return sum(publish(job.pk) for job in waiting.order_by("created_at") if _is_due_again(job, now))


def give_back_all() -> int:
    """Queue every running job anew, where it is known that no worker runs: after a restore. Return how many."""
    return JobRun.objects.filter(state=State.RUNNING).update(state=State.QUEUED, published_at=None)


def retry(job: JobRun, *, by: Any) -> tuple[JobRun, bool]:
    """Queue the same work anew after a failure."""
    return enqueue(job.kind, key=job.key, arguments=job.arguments, by=by, branch=job.branch)


@transaction.atomic
def retry_failed(*, job: JobRun, by: Any) -> JobRun:
    """Queue a failed job anew for whoever asked for it; `by` pressed the button. Twice is once.

    The job that was queued since, or the one that has not failed, is returned as it stands.
    """
    job = JobRun.objects.select_for_update(of=("self",)).get(pk=job.pk)
    newer = JobRun.objects.filter(kind=job.kind, key=job.key, created_at__gt=job.created_at).order_by("created_at")
    if job.state != State.FAILED or newer.exists():
        return newer.last() or job
    again, _created = enqueue(job.kind, key=job.key, arguments=job.arguments, by=job.requested_by, branch=job.branch)
    audit.record("job.retried", by=by, subject=again, branch=job.branch, after={"work": job.kind, "key": job.key})
    return again


def _is_due_again(job: JobRun, now: datetime) -> bool:
    """After 30 seconds, one, two and four minutes, then every five."""
    if job.published_at is None:
        return True
    return now - job.published_at >= min(job.published_at - job.created_at, LONGEST_WAIT)


def _lost(now):
    return JobRun.objects.filter(state=State.RUNNING, heartbeat_at__lt=now - HEARTBEAT_STALE)


def _take(job_id: str) -> JobRun | None:
    taken = JobRun.objects.filter(pk=job_id, state=State.QUEUED).update(
        state=State.RUNNING, attempt=F("attempt") + 1, heartbeat_at=timezone.now()
    )
    return JobRun.objects.select_related("branch", "requested_by").get(pk=job_id) if taken else None


@transaction.atomic
def _company(job: JobRun) -> list[JobRun]:
    """Take along what waits. What has failed once runs alone, so that it harms no other.

    The newest are taken: messages come in the order of their jobs, so the ones that find nothing any more come last.
    """
    places = _at_once.get(job.kind, 1) - 1
    if not places or job.attempt > 1:
        return []
    waiting = JobRun.objects.filter(kind=job.kind, state=State.QUEUED, attempt=0).order_by("-created_at")
    found = waiting.select_related("branch", "requested_by").select_for_update(of=("self",), skip_locked=True)[:places]
    company = list(found)
    JobRun.objects.filter(pk__in=[one.pk for one in company]).update(
        state=State.RUNNING, attempt=1, heartbeat_at=timezone.now()
    )
    for one in company:
        one.state, one.attempt = State.RUNNING, 1
    return company


def _held(contexts: list[JobContext]) -> QuerySet[JobRun]:
    """The rows of these jobs as far as no other worker has taken them over; they are in the same attempt."""
    jobs = [context.job for context in contexts]
    return JobRun.objects.filter(
        pk__in=[job.pk for job in jobs], state=State.RUNNING, attempt__in={job.attempt for job in jobs}
    )


def _give_back(job: JobRun, error: str) -> None:
    """Queue the job that failed alone; the tick publishes it again after a while."""
    if job.attempt >= MAXIMUM_ATTEMPTS:
        _fail(job, error)
        return
    JobRun.objects.filter(pk=job.pk, state=State.RUNNING, attempt=job.attempt).update(
        state=State.QUEUED, error=error, published_at=timezone.now()
    )


@transaction.atomic
def _part(taken: list[JobRun]) -> None:
    """Queue jobs that failed together, each to run alone and at once: most of them are not at fault."""
    held = _held([JobContext(one) for one in taken])
    undone = list(held.select_for_update().order_by("pk").values_list("pk", flat=True))
    JobRun.objects.filter(pk__in=undone).update(state=State.QUEUED, published_at=None)
    for pk in undone:
        transaction.on_commit(lambda pk=pk: publish(pk))


def _fail(job: JobRun, error: str) -> None:
    JobRun.objects.filter(pk=job.pk, state=State.RUNNING, attempt=job.attempt).update(
        state=State.FAILED, error=error, finished_at=timezone.now()
    )
