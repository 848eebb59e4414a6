"""How is a monthly figure corrected because of an appeal: five points of one month?

Everything else is corrected where it stands, by whoever rates it: this module knows self-reviews and branch ratings.
The branch reads in its trail what was corrected by whom; that somebody appealed, and why he was right, stands in the
committee's.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.utils.translation import gettext_noop as _

from branchportal import audit
from evaluations.deadlines import Phase
from evaluations.dimensions import DIMENSIONS, is_complete, is_on_scale
from evaluations.models import Cycle, Due, SelfReview
from evaluations.models.reviews import Review
from evaluations.queries.months import window_of
from evaluations.queries.observations import REVIEW_MODELS
from evaluations.refusals import Refused
from evaluations.services.review_answers import note_resubmission
from members.models import Branch, Member, User

ACTIONS = {"self_review": "self_review.corrected", "branch_rating": "branch_rating.corrected"}  # by source


def correct(*, source: str, member: Member, month: date, points: Mapping[str, int], by: User, now: datetime) -> Review:
    """Let these points count for that month, whether something stood there or not. Call it in a transaction.

    Raises Refused: the month is open, off the scale, incomplete, the same as before, or nothing was asked that month.
    """
    model = REVIEW_MODELS[source]
    row = model.objects.select_for_update(of=("self",)).filter(member=member, cycle__month=month).first()
    due = None if row else _due(member, month)
    cycle, branch = (row.cycle, row.branch) if row else (due.cycle, due.branch)
    _check_closed(cycle, branch, now)
    if not is_complete(points) or not is_on_scale(points, in_grades=cycle.scale == Cycle.Scale.GRADES):
        raise Refused(_("Give all five: each is one of the five grades, or a whole number from 0 to 100."))
    before = row.points if row and row.submitted_at else None
    after = {dimension.value: points[dimension] for dimension in DIMENSIONS}
    if before == after:
        raise Refused(_("These are the points that count already: correct what is wrong, or decline the appeal."))
    row = row or model(cycle=cycle, member=member, branch=branch, saved_at=now)
    for dimension, value in after.items():
        setattr(row, dimension, value)
    row.draft = None  # words that somebody typed before would put back what was corrected
    if row.submitted_at is None:
        _submit(row, by, now)
    row.version = row.version + 1 if row.pk else 1
    row.save()
    audit.record(ACTIONS[source], by=by, subject=row, branch=row.branch, before=before, after=after)
    return row


def _submit(row: Review, by: User, now: datetime) -> None:
    """What was never given counts as if it had come on paper: whoever decides enters it, nobody gives it online."""
    row.submitted_at, row.submitted_by, row.from_paper = now, by, True
    if isinstance(row, SelfReview) and row.pk:
        note_resubmission([row], now=now)


def _due(member: Member, month: date) -> Due:
    due = Due.objects.filter(member=member, cycle__month=month).select_related("cycle", "branch").first()
    if due is None:
        raise Refused(_("Nothing was asked of this person in %(month)s."), month=f"{month:%Y-%m}")
    return due


def _check_closed(cycle: Cycle, branch: Branch, now: datetime) -> None:
    window = window_of(cycle, branch)
    if window.phase(now) in {Phase.OFF, Phase.CLOSED}:
        return
    raise Refused(
        _(
            "%(month)s is open in %(branch)s until %(day)s: until then whoever gives these points can correct them. "
            "Answer the appeal when the month has closed."
        ),
        month=f"{cycle.month:%Y-%m}",
        branch=branch.name,
        day=f"{cycle.month.replace(day=window.rating_day):%Y-%m-%d}",
    )
