"""Which defences does the demo hold: one that is closed, and one in which a judge is still missing?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from random import Random
from uuid import NAMESPACE_OID, uuid5

from evaluations.defence_scores import Criterion
from evaluations.models import DefenceSession
from evaluations.queries import defences
from evaluations.services.defences import judging, preparing, running
from evaluations.services.defences.judging import Marks
from members.models import Branch, Member, User

Kind = DefenceSession.Kind
TITLES = {Kind.CANDIDATE: "发展对象推荐答辩", Kind.NOMINATION: "团推优个人风采答辩"}
CRITERIA = (Criterion("思想认识", 40, 40), Criterion("学习工作表现", 30, 30), Criterion("现场表达", 30, 30))
OUTSIDE = (("评委一", "校友党员"), ("评委二", "校外导师"), ("评委三", "共建单位书记"), ("评委四", "退休教师"))
MOST_SPEAKERS = 5
EARLIER = timedelta(days=30)
EVENING = timedelta(hours=2)


def write(branch: Branch, members: Sequence[Member], secretary: User, now: datetime) -> None:
    """A closed defence of activists a month ago, and one of applicants under way, both of the first branch."""
    closed = _opened(branch, members, Kind.CANDIDATE, secretary, now - EARLIER)
    if closed is not None:
        _score(closed, now - EARLIER)
        running.close(session=closed, by=secretary, now=now - EARLIER + EVENING)
    under_way = _opened(branch, members, Kind.NOMINATION, secretary, now)
    if under_way is not None:
        _score(under_way, now, without_last=True)


def _opened(branch: Branch, members: Sequence[Member], kind: Kind, by: User, at: datetime) -> DefenceSession | None:
    """None where nobody stands at the stage."""
    day: date = at.date()
    speakers = [one for one in members if one.stage == defences.STAGE_OF[kind] and one.kind == Member.Kind.STUDENT]
    speakers = [one for one in speakers if one.joined_on <= day and one.user_id != by.pk][:MOST_SPEAKERS]
    if not speakers:
        return None
    entry = uuid5(NAMESPACE_OID, f"{branch.code}/{kind}")
    plan = preparing.Plan(TITLES[kind], day, "学生活动中心", CRITERIA)
    session = preparing.create(branch=branch, kind=kind, plan=plan, entry=entry, by=by)
    preparing.choose_speakers(session=session, members=speakers, by=by, now=at)
    preparing.add_judge(session=session, number=by.number, by=by, now=at)
    for name, role in OUTSIDE:
        preparing.add_judge(session=session, name=name, role=role, by=by, now=at)
    return running.open_session(session=session, by=by, now=at, seed=f"demo-{kind}")


def _score(session: DefenceSession, now: datetime, *, without_last: bool = False) -> None:
    judges = list(session.judges.select_related("session__branch", "user"))
    for judge in judges[:-1] if without_last else judges:
        for speaker in defences.speakers(session):
            marks = [_mark(judge.position, speaker.number, one) for one in CRITERIA]
            judging.submit(judge=judge, speaker=speaker, marks=Marks(marks), version=0, by=judge.user, now=now)


def _mark(judge: int, number: str, criterion: Criterion) -> str:
    """Between seven and ten tenths of the highest points, in halves."""
    halves = 2 * criterion.highest
    low = halves * 7 // 10
    points = Random(f"{judge}/{number}/{criterion.label}").randint(low, halves)  # noqa: S311
    return f"{points // 2}.5" if points % 2 else str(points // 2)
