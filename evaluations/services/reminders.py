"""How is somebody reminded of what is missing in a month: by an officer once a day, by the clock before the end?"""

from __future__ import annotations

import logging
import uuid
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse

from branchportal import audit
from branchportal.notifications import notify
from evaluations.deadlines import SHANGHAI, Window, month_of
from evaluations.models import Cycle, CycleEvent, Reminder
from evaluations.queries.months import windows_of
from evaluations.queries.reminders import KINDS, Missing, Person, missing_ratings, missing_reviews
from members.models import Branch, User

logger = logging.getLogger(__name__)
Task = Reminder.Task
Kind = CycleEvent.Kind


@transaction.atomic
def remind(*, missing: Missing, branch: Branch, by: User, now: datetime) -> list[Person]:
    """Remind everybody of `missing.to_remind`; return who was. `branch` is the one of the audit line.

    The database lets one reminder a day and month through for each person: of two officers who press at once, one
    reminds, and the other finds that it was done.
    """
    press, day = uuid.uuid4(), now.astimezone(SHANGHAI).date()
    rows = [
        Reminder(
            cycle=missing.cycle, branch=person.branch, user=person.user, task=missing.task, day=day, press=press,
            sent_by=by, sent_at=now,
        )
        for person in missing.to_remind
    ]  # fmt: skip
    Reminder.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    kept = set(Reminder.objects.filter(press=press).order_by().values_list("user", flat=True))
    reminded = [person for person in missing.to_remind if person.user.pk in kept]
    if reminded:
        _tell(missing.cycle, missing.task, reminded, key=f"asked:{press}", by=by.name)
        people = [person.name for person in reminded]
        audit.record(
            f"reminder.{missing.task.value}", by=by, subject=missing.cycle, branch=branch, after={"people": people}
        )
    return reminded


def send_due(*, now: datetime) -> int:
    """Send the reminders that the clock owes by `now`; return for how many branches. Twice sends nothing new."""
    sent = 0
    for cycle in Cycle.objects.filter(is_off=False, month=month_of(now)).select_related("committee"):
        branches = list(Branch.objects.below(cycle.committee).party_branches())
        windows, done = windows_of(cycle, branches), _done(cycle)
        for branch in branches:
            for task, kind in _due(windows[branch.pk], now):
                if (branch.pk, Kind.OPENED) not in done or (branch.pk, kind) in done:
                    continue
                try:
                    sent += _send_once(cycle, branch, task, kind, now)
                except Exception:  # one branch's trouble must not hold up the others; the next tick tries again
                    logger.exception("Nobody could be reminded of %s in %s.", cycle, branch.code)
    return sent


def _due(window: Window, now: datetime) -> Iterable[tuple[Task, str]]:
    if days := window.review_reminder(now):
        yield Task.REVIEWS, Kind(f"reviews_in_{days}")
    if days := window.rating_reminder(now):
        yield Task.RATINGS, Kind(f"ratings_in_{days}")


def _done(cycle: Cycle) -> set[tuple[int, str]]:
    return set(CycleEvent.objects.filter(cycle=cycle).order_by().values_list("branch", "kind"))


@transaction.atomic
def _send_once(cycle: Cycle, branch: Branch, task: Task, kind: str, now: datetime) -> bool:
    """The unique row decides, whatever the deadline is moved to: of two ticks at once, one finds it done."""
    if not CycleEvent.objects.get_or_create(cycle=cycle, branch=branch, kind=kind, defaults={"at": now})[1]:
        return False
    find = missing_reviews if task == Task.REVIEWS else missing_ratings
    missing = find(cycle, branch, now=now)
    _tell(cycle, task, [*missing.to_remind, *missing.already], key=f"{cycle}:{branch.code}:{kind}")
    return True


def _tell(cycle: Cycle, task: Task, people: list[Person], *, key: str, by: str = "") -> None:
    """One message for each; its text is made where it is shown."""
    of_branch = defaultdict(list)
    for person in people:
        of_branch[person.branch].append(person)
    for branch, inside in of_branch.items():
        users = [person.user for person in inside]
        notify(
            users,
            KINDS[task],
            key=key,
            context=context_of(inside[0], cycle, by=by),
            url=_url(cycle, branch, task),
        )


def context_of(person: Person, cycle: Cycle, *, by: str = "") -> dict[str, Any]:
    """What the words of the message are made of."""
    last_day = (person.until - timedelta(days=1)).date()
    return {
        "month": str(cycle), "branch": person.branch.name, "until": last_day.isoformat(),
        "unrated": person.unrated, "by": by,
    }  # fmt: skip


def _url(cycle: Cycle, branch: Branch, task: Task) -> str:
    if task == Task.REVIEWS:
        return reverse("evaluations:review_of_month", kwargs={"month": cycle.month})
    return reverse("evaluations:ratings", kwargs={"code": branch.code, "month": cycle.month})
