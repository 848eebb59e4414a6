"""Which defences does somebody see, who may speak and judge there, and how far is each judge?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from evaluations.defence_scores import Criterion, read_criteria
from evaluations.documents import number
from evaluations.models import DefenceJudge, DefenceSession, DefenceSpeaker, JudgeScore
from evaluations.purposes import Purpose
from evaluations.stages import HIMSELF, OWN_BRANCH, DefenceState, ScoreState, score_state
from members.models import Branch, Member, RoleAssignment, User
from members.queries.own_matters import own_people, whose_turn
from members.roles import Permission
from members.stages import Stage

Kind = DefenceSession.Kind
STAGE_OF = {Kind.NOMINATION: Stage.APPLICANT, Kind.CANDIDATE: Stage.ACTIVIST, Kind.CONVERSION: Stage.PROBATIONARY}
KIND_OF = {Purpose.CANDIDATE: Kind.CANDIDATE, Purpose.CONVERSION: Kind.CONVERSION}  # which ranking a defence feeds


@dataclass(frozen=True)
class Cell:
    """One judge and one speaker; `score` is the row, if there is one."""

    judge: DefenceJudge
    speaker: DefenceSpeaker
    score: JudgeScore | None

    @property
    def state(self) -> ScoreState:
        return state_of(self.score)

    @property
    def is_final(self) -> bool:
        """The portal recused the judge, and nobody takes that back."""
        return self.score is not None and self.score.recused_for in {HIMSELF, OWN_BRANCH}


@dataclass(frozen=True)
class Line:
    """One judge with how far he is; no score is in it."""

    judge: DefenceJudge
    cells: list[Cell] = field(default_factory=list)

    @property
    def submitted(self) -> int:
        return sum(cell.state == ScoreState.SUBMITTED for cell in self.cells)

    @property
    def expected(self) -> int:
        return sum(cell.state != ScoreState.RECUSED for cell in self.cells)

    @property
    def is_done(self) -> bool:
        return self.submitted == self.expected


@dataclass(frozen=True)
class Heard:
    """What a closed defence says of one person, for a ranking: one score per judge."""

    session: int
    title: str
    held_on: date
    scores: list[str]


def with_figures(sessions: QuerySet[DefenceSession]) -> QuerySet[DefenceSession]:
    """Sessions with how many speak and judge, for a list."""
    counted = sessions.select_related("branch").annotate(
        speaker_count=Count("speakers", distinct=True), judge_count=Count("judges", distinct=True)
    )
    return counted.order_by("-held_on", "-pk")


def judged_by(user: User) -> QuerySet[DefenceSession]:
    """The sessions that this person judges, from the drawing on."""
    seats = DefenceJudge.objects.filter(user=user).values("session")
    return DefenceSession.objects.filter(pk__in=seats).exclude(state=DefenceState.PREPARING)


def waiting_for(user: User) -> QuerySet[DefenceSession]:
    """Open sessions in which this judge has not submitted everything that he may."""
    done = JudgeScore.objects.filter(
        Q(submitted_at__isnull=False) | Q(recused_at__isnull=False), judge__user=user, speaker=OuterRef("pk")
    )
    left = DefenceSpeaker.objects.filter(~Exists(done), session=OuterRef("pk"))
    return judged_by(user).filter(Exists(left), state=DefenceState.OPEN)


def spoken_by(user: User) -> QuerySet[DefenceSpeaker]:
    """What this person spoke at, as far as it has closed."""
    own = DefenceSpeaker.objects.filter(member__user=user, session__state=DefenceState.CLOSED)
    return own.select_related("session__branch", "member", "branch").order_by("-session__held_on", "-pk")


def speakers(session: DefenceSession) -> QuerySet[DefenceSpeaker]:
    """Who speaks, in the order drawn (before: by name)."""
    order = "position", "member__pinyin", "member__number", "branch__path"
    return session.speakers.select_related("member__branch", "branch").order_by(*order)


def by_place(session: DefenceSession) -> list[DefenceSpeaker]:
    """The speakers of a closed session, the highest total first; without scores last."""
    return sorted(speakers(session), key=lambda one: (one.rank is None, one.rank, one.position))


def eligible(session: DefenceSession) -> QuerySet[Any]:
    """The people (or branches) who may speak: of the session's branch, at its stage of the path on its day."""
    if session.is_of_branches:
        return Branch.objects.below(session.branch).party_branches()
    people = Member.objects.belonging_on(session.held_on).filter(
        branch__path__startswith=session.branch.path, kind=Member.Kind.STUDENT, stage=STAGE_OF[Kind(session.kind)]
    )
    return people.select_related("branch").order_by("branch__path", "pinyin", "number")


def possible_judges(session: DefenceSession) -> QuerySet[User]:
    """Who has an account in the session's committee: people of its branches and holders of its offices."""
    root = session.branch.ancestor_paths()[0]
    officers = RoleAssignment.objects.filter(branch__path__startswith=root, ends_on=None).values("user")
    people = Member.objects.current().filter(branch__path__startswith=root, user__isnull=False).values("user")
    return User.objects.filter(Q(pk__in=officers) | Q(pk__in=people), is_active=True)


def suggested_judges(session: DefenceSession) -> QuerySet[User]:
    """Officers of the session's branch and of those above it: whom a form offers."""
    offices = RoleAssignment.objects.filter(branch__path__in=session.branch.ancestor_paths(), ends_on=None)
    seated = session.judges.filter(user__isnull=False).values("user")
    return possible_judges(session).filter(pk__in=offices.values("user")).exclude(pk__in=seated).order_by("number")


def progress(session: DefenceSession) -> list[Line]:
    """Who has submitted how much, judge by judge, speaker by speaker; three queries, and no score leaves them."""
    heard = list(speakers(session))
    states = JudgeScore.objects.filter(judge__session=session).defer("marks")
    known = {(score.judge_id, score.speaker_id): score for score in states}
    return [
        Line(judge, [Cell(judge, speaker, known.get((judge.pk, speaker.pk))) for speaker in heard])
        for judge in session.judges.select_related("user")
    ]


def given_back(session: DefenceSession) -> list[str]:
    """Which judge's scores of whom were given back and not submitted again; they don't count at the closing."""
    scores = JudgeScore.objects.filter(judge__session=session, submitted_at=None, recused_at=None)
    scores = scores.exclude(reopened_for="").select_related("judge", "speaker__member", "speaker__branch")
    found = scores.order_by("judge__position", "speaker__position")
    return [f"{score.judge.name} – {score.speaker.name}" for score in found]


def state_of(score: JudgeScore | None) -> ScoreState:
    """How far one judge is with one speaker."""
    if score is None:
        return ScoreState.EMPTY
    return score_state(
        is_submitted=score.submitted_at is not None,
        is_recused=score.recused_at is not None,
        has_draft=score.draft is not None and any(score.draft["marks"]),
    )


def whose_lead(session: DefenceSession, user: User, today: date) -> str:
    """Why this person does not lead the session, and who may; "" where neither he nor whom he acts for speaks."""
    own = Member.objects.filter(defences__session=session, user__in=own_people(user, today)).order_by("pk").first()
    return whose_turn(user, own, Permission.HOLD_DEFENCES, today, branch=session.branch) if own else ""


def seat_of(session: DefenceSession, user: User) -> DefenceJudge | None:
    """The place of this person on the panel."""
    return session.judges.filter(user=user).first()


def cells_of(judge: DefenceJudge) -> list[Cell]:
    """How far this judge is with each speaker, in the order drawn."""
    known = {score.speaker_id: score for score in judge.scores.all()}
    return [Cell(judge, speaker, known.get(speaker.pk)) for speaker in speakers(judge.session)]


def criteria_of(session: DefenceSession) -> list[Criterion]:
    """What the panel looks at."""
    return read_criteria(session.criteria)


def heard_for(purpose: str, members: Sequence[int], first: date, last_day: date) -> Mapping[int, Heard]:
    """{member: the newest closed defence for this purpose in the period}; one query.

    Every judge's score is listed: what is left out of them is for the scheme to say.
    """
    if purpose not in KIND_OF:
        return {}
    rows = DefenceSpeaker.objects.filter(
        member__in=members, session__kind=KIND_OF[purpose], session__state=DefenceState.CLOSED,
        session__held_on__range=(first, last_day),
    ).exclude(total="")  # fmt: skip
    columns = "member", "session", "session__title", "session__held_on", "scores"
    return {
        member: Heard(session, title, held_on, [score for _judge, score in scores])
        for member, session, title, held_on, scores in rows.order_by("session__held_on", "session").values_list(
            *columns
        )
    }


def given_by(sessions: Collection[int]) -> tuple[dict[tuple[int, int], list[str]], dict[str, str]]:
    """Who gave what in closed defences: {(session, member): judges, the lowest score first} and {judge: name}.

    Somebody with an account is one judge in all of them; an outside judge is known by his seat alone. Where names
    repeat, they say which judge is meant.
    """
    seats = DefenceJudge.objects.filter(session__in=sessions).select_related("session").order_by("session", "position")
    keys = {seat.pk: f"user {seat.user_id}" if seat.user_id else f"seat {seat.pk}" for seat in seats}
    speaking = DefenceSpeaker.objects.filter(session__in=sessions, member__isnull=False)
    given = {
        (session, member): [keys[judge] for judge, _score in sorted(scores, key=lambda pair: number(pair[1]))]
        for session, member, scores in speaking.values_list("session", "member", "scores")
    }
    return given, _names_of(seats, keys)


def _names_of(seats: Iterable[DefenceJudge], keys: Mapping[int, str]) -> dict[str, str]:
    """{judge: name}, with who that is and the session where two judges have the same name."""
    names = {keys[seat.pk]: seat.name for seat in seats}
    repeated = Counter(names.values())
    for seat in seats:
        if repeated[seat.name] > 1:
            names[keys[seat.pk]] = " · ".join(filter(None, [seat.name, seat.role, str(seat.session)]))
    return names
