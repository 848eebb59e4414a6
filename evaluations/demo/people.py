"""Who belongs to a branch of the demo, since when at which stage, and who holds which office?"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from branchportal.months import months_later
from evaluations.demo import SEED
from evaluations.demo.names import UNUSUAL_NAMES, names
from members.models import Member
from members.pinyin import spell
from members.roles import Role
from members.stages import ORDER, STAGE_DATE_FIELDS, Stage

USUAL_TEACHERS = 4
# Whole months and the days beyond them that people spend at a stage before the next one.
MONTHS_AT_STAGE = {Stage.APPLICANT: 6, Stage.ACTIVIST: 12, Stage.CANDIDATE: 1, Stage.PROBATIONARY: 12}
# How many of a hundred students stand at each stage.
SHARES = {Stage.FULL: 21, Stage.PROBATIONARY: 18, Stage.CANDIDATE: 11, Stage.ACTIVIST: 39, Stage.APPLICANT: 11}
YOUNG_ACTIVISTS = 2  # of each branch: less than a year, so not ranked
FIELDS_OF_STUDY = ("软件工程", "人工智能", "网络安全", "计算机科学与技术", "数据科学", "物联网工程", "信息管理")
SCHOOLING = ("四年", 4)


@dataclass
class BranchPlan:
    """One branch to be: its people in the order of their numbers, and who holds which office (by place in the list)."""

    code: str
    name: str
    members: list[Member]
    offices: dict[Role, int] = field(default_factory=dict)
    is_late: bool = False


def plan_branch(number: int, size: int, today: date) -> BranchPlan:
    """Return branch number 1, 2, … with `size` people; nothing is stored yet."""
    random = Random(f"{SEED}:{number}")  # noqa: S311 - the same people every time is the point
    teachers = min(USUAL_TEACHERS, size // 3)
    people = names(random, size)
    for place, unusual in enumerate(UNUSUAL_NAMES[(number - 1) * 2 % len(UNUSUAL_NAMES) :][:2]):
        if teachers + 5 + 3 * place < size:
            people[teachers + 5 + 3 * place] = unusual
    stages = [Stage.FULL] * teachers + _student_stages(size - teachers)
    members = [
        _member(random, number, place, people[place], stage, is_teacher=place < teachers, today=today)
        for place, stage in enumerate(stages)
    ]
    _make_young(random, [member for member in members if member.stage == Stage.ACTIVIST], today)
    is_late = number % 7 == 3
    return BranchPlan(
        f"B{number:03d}", _branch_name(number), members, _offices(number, members, is_late=is_late), is_late
    )


def _branch_name(number: int) -> str:
    field_of_study = FIELDS_OF_STUDY[(number - 1) % len(FIELDS_OF_STUDY)]
    kind = "研究生" if number % 3 == 0 else "本科生"
    round_ = (number - 1) // len(FIELDS_OF_STUDY)
    return f"{field_of_study}{kind}党支部" if round_ == 0 else f"{field_of_study}{kind}第{round_ + 1}党支部"


def _student_stages(count: int) -> list[Stage]:
    """The furthest first: that is also the order of the numbers."""
    stages: list[Stage] = []
    reached = 0
    for stage, share in SHARES.items():
        reached += share
        stages += [stage] * (round(count * reached / 100) - len(stages))
    return stages


def _member(
    random: Random, branch: int, place: int, name: str, stage: Stage, *, is_teacher: bool, today: date
) -> Member:
    number = f"9{branch:03d}{place + 1:03d}" if is_teacher else f"31{branch:04d}{place + 1:04d}"
    pinyin, initials = spell(name)
    member = Member(
        number=number, name=name, pinyin=pinyin, initials=initials, stage=stage,
        kind=Member.Kind.TEACHER if is_teacher else Member.Kind.STUDENT,
        contact=f"分机 {8000 + branch * 7 % 900 + place}",
    )  # fmt: skip
    if is_teacher:
        _set(member, _teacher_dates(random, today))
    else:
        _set(member, {"major": FIELDS_OF_STUDY[(branch - 1) % len(FIELDS_OF_STUDY)], "schooling": SCHOOLING[0]})
        _set_student_dates(member, _student_dates(random, stage, today), class_number=random.randint(1, 2), today=today)
    member.joined_on = _entered(member.applied_on)
    return member


def _set_student_dates(member: Member, dates: dict[str, date], *, class_number: int, today: date) -> None:
    """The steps, and what follows from the year in which somebody entered: grade, class, when he leaves."""
    entered = _entered(dates["applied_on"])
    leaving = date(entered.year + SCHOOLING[1], 6, 30)
    while leaving <= today:
        leaving = leaving.replace(year=leaving.year + 1)
    class_name = f"{member.major[:2]}{entered.year % 100:02d}{class_number:02d}"
    study = {"grade": str(entered.year), "class_name": class_name, "leaving_on": leaving, "joined_on": entered}
    _set(member, dates | study)


def _set(member: Member, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(member, name, value)


def _student_dates(random: Random, stage: Stage, today: date) -> dict[str, date]:
    """Backwards from the step taken last, so that the dates fit whatever day it is today."""
    if stage == Stage.ACTIVIST:
        return _dates_back_from(random, stage, months_later(today, -13) - timedelta(days=random.randint(0, 300)))
    longest = 150 if stage in {Stage.APPLICANT, Stage.CANDIDATE} else 300
    return _dates_back_from(random, stage, today - timedelta(days=random.randint(20, longest)))


def _teacher_dates(random: Random, today: date) -> dict[str, date]:
    return _dates_back_from(random, Stage.FULL, today - timedelta(days=random.randint(2000, 6000)))


def _dates_back_from(random: Random, stage: Stage, day: date) -> dict[str, date]:
    dates = {STAGE_DATE_FIELDS[stage]: day}
    for earlier in reversed(ORDER[1 : ORDER.index(stage)]):
        spare = 0 if earlier == Stage.PROBATIONARY else random.randint(3, 25)
        day = months_later(day, -MONTHS_AT_STAGE[earlier]) - timedelta(days=spare)
        dates[STAGE_DATE_FIELDS[earlier]] = day
    return dates


def _make_young(random: Random, activists: list[Member], today: date) -> None:
    """The last ones of the list became activists only lately."""
    if len(activists) <= YOUNG_ACTIVISTS:
        return
    for months, member in zip((4, 7), activists[-YOUNG_ACTIVISTS:], strict=True):
        dates = _dates_back_from(random, Stage.ACTIVIST, months_later(today, -months))
        _set_student_dates(member, dates, class_number=random.randint(1, 2), today=today)


def _entered(applied_on: date) -> date:
    """The first of September before somebody applied."""
    autumn = date(applied_on.year, 9, 1)
    return autumn if autumn <= applied_on else date(applied_on.year - 1, 9, 1)


def _offices(number: int, members: list[Member], *, is_late: bool) -> dict[Role, int]:
    """Every third branch is led by a teacher, every other one by a student; a late one has nobody but a deputy."""
    students = [
        place
        for place, member in enumerate(members)
        if member.kind == Member.Kind.STUDENT and member.stage in {Stage.FULL, Stage.PROBATIONARY}
    ]
    wanted = [Role.DEPUTY_SECRETARY, Role.ORGANISATION_COMMISSIONER, Role.PUBLICITY_COMMISSIONER,
              Role.DISCIPLINE_COMMISSIONER]  # fmt: skip
    if is_late:
        return dict(zip(wanted[:2], students, strict=False))
    if number % 2 and members and members[0].kind == Member.Kind.TEACHER:
        return {Role.SECRETARY: 0} | dict(zip(wanted, students, strict=False))
    return dict(zip([Role.SECRETARY, *wanted], students, strict=False))
