"""What stands in the minutes of an activity, who may read and write them, and where are they missing?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from activities.models import Activity, Attendance, Minutes
from activities.queries.expected import expected_of
from members.access import access_of
from members.models import Branch, RoleAssignment, User
from members.roles import Permission, Role

DAYS_FOR_MINUTES = 3


def roll_of(activity: Activity) -> dict[str, Any]:
    """Who was there, in roster order: {"expected": number, each state: [names], "beside": [names], "guests": number}.

    "beside" are those who came without being expected (see queries.expected). One query, two for a committee meeting.
    """
    marks = list(activity.attendances.select_related("member").order_by("member__pinyin", "member__number"))
    return roll_of_marks(activity, marks)


def roll_of_marks(activity: Activity, marks: Iterable[Attendance]) -> dict[str, Any]:
    """The same from marks that are read already, in their order."""
    marks = list(marks)
    expected = expected_of(activity, [one.member for one in marks])
    due = [one for one in marks if one.member_id in expected]
    names = {state: [one.member.name for one in due if one.state == state] for state in Attendance.State.values}
    came = [one for one in marks if one.member_id not in expected and one.state == Attendance.State.PRESENT]
    beside = [one.member.name for one in came]
    return {"expected": len(due), **names, "beside": beside, "guests": activity.guests}


def people_who_may_sign(branch: Branch, today: date, standing: list[User]) -> QuerySet[User]:
    """Who can be chair or recorder: the branch's people with a log-in, its officers, and those named already.

    People of a roster come in its order, then the others by name.
    """
    officers = RoleAssignment.objects.on(today).filter(branch__path__in=branch.ancestor_paths())
    officers = officers.exclude(role__in=[Role.ADMINISTRATOR, Role.CLASS_CONTACT])
    named = [user.pk for user in standing]
    return User.objects.filter(
        Q(member__branch=branch, member__ended_on=None) | Q(pk__in=officers.values("user")) | Q(pk__in=named)
    ).order_by(F("member__pinyin").asc(nulls_last=True), "name", "number")


def signs(user: User, minutes: Minutes | None) -> bool:
    """Is this person the chair or the recorder?"""
    return minutes is not None and user.pk in {minutes.chair_id, minutes.recorder_id}


def may_write(user: User, activity: Activity, minutes: Minutes | None) -> bool:
    """Those who record activities, and the two who sign."""
    return signs(user, minutes) or access_of(user).may_in(Permission.EDIT_ACTIVITIES, activity.branch)


def may_confirm(user: User, activity: Activity, minutes: Minutes | None) -> bool:
    """The chair, and whoever may confirm minutes of the branch."""
    if minutes is None:
        return False
    return user.pk == minutes.chair_id or access_of(user).may_in(Permission.CONFIRM_MINUTES, activity.branch)


def lacking(minutes: Minutes, roll: dict[str, Any]) -> list[str]:
    """What keeps these minutes from being confirmed, each as a sentence; `roll` is that of the moment."""
    found = [
        (minutes.chair_id is None, _("Name the chair.")),
        (minutes.recorder_id is None, _("Name the recorder.")),
        (not minutes.items, _("Write at least one item.")),
        (not (roll["expected"] or roll["beside"]), _("Record the attendance: it becomes part of the minutes.")),
    ]
    return [text for is_lacking, text in found if is_lacking]


def missing_minutes(user: User, now: datetime) -> QuerySet[Activity]:
    """Activities of a kind that needs minutes, over for three days and without them, that this person may write."""
    activities = Activity.objects.visible_to(user, Permission.EDIT_ACTIVITIES)
    return activities.filter(
        kind__needs_minutes=True, cancelled_at=None, minutes=None, ends_at__lt=now - timedelta(days=DAYS_FOR_MINUTES)
    ).order_by("ends_at", "pk")


def unconfirmed_minutes(user: User, now: datetime) -> QuerySet[Minutes]:
    """Drafts of what took place that this person may confirm, the oldest first."""
    as_officer = Q(pk__in=Minutes.objects.visible_to(user, Permission.CONFIRM_MINUTES).values("pk"))
    drafts = Minutes.objects.filter(as_officer | Q(chair=user), confirmed_at=None)
    took_place = drafts.filter(activity__cancelled_at=None, activity__starts_at__lte=now)
    return took_place.select_related("activity").order_by("saved_at", "pk")


def differences(
    minutes: Minutes, *, chair: User | None, recorder: User | None, items: list[Any]
) -> list[tuple[str, str, str]]:
    """Where typed values and the stored minutes disagree: (label, stored, typed) in words."""
    found = [
        (str(_("Chair")), _name(minutes.chair), _name(chair)),
        (str(_("Recorder")), _name(minutes.recorder), _name(recorder)),
    ]
    typed = [item.as_json() for item in items]
    for place in range(max(len(minutes.items), len(typed))):
        label = _("Item %(place)s") % {"place": place + 1}
        found.append((label, _text(minutes.items, place), _text(typed, place)))
    return [(label, stored, new) for label, stored, new in found if stored != new]


def _name(user: User | None) -> str:
    return user.name if user else "–"


def _text(items: list[dict[str, str]], place: int) -> str:
    if place >= len(items):
        return "–"
    return "\n".join(part for part in items[place].values() if part)
