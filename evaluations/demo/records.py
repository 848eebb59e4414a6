"""Which minutes and awards does the demo have?"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random

from django.utils import timezone

from activities.models import Activity, Award, AwardLevel, Minutes
from activities.queries.minutes import roll_of_marks
from branchportal import audit
from evaluations.demo import SEED
from members.models import Branch, Member, User

AGENDA = (
    ("传达学院党委近期工作安排", "主持人传达了本月工作安排，与会同志逐项讨论。", "按安排分工，月底前完成。"),
    ("讨论发展对象培养情况", "培养联系人介绍了近期的培养情况，与会同志发表了意见。", "继续培养考察，下次会议再议。"),
    ("布置下月主题党日", "", "由宣传委员拟定方案，提前一周通知。"),
)
AWARDS = (
    ("程序设计竞赛二等奖", "province", "省计算机学会"),
    ("优秀志愿者", "school", "校团委"),
    ("数学建模竞赛三等奖", "national", "竞赛组委会"),
    ("社会实践先进个人", "city", "市青年联合会"),
)
ITEMS = [{"topic": topic, "spoken": spoken, "decided": decided} for topic, spoken, decided in AGENDA]


def write(branch: Branch, members: list[Member], officers: list[User], now: datetime) -> None:
    """Confirmed minutes of every meeting but the newest, which is a draft, and a few awards in every state."""
    if not officers:
        return
    _write_minutes(branch, officers, now)
    _write_awards(branch, members, officers[0], now)


def _write_minutes(branch: Branch, officers: list[User], now: datetime) -> None:
    meetings = Activity.objects.filter(branch=branch, kind__needs_minutes=True, ends_at__lt=now)
    newest = None
    minutes = []
    meetings = meetings.select_related("kind").prefetch_related("attendances__member__user")
    for activity in meetings.order_by("-starts_at", "-pk"):
        chair, recorder = _signers(activity, officers)
        at = activity.ends_at + timedelta(days=1)
        one = Minutes(
            activity=activity,
            chair=chair,
            recorder=recorder,
            items=ITEMS,
            saved_at=min(at, now),
            saved_by=recorder,
        )
        if newest is not None:
            one.confirmed_at, one.confirmed_by, one.roll = at, chair, _roll(activity)
        newest = newest or activity
        minutes.append(one)
    Minutes.objects.bulk_create(minutes)
    audit.record_many("minutes.saved", by=None, lines=[{"subject": one} for one in minutes])
    audit.record_many("minutes.confirmed", by=None, lines=[{"subject": one} for one in minutes if one.confirmed_at])


def _signers(activity: Activity, officers: list[User]) -> list[User]:
    """Two who were there, officers first; officers who were not, where nobody else has a log-in."""
    present = [one.member.user for one in activity.attendances.all() if one.hours and one.member.user]
    there = [user for user in officers if user in present]
    return list(dict.fromkeys([*there, *present, *officers]))[:2]


def _roll(activity: Activity) -> dict:
    marks = sorted(activity.attendances.all(), key=lambda one: (one.member.pinyin, one.member.number))
    return roll_of_marks(activity, marks)


def _write_awards(branch: Branch, members: list[Member], officer: User, now: datetime) -> None:
    random = Random(f"{SEED}:{branch.code}:awards")  # noqa: S311
    levels = {level.code: level for level in AwardLevel.objects.all()}
    people = random.sample([one for one in members if one.user_id != officer.pk], min(len(members) - 1, 8))
    awards = [_award(member, place, levels, officer, now) for place, member in enumerate(people)]
    Award.objects.bulk_create(awards)
    audit.record_many("award.proposed", by=None, lines=[{"subject": one} for one in awards])


def _award(member: Member, place: int, levels: dict[str, AwardLevel], officer: User, now: datetime) -> Award:
    title, level, body = AWARDS[place % len(AWARDS)]
    day: date = timezone.localdate(now) - timedelta(days=12 + 9 * place)
    award = Award(
        member=member, title=title, level=levels[level], awarded_on=day, body=body, proposed_at=now - timedelta(days=6)
    )
    if place % 4 == 3:
        return award
    award.decided_at, award.decided_by = now - timedelta(days=3), officer
    award.state = Award.State.REJECTED if place == 6 else Award.State.CONFIRMED
    award.decision = "请上传证书" if place == 6 else ""
    return award
