"""How is the branch's rating of its members kept while it is typed, and how is it given?"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_noop as _

from branchportal import audit
from evaluations.deadlines import Window
from evaluations.dimensions import DIMENSIONS, is_complete, is_on_scale
from evaluations.models import BranchReview, Cycle
from evaluations.refusals import Refused, StaleReviewError
from evaluations.services import months, schemes

Points = dict[str, int | None]


@transaction.atomic
def save_draft(
    *, cycle: Cycle, window: Window, member: Any, branch: Any, points: Points, version: int, by: Any, now: datetime
) -> BranchReview:
    """Keep one person's points as typed so far ({dimension: 0–100 or None}); `version` is 0 for a new row.

    Raises Refused (own row, too late, points off the scale) or StaleReviewError.
    """
    _check_allowed(window=window, member=member, by=by, now=now)
    _check_points(cycle, points)
    draft = {"points": {dimension.value: points.get(dimension) for dimension in DIMENSIONS}}
    if version == 0:
        return _start_row(cycle, member, branch, draft, by=by, now=now)
    changed = BranchReview.objects.filter(cycle=cycle, member=member, version=version).update(
        draft=draft, rated_by=by, saved_at=now, version=F("version") + 1
    )
    current = BranchReview.objects.select_related("rated_by").get(cycle=cycle, member=member)
    if not changed and current.draft != draft:
        raise StaleReviewError(current)
    return current


@transaction.atomic
def give_ratings(*, cycle: Cycle, window: Window, branch: Any, by: Any, now: datetime) -> int:
    """Turn every complete draft of the branch into the branch's rating; return how many. Twice changes nothing."""
    _check_in_time(window, now)
    _check_in_time(months.hold_open(cycle=cycle, branch=branch), now)
    rows = [
        row
        for row in BranchReview.objects.select_for_update(of=("self",))
        .filter(cycle=cycle, branch=branch, draft__isnull=False)
        .select_related("member", "branch")
        if row.member.user_id != by.pk and _may_count(row.draft["points"], cycle)
    ]
    lines = [_give(row, by=by, now=now) for row in rows]
    if not rows:
        return 0
    BranchReview.objects.bulk_update(
        rows, [*DIMENSIONS, "draft", "submitted_at", "submitted_by", "from_paper", "version"], batch_size=200
    )
    audit.record_many("branch_rating.given", by=by, lines=lines)
    schemes.seal_first_rating(branch=branch, month=cycle.month, now=now)
    return len(rows)


def _may_count(points: Points, cycle: Cycle) -> bool:
    """A draft from before the scale of the month was changed waits until it is rated anew."""
    return is_complete(points) and is_on_scale(points, in_grades=cycle.scale == Cycle.Scale.GRADES)


def _give(row: BranchReview, *, by: Any, now: datetime) -> dict[str, Any]:
    before = row.points
    for dimension in DIMENSIONS:
        setattr(row, dimension, row.draft["points"][dimension])
    row.draft, row.submitted_at, row.submitted_by, row.from_paper = None, now, by, False
    row.version += 1
    return {"subject": row, "branch": row.branch, "before": before, "after": row.points}


def _start_row(cycle: Cycle, member: Any, branch: Any, draft: dict, *, by: Any, now: datetime) -> BranchReview:
    row = BranchReview(cycle=cycle, member=member, branch=branch, draft=draft, rated_by=by, saved_at=now)
    BranchReview.objects.bulk_create([row], ignore_conflicts=True)
    stored = BranchReview.objects.select_related("rated_by").get(cycle=cycle, member=member)
    if stored.draft == draft and stored.version == 1:
        return stored
    raise StaleReviewError(stored)


def _check_allowed(*, window: Window, member: Any, by: Any, now: datetime) -> None:
    if member.user_id is not None and member.user_id == by.pk:
        raise Refused(_("Nobody rates himself: ask another officer of the branch committee to rate you."))
    _check_in_time(window, now)


def _check_points(cycle: Cycle, points: Points) -> None:
    if not is_on_scale(points, in_grades=cycle.scale == Cycle.Scale.GRADES):
        raise Refused(_("A rating is one of the five grades, or a whole number from 0 to 100."))


def _check_in_time(window: Window, now: datetime) -> None:
    if window.accepts_ratings(now):
        return
    raise Refused(
        _("Branch ratings of this month are accepted from its first day to day %(day)s, 24:00."), day=window.rating_day
    )
