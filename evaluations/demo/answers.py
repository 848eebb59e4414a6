"""What did the branches of the demo answer to self-reviews, what was returned, and what came late?"""

from __future__ import annotations

from datetime import datetime, timedelta

from evaluations.deadlines import month_of
from evaluations.models import Cycle, LatePolicy, ReviewAnswer, SelfReview
from evaluations.queries.months import window_of
from members.models import Branch, User

REPLIES = (
    "已阅，继续保持。",
    "学习情况写得具体，很好。",
    "工作有进步，下月多参加志愿服务。",
    "请注意按时交思想汇报。",
)
REASON = "工作一栏只写了“正常”，请写明本月承担了什么、完成得怎样。"
EACH_WITH_WORDS = 4  # every fourth gets words, the others were read
WAITING = 3  # of the present month, every third still waits
Kind = ReviewAnswer.Kind


def write(branch: Branch, by: User, cycles: list[Cycle], now: datetime, *, accepts_late: bool) -> None:
    """Answer what was submitted; where late ones are accepted, last month has one, and one that was returned."""
    reviews = SelfReview.objects.submitted().filter(branch=branch, cycle__in=cycles).exclude(member__user=by)
    found = list(reviews.select_related("cycle").order_by("cycle__month", "submitted_at", "pk"))
    before = [review for review in found if review.cycle == cycles[-2]] if len(cycles) > 1 else []
    if accepts_late and len(before) > 1:
        _accept_late(branch, cycles[0], by)
        _make_late(before[-1])
        _add_return(before[-2], by)
    answers = [_answer(review, place, by) for place, review in enumerate(found) if not _waits(review, place, now)]
    ReviewAnswer.objects.bulk_create([answer for answer in answers if answer.at <= now], batch_size=500)


def _accept_late(branch: Branch, first: Cycle, by: User) -> None:
    chosen = window_of(first, branch).opens_at - timedelta(days=4)
    LatePolicy.objects.create(branch=branch, from_month=first.month, accepts_late=True, set_by=by, set_at=chosen)


def _waits(review: SelfReview, place: int, now: datetime) -> bool:
    return review.cycle.month == month_of(now) and place % WAITING == 0


def _answer(review: SelfReview, place: int, by: User) -> ReviewAnswer:
    text = REPLIES[place // EACH_WITH_WORDS % len(REPLIES)] if place % EACH_WITH_WORDS == 0 else ""
    at = review.submitted_at + timedelta(hours=6 + place * 7 % 40, minutes=place * 13 % 60)
    kind = Kind.REPLY if text else Kind.READ
    return ReviewAnswer(review=review, kind=kind, text=text, at=at, by=by, submitted_at=review.submitted_at)


def _make_late(review: SelfReview) -> None:
    review.submitted_at = window_of(review.cycle, review.branch).reviews_end + timedelta(hours=9, minutes=20)
    review.is_late = True
    review.save(update_fields=["submitted_at", "is_late"])


def _add_return(review: SelfReview, by: User) -> None:
    """It was submitted a day before, returned, and then submitted as it counts now."""
    ReviewAnswer.objects.create(
        review=review, kind=Kind.RETURN, text=REASON, by=by, at=review.submitted_at - timedelta(hours=5),
        submitted_at=review.submitted_at - timedelta(hours=26), resubmitted_at=review.submitted_at,
        words={"points": review.points, "notes": {"work": "正常"}},
    )  # fmt: skip
