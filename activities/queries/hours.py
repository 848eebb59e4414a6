"""How many hours does somebody have, at activities of which audience, in which year?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db.models import Case, Count, F, Q, QuerySet, Sum, Value, When
from django.db.models.functions import ExtractMonth, ExtractYear, TruncDate
from django.utils import timezone

from activities.models import Activity, Attendance
from members.models import Member
from members.stages import Stage

FIRST_MONTH_OF_A_YEAR = 9  # the academic year
AUDIENCES = tuple(Activity.Audience.values)
INSIDE, APPLICANTS = Activity.Audience.INSIDE, Activity.Audience.APPLICANTS


def _reached(step: str) -> Q:
    """Steps without a date count as taken (see members.stages.stage_on)."""
    return Q(**{f"member__{step}": None}) | Q(**{f"member__{step}__lte": TruncDate("activity__starts_at")})


WAS_PARTY_MEMBER = (Q(member__stage=Stage.PROBATIONARY) & _reached("probationary_on")) | (
    Q(member__stage=Stage.FULL) & (_reached("full_on") | _reached("probationary_on"))
)
COUNTED_AS = Case(  # audiences.counted_as for the database
    When(Q(activity__audience=INSIDE) & ~WAS_PARTY_MEMBER, then=Value(APPLICANTS)), default=F("activity__audience")
)


@dataclass(frozen=True)
class Hours:
    """Hours by audience: organisation life is never mixed with study for non-members.

    Organisation life is that of whoever was a Party member on the day; the hours of others are study (see audiences).
    """

    by_audience: dict[str, Decimal] = field(default_factory=dict)
    times: int = 0

    @property
    def columns(self) -> list[Decimal]:
        """In the order of AUDIENCES."""
        return [self.by_audience.get(audience, Decimal(0)) for audience in AUDIENCES]

    @property
    def total(self) -> Decimal:
        return sum(self.by_audience.values(), Decimal(0))


def hours_by_member(members: Iterable[Member], first: date, last: date) -> dict[int, Decimal]:
    """{member id: hours} on these days, both included; whoever has none is not in it. One query."""
    rows = Attendance.objects.counted().filter(in_days(first, last), member__in=[member.pk for member in members])
    return dict(rows.order_by().values_list("member").annotate(Sum("hours")))


def hours_by_audience(members: Iterable[Member], first: date, last: date) -> dict[int, Hours]:
    """{member id: Hours} on these days, both included; whoever has none is not in it. One query."""
    rows = Attendance.objects.counted().filter(in_days(first, last), member__in=[member.pk for member in members])
    found = rows.order_by().values_list("member", COUNTED_AS).annotate(Sum("hours"), Count("pk"))
    return _folded((member, audience, hours, times) for member, audience, hours, times in found)


def hours_by_year(member: Member) -> dict[date, Hours]:
    """{first day of an academic year: Hours} of one person, the newest first. One query."""
    rows = Attendance.objects.counted().filter(member=member).order_by()
    found = (
        rows.annotate(year=ExtractYear("activity__starts_at"), month=ExtractMonth("activity__starts_at"))
        .values_list("year", "month", COUNTED_AS)
        .annotate(Sum("hours"), Count("pk"))
    )
    years = _folded(
        (academic_year(date(year, month, 1))[0], audience, hours, times)
        for year, month, audience, hours, times in found
    )
    return dict(sorted(years.items(), reverse=True))


def attended(member: Member, first: date, last: date) -> QuerySet[Attendance]:
    """What is written about one person on these days, both included, the newest first."""
    found = Attendance.objects.filter(in_days(first, last), member=member)
    return found.select_related("activity__kind").order_by("-activity__starts_at", "-activity__pk")


def counted_rows(members: QuerySet[Member], first: date, last: date) -> QuerySet[Attendance]:
    """What counts for these people on these days, both included, in the order of the days."""
    found = Attendance.objects.counted().filter(in_days(first, last), member__in=members)
    return found.select_related("activity").order_by("activity__starts_at", "activity__pk")


def academic_year(day: date) -> tuple[date, date]:
    """First and last day of the academic year in which this day lies."""
    first = date(day.year if day.month >= FIRST_MONTH_OF_A_YEAR else day.year - 1, FIRST_MONTH_OF_A_YEAR, 1)
    return first, first.replace(year=first.year + 1) - timedelta(days=1)


def in_days(first: date, last: date, lookup: str = "activity__") -> Q:
    """What began on these days, both included; `lookup` is the way to the activity."""
    begin, end = days_between(first, last)
    return Q(**{f"{lookup}starts_at__gte": begin, f"{lookup}starts_at__lt": end})


def days_between(first: date, last: date) -> tuple[datetime, datetime]:
    """The first instant of these days, and the first one after them."""
    begin = timezone.make_aware(datetime.combine(first, time()))
    return begin, timezone.make_aware(datetime.combine(last + timedelta(days=1), time()))


def _folded(rows: Iterable[tuple]) -> dict:
    """{key: Hours} of rows (key, audience, hours, times)."""
    sums: dict = defaultdict(lambda: defaultdict(Decimal))
    times: dict = defaultdict(int)
    for key, audience, hours, count in rows:
        sums[key][audience] += hours
        times[key] += count
    return {key: Hours(dict(by_audience), times[key]) for key, by_audience in sums.items()}
