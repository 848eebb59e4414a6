"""Who was at an activity, what was corrected, and at which ones was somebody?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from activities.models import Activity, Attendance, AttendanceCorrection
from activities.queries.expected import expected_of
from activities.queries.hours import academic_year, days_between, hours_by_member
from branchportal.prepared import prepared
from members.models import Branch, Member


@dataclass(frozen=True)
class Row:
    """One person on the attendance sheet; state "" where nothing is known."""

    member: Member
    state: str
    hours: Decimal | None
    hours_this_year: Decimal
    reason: str = ""  # why other hours than those of the activity
    signed_up: bool = False  # with a place
    is_expected: bool = True  # who is not may sit in


def people_on_sheet(activity: Activity, branch: Branch | None = None) -> QuerySet[Member]:
    """Who stands on the sheet: whoever belonged to the branch on that day, signed up or is marked.

    Those who signed up and have a place come first, each part in roster order.

    Above the branches there are too many for one sheet: without a `branch` those who are marked or signed up, with one
    its people alone.
    """
    known = Q(attendances__activity=activity) | Q(sign_ups__activity=activity, sign_ups__has_place=True)
    known = Q(pk__in=Member.objects.filter(known).values("pk"))
    day = timezone.localdate(activity.starts_at)
    if is_above(activity):
        wanted = known if branch is None else Q(branch=branch) & (known | _belonging(branch, day))
    else:
        wanted = known | _belonging(activity.branch, day)
    people = Member.objects.filter(wanted).select_related("branch")
    if not activity.signs_up:
        return people.in_roster_order()
    return people.order_by(_has_a_place(activity).desc(), "pinyin", "number")


def is_above(activity: Activity) -> bool:
    """Is it held by a general branch or committee, whose people belong to the branches below it?"""
    return activity.branch.kind != Branch.Kind.BRANCH


def sheet(activity: Activity) -> list[Row]:
    """The whole sheet of a branch."""
    return rows_of(activity, people_on_sheet(activity))


def rows_of(activity: Activity, people: Iterable[Member]) -> list[Row]:
    """What is known of these people, in their order.

    Two queries, three where people sign up, one more for a meeting of the branch committee.
    """
    day, people = timezone.localdate(activity.starts_at), list(people)
    marks = {one.member_id: one for one in activity.attendances.filter(member__in=people)}
    signed_up = set(_with_a_place(activity)) if activity.signs_up else set()
    hours, expected = hours_by_member(people, *academic_year(day)), expected_of(activity, people)
    rows = [_row(person, marks.get(person.pk), hours, person.pk in signed_up) for person in people]
    return [replace(row, is_expected=row.member.pk in expected) for row in rows]


def recorded_between(member: Member, first: date, last: date) -> list[Attendance]:
    """At which activities somebody was present on these days, both included, the newest first."""
    begin, end = days_between(first, last)
    return _recorded(member=member.pk, begin=begin, end=end)


@prepared(member=models.BigIntegerField(), begin=models.DateTimeField(), end=models.DateTimeField())
def _recorded(member, begin, end):
    days = {"activity__starts_at__gte": begin, "activity__starts_at__lt": end}
    present = Attendance.objects.filter(member=member, state=Attendance.State.PRESENT, **days)
    return present.select_related("activity__kind").order_by("-activity__starts_at", "-activity__pk")


def corrections_of(activity: Activity, member: Member | None = None) -> QuerySet[AttendanceCorrection]:
    """What was corrected after the activity, of everybody or of one person, the newest first."""
    found = activity.corrections.select_related("member", "by")
    return found.filter(member=member) if member else found


def own_attendance(activity: Activity, member: Member | None) -> Attendance | None:
    """What is written down about this person alone."""
    return activity.attendances.filter(member=member).first() if member else None


def _belonging(branch: Branch, day: date) -> Q:
    return Q(branch=branch, joined_on__lte=day) & (Q(ended_on=None) | Q(ended_on__gt=day))


def _has_a_place(activity: Activity) -> Exists:
    return Exists(activity.sign_ups.filter(has_place=True, member=OuterRef("pk")))


def _with_a_place(activity: Activity) -> QuerySet:
    return activity.sign_ups.filter(has_place=True).values_list("member", flat=True)


def _row(member: Member, mark: Attendance | None, hours: dict[int, Decimal], signed_up: bool) -> Row:
    total = hours.get(member.pk, Decimal(0))
    if mark is None:
        return Row(member, "", None, total, signed_up=signed_up)
    return Row(member, mark.state, mark.hours, total, mark.reason, signed_up)
