"""How is somebody's calendar written as an iCalendar file (RFC 5545)?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from icalendar import Calendar, Event
from icalendar.prop import vText

from activities.calendar_entries import CalendarEntry
from activities.models import Activity

CONTENT_TYPE = "text/calendar; charset=utf-8"
FETCH_AGAIN = timedelta(hours=6)


def calendar_file(
    activities: Iterable[Activity], entries: Iterable[CalendarEntry], *, name: str, host: str, now: datetime
) -> bytes:
    """Return the file; `host` is the scheme and name in front of every address. No names of people stand in it."""
    calendar = Calendar()
    calendar.add("prodid", f"-//Branch Portal//{settings.VERSION}//ZH")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", settings.TIME_ZONE)
    calendar.add("refresh-interval", FETCH_AGAIN, parameters={"VALUE": "DURATION"})
    site = host.split("://", 1)[-1]
    for activity in activities:
        calendar.add_component(_event(activity, host, site, now))
    for entry in entries:
        calendar.add_component(_whole_day(entry, host, site, now))
    return calendar.to_ical()


def _event(activity: Activity, host: str, site: str, now: datetime) -> Event:
    event = Event()
    event.add("uid", f"activity-{activity.pk}@{site}")
    event.add("dtstamp", now.astimezone(UTC))
    event.add("sequence", activity.version)
    event.add("dtstart", activity.starts_at.astimezone(UTC))
    event.add("dtend", activity.ends_at.astimezone(UTC))
    event.add("summary", _summary(activity))
    event.add("description", "\n".join(_lines(activity)))
    if activity.place:
        event.add("location", activity.place)
    event.add("categories", [vText(activity.kind.label)])
    event.add("url", host + reverse("activities:activity", args=[activity.pk]))
    event.add("status", "CANCELLED" if activity.is_cancelled else "CONFIRMED")
    event.add("transp", "OPAQUE" if activity.own_place else "TRANSPARENT")
    return event


def _whole_day(entry: CalendarEntry, host: str, site: str, now: datetime) -> Event:
    event = Event()
    event.add("uid", f"{entry.uid}@{site}")
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", entry.day)
    event.add("dtend", entry.day + timedelta(days=1))
    event.add("summary", entry.title)
    if entry.url:
        event.add("url", host + entry.url)
    event.add("transp", "TRANSPARENT")
    return event


def _summary(activity: Activity) -> str:
    if activity.is_cancelled:
        return _("Cancelled: %(title)s") % {"title": activity.title}
    if activity.own_place is False:
        return _("%(title)s (on the waiting list)") % {"title": activity.title}
    return activity.title


def _lines(activity: Activity) -> list[str]:
    lines = [activity.branch.name, activity.kind.label]
    if activity.is_cancelled:
        lines.append(activity.cancelled_because)
    elif activity.own_place is not None:
        lines.append(_("You have a place.") if activity.own_place else _("You are on the waiting list."))
    elif activity.signs_up:
        lines.append(_("You have not signed up."))
    return [*lines, *filter(None, [activity.link, activity.description])]
