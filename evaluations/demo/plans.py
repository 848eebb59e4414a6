"""What does the first branch of the demo plan: a full evening, a series, something cancelled, something open to all?"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from uuid import NAMESPACE_OID, uuid5

from django.utils import timezone

from activities.models import Activity, ActivityKind, SignUp
from branchportal import audit
from members.models import Branch, Member

REASON = "讲师临时出差，改期另行通知"


def write(above: Branch, branch: Branch, members: list[Member], now: datetime) -> None:
    """Write the plans of a branch, and one of the general branch above it; one audit line each."""
    kinds, owner = {kind.code: kind for kind in ActivityKind.objects.filter(root=None)}, members[0]
    full = _activity(
        branch, owner, kinds["film"], "观看红色电影并讨论", starts_at=_at(now, 6, 19), hours=2,
        place="学生活动中心放映室", audience="open", signs_up=True, capacity=12, signs_up_until=_at(now, 5, 18),
        description="放映后分组讨论，每人准备一分钟发言。",
    )  # fmt: skip
    series = uuid5(NAMESPACE_OID, f"{branch.code} reading circle")
    reading = [
        _activity(
            branch, members[1], kinds["reading"], "读书会：《共产党宣言》", starts_at=_at(now, 3 + 7 * week, 19),
            hours=1.5, place="图书馆研讨室", audience="applicants", mode="both", link="https://meeting.example.edu.cn/reading",
            signs_up=True, series=series,
        )
        for week in range(6)
    ]  # fmt: skip
    off = _activity(
        branch, owner, kinds["party_lecture"], "专题党课", starts_at=_at(now, 8, 14), hours=1.5, place="学院楼 201",
        audience="open", cancelled_at=now, cancelled_because=REASON,
    )  # fmt: skip
    lecture = _activity(
        above, owner, kinds["party_lecture"], "专家报告会（面向全体学生）", starts_at=_at(now, 10, 18), hours=2,
        place="大礼堂", audience="open", mode="both", link="https://meeting.example.edu.cn/lecture",
        signs_up=True, capacity=200,
    )  # fmt: skip
    _store([full, *reading, off, lecture])
    _sign_up(full, members[3:18], now)
    _sign_up(reading[0], members[6:13], now)


def _activity(
    branch: Branch, owner: Member, kind: ActivityKind, title: str, *, starts_at: datetime, hours: float, **fields
) -> Activity:
    ends_at = starts_at + timedelta(hours=hours)
    return Activity(
        branch=branch, owner=owner, kind=kind, title=title, starts_at=starts_at, ends_at=ends_at,
        hours=Decimal(str(hours)), **fields,
    )  # fmt: skip


def _at(now: datetime, days: int, hour: int) -> datetime:
    day: date = timezone.localdate(now) + timedelta(days=days)
    return datetime.combine(day, time(hour), tzinfo=timezone.get_default_timezone())


def _store(activities: list[Activity]) -> None:
    Activity.objects.bulk_create(activities)
    audit.record_many("activity.recorded", by=None, lines=[{"subject": activity} for activity in activities])


def _sign_up(activity: Activity, members: list[Member], now: datetime) -> None:
    """Each an hour after the one before, as they arrived."""
    places = activity.capacity or len(members)
    SignUp.objects.bulk_create(
        [
            SignUp(activity=activity, member=member, arrival=number, has_place=number <= places,
                   at=now - timedelta(hours=24 - number))
            for number, member in enumerate(members, start=1)
        ]
    )  # fmt: skip
    Activity.objects.filter(pk=activity.pk).update(arrivals=len(members))
