"""Which invariants hold of defences: the order drawn, who scored whom, and the snapshot of what was submitted?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from branchportal.ledger import Asked, Check, Violation, place, rows_of
from evaluations.defence_scores import FULL_WEIGHT, outcomes, read_criteria, score_of
from evaluations.models import DefenceSession, DefenceSpeaker, JudgeScore
from evaluations.sampling import drawn
from evaluations.stages import DefenceState


def snapshot_differs(asked: Asked) -> Iterator[Violation]:
    """What a closed defence says of each speaker is what was submitted, and its total and place follow from it."""
    closed = DefenceSession.objects.filter(state=DefenceState.CLOSED)
    for some in rows_of(closed, asked):
        for session in some.order_by("pk").prefetch_related("speakers"):
            submitted = _submitted(session)
            found = outcomes({one.pk: [score for _judge, score in submitted[one.pk]] for one in session.speakers.all()})
            for speaker in sorted(session.speakers.all(), key=lambda one: one.pk):
                stands = speaker.scores, speaker.total, speaker.rank
                if stands != (submitted[speaker.pk], found[speaker.pk].total, found[speaker.pk].rank):
                    yield Violation(place(DefenceSpeaker, speaker.pk), "snapshot differs from what was submitted")


def order_not_as_drawn(asked: Asked) -> Iterator[Violation]:
    """The order of an opened defence is the one that its seed gives to the numbers of that day."""
    opened = DefenceSession.objects.exclude(state=DefenceState.PREPARING)
    for some in rows_of(opened, asked):
        for session in some.order_by("pk").prefetch_related("speakers"):
            speakers = sorted(session.speakers.all(), key=lambda one: (one.position is None, one.position))
            numbers = [speaker.drawn_number for speaker in speakers]
            if numbers != drawn(session.seed, numbers, len(numbers)):
                yield Violation(place(DefenceSession, session.pk), "the order is not that of the seed")


def weights_do_not_make_100(asked: Asked) -> Iterator[Violation]:
    """The weights of a defence's criteria make 100."""
    for some in rows_of(DefenceSession.objects.all(), asked):
        for pk, criteria in some.order_by("pk").values_list("pk", "criteria"):
            total = sum(one["weight"] for one in criteria)
            if total != FULL_WEIGHT:
                yield Violation(place(DefenceSession, pk), f"weights={total}")


def scored_himself(asked: Asked) -> Iterator[Violation]:
    """No judge scored himself."""
    own = JudgeScore.objects.filter(submitted_at__isnull=False, judge__user=F("speaker__member__user"))
    for pk in own.order_by("pk").values_list("pk", flat=True):
        yield Violation(place(JudgeScore, pk), "the judge is the speaker")


def score_of_another_session(asked: Asked) -> Iterator[Violation]:
    """A judge scores speakers of his own session."""
    strange = JudgeScore.objects.exclude(judge__session=F("speaker__session"))
    for pk in strange.order_by("pk").values_list("pk", flat=True):
        yield Violation(place(JudgeScore, pk), "judge and speaker are of different sessions")


def submitted_after_the_end(asked: Asked) -> Iterator[Violation]:
    """Nothing was submitted before a defence had opened or after it had closed."""
    session = "judge__session__"
    outside = Q(**{f"{session}opened_at": None}) | Q(submitted_at__gt=F(f"{session}closed_at"))
    late = JudgeScore.objects.filter(outside, submitted_at__isnull=False)
    for pk in late.order_by("pk").values_list("pk", flat=True):
        yield Violation(place(JudgeScore, pk), "submitted while the defence was not open")


def _submitted(session: DefenceSession) -> dict[int, list[list]]:
    criteria, found = read_criteria(session.criteria), defaultdict(list)
    rows = JudgeScore.objects.filter(judge__session=session, submitted_at__isnull=False)
    for judge, speaker, marks in rows.order_by("judge__position").values_list("judge", "speaker", "marks"):
        found[speaker].append([judge, score_of(criteria, marks)])
    return found


_BEHIND = _("Somebody has changed the database behind the portal: compare the row with the last backup.")
_FAULT = _("Note the row and what happened around it, and report it as a fault of the program.")

CHECKS = (
    Check("defences.snapshot", _("A closed defence says what was submitted."), _BEHIND, snapshot_differs),
    Check("defences.order", _("Speakers stand in the order drawn."), _BEHIND, order_not_as_drawn),
    Check("defences.weights", _("The criteria of a defence make 100."), _BEHIND, weights_do_not_make_100),
    Check("defences.own", _("No judge scored himself."), _FAULT, scored_himself),
    Check("defences.session", _("Judges scored speakers of their own session."), _FAULT, score_of_another_session),
    Check("defences.in_time", _("Scores were submitted while the defence was open."), _FAULT, submitted_after_the_end),
)
