"""A defence for tests: a panel of so many outside judges, so many speakers, and what each judge gives.

session = make_session(tree.b1, by=secretary, judges=5, speakers=2)     # open, in the order of DAY's seed
give(session, {0: ["90", "80"], …})                                     # {speaker: a figure per judge}
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import uuid4

from evaluations.defence_scores import Criterion
from evaluations.models import DefenceJudge, DefenceSession, DefenceSpeaker
from evaluations.queries import defences as queries
from evaluations.services.defences import judging, links, preparing, running
from evaluations.services.defences.judging import Marks
from members.models import Branch, Member, User
from members.stages import Stage
from tests.factories import make_members

NOW = datetime(2026, 11, 10, 4, 0, tzinfo=UTC)
DAY = date(2026, 10, 20)
CRITERIA = (Criterion("思想认识", 60, 100), Criterion("现场表达", 40, 40))
ONE = (Criterion("总体印象", 100, 100),)


def make_session(
    branch: Branch,
    *,
    by: User,
    kind: str = "candidate",
    judges: int = 5,
    speakers: int | list[Member] = 2,
    criteria=ONE,
    opened: bool = True,
    held_on: date = DAY,
    title: str = "发展对象答辩",
) -> DefenceSession:
    """A session of members at the stage that the kind is about, with outside judges."""
    plan = preparing.Plan(title, held_on, "报告厅", criteria)
    session = preparing.create(branch=branch, kind=kind, plan=plan, entry=uuid4(), by=by)
    stages = {"nomination": Stage.APPLICANT, "candidate": Stage.ACTIVIST, "conversion": Stage.PROBATIONARY}
    people = speakers if isinstance(speakers, list) else make_members(branch, speakers, stage=stages[kind])
    preparing.choose_speakers(session=session, members=people, by=by, now=NOW)
    for number in range(judges):
        preparing.add_judge(session=session, name=f"评委{number + 1}", role="外院教师", by=by, now=NOW)
    if opened:
        running.open_session(session=session, by=by, now=NOW, seed="seed")
    session.refresh_from_db()
    return session


def panel(session: DefenceSession) -> list[DefenceJudge]:
    return list(session.judges.select_related("session__branch", "user"))


def heard(session: DefenceSession) -> list[DefenceSpeaker]:
    """In the order drawn."""
    return list(queries.speakers(session))


def submit(judge: DefenceJudge, speaker: DefenceSpeaker, *marks: str, version: int | None = None):
    if version is None:
        score = judge.scores.filter(speaker=speaker).first()
        version = score.version if score else 0
    return judging.submit(judge=judge, speaker=speaker, marks=Marks(marks), version=version, by=judge.user, now=NOW)


def give(session: DefenceSession, figures: dict[Member, list[str | None]]) -> None:
    """A figure per judge for each person; None where that judge says nothing."""
    speakers = {speaker.member: speaker for speaker in heard(session)}
    for member, row in figures.items():
        for judge, mark in zip(panel(session), row, strict=True):
            if mark is not None:
                submit(judge, speakers[member], mark)


def defences(branch: Branch, *, by: User, judge: User, member: Member) -> dict[str, dict]:
    """Defences in each state, as arguments of addresses: `judge` sits in the open one, `member` has spoken."""
    preparing_one, spare = (_planned(branch, by, [member]) for _one in range(2))
    under_way = _planned(branch, by, make_members(branch, 2), judge)
    over = _planned(branch, by, [member])
    for session in (under_way, over):
        running.open_session(session=session, by=by, now=NOW, seed="seed")
    submit(panel(over)[0], heard(over)[0], "88")
    running.close(session=over, by=by, now=NOW)
    outside = panel(under_way)[0]
    code = f"code-{branch.code}"
    DefenceJudge.objects.filter(pk=outside.pk).update(code_hash=links.hash_of(code), code_made_at=NOW)
    speaker = heard(under_way)[0]
    return {
        "defence": {"pk": preparing_one.pk},
        "spare_defence": {"pk": spare.pk},
        "defence_judge": {"pk": preparing_one.pk, "judge": panel(preparing_one)[0].pk},
        "open_defence": {"pk": under_way.pk},
        "defence_cell": {"pk": under_way.pk, "judge": outside.pk, "speaker": speaker.pk},
        "closed_defence": {"pk": over.pk},
        "judged": {"pk": under_way.pk},
        "judged_first": {"pk": under_way.pk, "place": 1},
        "judged_second": {"pk": under_way.pk, "place": 2},
        "judge_link": {"code": code},
    }


def _planned(branch: Branch, by: User, members: list[Member], judge: User | None = None) -> DefenceSession:
    session = DefenceSession.objects.create(
        branch=branch, kind="candidate", title=f"{branch.name}的答辩", held_on=DAY, entry=uuid4(), created_by=by,
        criteria=[{"label": "总体印象", "weight": 100, "highest": 100}],
    )  # fmt: skip
    session.judges.create(position=1, name="赵老师", role="校友")
    if judge is not None:
        session.judges.create(position=2, name=judge.name, user=judge)
    for member in members:
        session.speakers.create(member=member)
    return session
