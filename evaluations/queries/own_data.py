"""What do the months and rankings hold about one person, as far as he may see it?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from branchportal.own_data import Field, Section
from branchportal.spreadsheets.writing import INTEGER, MOMENT
from evaluations import ranking_wording
from evaluations.deadlines import month_of
from evaluations.decision_wording import own_facts
from evaluations.defence_scores import read_criteria, score_of
from evaluations.dimensions import DIMENSIONS
from evaluations.documents import number
from evaluations.explaining import plain
from evaluations.labels import DIMENSION_LABELS, days_of
from evaluations.models import (
    BranchReview,
    ColumnFigure,
    CycleEvent,
    Due,
    DutyRating,
    JudgeScore,
    PointsEntry,
    Reminder,
    ReviewAnswer,
    SelfReview,
)
from evaluations.queries import appeals, decisions, defences
from evaluations.queries.rankings import own_entries, scheme_of
from evaluations.scheme_wording import component_label
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


def _duty_ratings_of(user: User) -> QuerySet[DutyRating]:
    return DutyRating.objects.filter(closing__member__user=user).select_related("closing")


def _duty_ratings(user: User, now: datetime) -> Iterator[tuple]:
    for one in _duty_ratings_of(user).order_by("-closing__last_month", "-pk"):
        months = f"{one.closing.first_month:%Y-%m} – {one.closing.last_month:%Y-%m}"
        yield months, one.closing.get_kind_display(), one.points, f"{one.done}/{one.due}"


def _figures_of(user: User) -> QuerySet[ColumnFigure]:
    return ColumnFigure.objects.filter(member__user=user).select_related("column", "imported_by")


def _figures(user: User, now: datetime) -> Iterator[tuple]:
    for one in _figures_of(user).order_by("-column__last_on", "-pk"):
        days = days_of(one.column.first_on, one.column.last_on)
        yield one.column.name, days, one.value, one.imported_by.name, one.imported_at, one.file_name


def _points_of(user: User) -> QuerySet[PointsEntry]:
    return PointsEntry.objects.filter(member__user=user).select_related("recorded_by", "evidence")


def _points(user: User, now: datetime) -> Iterator[tuple]:
    for one in _points_of(user).order_by("-on", "-pk"):
        points = plain(number(str(one.points)))
        shown = one.evidence.file_name if one.evidence else one.source
        yield (
            one.on.isoformat(), one.category_label, one.what, points, shown, one.recorded_by.name, one.recorded_at,
            one.withdrawn_because,
        )  # fmt: skip


def _rankings(user: User, now: datetime) -> Iterator[tuple]:
    entries = list(own_entries(user))
    decided = decisions.about(entries)
    for entry in entries:
        run = entry.run
        months = f"{run.first_month:%Y-%m} – {run.last_month:%Y-%m}"
        why = ranking_wording.reasons(scheme_of(run), entry.reasons) if entry.reasons else ""
        freezing = run.freezing
        frozen = freezing.decided_at if freezing and freezing.is_frozen else None
        figures = months, entry.rank, entry.total, why, frozen
        decision = own_facts(decided.get(entry.pk)).values()
        yield run.compiled_at, run.branch.name, run.get_purpose_display(), *figures, *decision


def _appeals(user: User, now: datetime) -> Iterator[tuple]:
    for one in appeals.own(user):
        run = one.run
        what = f"{run.get_purpose_display()} {run.first_month:%Y-%m} – {run.last_month:%Y-%m}"
        figure = " ".join(filter(None, [component_label(scheme_of(run), one.figure), one.place]))
        yield one.filed_at, what, figure, one.words, one.evidence, str(one.get_state_display()), one.reason


def _reminders(user: User, now: datetime) -> Iterator[tuple]:
    for one in Reminder.objects.filter(user=user).select_related("cycle").order_by("-sent_at", "-pk"):
        yield one.sent_at, f"{one.cycle.month:%Y-%m}"


def _notes(notes: dict[str, Any]) -> str:
    return "; ".join(f"{DIMENSION_LABELS.get(about, _('Whole card'))}: {text}" for about, text in notes.items() if text)


def _defences(user: User, now: datetime) -> Iterator[tuple]:
    """Only what has closed, and never who gave it."""
    for speaker in defences.spoken_by(user):
        session = speaker.session
        scores = " · ".join(sorted((score for _judge, score in speaker.scores), key=number))
        yield session.held_on.isoformat(), session.title, session.branch.name, scores, speaker.total, speaker.rank


def _judged(user: User, now: datetime) -> Iterator[tuple]:
    found = _scores_of(user).select_related("judge__session", "speaker__member", "speaker__branch")
    for score in found.order_by("-judge__session__held_on", "speaker__position"):
        session = score.judge.session
        given = score_of(read_criteria(session.criteria), score.marks) if score.marks else ""
        yield session.held_on.isoformat(), session.title, score.speaker.name, given, score.submitted_at


def _scores_of(user: User) -> QuerySet[JudgeScore]:
    return JudgeScore.objects.filter(judge__user=user)


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
        "duty_ratings",
        gettext_lazy("Ratings of my three ones"),
        gettext_lazy("In points, each for some months. The rating is the branch's, not one person's."),
        (
            Field("months", gettext_lazy("Months")),
            Field("kind", gettext_lazy("Kind")),
            Field("points", gettext_lazy("Points"), INTEGER),
            Field("entries", gettext_lazy("Entries")),
        ),
        _duty_ratings,
        ("activities.DutyClosing.member",),
        lambda user, now: [_duty_ratings_of(user)],
    ),
    Section(
        "figures",
        gettext_lazy("Figures about me from Excel"),
        gettext_lazy("Such as grade points or votes, as an office of your branch brought them in."),
        (
            Field("column", gettext_lazy("Column")),
            Field("days", gettext_lazy("Day or period")),
            Field("value", gettext_lazy("Figure")),
            Field("by", gettext_lazy("Who")),
            Field("at", gettext_lazy("When"), MOMENT),
            Field("file", gettext_lazy("File")),
        ),
        _figures,
        ("evaluations.ColumnFigure.member",),
        lambda user, now: [_figures_of(user)],
    ),
    Section(
        "points",
        gettext_lazy("My bonuses and deductions"),
        gettext_lazy("With what shows them, and why one was taken back. Those count that nobody took back."),
        (
            Field("day", gettext_lazy("Date")),
            Field("category", gettext_lazy("Category")),
            Field("what", pgettext_lazy("points", "What for")),
            Field("points", gettext_lazy("Points")),
            Field("shown", gettext_lazy("What shows it")),
            Field("by", gettext_lazy("Who")),
            Field("at", gettext_lazy("When"), MOMENT),
            Field("withdrawn", gettext_lazy("Why taken back")),
        ),
        _points,
        ("evaluations.PointsEntry.member",),
        lambda user, now: [_points_of(user)],
    ),
    Section(
        "rankings",
        gettext_lazy("My results in rankings"),
        gettext_lazy("Your own place alone, in the newest ranking of each period. A ranking only advises."),
        (
            Field("at", gettext_lazy("Compiled"), MOMENT),
            Field("branch", gettext_lazy("Branch")),
            Field("purpose", gettext_lazy("Purpose")),
            Field("months", gettext_lazy("Months")),
            Field("rank", gettext_lazy("Place"), INTEGER),
            Field("total", gettext_lazy("Total")),
            Field("reasons", gettext_lazy("Why not ranked")),
            Field("frozen", pgettext_lazy("state of a ranking", "Frozen"), MOMENT),
            Field("decision", gettext_lazy("Decision")),
            Field("decision_reason", gettext_lazy("Reason of the decision")),
        ),
        _rankings,
        ("evaluations.RankingEntry.member",),
        lambda user, now: [own_entries(user)],
    ),
    Section(
        "appeals",
        gettext_lazy("My appeals"),
        gettext_lazy("Against which figure you appealed, and what was answered. Only the superior committee sees it."),
        (
            Field("at", gettext_lazy("Filed"), MOMENT),
            Field("ranking", gettext_lazy("Ranking")),
            Field("figure", gettext_lazy("Figure")),
            Field("words", gettext_lazy("What is wrong")),
            Field("evidence", gettext_lazy("What shows it")),
            Field("state", gettext_lazy("State")),
            Field("reason", gettext_lazy("Reason")),
        ),
        _appeals,
        records=lambda user, now: [appeals.own(user)],
    ),
    Section(
        "defences",
        gettext_lazy("My defences"),
        gettext_lazy("What the judges gave you, without names, once a defence has closed."),
        (
            Field("day", gettext_lazy("Date")),
            Field("title", gettext_lazy("Title")),
            Field("branch", gettext_lazy("Held by")),
            Field("scores", gettext_lazy("Scores")),
            Field("total", gettext_lazy("Total")),
            Field("rank", gettext_lazy("Place"), INTEGER),
        ),
        _defences,
        ("evaluations.DefenceSpeaker.member",),
        lambda user, now: [defences.spoken_by(user)],
    ),
    Section(
        "judged",
        gettext_lazy("What I gave as a judge"),
        gettext_lazy("Your own scores of others. They don't learn that they are yours."),
        (
            Field("day", gettext_lazy("Date")),
            Field("title", gettext_lazy("Title")),
            Field("speaker", gettext_lazy("Speaker")),
            Field("score", gettext_lazy("Score")),
            Field("at", gettext_lazy("Submitted"), MOMENT),
        ),
        _judged,
        ("evaluations.DefenceJudge.user",),
        lambda user, now: [_scores_of(user)],
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
