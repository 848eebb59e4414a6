"""What does a member's card of a month show, and which months has he filed?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from django.db import models
from django.db.models import Q, QuerySet

from activities.models import Attendance, Award
from activities.queries.attendance import recorded_between
from activities.queries.awards import confirmed_between
from branchportal.prepared import prepared
from evaluations.deadlines import SHANGHAI, Phase, Window, days_until, looked_back, month_of
from evaluations.dimensions import DIMENSIONS
from evaluations.models import Cycle, Due, ReviewAnswer, SelfReview
from evaluations.queries import answers
from evaluations.queries.months import cycles_of, window_of, with_own_days
from evaluations.stages import CardState, card_state
from members.models import Branch, Member


@dataclass(frozen=True)
class Card:
    """One member's card of one month. `branch` is the one in which he was due, or his own.

    `until` is the first instant that is too late for this card, `answers` what the branch said, the oldest first.
    """

    member: Member
    cycle: Cycle
    branch: Branch
    window: Window
    review: SelfReview | None
    answers: list[ReviewAnswer]
    until: datetime
    is_due: bool
    state: CardState
    previous: SelfReview | None  # the newest earlier self-review that was submitted
    previous_day: int  # until which day of the month before self-reviews were due

    @property
    def returned(self) -> ReviewAnswer | None:
        """The return that waits for the member."""
        return answers.open_return(self.answers)

    def days_left(self, now: datetime) -> int:
        return days_until(self.until, now)

    @property
    def version(self) -> int:
        """0 until something is stored."""
        return self.review.version if self.review else 0

    @property
    def shown_points(self) -> dict[str, int | None]:
        """The draft where there is one, else what was submitted: {dimension: points or None}."""
        if self.review is None:
            return dict.fromkeys(DIMENSIONS)
        return self.review.draft["points"] if self.review.draft else self.review.points

    @property
    def shown_notes(self) -> dict[str, str]:
        """As shown_points: {dimension: one line}, filled ones only."""
        if self.review is None:
            return {}
        return self.review.draft["notes"] if self.review.draft else self.review.notes

    @cached_property
    def records(self) -> list[Attendance]:
        """What he took part in since the previous deadline, the newest first."""
        return recorded_between(self.member, *self.looked_back)

    @cached_property
    def awards(self) -> list[Award]:
        """What he was awarded and an officer confirmed in the same days, the newest first."""
        return confirmed_between(self.member, *self.looked_back)

    @property
    def record_count(self) -> int:
        """How much the portal knows of these days."""
        return len(self.records) + len(self.awards)

    @cached_property
    def looked_back(self) -> tuple[date, date]:
        """The first and the last day that this card looks back on."""
        return looked_back(self.cycle.month, self.window.review_day, self.previous_day)


@dataclass(frozen=True)
class History:
    """What one member had submitted by `now` and when he was due, the newest first; which months were off."""

    member: Member
    now: datetime
    reviews: list[SelfReview]
    dues: list[Due]
    off: set[date]


def card_of(member: Member, month: date, now: datetime) -> Card | None:
    """Return the member's card of this month (its first day), or None if there is no such month."""
    due = next(iter(_dues(member=member.pk, month=month)), None)
    branch = due.branch if due else member.branch
    month_before = month_of(month - timedelta(days=1))
    cycles = cycles_of(branch, month_before, month)
    if month not in cycles:
        return None
    cycle, window = cycles[month], window_of(cycles[month], branch)
    review, previous = _reviews(member, cycle)
    said = answers.answers_of(review)
    phase, until = window.phase(now), filing_end(window, branch, review, said, now)
    state = card_state(
        phase=phase,
        is_open=phase in {Phase.FILING, Phase.RATING} and now < until,
        may_file=due is not None or is_filer(member, cycle, now),
        is_submitted=review is not None and review.submitted_at is not None,
        has_draft=review is not None and review.draft is not None,
        is_returned=answers.open_return(said) is not None,
    )
    # In the minute before the clock opens the month, nobody is written down as due yet.
    is_due = due is not None or (_is_filer_on(month, member, cycle) and not cycle.is_opened)
    previous_day = window_of(cycles[month_before], branch).review_day if month_before in cycles else window.review_day
    return Card(member, cycle, branch, window, review, said, until, is_due, state, previous, previous_day)


def _reviews(member: Member, cycle: Cycle) -> tuple[SelfReview | None, SelfReview | None]:
    """What he wrote in this month, and the newest that he submitted before; one query."""
    reviews = _newest_two(member=member.pk, cycle=cycle.pk, month=cycle.month)
    for review in reviews:
        review.member = member
    if reviews and reviews[0].cycle_id == cycle.pk:
        return reviews[0], reviews[1] if len(reviews) > 1 else None
    return None, reviews[0] if reviews else None


@prepared(member=models.BigIntegerField(), month=models.DateField())
def _dues(member, month):
    return Due.objects.filter(member=member, cycle__month=month).select_related("branch").order_by("pk")


@prepared(member=models.BigIntegerField(), cycle=models.BigIntegerField(), month=models.DateField())
def _newest_two(member, cycle, month):
    earlier = Q(cycle__month__lt=month, submitted_at__isnull=False)
    found = SelfReview.objects.filter(Q(cycle=cycle) | earlier, member=member).select_related("cycle")
    return found.order_by("-cycle__month")[:2]


def filing_end(
    window: Window, branch: Branch, review: SelfReview | None, said: list[ReviewAnswer], now: datetime
) -> datetime:
    """First instant that is too late for this card; the branch's policy is asked only once it matters."""
    return window.filing_end(
        accepts_late=now >= window.reviews_end and accepts_late(branch, window.month),
        is_in_time=review is not None and review.submitted_at is not None and not review.is_late,
        was_returned=any(answer.is_return for answer in said),
    )


def accepts_late(branch: Branch, month: date) -> bool:
    """Whether the branch accepts late self-reviews of this month (its first day); it does not unless it chose to."""
    policy = branch.late_policies.filter(from_month__lte=month).order_by("-from_month").first()
    return policy is not None and policy.accepts_late


def current_card(member: Member, now: datetime) -> Card | None:
    """Return the card of the month in which `now` lies in Shanghai."""
    return card_of(member, month_of(now), now)


def is_filer(member: Member, cycle: Cycle, now: datetime) -> bool:
    """Whether somebody who was not due on the opening day may file all the same: a later joiner, a new activist."""
    return _is_filer_on(now.astimezone(SHANGHAI).date(), member, cycle)


def own_reviews(member: Member) -> QuerySet[SelfReview]:
    """Return what this member submitted, the newest month first."""
    submitted = SelfReview.objects.submitted().filter(member=member)
    return submitted.select_related("cycle").order_by("-cycle__month")


def history_of(member: Member, now: datetime) -> History:
    """Read what he filed, when he was due and which months were off; three queries."""
    dues = Due.objects.filter(member=member).select_related("cycle", "branch", "member").order_by("-cycle__month")
    cycles = Cycle.objects.filter(committee__path=member.branch.ancestor_paths()[0])
    special = with_own_days(cycles.filter(Q(is_off=True) | Q(month=month_of(now))))
    present = {cycle.pk: cycle for cycle in special}
    off = {cycle.month for cycle in special if cycle.is_off}
    history = History(member, now, list(own_reviews(member)), list(dues), off)
    for due in history.dues:  # its days are asked for in the present month
        due.cycle = present.get(due.cycle_id, due.cycle)
    return history


def missed_months(history: History) -> list[Cycle]:
    """Return the months in which he was due, nothing counts and nothing can be submitted any more, newest first."""
    filed = {review.cycle_id for review in history.reviews}
    missing = [due for due in history.dues if due.cycle_id not in filed and not due.cycle.is_off]
    return [due.cycle for due in missing if _is_past(due, history.now)]


def _is_past(due: Due, now: datetime) -> bool:
    """Every deadline lies within its month: only the present one has to be looked up."""
    if due.cycle.month < month_of(now):
        return True
    if now < window_of(due.cycle, due.branch).reviews_end:
        return False
    return now >= card_of(due.member, due.cycle.month, now).until


def _is_filer_on(day: date, member: Member, cycle: Cycle) -> bool:
    belongs = member.joined_on <= day and (member.ended_on is None or member.ended_on > day)
    return belongs and member.kind == Member.Kind.STUDENT and member.stage_on(day) in cycle.filing_stages
