"""What waits for somebody, and since when? One shape for what each app finds; the home page shows it, oldest first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Min, QuerySet, Value
from django.utils import timezone

INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Todo:
    """One line of the to-do list: what waits, where it is done, since when, and the first instant that is too late."""

    text: str
    url: str
    since: datetime
    until: datetime | None = None

    @property
    def last_day(self) -> date | None:
        """The last day on which it can be done."""
        return timezone.localdate(self.until - INSTANT) if self.until else None

    def days_left(self, now: datetime) -> int | None:
        """Whole days until it is too late, today as one; None where there is no end."""
        if self.until is None:
            return None
        return max((self.last_day - timezone.localdate(now)).days + 1, 0)

    def days_waited(self, now: datetime) -> int:
        """Whole days since it began to wait."""
        return max((timezone.localdate(now) - timezone.localdate(self.since)).days, 0)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Rows of one kind that wait and are told as one line; `since` is the field that says from when on.

    `until`: until when, by when the oldest began to wait; None where there is no end.
    """

    rows: QuerySet
    since: str
    text: Callable[[int], str]  # of how many
    url: str
    until: Callable[[datetime], datetime] | None = None


def in_one_line_each(kinds: Iterable[Waiting]) -> Iterator[Todo]:
    """A line for each kind of which something waits. One query for all of them."""
    kinds = list(kinds)
    each = [
        kind.rows.order_by()
        .values(told_as=Value(place))
        .annotate(rows_found=Count("pk"), waits_since=Min(kind.since))
        .values_list("told_as", "rows_found", "waits_since")
        for place, kind in enumerate(kinds)
    ]
    for place, number, first in each[0].union(*each[1:], all=True) if each else ():
        if number:
            kind = kinds[place]
            yield Todo(kind.text(number), kind.url, since=first, until=kind.until(first) if kind.until else None)


def oldest_first(todos: Iterable[Todo]) -> list[Todo]:
    """What waits longest comes first; of two that began together, the one whose time ends first."""
    return sorted(todos, key=lambda todo: (todo.since, todo.until is None, todo.until or todo.since))
