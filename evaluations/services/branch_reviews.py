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
from evaluations.models.reviews import WHOLE_CARD
from evaluations.refusals import Refused, StaleReviewError
from evaluations.services import months, scheme_sealing

Points = dict[str, int | None]
COMMENT_LENGTH = 200


@transaction.atomic
def save_draft(
    *,
    cycle: Cycle,
    window: Window,
    member: Any,
    branch: Any,
    points: Points,
    comment: str = "",
    version: int,
    by: Any,
    now: datetime,
) -> BranchReview:
    """Keep one person's points ({dimension: 0–100 or None}) and comment as typed so far; `version` is 0 for a new row.

    Raises Refused (own row, too late, points off the scale, comment too long) or StaleReviewError.
    """
    _check_allowed(window=window, member=member, by=by, now=now)
    _check_words(cycle, points, comment)
    draft = {
        "points": {dimension.value: points.get(dimension) for dimension in DIMENSIONS},
        "notes": {WHOLE_CARD: comment} if comment else {},
    }
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
        rows, [*DIMENSIONS, "notes", "draft", "submitted_at", "submitted_by", "from_paper", "version"], batch_size=200
    )
    audit.record_many("branch_rating.given", by=by, lines=lines)
    scheme_sealing.seal_first_rating(branch=branch, month=cycle.month, now=now)
    return len(rows)


def _may_count(points: Points, cycle: Cycle) -> bool:
    """A draft from before the scale of the month was changed waits until it is rated anew."""
    return is_complete(points) and is_on_scale(points, in_grades=cycle.scale == Cycle.Scale.GRADES)


def _give(row: BranchReview, *, by: Any, now: datetime) -> dict[str, Any]:
    before = row.points
    for dimension in DIMENSIONS:
        setattr(row, dimension, row.draft["points"][dimension])
    if "notes" in row.draft:  # a draft of points alone leaves the comment as it stands
        others = {about: note for about, note in row.notes.items() if about != WHOLE_CARD}
        row.notes = others | row.draft["notes"]
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


def _check_words(cycle: Cycle, points: Points, comment: str) -> None:
    if not is_on_scale(points, in_grades=cycle.scale == Cycle.Scale.GRADES):
        raise Refused(_("A rating is one of the five grades, or a whole number from 0 to 100."))
    if len(comment) > COMMENT_LENGTH:
        raise Refused(_("A comment has up to %(limit)s characters. Shorten it."), limit=COMMENT_LENGTH)


def _check_in_time(window: Window, now: datetime) -> None:
    if window.accepts_ratings(now):
        return
    raise Refused(
        _("Branch ratings of this month are accepted from its first day to day %(day)s, 24:00."), day=window.rating_day
    )
