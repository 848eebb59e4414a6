"""How many hours does somebody have?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db.models import Q, Sum
from django.utils import timezone

from activities.models import Attendance
from members.models import Member

FIRST_MONTH_OF_A_YEAR = 9  # the academic year


def hours_by_member(members: Iterable[Member], first: date, last: date) -> dict[int, Decimal]:
    """{member id: hours} on these days, both included; whoever has none is not in it. One query."""
    rows = Attendance.objects.filter(in_days(first, last), member__in=[member.pk for member in members])
    return dict(rows.order_by().values_list("member").annotate(Sum("hours")))


def academic_year(day: date) -> tuple[date, date]:
    """First and last day of the academic year in which this day lies."""
    first = date(day.year if day.month >= FIRST_MONTH_OF_A_YEAR else day.year - 1, FIRST_MONTH_OF_A_YEAR, 1)
    return first, first.replace(year=first.year + 1) - timedelta(days=1)


def in_days(first: date, last: date, lookup: str = "activity__") -> Q:
    """What began on these days, both included; `lookup` is the way to the activity."""
    begin = timezone.make_aware(datetime.combine(first, time()))
    end = timezone.make_aware(datetime.combine(last + timedelta(days=1), time()))
    return Q(**{f"{lookup}starts_at__gte": begin, f"{lookup}starts_at__lt": end})
