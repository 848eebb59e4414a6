"""How is the portal itself: does everything that it runs on answer, and what is to be done where it does not?

Technical facts only. Each question is asked by itself and within seconds: what is away costs a line, not the page.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count, Max, Min, Q
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from branchportal import audit, mail, maintenance
from branchportal.celery import app
from branchportal.models import AuditEntry, JobRun, LedgerRun, Notification, Pulse

BROKER_SECONDS, WORKER_SECONDS = 1.0, 0.5  # how long an answer is waited for
TICK_LATE, TICK_DEAD = timedelta(minutes=2), timedelta(minutes=10)
SEAL_LATE = timedelta(minutes=10)
MAIL_LATE = timedelta(hours=1)
QUEUE_LATE, QUEUE_DEAD = timedelta(minutes=2), timedelta(minutes=30)
LEDGER_LATE = BACKUP_LATE = timedelta(hours=36)
BACKUP_DEAD = timedelta(days=8)
LOOKED_BACK = timedelta(days=7)  # for what failed
LITTLE_SPACE, NO_SPACE = 0.10, 500 * 1024 * 1024  # a tenth free; so many bytes free
BACKUP = "job.backup"  # what the audit trail calls a backup that was made


class State(StrEnum):
    """How urgent it is; the page says it in words too."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


@dataclass(frozen=True)
class Vital:
    """One thing that the portal lives on: what was found, and what to do unless it is green."""

    label: str
    state: State
    fact: str
    advice: str = ""


def vitals(*, now: datetime) -> list[Vital]:
    """Everything, the foundations first. Without a database there is nothing to ask of what stands in it."""
    database = _safely(_("Database"), _database)
    found = [database, *_broker_and_workers()]
    in_database = (_tick, _jobs, _audit, _mail, _ledger, _backup)
    if database.state != State.RED:
        found += [vital for ask in in_database for vital in [_safely("", lambda ask=ask: ask(now))]]
    return [*found, *_disks(), _maintenance(now)]


def worst(found: list[Vital]) -> State:
    """The most urgent of them."""
    states = {vital.state for vital in found}
    return next((state for state in (State.RED, State.AMBER) if state in states), State.GREEN)


def note_pulse(worker: str, *, now: datetime) -> None:
    """Write down that this worker did a tick."""
    Pulse.objects.update_or_create(worker=worker[:120], defaults={"at": now})


def open_and_failed_jobs(*, now: datetime) -> Any:
    """Jobs that wait, run or failed in the last week, what failed first."""
    failed = JobRun.objects.filter(state=JobRun.State.FAILED, finished_at__gte=now - LOOKED_BACK)
    waiting = JobRun.objects.filter(state__in=[JobRun.State.QUEUED, JobRun.State.RUNNING])
    return (failed | waiting).select_related("branch").order_by("state", "-created_at")


def last_run() -> LedgerRun | None:
    """The newest check of the ledger."""
    return LedgerRun.objects.first()


def _safely(label: str, ask: Callable[[], Vital]) -> Vital:
    try:
        return ask()
    except Exception as error:
        advice = _("The portal could not find out. Look at the log of the web service.")
        return Vital(label or _("Unknown"), State.RED, type(error).__name__, advice)


def _database() -> Vital:
    label, began = _("Database"), time.monotonic()
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            seconds = time.monotonic() - began
            size = _database_size(cursor)
    except DatabaseError as error:
        advice = _("Start the database; the web processes connect again by themselves.")
        return Vital(label, State.RED, _silent(error), advice)
    name = "PostgreSQL" if connection.vendor == "postgresql" else "SQLite"
    fact = _("%(name)s answers in %(milliseconds)s ms; %(size)s") % {
        "name": name, "milliseconds": round(seconds * 1000), "size": filesizeformat(size)
    }  # fmt: skip
    executor = MigrationExecutor(connection)
    if missing := executor.migration_plan(executor.loader.graph.leaf_nodes()):
        advice = _("Run manage.py migrate, then start web, workers and clock again.")
        words = ngettext("%(count)s migration is missing", "%(count)s migrations are missing", len(missing))
        return Vital(label, State.RED, words % {"count": len(missing)}, advice)
    return Vital(label, State.GREEN, fact)


def _database_size(cursor: Any) -> int:
    if connection.vendor == "postgresql":
        cursor.execute("SELECT pg_database_size(current_database())")
    else:
        cursor.execute("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
    return cursor.fetchone()[0]


def _broker_and_workers() -> list[Vital]:
    broker, workers = _("Broker"), _("Workers")
    try:
        client = redis.Redis.from_url(
            settings.REDIS_URL, socket_connect_timeout=BROKER_SECONDS, socket_timeout=BROKER_SECONDS, retry=None
        )
        waiting = client.llen("celery") if client.ping() else 0
        client.close()
    except (redis.RedisError, OSError) as error:
        advice = _("Start Redis (or bin/portal). Nothing is lost: jobs wait in the database and are handed out again.")
        away = _("not known, for the broker does not answer")
        return [Vital(broker, State.RED, _silent(error), advice), Vital(workers, State.AMBER, away, advice)]
    words = ngettext("answers; %(count)s message waits", "answers; %(count)s messages wait", waiting)
    return [Vital(broker, State.GREEN, words % {"count": waiting}), _safely(workers, _workers)]


def _workers() -> Vital:
    names = sorted(name for answer in app.control.ping(timeout=WORKER_SECONDS) or [] for name in answer)
    if names:
        return Vital(_("Workers"), State.GREEN, ", ".join(names))
    advice = _("Start a worker (portal-worker, or bin/portal); queued jobs begin by themselves.")
    return Vital(_("Workers"), State.RED, _("none answers"), advice)


def _tick(now: datetime) -> Vital:
    label, newest = _("Clock"), Pulse.objects.aggregate(at=Max("at"))["at"]
    if newest is None:
        return Vital(label, State.RED, _("has never ticked"), _("Start the clock (portal-beat, or bin/portal)."))
    fact = _("last tick %(time)s ago") % {"time": _since(newest, now)}
    if now - newest < TICK_LATE:
        return Vital(label, State.GREEN, fact)
    advice = _("Look at portal-beat, then at the workers: months, reminders and lost jobs wait for the next tick.")
    return Vital(label, State.AMBER if now - newest < TICK_DEAD else State.RED, fact, advice)


def _jobs(now: datetime) -> Vital:
    queued, running = Q(state=JobRun.State.QUEUED), Q(state=JobRun.State.RUNNING)
    failed = Q(state=JobRun.State.FAILED, finished_at__gte=now - LOOKED_BACK)
    found = JobRun.objects.filter(queued | running | failed).aggregate(
        queued=Count("pk", filter=queued),
        oldest=Min("created_at", filter=queued),
        running=Count("pk", filter=running),
        failed=Count("pk", filter=failed),
    )
    fact = _("%(queued)s queued, %(running)s running, %(failed)s failed in a week") % found
    waits = now - found["oldest"] if found["oldest"] else timedelta(0)
    if waits >= QUEUE_LATE:
        fact += "; " + _("the oldest waits for %(time)s") % {"time": _since(found["oldest"], now)}
        advice = _("No worker takes them, or there are too few: look at the workers, start another one.")
        return Vital(_("Jobs"), State.AMBER if waits < QUEUE_DEAD else State.RED, fact, advice)
    if found["failed"]:
        return Vital(_("Jobs"), State.AMBER, fact, _("Read below why they failed, mend it, and try them again."))
    return Vital(_("Jobs"), State.GREEN, fact)


def _audit(now: datetime) -> Vital:
    unsealed = AuditEntry.objects.filter(sequence=None).aggregate(count=Count("pk"), oldest=Min("at"))
    fact = _("sealed up to line %(sequence)s; %(count)s wait for their seal") % {
        "sequence": audit.sealed_up_to(), "count": unsealed["count"]
    }  # fmt: skip
    if unsealed["oldest"] is None or now - unsealed["oldest"] < SEAL_LATE:
        return Vital(_("Audit trail"), State.GREEN, fact)
    advice = _("A tick seals new lines each minute: look at the clock and the workers.")
    return Vital(_("Audit trail"), State.AMBER, fact, advice)


def _mail(now: datetime) -> Vital:
    label = _("Outgoing e-mail")
    if not mail.is_set_up():
        return Vital(label, State.AMBER, _("no mail server is set"), _("Set EMAIL_URL; messages stand in the portal."))
    waiting = Q(mail=Notification.Mail.WAITING)
    given_up = Q(mail=Notification.Mail.FAILED, mail_at__gte=now - LOOKED_BACK)
    found = Notification.objects.filter(waiting | given_up).aggregate(
        waiting=Count("pk", filter=waiting), oldest=Min("created_at", filter=waiting),
        failed=Count("pk", filter=given_up),
    )  # fmt: skip
    fact = _("%(waiting)s messages wait, %(failed)s were given up in a week") % found
    if found["failed"] or (found["oldest"] and now - found["oldest"] > MAIL_LATE):
        advice = _("Look at the mail server and at EMAIL_URL; the log of the workers names its answer.")
        return Vital(label, State.AMBER, fact, advice)
    return Vital(label, State.GREEN, fact)


def _ledger(now: datetime) -> Vital:
    label, run = _("Check of all data"), last_run()
    if run is None:
        advice = _("It runs every night after four; manage.py verify_ledger runs it now.")
        return Vital(label, State.AMBER, _("has not run yet"), advice)
    fact = _("%(time)s ago, %(seconds)s s") % {"time": _since(run.began_at, now), "seconds": round(run.seconds)}
    if run.violations:
        words = ngettext("%(count)s violation", "%(count)s violations", run.violations) % {"count": run.violations}
        return Vital(label, State.RED, f"{words}; {fact}", _("They stand below, each with what to do."))
    if now - run.began_at > LEDGER_LATE:
        advice = _("It runs every night after four: look at the clock and the workers.")
        return Vital(label, State.AMBER, fact, advice)
    return Vital(label, State.GREEN, _("no violation; %(when)s") % {"when": fact})


def _backup(now: datetime) -> Vital:
    label = _("Backup")
    made = AuditEntry.objects.filter(action=BACKUP, at__gte=now - timedelta(days=40)).order_by("-at").first()
    advice = _("Run manage.py backup FOLDER every night (docs/operators.md shows the timer).")
    if made is None:
        return Vital(label, State.RED, _("none in 40 days"), advice)
    fact = _("%(time)s ago, %(size)s") % {
        "time": _since(made.at, now), "size": filesizeformat(made.after.get("bytes", 0))
    }  # fmt: skip
    if now - made.at <= BACKUP_LATE:
        return Vital(label, State.GREEN, fact)
    return Vital(label, State.AMBER if now - made.at < BACKUP_DEAD else State.RED, fact, advice)


def _disks() -> list[Vital]:
    """A line for each file system on which the portal writes."""
    folders = {_("Disk of the data"): settings.DATA_DIR, _("Disk of uploaded files"): settings.MEDIA_ROOT,
               _("Disk of temporary files"): Path(tempfile.gettempdir())}  # fmt: skip
    seen, found = set(), []
    for label, folder in folders.items():
        there = next((one for one in (Path(folder), *Path(folder).parents) if one.exists()), Path("/"))
        device = there.stat().st_dev
        if device not in seen:
            seen.add(device)
            found.append(_disk(label, there))
    return found


def _disk(label: str, folder: Path) -> Vital:
    usage = shutil.disk_usage(folder)
    fact = _("%(free)s of %(total)s free") % {"free": filesizeformat(usage.free), "total": filesizeformat(usage.total)}
    advice = _("Make room: old backups and logs first. A full disk stops every write; nothing that stands is lost.")
    if usage.free < NO_SPACE:
        return Vital(label, State.RED, fact, advice)
    return Vital(label, State.AMBER, fact, advice) if usage.free < usage.total * LITTLE_SPACE else Vital(
        label, State.GREEN, fact
    )  # fmt: skip


def _maintenance(now: datetime) -> Vital:
    notice = maintenance.present()
    if notice is None:
        return Vital(_("Access"), State.GREEN, _("the portal is open"))
    return Vital(_("Access"), State.AMBER, _("closed for maintenance"), _("manage.py maintenance off opens it again."))


def _silent(error: Exception) -> str:
    return _("does not answer (%(error)s)") % {"error": type(error).__name__}


def _since(moment: datetime, now: datetime) -> str:
    """How long ago, in the largest unit; seconds where it is less than a minute."""
    seconds = int((now - moment).total_seconds())
    if seconds < 60:
        return ngettext("%(count)s second", "%(count)s seconds", seconds) % {"count": max(seconds, 0)}
    return timesince(moment, timezone.localtime(now), depth=1)
