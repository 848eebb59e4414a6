"""Which days of other rooms stand in somebody's calendar? Each app names its own (settings.CALENDAR_ENTRIES)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string


@dataclass(frozen=True)
class CalendarEntry:
    """A whole day with a name in the reader's language; `uid` stays the same for the same thing."""

    uid: str
    day: date
    title: str
    url: str = ""


def entries_for(user: Any, first: date, last: date) -> list[CalendarEntry]:
    """Everything that concerns this person on these days, both included, in order of time."""
    found = [entry for path in settings.CALENDAR_ENTRIES for entry in import_string(path)(user, first, last)]
    return sorted(found, key=lambda entry: (entry.day, entry.uid))
