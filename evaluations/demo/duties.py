"""Who is there for which activists, area or class in the demo, and what did he write down?"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random

from django.utils import timezone

from activities.duties import DutyKind, months_of, term_around
from activities.models import Duty, DutyClosing, DutyEntry
from branchportal import audit
from branchportal.months import last_day_of, months_later
from evaluations.demo import SEED
from evaluations.models import DutyRating
from members.models import Branch, Member, User
from members.stages import PARTY_MEMBERS, Stage

WORDS = {
    DutyKind.ACTIVISTS: (
        ("thought", "谈近期思想汇报"), ("study", "一起读会议公报"), ("work", "交流班级工作"), ("life", "了解作息安排"),
    ),
    DutyKind.DORMITORY: (
        ("tidiness", "走访四间宿舍，整理公共区域"), ("safety", "检查插线板和充电器"), ("atmosphere", "组织晚间自习"),
        ("solved", "联系维修走廊照明"),
    ),
    DutyKind.CLASS: (
        ("class_meeting", "参加主题班会"), ("talk", "与三位同学谈心"), ("one_to_one", "期中复习答疑"),
        ("other", "协助学风检查"),
    ),
}  # fmt: skip
POINTS = (95, 85, 85, 75)


def write(branch: Branch, members: list[Member], officers: list[User], now: datetime) -> None:
    """A duty for each Party member of the branch, by turns of the three kinds, with entries; some are late."""
    students = [one for one in members if one.kind == Member.Kind.STUDENT]
    people = [one for one in students if one.stage in PARTY_MEMBERS and one.ended_on is None]
    activists = [one for one in students if one.stage == Stage.ACTIVIST and one.ended_on is None]
    if not people or not officers:
        return
    first, last = _term(timezone.localdate(now))
    kinds = list(DutyKind)
    duties = Duty.objects.bulk_create(
        Duty(
            member=one, branch=branch, kind=kinds[place % 3].value, subject=_subject(one, kinds[place % 3], place),
            first_month=first, last_month=last, assigned_at=_moment(first), assigned_by=officers[0],
        )
        for place, one in enumerate(people)
    )  # fmt: skip
    _give_activists([duty for duty in duties if duty.kind == DutyKind.ACTIVISTS], activists)
    audit.record_many("duty.assigned", by=None, lines=[{"subject": duty, "branch": branch} for duty in duties])
    random = Random(f"{SEED}:{branch.code}:duties")  # noqa: S311
    entries = [entry for duty in duties for entry in _entries(duty, timezone.localdate(now), random)]
    written = DutyEntry.objects.bulk_create(entries)
    audit.record_many("duty_entry.written", by=None, lines=[{"subject": one, "branch": branch} for one in written])
    _rate(branch, duties, written, officers, now)


def _rate(branch: Branch, duties: list[Duty], written: list[DutyEntry], officers: list[User], now: datetime) -> None:
    """Points for the first month of each duty, once it is over."""
    month = duties[0].first_month
    if last_day_of(month) >= timezone.localdate(now):
        return
    done = {entry.duty_id for entry in written if entry.on <= last_day_of(month)}
    closed = DutyClosing.objects.bulk_create(
        DutyClosing(
            member=duty.member, branch=branch, kind=duty.kind, first_month=month, last_month=month, closed_at=now
        )
        for duty in duties
    )
    ratings = DutyRating.objects.bulk_create(
        DutyRating(
            closing=closing, points=POINTS[place % len(POINTS)] if duty.pk in done else min(POINTS), due=1,
            done=int(duty.pk in done), rated_by=rater_of(duty.member, officers), rated_at=now,
        )
        for place, (duty, closing) in enumerate(zip(duties, closed, strict=True))
    )  # fmt: skip
    audit.record_many("duty_rating.given", by=None, lines=[{"subject": one, "branch": branch} for one in ratings])


def rater_of(member: Member, officers: list[User]) -> User | None:
    """The first officer who is not the person himself."""
    return next((officer for officer in officers if officer.pk != member.user_id), None)


def _term(today: date) -> tuple[date, date]:
    """The term around today; before it has begun the one before."""
    first, last = term_around(today)
    return (first, last) if first <= today else term_around(months_later(first, -4))


def _subject(member: Member, kind: DutyKind, place: int) -> str:
    if kind == DutyKind.DORMITORY:
        return f"{place % 6 + 1} 号楼 {place % 4 + 2} 层"
    return member.class_name if kind == DutyKind.CLASS else "新生积极分子"


def _give_activists(duties: list[Duty], activists: list[Member]) -> None:
    """Each activist to one of the groups, by turns."""
    links = Duty.activists.through
    given = [(duties[place % len(duties)], one) for place, one in enumerate(activists)] if duties else []
    links.objects.bulk_create(links(duty_id=duty.pk, member_id=one.pk) for duty, one in given)


def _entries(duty: Duty, today: date, random: Random) -> list[DutyEntry]:
    """One a month so far; now and then a month without."""
    found = []
    for place, month in enumerate(months_of(duty.first_month, duty.last_month)):
        day = month + timedelta(days=random.randrange(2, 25))
        is_forgotten = random.random() < 0.2
        if day > min(today, last_day_of(month)) or is_forgotten:
            continue
        topic, text = WORDS[DutyKind(duty.kind)][(place + duty.member_id) % 4]
        found.append(DutyEntry(duty=duty, on=day, topic=topic, text=text, written_at=_moment(day)))
    return found


def _moment(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(20)))
