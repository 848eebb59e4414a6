"""What did a branch do, who was there, and how many hours does somebody have?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.utils import timezone

from activities.models import Activity, Attendance
from members.models import Member

FIRST_MONTH_OF_A_YEAR = 9  # the academic year


@dataclass(frozen=True)
class Row:
    """One person on the attendance sheet; state "" where nothing is known."""

    member: Member
    state: str
    hours: Decimal | None
    hours_this_year: Decimal


def with_attendance(activities: QuerySet[Activity], member: Member | None) -> QuerySet[Activity]:
    """Add `present`, `known` (how many are marked) and `own_state` (of this member) to each; no further query."""
    own = Attendance.objects.filter(activity=OuterRef("pk"), member=member)
    return (
        activities.select_related("branch", "owner")
        .annotate(
            present=Count("attendances", filter=Q(attendances__state=Attendance.State.PRESENT)),
            known=Count("attendances"),
            own_state=Subquery(own.values("state")[:1]),
        )
        .order_by("-starts_at", "-pk")
    )  # counting drops the model's own order


def sheet(activity: Activity) -> list[Row]:
    """Everybody who belonged to the branch on that day or is marked already, in roster order; three queries."""
    day = timezone.localdate(activity.starts_at)
    marks = {one.member_id: one for one in activity.attendances.all()}
    belonged = Q(branch=activity.branch, joined_on__lte=day) & (Q(ended_on=None) | Q(ended_on__gt=day))
    people = list(Member.objects.filter(belonged | Q(pk__in=marks)).in_roster_order())
    hours = hours_by_member(people, *academic_year(day))
    return [_row(person, marks.get(person.pk), hours) for person in people]


def recorded_between(member: Member, first: date, last: date) -> QuerySet[Attendance]:
    """At which activities somebody was present on these days, both included, the newest first."""
    present = Attendance.objects.filter(_in_days(first, last), member=member, state=Attendance.State.PRESENT)
    return present.select_related("activity").order_by("-activity__starts_at", "-activity__pk")


def hours_by_member(members: Iterable[Member], first: date, last: date) -> dict[int, Decimal]:
    """{member id: hours} on these days, both included; whoever has none is not in it. One query."""
    rows = Attendance.objects.filter(_in_days(first, last), member__in=[member.pk for member in members])
    return dict(rows.order_by().values_list("member").annotate(Sum("hours")))


def own_attendance(activity: Activity, member: Member | None) -> Attendance | None:
    """What is written down about this person alone."""
    return activity.attendances.filter(member=member).first() if member else None


def differences(activity: Activity, typed: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Where typed values and the present activity disagree: (label, present, typed) in words."""
    return [
        (
            str(Activity._meta.get_field(name).verbose_name),
            _in_words(name, getattr(activity, name)),
            _in_words(name, value),
        )
        for name, value in typed.items()
        if getattr(activity, name) != value
    ]


def academic_year(day: date) -> tuple[date, date]:
    """First and last day of the academic year in which this day lies."""
    first = date(day.year if day.month >= FIRST_MONTH_OF_A_YEAR else day.year - 1, FIRST_MONTH_OF_A_YEAR, 1)
    return first, first.replace(year=first.year + 1) - timedelta(days=1)


def _row(member: Member, mark: Attendance | None, hours: dict[int, Decimal]) -> Row:
    total = hours.get(member.pk, Decimal(0))
    return Row(member, mark.state, mark.hours, total) if mark else Row(member, "", None, total)


def _in_words(name: str, value: Any) -> str:
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    labels = dict(Activity._meta.get_field(name).flatchoices)
    return str(labels.get(value, value)) or "–"


def _in_days(first: date, last: date) -> Q:
    begin = timezone.make_aware(datetime.combine(first, time()))
    end = timezone.make_aware(datetime.combine(last + timedelta(days=1), time()))
    return Q(activity__starts_at__gte=begin, activity__starts_at__lt=end)
