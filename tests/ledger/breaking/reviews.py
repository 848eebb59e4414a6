"""How are self-reviews and branch ratings broken by hand?"""

from __future__ import annotations

from datetime import date, timedelta

from branchportal.ledger import place
from branchportal.models import AuditEntry
from evaluations.models import BranchReview, CycleEvent, ReviewAnswer, SelfReview
from members.models import FormerMembership, User
from tests.ledger.breaking.by_hand import branch, breaks, change, drop_line_about, first


@breaks("reviews.recorded")
def _() -> list[str]:
    return drop_line_about(SelfReview, "self_review.submitted")


@breaks("reviews.kept")
def _() -> list[str]:
    line = first(AuditEntry, action="branch_rating.given")
    BranchReview.objects.filter(pk=line.subject_id).delete()
    lines = AuditEntry.objects.filter(subject_type="evaluations.branchreview", subject_id=line.subject_id)
    return [place(AuditEntry, pk) for pk in lines.order_by("pk").values_list("pk", flat=True)]


@breaks("reviews.points")
def _() -> list[str]:
    return change(first(BranchReview, submitted_at__isnull=False), conduct=5)


@breaks("reviews.own")
def _() -> list[str]:
    review = first(SelfReview, submitted_at__isnull=False)
    return change(review, submitted_by=User.objects.exclude(pk=review.submitted_by_id).first())


@breaks("ratings.others")
def _() -> list[str]:
    review = first(BranchReview, submitted_at__isnull=False)
    return change(review, submitted_by=review.member.user)


@breaks("reviews.in_time")
def _() -> list[str]:
    closed = first(CycleEvent, kind="closed")
    review = first(SelfReview, cycle=closed.cycle, branch=closed.branch, submitted_at__isnull=False)
    return change(review, submitted_at=closed.at + timedelta(microseconds=1))


@breaks("reviews.branch")
def _() -> list[str]:
    return change(first(SelfReview, branch__code="B001"), branch=branch("B002"))


@breaks("reviews.due")
def _() -> list[str]:
    review = first(BranchReview, branch__code="B001")
    FormerMembership.objects.create(
        member=review.member, branch=branch("B002"), joined_on=date(2020, 9, 1), left_on=date(2020, 9, 2)
    )
    return change(review, branch=branch("B002"))


@breaks("reviews.returned")
def _() -> list[str]:
    return change(first(ReviewAnswer, kind="return"), resubmitted_at=None)


@breaks("reviews.late")
def _() -> list[str]:
    return change(first(SelfReview, submitted_at=None), is_late=True)
