"""Whom does a branch rate in a month, and how far has it got?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from evaluations.dimensions import DIMENSIONS, is_complete
from evaluations.models import BranchReview, Cycle, SelfReview
from evaluations.models.reviews import WHOLE_CARD
from members.models import Member


@dataclass(frozen=True)
class RatingRow:
    """One person on the rating page: what was typed last, and whether it has been given."""

    member: Member
    points: dict[str, int | None]
    comment: str
    version: int
    is_given: bool
    has_draft: bool
    is_self: bool

    @property
    def is_complete(self) -> bool:
        return is_complete(self.points)

    @property
    def is_left(self) -> bool:
        """Whether the reader could still rate this person."""
        return not self.is_self and not (self.is_given or self.is_complete)


def rated_people(cycle: Cycle, branch: Any) -> QuerySet[Member]:
    """Those who were due in the month, and later joiners who filed all the same; in roster order."""
    due = Q(dues__cycle=cycle, dues__branch=branch)
    filed = Q(selfreviews__in=SelfReview.objects.submitted().filter(cycle=cycle, branch=branch))
    people = Member.objects.filter(due | filed).values("pk")
    return Member.objects.filter(pk__in=people).in_roster_order()


def unrated_members(cycle: Cycle, branch: Any) -> QuerySet[Member]:
    """Those who were due and have no branch rating yet, in roster order."""
    rated = BranchReview.objects.submitted().filter(cycle=cycle)
    due = Member.objects.filter(dues__cycle=cycle, dues__branch=branch)
    return due.exclude(pk__in=rated.values("member")).in_roster_order()


def rating_rows(cycle: Cycle, branch: Any, *, rater: Any) -> list[RatingRow]:
    """One row per person to rate. Two queries, whatever the number of people."""
    return rows_of(rated_people(cycle, branch), cycle, branch, rater=rater)


def rows_of(people: Iterable[Member], cycle: Cycle, branch: Any, *, rater: Any) -> list[RatingRow]:
    """One row for each of these people, in their order; one query beside theirs."""
    reviews = {review.member_id: review for review in BranchReview.objects.filter(cycle=cycle, branch=branch)}
    return [_row(member, reviews.get(member.pk), rater) for member in people]


def _row(member: Member, review: BranchReview | None, rater: Any) -> RatingRow:
    is_self = member.user_id is not None and member.user_id == rater.pk
    if review is None:
        return RatingRow(member, dict.fromkeys(DIMENSIONS), "", 0, False, False, is_self)
    typed = {"points": review.points, "notes": review.notes} | (review.draft or {})
    comment, is_given = typed["notes"].get(WHOLE_CARD, ""), review.submitted_at is not None
    return RatingRow(member, typed["points"], comment, review.version, is_given, review.draft is not None, is_self)


def given_ratings(cycle: Cycle, members: Iterable[int]) -> dict[int, BranchReview]:
    """{person's id: what the branch gave him in this month}, in one query."""
    return {one.member_id: one for one in BranchReview.objects.submitted().filter(cycle=cycle, member__in=members)}


def last_ratings(cycle: Cycle, members: Iterable[int]) -> dict[int, BranchReview]:
    """{person's id: the newest earlier rating by a branch}, in one query."""
    earlier = BranchReview.objects.submitted().filter(member__in=members, cycle__month__lt=cycle.month)
    return {review.member_id: review for review in earlier.select_related("cycle").order_by("cycle__month", "pk")}
