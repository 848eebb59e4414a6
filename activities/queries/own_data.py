"""What do activities hold about one person: sign-ups, attendance, hours, awards, what he is responsible for?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from activities.models import (
    Activity,
    Attendance,
    AttendanceCorrection,
    Award,
    CalendarAddress,
    Duty,
    DutyEntry,
    Minutes,
    SignUp,
)
from activities.queries.duties import for_whom
from activities.queries.hours_corrections import of_member
from branchportal.own_data import Field, Section
from branchportal.spreadsheets.writing import DATE, DECIMAL, INTEGER, MOMENT
from members.models import Member, User


def _attendance(user: User, now: datetime) -> Iterator[tuple]:
    marks = Attendance.objects.filter(member__user=user).select_related("activity__branch")
    for mark in marks.order_by("-activity__starts_at", "-pk"):
        done = mark.activity
        yield done.starts_at, done.title, done.branch.name, mark.get_state_display(), mark.hours, mark.reason


def _corrected(user: User, now: datetime) -> Iterator[tuple]:
    for one in AttendanceCorrection.objects.filter(member__user=user).select_related("activity", "by"):
        old = f"{one.get_old_state_display()} {one.old_hours}"
        new = f"{one.get_new_state_display()} {one.new_hours}" if one.new_state else ""
        yield one.at, one.activity.title, old, new, one.reason, one.by.name


def _changed_hours(user: User, now: datetime) -> Iterator[tuple]:
    for person in Member.objects.filter(user=user):
        for one in of_member(person):
            yield one.at, one.activity.title, one.old_hours, one.new_hours, one.reason, one.by.name


def _sign_ups(user: User, now: datetime) -> Iterator[tuple]:
    for one in SignUp.objects.filter(member__user=user).select_related("activity").order_by("-at", "-pk"):
        yield one.at, one.activity.title, one.activity.starts_at, _("has a place") if one.has_place else _("waits")


def _awards(user: User, now: datetime) -> Iterator[tuple]:
    for one in (
        Award.objects.filter(member__user=user).select_related("level", "evidence").order_by("-awarded_on", "-pk")
    ):
        file_name = one.evidence.file_name if one.evidence else one.link
        yield (
            one.awarded_on, one.title, str(one.level), one.body, one.get_state_display(), one.decision, file_name,
        )  # fmt: skip


def _signed(user: User) -> list[QuerySet[Minutes]]:
    return [Minutes.objects.filter(chair=user), Minutes.objects.filter(recorder=user)]


def _duties(user: User, now: datetime) -> Iterator[tuple]:
    for one in Activity.objects.filter(owner__user=user).order_by("-starts_at", "-pk"):
        yield one.starts_at, one.title, _("Responsible")
    for minutes, text in zip(_signed(user), (_("Chair"), _("Recorder")), strict=True):
        for one in minutes.select_related("activity").order_by("-activity__starts_at", "-pk"):
            yield one.activity.starts_at, one.activity.title, text


def _three_ones(user: User, now: datetime) -> Iterator[tuple]:
    for one in Duty.objects.filter(member__user=user).prefetch_related("activists").order_by("-first_month", "-pk"):
        state = one.withdrawn_because if one.withdrawn_at else ""
        months = f"{one.first_month:%Y-%m} – {one.last_month:%Y-%m}"
        yield one.assigned_at, one.get_kind_display(), for_whom(one), months, one.per_month, state


def _coached(user: User, now: datetime) -> Iterator[tuple]:
    for one in Duty.objects.filter(activists__user=user).select_related("member").order_by("-first_month", "-pk"):
        yield f"{one.first_month:%Y-%m} – {one.last_month:%Y-%m}", one.member.name


def _duty_entries(user: User, now: datetime) -> Iterator[tuple]:
    for one in DutyEntry.objects.filter(duty__member__user=user).select_related("duty", "evidence"):
        file_name = one.evidence.file_name if one.evidence else ""
        kind, topic = one.duty.get_kind_display(), one.get_topic_display()
        yield one.on, kind, topic, one.text, file_name, one.withdrawn_because


def _addresses(user: User, now: datetime) -> Iterator[tuple]:
    for one in CalendarAddress.objects.filter(user=user):
        yield one.made_at, one.language


_AT = Field("at", gettext_lazy("When"), MOMENT)
_ACTIVITY = Field("activity", gettext_lazy("Activity"))

SECTIONS = (
    Section(
        "attendance",
        gettext_lazy("Attendance and hours"),
        gettext_lazy("Where you were, were excused or were absent. Your branch and those above see it."),
        (
            _AT,
            _ACTIVITY,
            Field("branch", gettext_lazy("Branch")),
            Field("state", gettext_lazy("Attendance")),
            Field("hours", gettext_lazy("Hours"), DECIMAL),
            Field("reason", gettext_lazy("Why other hours")),
        ),
        _attendance,
        ("activities.Attendance.member",),
        lambda user, now: [Attendance.objects.filter(member__user=user)],
    ),
    Section(
        "attendance_corrections",
        gettext_lazy("Corrected attendance"),
        gettext_lazy("What was changed about your attendance after an activity was over."),
        (
            _AT,
            _ACTIVITY,
            Field("old", gettext_lazy("Before")),
            Field("new", gettext_lazy("After")),
            Field("reason", gettext_lazy("Reason")),
            Field("by", gettext_lazy("Who")),
        ),
        _corrected,
        ("activities.AttendanceCorrection.member",),
        lambda user, now: [AttendanceCorrection.objects.filter(member__user=user)],
    ),
    Section(
        "hours_corrections",
        gettext_lazy("Corrected hours of activities"),
        gettext_lazy("What was changed for everybody about activities at which you were present."),
        (
            _AT,
            _ACTIVITY,
            Field("old", gettext_lazy("Hours before"), DECIMAL),
            Field("new", gettext_lazy("Hours after"), DECIMAL),
            Field("reason", gettext_lazy("Reason")),
            Field("by", gettext_lazy("Who")),
        ),
        _changed_hours,
        (),
        lambda user, now: [of_member(user.member)] if getattr(user, "member", None) else [],
    ),
    Section(
        "sign_ups",
        gettext_lazy("Sign-ups"),
        gettext_lazy("Activities for which you signed up."),
        (_AT, _ACTIVITY, Field("starts_at", gettext_lazy("Starts at"), MOMENT), Field("state", gettext_lazy("State"))),
        _sign_ups,
        ("activities.SignUp.member",),
        lambda user, now: [SignUp.objects.filter(member__user=user)],
    ),
    Section(
        "awards",
        gettext_lazy("Awards"),
        gettext_lazy("Awards that you or your branch entered."),
        (
            Field("on", gettext_lazy("Awarded on"), DATE),
            Field("title", gettext_lazy("Award")),
            Field("level", gettext_lazy("Level")),
            Field("body", gettext_lazy("Awarding body")),
            Field("state", gettext_lazy("State")),
            Field("reason", gettext_lazy("Reason")),
            Field("file", gettext_lazy("File")),
        ),
        _awards,
        ("activities.Award.member",),
        lambda user, now: [Award.objects.filter(member__user=user)],
    ),
    Section(
        "duties",
        gettext_lazy("Activities that I was responsible for"),
        gettext_lazy("Where you are named as responsible, chair or recorder."),
        (_AT, _ACTIVITY, Field("as", gettext_lazy("As what"))),
        _duties,
        ("activities.Activity.owner", "activities.Minutes.chair", "activities.Minutes.recorder"),
        lambda user, now: [Activity.objects.filter(owner__user=user), *_signed(user)],
    ),
    Section(
        "three_ones",
        gettext_lazy("Three ones"),
        gettext_lazy("For whom the branch asked you to be there. Your branch and those above see it."),
        (
            _AT,
            Field("kind", gettext_lazy("Kind")),
            Field("for_whom", pgettext_lazy("duty", "For whom")),
            Field("months", gettext_lazy("Months")),
            Field("per_month", gettext_lazy("Entries a month"), INTEGER),
            Field("reason", gettext_lazy("Why it was taken back")),
        ),
        _three_ones,
        ("activities.Duty.member",),
        lambda user, now: [Duty.objects.filter(member__user=user)],
    ),
    Section(
        "duty_entries",
        gettext_lazy("Entries in the three ones"),
        gettext_lazy("What you wrote down, and what you took back. Your branch and those above see it."),
        (
            Field("on", gettext_lazy("Day"), DATE),
            Field("kind", gettext_lazy("Kind")),
            Field("topic", gettext_lazy("Topic")),
            Field("text", gettext_lazy("What")),
            Field("file", gettext_lazy("File")),
            Field("reason", gettext_lazy("Why it was taken back")),
        ),
        _duty_entries,
        (),
        lambda user, now: [DutyEntry.objects.filter(duty__member__user=user)],
    ),
    Section(
        "coached_by",
        gettext_lazy("Who is there for you"),
        gettext_lazy("Which members of the branch were asked to be there for a group of activists with you in it."),
        (Field("months", gettext_lazy("Months")), Field("name", gettext_lazy("Name"))),
        _coached,
        ("activities.Duty.activists",),
        lambda user, now: [Duty.objects.filter(activists__user=user)],
    ),
    Section(
        "calendar_address",
        gettext_lazy("Calendar address"),
        gettext_lazy("The secret address for your calendar programme; only a hash is kept."),
        (Field("made_at", gettext_lazy("Made"), MOMENT), Field("language", gettext_lazy("Language"))),
        _addresses,
        ("activities.CalendarAddress.user",),
        lambda user, now: [CalendarAddress.objects.filter(user=user)],
    ),
)
