"""What has a branch answered to self-reviews, what waits for an answer, and how long did answers take?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from branchportal.prepared import prepared
from evaluations.models import Cycle, Due, ReviewAnswer, SelfReview
from evaluations.reply_times import first_replies, median
from members.models import Branch, Member, User


@dataclass(frozen=True)
class ReviewLine:
    """One person in the list of a month: what he submitted, and what was answered to it."""

    member: Member
    review: SelfReview | None
    answer: ReviewAnswer | None  # to what counts now
    returned: ReviewAnswer | None  # the return that waits for him
    was_returned: bool
    is_own: bool

    @property
    def is_submitted(self) -> bool:
        return self.review is not None and self.review.submitted_at is not None

    @property
    def waits(self) -> bool:
        return self.is_submitted and self.answer is None


def answers_of(review: SelfReview | None) -> list[ReviewAnswer]:
    """Everything that was said to one review, the oldest first."""
    return _said(review=review.pk) if review else []


@prepared(review=models.BigIntegerField())
def _said(review):
    return ReviewAnswer.objects.filter(review=review).select_related("by")


def open_return(answers: Iterable[ReviewAnswer]) -> ReviewAnswer | None:
    """The return after which nothing was submitted yet."""
    return next((answer for answer in answers if answer.is_return and answer.resubmitted_at is None), None)


def newest_answer(review: SelfReview, answers: Sequence[ReviewAnswer]) -> ReviewAnswer | None:
    """The last thing said to what counts now; nothing yet to what was submitted again since."""
    said = [answer for answer in answers if answer.submitted_at == review.submitted_at]
    return said[-1] if said else None


def awaiting_reply(cycle: Cycle, branch: Branch) -> QuerySet[SelfReview]:
    """What was submitted in this month and not answered yet, the oldest first."""
    answered = ReviewAnswer.objects.filter(review=OuterRef("pk"), submitted_at=OuterRef("submitted_at"))
    waiting = SelfReview.objects.submitted().filter(~Exists(answered), cycle=cycle, branch=branch)
    return waiting.select_related("member").order_by("submitted_at", "pk")


def awaiting_reply_by(user: User, cycle: Cycle, branch: Branch) -> QuerySet[SelfReview]:
    """The same without the own review, which somebody else answers."""
    return awaiting_reply(cycle, branch).exclude(member__user=user)


def with_returns(dues: QuerySet[Due]) -> QuerySet[Due]:
    """Add `is_returned` to each person who was due: the review was returned and not submitted again."""
    waiting = ReviewAnswer.objects.filter(kind=ReviewAnswer.Kind.RETURN, resubmitted_at=None)
    review = {"review__cycle": OuterRef("cycle"), "review__branch": OuterRef("branch")}
    return dues.annotate(is_returned=Exists(waiting.filter(**review, review__member=OuterRef("member"))))


def review_lines(cycle: Cycle, branch: Branch, *, reader: User) -> list[ReviewLine]:
    """Everybody who was due or has written something, in roster order. Three queries, whatever their number."""
    written = Prefetch("answers", ReviewAnswer.objects.select_related("by"))
    reviews = {
        review.member_id: review
        for review in SelfReview.objects.filter(cycle=cycle, branch=branch).prefetch_related(written)
    }
    return [_line(member, reviews.get(member.pk), reader) for member in people_of_month(cycle, branch)]


def reply_time(lines: Iterable[ReviewLine]) -> timedelta | None:
    """The median time to the first reply, from lines that are read already; None without a reply."""
    said = [answer for line in lines if line.review for answer in line.review.answers.all()]
    said.sort(key=lambda answer: (answer.at, answer.pk))
    return median(first_replies((answer.review_id, answer.submitted_at, answer.at) for answer in said))


def people_of_month(cycle: Cycle, branch: Branch) -> QuerySet[Member]:
    """Who was due in the branch in this month (`is_due`), or has filed in it or begun to; in roster order."""
    due = Due.objects.filter(cycle=cycle, branch=branch)
    wrote = SelfReview.objects.filter(cycle=cycle, branch=branch)
    people = Member.objects.annotate(is_due=Exists(due.filter(member=OuterRef("pk"))))
    return people.filter(Q(is_due=True) | Q(pk__in=wrote.values("member"))).in_roster_order()


def reply_times(cycle: Cycle, branches: Iterable[Branch]) -> dict[int, timedelta]:
    """Return {branch id: median time to the first reply in this month}; branches without a reply are absent."""
    said = ReviewAnswer.objects.filter(review__cycle=cycle, review__branch__in=list(branches)).order_by("at", "pk")
    by_branch: dict[int, list[Any]] = defaultdict(list)
    for branch_id, *answer in said.values_list("review__branch", "review", "submitted_at", "at"):
        by_branch[branch_id].append(answer)
    return {branch_id: median(first_replies(found)) for branch_id, found in by_branch.items()}


def _line(member: Member, review: SelfReview | None, reader: User) -> ReviewLine:
    is_own = member.user_id is not None and member.user_id == reader.pk
    if review is None:
        return ReviewLine(member, None, None, None, was_returned=False, is_own=is_own)
    said = list(review.answers.all())
    was_returned = any(answer.is_return for answer in said)
    return ReviewLine(member, review, newest_answer(review, said), open_return(said), was_returned, is_own)
