"""Which days of this month and of the next fourteen matter to somebody: deadlines and activities?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from evaluations.deadlines import Phase
from evaluations.queries import home
from evaluations.stages import CardState
from members.models import User

SHOWN = 6


def of_home(
    user: User, own: home.OwnCard | None, branches: list[home.BranchMonth], *, now: datetime
) -> dict[str, list[dict[str, Any]]]:
    """Return {"marks": all, "next": the first SHOWN from today to fourteen days ahead}, in order of time. One query.

    Each is {"day", "kind": "deadline" | "activity", "text", "url", "branch", "at": moment or None}.
    """
    found = [*_own_deadline(own), *_branch_deadlines(branches), *_activities(user, now)]
    found.sort(key=lambda mark: (mark["day"], mark["at"] is None, mark["at"] or now))
    today, last = timezone.localdate(now), timezone.localdate(now + home.NEXT_DAYS)
    coming = [mark for mark in found if today <= mark["day"] <= last and (mark["at"] is None or mark["at"] >= now)]
    return {"marks": found, "next": coming[:SHOWN]}


def _own_deadline(own: home.OwnCard | None) -> Iterator[dict[str, Any]]:
    if own is None or not own.files or own.card.state == CardState.OFF:
        return
    yield _deadline(own.last_day, _("My self-review"), reverse("evaluations:review_card"))


def _branch_deadlines(branches: list[home.BranchMonth]) -> Iterator[dict[str, Any]]:
    for month in branches:
        if month.cycle is None or month.phase == Phase.OFF:
            continue
        address = {"code": month.branch.code, "month": month.cycle.month}
        first, last = (month.cycle.month.replace(day=day) for day in (month.window.review_day, month.window.rating_day))
        yield _deadline(first, _("Self-reviews"), reverse("evaluations:month", kwargs=address))
        yield _deadline(last, _("Branch rating"), reverse("evaluations:ratings", kwargs=address))


def _activities(user: User, now: datetime) -> Iterator[dict[str, Any]]:
    for activity in home.planned_activities(user, now=now):
        yield {
            "day": timezone.localdate(activity.starts_at),
            "kind": "activity",
            "text": activity.title,
            "url": reverse("activities:activity", kwargs={"pk": activity.pk}),
            "branch": activity.branch.name,
            "at": activity.starts_at,
        }


def _deadline(day: Any, text: str, url: str) -> dict[str, Any]:
    return {"day": day, "kind": "deadline", "text": text, "url": url, "branch": "", "at": None}
