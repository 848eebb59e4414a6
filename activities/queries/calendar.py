"""What takes place in a month, day by day, and what stands in somebody's own calendar?"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, QuerySet, Window
from django.db.models.functions import RowNumber, TruncDate
from django.utils import timezone

from activities.calendar_entries import CalendarEntry
from activities.models import Activity
from activities.queries.activities import with_attendance
from activities.queries.hours import in_days
from branchportal.months import last_day_of
from members.models import Member

SHOWN_PER_DAY = 4  # further ones are a link to the list of that day
MOST_IN_A_FILE = 1_000


@dataclass
class Day:
    """One day of the month; `more` is how many activities of it are not shown."""

    day: date
    activities: list[Activity] = field(default_factory=list)
    more: int = 0
    holiday: str = ""
    entries: list[CalendarEntry] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.activities or self.holiday or self.entries)


def month_of(
    activities: QuerySet[Activity], month: date, *, member: Member | None, holidays: dict[date, str],
    entries: list[CalendarEntry],
) -> list[list[Day | None]]:  # fmt: skip
    """Return the weeks from Monday on; None for days of the months beside. One query."""
    first, last = month, last_day_of(month)
    days = {day: Day(day, holiday=holidays.get(day, "")) for day in _days(first, last)}
    for activity in _first_of_each_day(with_attendance(activities, member).filter(in_days(first, last, ""))):
        day = days[activity.day]
        day.activities.append(activity)
        day.more = activity.on_that_day - len(day.activities)
    for entry in entries:
        if entry.day in days:
            days[entry.day].entries.append(entry)
    monday = first - timedelta(days=first.weekday())
    sunday = last + timedelta(days=6 - last.weekday())
    cells = [days.get(day) for day in _days(monday, sunday)]
    return [cells[start : start + 7] for start in range(0, len(cells), 7)]


def for_a_file(activities: QuerySet[Activity], *, member: Member | None, now: datetime) -> QuerySet[Activity]:
    """From three months ago to a year ahead, the MOST_IN_A_FILE that lie nearest."""
    window = in_days(*file_days(timezone.localdate(now)), "")
    return with_attendance(activities, member).filter(window).nearest_first(now)[:MOST_IN_A_FILE]


def file_days(today: date) -> tuple[date, date]:
    """First and last day that a calendar file speaks of."""
    return today - timedelta(days=92), today + timedelta(days=366)


def _first_of_each_day(activities: QuerySet[Activity]) -> QuerySet[Activity]:
    """At most SHOWN_PER_DAY of each day, each with `day` and how many there are `on_that_day`."""
    of_a_day: dict[str, Any] = {"partition_by": F("day")}
    return (
        activities.order_by()
        .annotate(day=TruncDate("starts_at", tzinfo=timezone.get_default_timezone()))
        .annotate(
            on_that_day=Window(Count("pk"), **of_a_day),
            place_on_day=Window(RowNumber(), order_by=[F("starts_at"), F("pk")], **of_a_day),
        )
        .filter(place_on_day__lte=SHOWN_PER_DAY)
        .order_by("starts_at", "pk")
    )


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]
