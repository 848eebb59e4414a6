"""How long is each kind of record kept, and what happens then? One table; each app answers for its own records.

`RETENTION` in the settings lists the apps' tables of rules. A tick enqueues one job a day that carries them out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import Enum
from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from branchportal import audit, jobs
from branchportal.models import AccessRecord, JobRun, LedgerRun, Notification, Pulse
from branchportal.months import months_later

JOB = "retention"
AT_ONCE = 500  # rows of one transaction
HOUR = time(3)  # in the night, when nobody waits for a page


class Ending(Enum):
    """What happens to a record whose time is over."""

    DELETED = _("deleted")
    EMPTIED = _("emptied: the words go, the bare facts stay")
    ANONYMISED = _("made anonymous")
    KEPT = _("kept")


def delete(rows: QuerySet) -> int:
    """Remove these rows; return how many."""
    return rows.delete()[1].get(rows.model._meta.label, 0)


@dataclass(frozen=True)
class Rule:
    """One kind of record. `expired(limit)` finds the rows whose time was over at that moment; None: kept for good.

    `end(rows)` carries it out and returns how many; afterwards `expired` must not find these rows again.
    """

    code: str
    label: Any
    basis: Any
    since: Any = ""
    ending: Ending = Ending.DELETED
    days: int = 0
    months: int = 0
    expired: Callable[[datetime], QuerySet] | None = None
    end: Callable[[QuerySet], int] = delete

    def limit(self, now: datetime) -> datetime:
        """Whatever began to count before this moment is over."""
        return months_before(now, self.months) - timedelta(days=self.days)

    def due(self, now: datetime) -> QuerySet | None:
        """The rows to end now, in a firm order."""
        return self.expired(self.limit(now)).order_by("pk") if self.expired else None

    @property
    def period(self) -> str:
        """How long, in words."""
        if self.expired is None:
            return str(_("as long as the portal is in use"))
        if self.months and self.months % 12 == 0:
            return ngettext("%(number)s year", "%(number)s years", self.months // 12) % {"number": self.months // 12}
        if self.months:
            return ngettext("%(number)s month", "%(number)s months", self.months) % {"number": self.months}
        if self.days:
            return ngettext("%(number)s day", "%(number)s days", self.days) % {"number": self.days}
        return str(_("not at all"))


@cache
def rules() -> tuple[Rule, ...]:
    """The whole table, in the order of the settings."""
    return tuple(rule for path in settings.RETENTION for rule in import_string(path))


def months_before(now: datetime, months: int) -> datetime:
    """The same day so many months earlier, or the last one of a shorter month."""
    local = timezone.localtime(now)
    day = months_later(local.date(), -months)
    return local.replace(year=day.year, month=day.month, day=day.day)


def counts(*, now: datetime) -> dict[str, int]:
    """How many rows of each kind would end now: {code: rows}; nothing is changed."""
    return {rule.code: rule.due(now).count() for rule in rules() if rule.expired}


def enqueue_daily(*, now: datetime) -> bool:
    """Once a night, enqueue the job; whether it was now."""
    local = timezone.localtime(now)
    key = local.date().isoformat()
    if local.time() < HOUR or JobRun.objects.filter(kind=JOB, key=key).exists():
        return False
    jobs.enqueue(JOB, key=key, arguments={"now": now.isoformat()}, by=None)
    return True


def apply(*, now: datetime, progress: Callable[[str, int], None] = lambda code, done: None) -> dict[str, int]:
    """End everything whose time is over; return {code: rows}. Stopped in the middle it goes on where it was.

    Each step is one transaction with its line in the audit trail, so what is gone is always written down.
    """
    ended = {}
    for rule in rules():
        if rule.expired is None:
            continue
        ended[rule.code] = 0
        while step := _step(rule, now):
            ended[rule.code] += step
            progress(rule.code, ended[rule.code])
    return ended


def _step(rule: Rule, now: datetime) -> int:
    with transaction.atomic():
        due = rule.due(now)
        keys = list(due.values_list("pk", flat=True)[:AT_ONCE])
        if not keys:
            return 0
        count = rule.end(due.model._default_manager.filter(pk__in=keys).order_by())
        audit.record("job.retention", by=None, after={"kind": rule.code, "count": count})
    return len(keys)


@jobs.handler(JOB)
def _run(context: jobs.JobContext) -> None:
    ended = apply(
        now=datetime.fromisoformat(context.job.arguments["now"]),
        progress=lambda code, done: context.progress(code[:40], done),
    )
    context.finish(ended)


def _empty_jobs(rows: QuerySet) -> int:
    return rows.update(arguments={}, result={}, error="", step="")


RULES = (
    Rule(
        "messages",
        _("Messages to a person"),
        _("They tell of something that stands elsewhere."),
        since=_("after the message"),
        months=12,
        expired=lambda limit: Notification.objects.filter(created_at__lt=limit),
    ),
    Rule(
        "sessions",
        _("Log-ins of a browser"),
        _("Nobody is signed in with it any more."),
        since=_("after it has run out"),
        expired=lambda limit: Session.objects.filter(expire_date__lt=limit),
    ),
    Rule(
        "access",
        _("Who looked at a record or took a file away"),
        _("So that everybody can see who looked at his data, for as long as that can matter."),
        since=_("after the look"),
        months=36,
        expired=lambda limit: AccessRecord.objects.filter(at__lt=limit),
    ),
    Rule(
        "jobs",
        _("What a job was told and what it answered"),
        _("Only needed while somebody may repeat it; that it ran stays."),
        since=_("after it ended"),
        ending=Ending.EMPTIED,
        months=6,
        expired=lambda limit: JobRun.objects.filter(finished_at__lt=limit).exclude(arguments={}, result={}, error=""),
        end=_empty_jobs,
    ),
    Rule(
        "ledger",
        _("Checks of all data: when, how long, what was found"),
        _("To see since when something is wrong; they name no person."),
        since=_("after the check"),
        months=12,
        expired=lambda limit: LedgerRun.objects.filter(began_at__lt=limit),
    ),
    Rule(
        "pulses",
        _("When a worker process was last at work"),
        _("To see whether the clock ticks; they name no person."),
        since=_("after the last tick"),
        days=30,
        expired=lambda limit: Pulse.objects.filter(at__lt=limit),
    ),
    Rule(
        "audit",
        _("Audit trail: who changed what"),
        _("It proves how a decision came about; its lines are sealed into a chain and can't be taken out."),
        ending=Ending.KEPT,
    ),
)
