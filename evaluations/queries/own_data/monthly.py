"""What do the months hold about one person, as far as he may see it?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from branchportal.own_data import Field, Section
from branchportal.spreadsheets.writing import INTEGER, MOMENT
from evaluations.deadlines import month_of
from evaluations.dimensions import DIMENSIONS
from evaluations.labels import DIMENSION_LABELS
from evaluations.models import (
    BranchReview,
    CycleEvent,
    Due,
    Reminder,
    ReviewAnswer,
    SelfReview,
)
from members.models import User


def _dues(user: User, now: datetime) -> Iterator[tuple]:
    for due in Due.objects.filter(member__user=user).select_related("cycle", "branch").order_by("-cycle__month"):
        yield f"{due.cycle.month:%Y-%m}", due.branch.name


def _own_reviews(user: User, now: datetime) -> Iterator[tuple]:
    for review in SelfReview.objects.filter(member__user=user).select_related("cycle").order_by("-cycle__month"):
        draft = _("yes") if review.draft else ""
        yield f"{review.cycle.month:%Y-%m}", *review.points.values(), _notes(review.notes), review.submitted_at, draft
        if review.draft:
            points = [review.draft["points"].get(dimension) for dimension in DIMENSIONS]
            yield f"{review.cycle.month:%Y-%m}", *points, _notes(review.draft["notes"]), None, _("the draft")


def _ratings(user: User, now: datetime) -> Iterator[tuple]:
    """Only of months that have closed, and never who gave them: as on the page of the own month."""
    for rating in _closed(_ratings_of(user), now).select_related("cycle").order_by("-cycle__month"):
        yield f"{rating.cycle.month:%Y-%m}", *rating.points.values(), _notes(rating.notes)


def _ratings_of(user: User) -> QuerySet[BranchReview]:
    return BranchReview.objects.submitted().filter(member__user=user, cycle__is_off=False)


def _closed(ratings: QuerySet[BranchReview], now: datetime) -> QuerySet[BranchReview]:
    """Those of months that are over or have closed in the branch."""
    ended = CycleEvent.objects.filter(
        cycle=OuterRef("cycle"), branch=OuterRef("branch"), kind=CycleEvent.Kind.CLOSED
    )  # fmt: skip
    return ratings.filter(Q(cycle__month__lt=month_of(now)) | Exists(ended))


def _answers_to(user: User) -> QuerySet[ReviewAnswer]:
    return ReviewAnswer.objects.filter(review__member__user=user).exclude(kind=ReviewAnswer.Kind.READ)


def _answers(user: User, now: datetime) -> Iterator[tuple]:
    for answer in _answers_to(user).select_related("review__cycle", "by").order_by("-at", "-pk"):
        what = _("Returned") if answer.is_return else _("Reply")
        yield answer.at, f"{answer.review.cycle.month:%Y-%m}", what, answer.text, answer.by.name if answer.by else ""


def _reminders(user: User, now: datetime) -> Iterator[tuple]:
    for one in Reminder.objects.filter(user=user).select_related("cycle").order_by("-sent_at", "-pk"):
        yield one.sent_at, f"{one.cycle.month:%Y-%m}"


def _notes(notes: dict[str, Any]) -> str:
    return "; ".join(f"{DIMENSION_LABELS.get(about, _('Whole card'))}: {text}" for about, text in notes.items() if text)


_MONTH = Field("month", gettext_lazy("Month"))
_POINTS = tuple(Field(dimension.value, DIMENSION_LABELS[dimension], INTEGER) for dimension in DIMENSIONS)
_WORDS = Field("notes", gettext_lazy("Notes"))

SECTIONS = (
    Section(
        "self_reviews",
        gettext_lazy("Self-reviews"),
        gettext_lazy("What you filed, in points, and drafts. Officers who read reviews see what you filed."),
        (_MONTH, *_POINTS, _WORDS, Field("at", gettext_lazy("Filed"), MOMENT), Field("draft", gettext_lazy("Draft"))),
        _own_reviews,
        ("evaluations.SelfReview.member",),
        lambda user, now: [SelfReview.objects.filter(member__user=user)],
    ),
    Section(
        "answers",
        gettext_lazy("Replies to my self-reviews"),
        gettext_lazy("What the branch replied, or why a review was returned."),
        (
            Field("at", gettext_lazy("When"), MOMENT),
            _MONTH,
            Field("what", gettext_lazy("Reply or return")),
            Field("text", gettext_lazy("Text")),
            Field("by", gettext_lazy("Who")),
        ),
        _answers,
        records=lambda user, now: [_answers_to(user)],
    ),
    Section(
        "ratings",
        gettext_lazy("The branch's ratings of me"),
        gettext_lazy("In points, of months that have closed. The rating is the branch's, not one person's."),
        (_MONTH, *_POINTS, _WORDS),
        _ratings,
        ("evaluations.BranchReview.member",),
        lambda user, now: [_closed(_ratings_of(user), now)],
    ),
    Section(
        "dues",
        gettext_lazy("Months in which I was due"),
        gettext_lazy("In these months a self-review was asked of you."),
        (_MONTH, Field("branch", gettext_lazy("Branch"))),
        _dues,
        ("evaluations.Due.member",),
        lambda user, now: [Due.objects.filter(member__user=user)],
    ),
    Section(
        "reminders",
        gettext_lazy("Reminders"),
        gettext_lazy("When an officer reminded you of what was missing."),
        (Field("at", gettext_lazy("When"), MOMENT), _MONTH),
        _reminders,
        ("evaluations.Reminder.user",),
        lambda user, now: [Reminder.objects.filter(user=user)],
    ),
)
