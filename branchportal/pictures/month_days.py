"""Which days stand in which week of a month's little calendar, and what is marked on them?"""

from __future__ import annotations

from calendar import Calendar
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

KINDS = ("deadline", "activity")  # in the order in which a day shows them


@dataclass(frozen=True)
class Day:
    """One day of the month with what is marked on it; `day` is None outside the month."""

    day: date | None
    kinds: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()


def weeks(month: date, marks: Iterable[Mapping[str, Any]]) -> list[list[Day]]:
    """Weeks from Monday to Sunday; each mark is {"day": date, "kind": "deadline" | "activity", "text": str, …}."""
    marked: dict[date, list[Mapping[str, Any]]] = defaultdict(list)
    for mark in marks:
        marked[mark["day"]].append(mark)
    calendar = Calendar().monthdatescalendar(month.year, month.month)
    return [[_day(day, month, marked.get(day, [])) for day in week] for week in calendar]


def _day(day: date, month: date, marks: list[Mapping[str, Any]]) -> Day:
    if day.month != month.month:
        return Day(None)
    kinds = {mark["kind"] for mark in marks}
    return Day(day, tuple(kind for kind in KINDS if kind in kinds), tuple(mark["text"] for mark in marks))
