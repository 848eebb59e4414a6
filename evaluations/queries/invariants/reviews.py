"""Which invariants hold of self-reviews and branch ratings: what was submitted, by whom, and what the trail says?"""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from branchportal.invariants import without_line
from branchportal.ledger import Asked, Check, Violation, place, rows_of
from branchportal.models import AuditEntry
from branchportal.snapshot import one_snapshot
from evaluations.dimensions import DIMENSIONS
from evaluations.models import BranchReview, CycleEvent, Due, ReviewAnswer, SelfReview
from members.queries.invariants import never_belonged

# Which lines of the audit trail say that the points of a review count.
SUBMITTING = {
    SelfReview: ("self_review.submitted", "scores.imported_self", "self_review.corrected"),
    BranchReview: ("branch_rating.given", "scores.imported_branch", "branch_rating.corrected"),
}
RETURNED = "self_review.returned"
MODELS = (SelfReview, BranchReview)


def submission_without_line(asked: Asked) -> Iterator[Violation]:
    """Of every submitted review and rating the audit trail tells that it was submitted."""
    for model, actions in SUBMITTING.items():
        yield from without_line(model, actions, asked, model.objects.submitted())


def line_without_submission(asked: Asked) -> Iterator[Violation]:
    """Every line of the audit trail about a submission has its review."""
    for model, actions in SUBMITTING.items():
        lines = AuditEntry.objects.filter(subject_type=model._meta.label_lower, action__in=actions)
        for some in rows_of(lines, asked):
            subjects = dict(some.values_list("pk", "subject_id"))
            there = model.objects.filter(pk__in={int(key) for key in subjects.values() if key.isdecimal()})
            known = {str(pk) for pk in there.values_list("pk", flat=True)}
            for pk, subject in subjects.items():
                if subject not in known:
                    yield Violation(place(AuditEntry, pk), f"{model._meta.label} {subject} does not exist")


def points_not_as_recorded(asked: Asked) -> Iterator[Violation]:
    """The points that count are those of the newest line about them; what was returned does not count."""
    for model, actions in SUBMITTING.items():
        for some in rows_of(model.objects.all(), asked):
            with one_snapshot():
                rows = list(some.order_by("pk").values_list("pk", "submitted_at", *DIMENSIONS))
                newest = _newest_lines(model, (*actions, RETURNED), [row[0] for row in rows])
            yield from _differing(model, rows, newest)


def filed_by_somebody_else(asked: Asked) -> Iterator[Violation]:
    """A self-review that was filed online was filed by the member himself."""
    online = SelfReview.objects.submitted().filter(from_paper=False, submitted_by__isnull=False)
    for some in rows_of(online, asked):
        other = some.exclude(member__user=F("submitted_by")).order_by("pk")
        for pk, by in other.values_list("pk", "submitted_by"):
            yield Violation(place(SelfReview, pk), f"submitted_by={by}")


def rated_himself(asked: Asked) -> Iterator[Violation]:
    """Nobody gave a rating to himself."""
    for some in rows_of(BranchReview.objects.submitted(), asked):
        for pk in some.filter(submitted_by=F("member__user")).order_by("pk").values_list("pk", flat=True):
            yield Violation(place(BranchReview, pk), "submitted_by is the member")


def submitted_after_the_end(asked: Asked) -> Iterator[Violation]:
    """Nothing was submitted online in a month after it had closed in the branch."""
    for model in MODELS:
        closed = CycleEvent.objects.filter(
            kind=CycleEvent.Kind.CLOSED, cycle=OuterRef("cycle"), branch=OuterRef("branch"),
            at__lt=OuterRef("submitted_at"),
        )  # fmt: skip
        for some in rows_of(model.objects.submitted().filter(from_paper=False), asked):
            for pk, at in some.filter(Exists(closed)).order_by("pk").values_list("pk", "submitted_at"):
                yield Violation(place(model, pk), f"submitted_at={at:%Y-%m-%dT%H:%M:%S.%fZ}")


def review_of_another_branch(asked: Asked) -> Iterator[Violation]:
    """A review stands in a branch to which the person belongs or belonged."""
    for model in MODELS:
        yield from never_belonged(model, asked)


def review_in_another_branch_than_due(asked: Asked) -> Iterator[Violation]:
    """A review stands in the branch in which the person was due that month."""
    due = Due.objects.filter(cycle=OuterRef("cycle"), member=OuterRef("member"))
    for model in MODELS:
        for some in rows_of(model.objects.all(), asked):
            there = Exists(due.filter(branch=OuterRef("branch")))
            for pk in some.filter(Exists(due), ~there).order_by("pk").values_list("pk", flat=True):
                yield Violation(place(model, pk), "branch is not that of the due")


def counts_though_returned(asked: Asked) -> Iterator[Violation]:
    """A review that was returned and not submitted again does not count."""
    waiting = ReviewAnswer.objects.filter(kind=ReviewAnswer.Kind.RETURN, resubmitted_at=None)
    for pk, review in waiting.filter(review__submitted_at__isnull=False).order_by("pk").values_list("pk", "review"):
        yield Violation(place(ReviewAnswer, pk), f"review={review}")


def late_before_the_end(asked: Asked) -> Iterator[Violation]:
    """Only a submitted review is late."""
    for pk in SelfReview.objects.filter(Q(submitted_at=None), is_late=True).order_by("pk").values_list("pk", flat=True):
        yield Violation(place(SelfReview, pk), "late and not submitted")


def _newest_lines(model: type, actions: tuple[str, ...], keys: list[int]) -> dict[int, tuple[str, dict]]:
    """{review: (action, points afterwards)} by the newest line about each."""
    lines = AuditEntry.objects.filter(
        subject_type=model._meta.label_lower, subject_id__in=[str(key) for key in keys], action__in=actions
    )
    return {int(key): (action, after) for key, action, after in lines.order_by("pk").values_list(
        "subject_id", "action", "after"
    )}  # fmt: skip


def _differing(model: type, rows: list[tuple], newest: dict[int, tuple[str, dict]]) -> Iterator[Violation]:
    for pk, submitted_at, *points in rows:
        if pk not in newest:
            continue  # an invariant of its own
        action, after = newest[pk]
        counts = submitted_at is not None
        if counts != (action != RETURNED):
            yield Violation(place(model, pk), f"submitted={counts} newest line={action}")
        elif counts and after != dict(zip(DIMENSIONS, points, strict=True)):
            yield Violation(place(model, pk), "points differ from the newest line")


_FAULT = _("Note the row and what happened around it, and report it as a fault of the program.")
_BEHIND = _("Somebody has changed the database behind the portal: compare the row with the last backup.")

CHECKS = (
    Check("reviews.recorded", _("The audit trail tells of every submission."), _BEHIND, submission_without_line),
    Check("reviews.kept", _("Every submission in the audit trail is there."), _BEHIND, line_without_submission),
    Check("reviews.points", _("Points count as they were submitted last."), _BEHIND, points_not_as_recorded),
    Check("reviews.own", _("Everybody filed the own self-review."), _BEHIND, filed_by_somebody_else),
    Check("ratings.others", _("Nobody rated himself."), _BEHIND, rated_himself),
    Check("reviews.in_time", _("Nothing was submitted after a month had closed."), _FAULT, submitted_after_the_end),
    Check("reviews.branch", _("Reviews stand in a branch of the person."), _FAULT, review_of_another_branch),
    Check("reviews.due", _("Reviews stand where the person was due."), _FAULT, review_in_another_branch_than_due),
    Check("reviews.returned", _("What was returned does not count."), _FAULT, counts_though_returned),
    Check("reviews.late", _("Only what was submitted is late."), _FAULT, late_before_the_end),
)
