"""What does the selection hold about one person: what went into it, his places, his appeals, his defences?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy, pgettext_lazy

from branchportal.own_data import Field, Section
from branchportal.spreadsheets.writing import INTEGER, MOMENT
from evaluations import ranking_wording
from evaluations.decision_wording import own_facts
from evaluations.defence_scores import read_criteria, score_of
from evaluations.documents import number
from evaluations.explaining import plain
from evaluations.labels import days_of
from evaluations.models import (
    ColumnFigure,
    DutyRating,
    JudgeScore,
    PointsEntry,
)
from evaluations.queries import appeals, decisions, defences
from evaluations.queries.rankings import own_entries, scheme_of
from evaluations.scheme_wording import component_label
from members.models import User


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


SECTIONS = (
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
)
