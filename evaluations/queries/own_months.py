"""What became of a member's last months: filed, late, returned, missed, off, and with which points by whom?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.db.models import QuerySet

from evaluations.deadlines import Window, month_of, months_between
from evaluations.models import BranchReview, Due, ReviewAnswer, SelfReview
from evaluations.queries.months import window_of
from evaluations.queries.self_reviews import History, accepts_late
from members.models import Member

MONTHS_SHOWN = 12


class MonthState(StrEnum):
    """What a month shows where it is no plain figure."""

    FILED = "filed"
    LATE = "late"  # filed after the deadline
    RETURNED = "returned"  # and not submitted again
    OPEN = "open"  # may still be filed
    MISSED = "missed"
    NOT_DUE = "not_due"
    OFF = "off"


@dataclass(frozen=True)
class OwnMonth:
    """One month of one member; `branch` is the branch's rating, once the month has closed."""

    month: date
    state: MonthState
    own: SelfReview | None
    branch: BranchReview | None

    @property
    def is_filed(self) -> bool:
        return self.own is not None


def own_months(history: History) -> list[OwnMonth]:
    """The last twelve months in their order, from the first one that concerned him.

    Two queries; one more where late self-reviews would count now.
    """
    member, now = history.member, history.now
    this_month = month_of(now)
    own = {review.cycle.month: review for review in history.reviews if not review.cycle.is_off}
    rated = {review.cycle.month: review for review in _reviews(BranchReview, member)}
    dues = {due.cycle.month: due for due in history.dues}
    concerned = [month for month in {*own, *rated, *dues} if month <= this_month]
    if not concerned:
        return []
    returned = set(_returned_months(member))
    is_running = _is_running(dues.get(this_month), now)
    return [
        OwnMonth(
            month,
            _state(
                own.get(month), is_due=month in dues, is_off=month in history.off, is_returned=month in returned,
                may_file=_may_file(dues.get(month), now),
            ),
            own.get(month),
            rated.get(month) if month < this_month or not is_running else None,
        )
        for month in months_between(min(concerned), this_month)[-MONTHS_SHOWN:]
    ]  # fmt: skip


def own_month(member: Member, month: date, *, now: datetime) -> OwnMonth | None:
    """One month in which he filed or, once it has closed, was rated; else None."""
    own = _reviews(SelfReview, member).filter(cycle__month=month).first()
    rated = _reviews(BranchReview, member).filter(cycle__month=month).first()
    due = Due.objects.filter(member=member, cycle__month=month).select_related("cycle", "branch").first()
    if month >= month_of(now) and _is_running(due, now):
        rated = None
    if own is None and rated is None:
        return None
    state = _state(own, is_due=due is not None, is_off=False, is_returned=False, may_file=_may_file(due, now))
    return OwnMonth(month, state, own, rated)


def answers_of(own: SelfReview | None) -> list[ReviewAnswer]:
    """What the branch replied to a self-review or why it returned it, the oldest first."""
    if own is None:
        return []
    return list(own.answers.exclude(kind=ReviewAnswer.Kind.READ).select_related("by"))


def _state(own: SelfReview | None, *, is_due: bool, is_off: bool, is_returned: bool, may_file: bool) -> MonthState:
    if own is not None:
        return MonthState.LATE if own.is_late else MonthState.FILED
    if is_off:
        return MonthState.OFF
    if is_returned:
        return MonthState.RETURNED
    if not is_due:
        return MonthState.NOT_DUE
    return MonthState.OPEN if may_file else MonthState.MISSED


def _reviews(model: type[SelfReview] | type[BranchReview], member: Member) -> QuerySet[SelfReview | BranchReview]:
    submitted = model.objects.submitted().filter(member=member, cycle__is_off=False)
    return submitted.select_related("cycle", "branch").order_by("cycle__month")


def _returned_months(member: Member) -> list[date]:
    open_returns = ReviewAnswer.objects.filter(
        review__member=member, kind=ReviewAnswer.Kind.RETURN, resubmitted_at=None
    )
    return list(open_returns.order_by().values_list("review__cycle__month", flat=True))


def _may_file(due: Due | None, now: datetime) -> bool:
    """Every deadline lies within its own month; the branch's policy is asked only once it matters."""
    if due is None or due.cycle.month != month_of(now):
        return False
    window = _window(due)
    return window.accepts_reviews(now) or (window.accepts_ratings(now) and accepts_late(due.branch, due.cycle.month))


def _is_running(due: Due | None, now: datetime) -> bool:
    return due is None or now < _window(due).ratings_end


def _window(due: Due) -> Window:
    return window_of(due.cycle, due.branch)
