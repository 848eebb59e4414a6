"""How does a branch answer a self-review: read, replied, or returned for another try?

Every answer names the submission that its author had before his eyes: words that came in since are never answered
unseen. Nobody answers himself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_noop as _

from branchportal import audit
from branchportal.notifications import notify
from evaluations.deadlines import SHANGHAI
from evaluations.dimensions import DIMENSIONS
from evaluations.models import Cycle, ReviewAnswer, SelfReview
from evaluations.models.answers import LONGEST_ANSWER
from evaluations.queries.answers import awaiting_reply_by
from evaluations.refusals import Refused, StaleReviewError
from evaluations.services import months
from members.models import Branch, User

Kind = ReviewAnswer.Kind
RETURNED = "returned"  # instead of a page: no open page of the member has typed these words, so each must look again


def reply(*, review: SelfReview, submission: datetime, text: str, by: User, now: datetime) -> ReviewAnswer:
    """Answer one submission; without text it was read and there are no remarks. The same again changes nothing.

    Raises Refused, or StaleReviewError if it was submitted anew (or returned) since.
    """
    text = _checked(text)
    with transaction.atomic():
        review = _locked(review, by)
        kind = Kind.REPLY if text else Kind.READ
        said = review.answers.filter(kind=kind, text=text, submitted_at=submission).first()
        if said is not None:
            return said
        _check_submission(review, submission)
        answer = ReviewAnswer.objects.create(
            review=review, kind=kind, text=text, at=now, by=by, submitted_at=submission
        )
        audit.record("self_review.answered", by=by, subject=review, after={"text": text})
        _tell([review], "review_answered", key=str(answer.pk), text=text)
    return answer


def mark_read(*, cycle: Cycle, branch: Branch, seen: Mapping[int, datetime], by: User, now: datetime) -> int:
    """Answer all that still wait with "read, no remarks"; return how many.

    `seen` is {review: its submission} as the preview listed it: what was submitted since goes on waiting.
    """
    with transaction.atomic():
        _wait_for_other_answers(seen, cycle, branch)
        waiting = awaiting_reply_by(by, cycle, branch).select_related("member__user", "cycle", "branch")
        reviews = [review for review in waiting if seen.get(review.pk) == review.submitted_at]
        ReviewAnswer.objects.bulk_create(
            [
                ReviewAnswer(review=review, kind=Kind.READ, at=now, by=by, submitted_at=review.submitted_at)
                for review in reviews
            ],
            batch_size=500,
        )
        lines = [{"subject": review, "branch": branch, "after": {"text": ""}} for review in reviews]
        audit.record_many("self_review.answered", by=by, lines=lines)
        _tell(reviews, "review_answered", key=f"{cycle}:{now.isoformat()}", text="")
    return len(reviews)


def return_review(*, review: SelfReview, submission: datetime, reason: str, by: User, now: datetime) -> ReviewAnswer:
    """Hand a review back: it counts no more until it is submitted again. What was written becomes the draft.

    Words that the member typed since stay the draft; what he had submitted stays in the answer. Raises Refused
    (own review, no reason, month closed) or StaleReviewError.
    """
    reason = _checked(reason)
    if not reason:
        raise Refused(_("Say why you return the review: the member reads it and acts on it."))
    with transaction.atomic():
        window = months.hold_open(cycle=review.cycle, branch=review.branch)
        if not window.accepts_ratings(now):
            raise Refused(_("The branch ratings of this month have ended: nothing can be returned any more."))
        review = _locked(review, by)
        said = review.answers.filter(kind=Kind.RETURN, text=reason, submitted_at=submission).first()
        if said is not None:
            return said
        _check_submission(review, submission)
        answer = ReviewAnswer.objects.create(
            review=review, kind=Kind.RETURN, text=reason, at=now, by=by, submitted_at=submission,
            words={"points": review.points, "notes": review.notes}, from_paper=review.from_paper,
            was_late=review.is_late,
        )  # fmt: skip
        before = review.points
        _make_draft(review)
        audit.record("self_review.returned", by=by, subject=review, before=before, reason=reason)
        last_day = (window.ratings_end - timedelta(minutes=1)).astimezone(SHANGHAI).date()
        _tell([review], "review_returned", key=str(answer.pk), reason=reason, until=last_day.isoformat())
    return answer


def note_resubmission(reviews: Iterable[SelfReview], *, now: datetime) -> None:
    """Write down that what was returned has been submitted again."""
    waiting = ReviewAnswer.objects.filter(review__in=list(reviews), kind=Kind.RETURN, resubmitted_at=None)
    waiting.update(resubmitted_at=now)


def _checked(text: str) -> str:
    text = text.strip()
    if len(text) > LONGEST_ANSWER:
        raise Refused(_("At most %(longest)s characters. Please shorten it."), longest=LONGEST_ANSWER)
    return text


def _locked(review: SelfReview, by: User) -> SelfReview:
    locked = SelfReview.objects.select_for_update(of=("self",)).select_related("member__user", "cycle", "branch")
    review = locked.get(pk=review.pk)
    if review.member.user_id is not None and review.member.user_id == by.pk:
        raise Refused(_("This is your own review: another officer of the branch committee answers it."))
    return review


def _wait_for_other_answers(seen: Iterable[int], cycle: Cycle, branch: Branch) -> None:
    """Lock these reviews before it is asked which of them still wait: a question under way would not see the answer."""
    rows = SelfReview.objects.select_for_update().filter(pk__in=list(seen), cycle=cycle, branch=branch)
    list(rows.order_by("pk").values_list("pk"))


def _check_submission(review: SelfReview, submission: datetime) -> None:
    if review.submitted_at != submission:
        raise StaleReviewError(review)


def _make_draft(review: SelfReview) -> None:
    words = review.draft or {"points": review.points, "notes": review.notes}
    review.draft = {"points": words["points"], "notes": words["notes"], "page": RETURNED, "step": 0}
    for dimension in DIMENSIONS:
        setattr(review, dimension, None)
    review.notes, review.submitted_at, review.submitted_by = {}, None, None
    review.from_paper, review.is_late = False, False
    review.version += 1
    review.save()


def _tell(reviews: Iterable[SelfReview], kind: str, *, key: str, **context: str) -> None:
    """One message to each of these members; all reviews are of one month and branch."""
    reviews = list(reviews)
    users = [review.member.user for review in reviews if review.member.user is not None]
    if not users:
        return
    cycle, branch = reviews[0].cycle, reviews[0].branch
    url = reverse("evaluations:review_of_month", kwargs={"month": cycle.month})
    values = {"month": f"{cycle.month:%Y-%m}", "branch": branch.name, **context}
    notify(users, kind, key=key, context=values, url=url)
