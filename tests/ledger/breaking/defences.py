"""How are defences broken by hand?"""

from __future__ import annotations

from datetime import timedelta

from branchportal.ledger import place
from evaluations.models import DefenceJudge, DefenceSession, DefenceSpeaker, JudgeScore
from tests.ledger.breaking.by_hand import breaks, change, first


def closed() -> DefenceSession:
    return first(DefenceSession, state="closed")


def submitted() -> JudgeScore:
    return first(JudgeScore, judge__session=first(DefenceSession, state="open"), submitted_at__isnull=False)


@breaks("defences.snapshot")
def _() -> list[str]:
    speaker = first(DefenceSpeaker, session=closed())
    return change(speaker, total="99.99")


@breaks("defences.order")
def _() -> list[str]:
    return change(closed(), seed="another")


@breaks("defences.weights")
def _() -> list[str]:
    session = DefenceSession.objects.create(
        branch=closed().branch, kind="candidate", title="x", held_on=closed().held_on, created_by=closed().created_by,
        entry="00000000-0000-0000-0000-000000000001", criteria=[{"label": "x", "weight": 99, "highest": 100}],
    )  # fmt: skip
    return [place(DefenceSession, session.pk)]


@breaks("defences.own")
def _() -> list[str]:
    score = submitted()
    user = score.judge.session.created_by
    judge = DefenceJudge.objects.filter(session=score.judge.session, user=user).get()
    own = first(JudgeScore, judge=judge, submitted_at__isnull=False)
    DefenceSpeaker.objects.filter(pk=own.speaker_id).update(member=user.member)
    return [place(JudgeScore, own.pk)]


@breaks("defences.session")
def _() -> list[str]:
    score = submitted()
    JudgeScore.objects.filter(pk=score.pk).delete()
    other = first(DefenceSpeaker, session=closed())
    strange = JudgeScore.objects.create(judge=score.judge, speaker=other, saved_at=score.saved_at)
    return [place(JudgeScore, strange.pk)]


@breaks("defences.in_time")
def _() -> list[str]:
    session = closed()
    score = first(JudgeScore, judge__session=session, submitted_at__isnull=False)
    return change(score, submitted_at=session.closed_at + timedelta(microseconds=1))
