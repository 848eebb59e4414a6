"""Does everything that is stored agree with itself? One run asks every invariant; each app answers for its own.

`INVARIANTS` in the settings lists the apps' tables of checks. `manage.py verify_ledger` runs them all; a tick enqueues
one run a night. What a run found is stored, and administrators are told of what was not there before.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from datetime import time as clock_time
from functools import cache
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string

from branchportal import jobs
from branchportal.models import AuditEntry, JobRun, LedgerRun
from branchportal.notifications import notify

JOB = "ledger"
HOUR = clock_time(4)  # after the records whose time is over have ended
KEPT = 100  # violations of one check that are stored; all are counted
SHOWN = 20  # of these on the page
ROWS_AT_ONCE = 5000
BETWEEN_SIGNS = 5.0  # seconds between two signs of life
NIGHTS = 30  # within so many nights a nightly run has looked at everything that takes long


@dataclass(frozen=True)
class Violation:
    """One place where an invariant does not hold: the row, without anybody's name, and what is wrong there."""

    where: str
    what: str


@dataclass(frozen=True)
class Asked:
    """What a check is asked: how things stand at `now`; `is_full`: whatever takes long too.

    `before`: places where the last run found something. `alive()` is called between statements of long
    checks: a job that is silent for a minute counts as lost.
    """

    now: datetime
    is_full: bool = True
    before: frozenset[str] = frozenset()
    alive: Callable[[], None] = lambda: None

    def takes(self, model: type[Model], pk: int) -> bool:
        """Whether this run looks at a row that takes long: each comes once within thirty nights, wrong ones always."""
        in_turn = pk % NIGHTS == self.now.date().toordinal() % NIGHTS
        return self.is_full or in_turn or place(model, pk) in self.before


@dataclass(frozen=True)
class Check:
    """One invariant. `find(asked)` yields where it does not hold; `remedy` says what to do then."""

    code: str
    invariant: Any
    remedy: Any
    find: Callable[[Asked], Iterable[Violation]]


@dataclass
class Outcome:
    """What one check found: how often, the first places, and how long it took."""

    check: Check
    count: int = 0
    first: list[Violation] = field(default_factory=list)
    seconds: float = 0.0


@cache
def checks() -> tuple[Check, ...]:
    """All invariants, in the order of the settings."""
    return tuple(check for path in settings.INVARIANTS for check in import_string(path))


def check_of(code: str) -> Check | None:
    """The check of this code, if this version still has it."""
    return next((check for check in checks() if check.code == code), None)


def verify(asked: Asked, *, only: Iterable[str] = ()) -> Iterator[Outcome]:
    """Run each check (or only these) and yield what it found."""
    wanted = set(only)
    for check in checks():
        if not wanted or check.code in wanted:
            asked.alive()
            yield _run_check(check, asked)


def keep(outcomes: list[Outcome], *, began_at: datetime, is_full: bool, night: Any = None) -> LedgerRun:
    """Store a run and tell administrators of every place that the run before it did not name."""
    known = _places(LedgerRun.objects.first())
    newest = AuditEntry.objects.filter(sequence__isnull=False).order_by("-sequence").first()
    with transaction.atomic():
        run = LedgerRun.objects.create(
            began_at=began_at,
            seconds=round(sum(outcome.seconds for outcome in outcomes), 2),
            night=night,
            is_full=is_full,
            violations=sum(outcome.count for outcome in outcomes),
            checks=[
                {"code": one.check.code, "seconds": round(one.seconds, 2), "violations": one.count} for one in outcomes
            ],
            found=[
                {"code": one.check.code, "where": place.where, "what": place.what}
                for one in outcomes
                for place in one.first
            ],
            sealed_up_to=newest.sequence if newest else 0,
            last_seal=newest.seal if newest else "",
        )
        if _places(run) - known:
            _tell(run)
    return run


def enqueue_nightly(*, now: datetime) -> bool:
    """Once a night, enqueue the job; whether it was now."""
    local = timezone.localtime(now)
    key = local.date().isoformat()
    if local.time() < HOUR or JobRun.objects.filter(kind=JOB, key=key).exists():
        return False
    jobs.enqueue(JOB, key=key, arguments={"night": key}, by=None)
    return True


@dataclass(frozen=True)
class Found:
    """One invariant that did not hold in a run, for a page; `more`: places that were counted and not kept."""

    code: str
    invariant: str
    remedy: str
    places: list[dict[str, str]]
    more: int


def found_by_check(run: LedgerRun) -> list[Found]:
    """What a stored run found, by invariant, in the order of the checks."""
    places: dict[str, list[dict[str, str]]] = {}
    for one in run.found:
        places.setdefault(one["code"], []).append(one)
    counts = {one["code"]: one["violations"] for one in run.checks}
    return [_found(code, of_code[:SHOWN], counts.get(code, 0)) for code, of_code in places.items()]


def _found(code: str, places: list[dict[str, str]], count: int) -> Found:
    check = check_of(code)
    invariant, remedy = (str(check.invariant), str(check.remedy)) if check else (code, "")
    return Found(code, invariant, remedy, places, max(count - len(places), 0))


def places_before() -> frozenset[str]:
    """Where the last run found something."""
    return frozenset(where for _code, where in _places(LedgerRun.objects.first()))


def rows_of(queryset: QuerySet, asked: Asked, size: int = ROWS_AT_ONCE) -> Iterator[QuerySet]:
    """The queryset in slices by its primary key, so that no statement takes long and memory stays flat."""
    ahead = queryset.order_by("pk")
    while last := list(ahead.values_list("pk", flat=True)[size - 1 : size]):
        asked.alive()
        yield ahead.filter(pk__lte=last[0])
        ahead = queryset.order_by("pk").filter(pk__gt=last[0])
    asked.alive()
    yield ahead


def place(model: type[Model], pk: Any) -> str:
    """Where a violation is: "evaluations.SelfReview 17"."""
    return f"{model._meta.label} {pk}"


def _run_check(check: Check, asked: Asked) -> Outcome:
    outcome, began = Outcome(check), time.monotonic()
    for violation in check.find(asked):
        outcome.count += 1
        if len(outcome.first) < KEPT:
            outcome.first.append(violation)
    outcome.seconds = time.monotonic() - began
    return outcome


def _places(run: LedgerRun | None) -> set[tuple[str, str]]:
    return {(one["code"], one["where"]) for one in run.found} if run else set()


def _tell(run: LedgerRun) -> None:
    operators = import_string(settings.OPERATORS)(timezone.localdate(run.began_at))
    context = {"count": run.violations}
    notify(operators, "ledger_violations", key=str(run.pk), context=context, url=reverse("members:health"))


def _now_and_then(act: Callable[[], None]) -> Callable[[], None]:
    """The same act, done at most every few seconds however often it is asked for."""
    last = -BETWEEN_SIGNS

    def sometimes() -> None:
        nonlocal last
        if time.monotonic() - last >= BETWEEN_SIGNS:
            last = time.monotonic()
            act()

    return sometimes


@jobs.handler(JOB)
def _run_nightly(context: jobs.JobContext) -> None:
    """The night's run; one that was stored before the worker died is not run again."""
    night, now = context.job.arguments["night"], timezone.now()
    if LedgerRun.objects.filter(night=night).exists():
        context.finish({})
        return
    alive = _now_and_then(lambda: context.progress("ledger"))
    outcomes = list(verify(Asked(now, is_full=False, before=places_before(), alive=alive)))
    with transaction.atomic():
        run = keep(outcomes, began_at=now, is_full=False, night=night)
        context.finish({"run": run.pk, "violations": run.violations})
