"""What did the branches of the demo do together, and who was there?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from django.utils import timezone

from activities.audiences import audiences_of
from activities.models import Activity, ActivityKind, Attendance
from branchportal import audit
from evaluations.demo import SEED
from evaluations.models import Cycle
from members.models import Branch, Member

What = tuple[datetime, str, str, str, str]  # starts at, kind, title, place, hours

# kind, title, place, hours; a month takes two of them, by turns.
USUAL = (
    ("theme_day", "参观校史馆", "校史馆", "2.0"),
    ("service", "实验楼清扫", "实验楼", "2.5"),
    ("general_meeting", "支部党员大会", "学院楼 301", "1.5"),
    ("study", "共读《乡土中国》", "图书馆研讨室", "2.0"),
    ("party_lecture", "怎样写好思想汇报", "学院楼 201", "1.5"),
    ("service", "校园导览", "校门服务站", "3.0"),
    ("duty", "党员服务站值班", "三号宿舍楼服务站", "2.0"),
)
# Two that come soon: the days until then, and one of these each, by turns from branch to branch.
COMING_DAYS = (4, 11)
COMING = (
    ("study", "专业学习经验交流", "学院楼 301", "1.5"),
    ("theme_day", "走进社区", "校外社区", "3.0"),
    ("party_lecture", "与新党员谈入党动机", "学院楼 201", "1.5"),
    ("service", "图书馆整架", "图书馆", "2.0"),
    ("general_meeting", "支部党员大会", "学院楼 301", "1.5"),
)
OF_PARTY_MEMBERS = frozenset({"general_meeting"})
DAYS = (9, 24)  # of a month: one on each side of the usual deadline
STARTS = time(18, 30)


def write(branch: Branch, members: list[Member], cycles: list[Cycle], now: datetime) -> None:
    """Write two activities a month with attendance, and two that come soon; one audit line each."""
    random = Random(f"{SEED}:{branch.code}:activities")  # noqa: S311
    owners = members[:6] or [None]
    kinds = {kind.code: kind for kind in ActivityKind.objects.filter(root=None)}
    past = [_activity(branch, kinds, random.choice(owners), what) for what in _past(random, cycles, now)]
    coming = [_activity(branch, kinds, random.choice(owners), what) for what in _coming(random, now)]
    Activity.objects.bulk_create([*past, *coming])
    audit.record_many("activity.recorded", by=None, lines=[{"subject": activity} for activity in [*past, *coming]])
    Attendance.objects.bulk_create(
        [_attendance(random, activity, member) for activity in past for member in members
         if member.joined_on <= activity.starts_at.date() and _is_meant(activity, member)],
        batch_size=500,
    )  # fmt: skip


def _past(random: Random, cycles: list[Cycle], now: datetime) -> Iterator[What]:
    turn = random.randrange(len(USUAL))
    for cycle in cycles:
        for day in DAYS:
            starts_at = _at(cycle.month.replace(day=day))
            if starts_at < now - timedelta(hours=4):
                yield starts_at, *USUAL[turn % len(USUAL)]
                turn += 1


def _coming(random: Random, now: datetime) -> Iterator[What]:
    for days, what in zip(COMING_DAYS, random.sample(COMING, len(COMING_DAYS)), strict=True):
        yield _at(timezone.localdate(now) + timedelta(days=days)), *what


def _at(day: date) -> datetime:
    return datetime.combine(day, STARTS, tzinfo=timezone.get_default_timezone())


def _activity(branch: Branch, kinds: dict[str, ActivityKind], owner: Member | None, what: What) -> Activity:
    starts_at, kind, title, place, hours = what
    return Activity(
        branch=branch, owner=owner, kind=kinds[kind], title=title, place=place, hours=Decimal(hours),
        audience="inside" if kind in OF_PARTY_MEMBERS else "open",
        starts_at=starts_at, ends_at=starts_at + timedelta(hours=float(hours)),
    )  # fmt: skip


def _is_meant(activity: Activity, member: Member) -> bool:
    return activity.audience in audiences_of(member.stage_on(activity.starts_at.date()))


def _attendance(random: Random, activity: Activity, member: Member) -> Attendance:
    state = random.choices(Attendance.State.values, weights=(86, 10, 4))[0]
    hours = activity.hours if state == Attendance.State.PRESENT else Decimal(0)
    return Attendance(activity=activity, member=member, state=state, hours=hours)
