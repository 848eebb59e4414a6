"""Which invariants hold of the shell's own tables: audit trail, jobs, messages, and links of every table?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.apps import apps
from django.conf import settings
from django.db.models import Count, Exists, F, ForeignKey, Model, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from branchportal import audit, audit_head, jobs
from branchportal.ledger import Asked, Check, Violation, place, rows_of
from branchportal.models import AuditEntry, JobRun, LedgerRun, Notification

TICK = timedelta(seconds=30)  # a lost job is found by the tick after its heartbeat is stale
State = JobRun.State


def broken_chain(asked: Asked) -> Iterator[Violation]:
    """The seal of each line of the audit trail follows from the line before it."""
    line = audit.first_broken_line(alive=asked.alive)
    if line is not None:
        yield Violation(place(AuditEntry, line.pk), f"sequence={line.sequence}")


def lost_end_of_chain(asked: Asked) -> Iterator[Violation]:
    """The line that an earlier run saw last still stands in the chain, with the same seal."""
    seen = LedgerRun.objects.filter(sealed_up_to__gt=0).order_by("-sealed_up_to").first()
    if seen is None:
        return
    line = AuditEntry.objects.filter(sequence=seen.sealed_up_to).first()
    if line is None or line.seal != seen.last_seal:
        found = line.seal[:12] if line else "-"
        yield Violation(
            place(LedgerRun, seen.pk), f"sequence={seen.sealed_up_to} seal={seen.last_seal[:12]} now={found}"
        )


def lost_head(asked: Asked) -> Iterator[Violation]:
    """The newest seal that this machine made still stands in the chain."""
    head = audit_head.broken_head()
    if head is not None:
        yield Violation(settings.AUDIT_HEAD.name, f"sequence={head.sequence} seal={head.seal[:12]}")


def stale_job(asked: Asked) -> Iterator[Violation]:
    """No job runs without a sign of life: the tick gives a lost one to another worker."""
    limit = asked.now - jobs.HEARTBEAT_STALE - TICK
    silent = Q(heartbeat_at__lt=limit) | Q(heartbeat_at=None)
    for job in JobRun.objects.filter(silent, state=State.RUNNING).order_by("created_at"):
        yield Violation(place(JobRun, job.pk), f"kind={job.kind} heartbeat={_moment(job.heartbeat_at)}")


def job_without_end(asked: Asked) -> Iterator[Violation]:
    """A job has a moment at which it ended exactly when it is done or failed, and was tried five times at most."""
    ended = Q(state__in=[State.DONE, State.FAILED])
    wrong = (
        (ended & Q(finished_at=None)) | (~ended & Q(finished_at__isnull=False)) | Q(attempt__gt=jobs.MAXIMUM_ATTEMPTS)
    )
    for job in JobRun.objects.filter(wrong).order_by("created_at"):
        what = f"kind={job.kind} state={job.state} attempt={job.attempt} finished={_moment(job.finished_at)}"
        yield Violation(place(JobRun, job.pk), what)


def message_twice(asked: Asked) -> Iterator[Violation]:
    """Nobody got the same message (kind and key) twice."""
    twice = Notification.objects.order_by().values("user", "kind", "key").annotate(count=Count("pk"))
    for row in twice.filter(count__gt=1):
        where = f"{Notification._meta.label} user={row['user']} kind={row['kind']} key={row['key']}"
        yield Violation(where, f"count={row['count']}")


def link_to_nothing(asked: Asked) -> Iterator[Violation]:
    """Every foreign key leads to a row that exists."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, ForeignKey):
                asked.alive()
                yield from _dangling(model, field, asked)


def without_line(model: type[Model], actions: tuple[str, ...], asked: Asked, queryset=None) -> Iterator[Violation]:
    """Rows about which no line of the audit trail tells one of these actions: for the invariants of each app."""
    lines = AuditEntry.objects.filter(
        subject_type=model._meta.label_lower, subject_id=audit.subject_id(OuterRef("pk")), action__in=actions
    )
    rows = model._default_manager.all() if queryset is None else queryset
    for some in rows_of(rows, asked):
        for pk in some.filter(~Exists(lines)).order_by("pk").values_list("pk", flat=True):
            yield Violation(place(model, pk), f"no line {'/'.join(actions)}")


def _dangling(model: type[Model], field: ForeignKey, asked: Asked) -> Iterator[Violation]:
    target, column = field.related_model._base_manager, field.target_field.attname
    there = target.filter(**{column: OuterRef(field.attname)})
    rows = model._base_manager.filter(~Exists(there), **{f"{field.attname}__isnull": False})
    for pk, key in rows.order_by("pk").values_list("pk", F(field.attname)):
        yield Violation(place(model, pk), f"{field.name}={key} does not exist")


def _moment(moment) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}" if moment else "-"


_TRAIL = _(
    "Somebody has changed the database behind the portal. Keep a copy of it as it is, compare the line with the last "
    "backup, and tell whoever answers for the portal."
)

CHECKS = (
    Check("audit.chain", _("The chain of the audit trail is unbroken."), _TRAIL, broken_chain),
    Check("audit.end", _("The audit trail has not become shorter."), _TRAIL, lost_end_of_chain),
    Check(
        "audit.head",
        _("The audit trail holds the newest seal that this machine wrote down outside the database."),
        _(
            "Lines of the audit trail were removed or made anew. If a backup was restored on purpose, delete "
            "audit_head.json in the data folder; otherwise keep a copy of the database as it is."
        ),
        lost_head,
    ),
    Check(
        "jobs.alive",
        _("No job runs without a sign of life."),
        _("The clock does not tick, or no worker takes its ticks: look at beat and worker. The job is then taken up."),
        stale_job,
    ),
    Check(
        "jobs.ended",
        _("A job has a moment at which it ended exactly when it has ended."),
        _("Note the job and what happened around it, and report it as a fault of the program."),
        job_without_end,
    ),
    Check(
        "messages.once",
        _("Nobody got the same message twice."),
        _("The unique constraint of the table is missing: restore a backup into an empty database and compare."),
        message_twice,
    ),
    Check(
        "links",
        _("Everything that one record says of another leads to a record that exists."),
        _("Rows were removed behind the portal's back: bring them back from the last backup."),
        link_to_nothing,
    ),
)
