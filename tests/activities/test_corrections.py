"""Is attendance corrected only with a reason once the activity is over, and does the person see it?"""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from activities.models import Attendance, AttendanceCorrection, SignUp
from activities.services.activities import edit_activity
from activities.services.attendance import AttendanceRefused, Mark, ReasonMissing, set_attendance
from branchportal.models import AuditEntry
from members.roles import Role
from tests.activities.examples import ABSENT, EXCUSED, PRESENT, make_activity, mark
from tests.factories import make_member, make_members, make_user, sign_in

pytestmark = pytest.mark.django_db
NONE = Decimal(0)


def corrections():
    return [
        (one.member, one.old_state, one.old_hours, one.new_state, one.new_hours, one.reason, one.by)
        for one in AttendanceCorrection.objects.select_related("member", "by").order_by("pk")
    ]


def test_a_correction_keeps_old_and_new_who_when_and_why(tree, secretary):
    first, second, third = make_members(tree.b1, 3)
    activity = make_activity(tree.b1)
    mark(activity, first)
    mark(activity, second, ABSENT)
    now = timezone.now()
    marks = {first.pk: Mark(EXCUSED, NONE), second.pk: None, third.pk: Mark(PRESENT, Decimal(2))}
    with pytest.raises(ReasonMissing):
        set_attendance(activity=activity, version=1, marks=marks, by=secretary, now=now)
    assert (Attendance.objects.count(), corrections(), AuditEntry.objects.count()) == (2, [], 0)
    set_attendance(activity=activity, version=1, marks=marks, by=secretary, now=now, reason="补交了请假条")
    assert corrections() == [
        (first, "present", Decimal(2), "excused", NONE, "补交了请假条", secretary),
        (second, "absent", NONE, "", NONE, "补交了请假条", secretary),
    ]
    assert AuditEntry.objects.get().reason == "补交了请假条"
    assert AttendanceCorrection.objects.first().at == now


def test_what_was_never_saved_and_what_is_not_over_needs_no_reason(tree, secretary):
    first, second = make_members(tree.b1, 2)
    now = timezone.now()
    running = make_activity(tree.b1, starts_at=now - timedelta(hours=1))
    mark(running, first, ABSENT)
    set_attendance(activity=running, version=1, marks={first.pk: Mark(PRESENT, Decimal(2))}, by=secretary, now=now)
    over = make_activity(tree.b1)
    set_attendance(activity=over, version=1, marks={second.pk: Mark(ABSENT, NONE)}, by=secretary, now=now)
    assert corrections() == []
    last_instant = running.ends_at
    with pytest.raises(ReasonMissing):
        set_attendance(activity=running, version=2, marks={first.pk: None}, by=secretary, now=last_instant)


def test_the_person_is_told_and_sees_it_and_nobody_else_does(client, tree, secretary):
    member = make_user(Role.MEMBER, tree.b1)
    other = make_user(Role.MEMBER, tree.b1)
    activity = make_activity(tree.b1)
    for user in (member, other):
        mark(activity, user.member)
    marks = {member.member.pk: Mark(ABSENT, NONE)}
    set_attendance(activity=activity, version=1, marks=marks, by=secretary, now=timezone.now(), reason="签到有误")
    address = reverse("activities:activity", args=[activity.pk])
    message = member.notifications.get()
    assert (message.kind, message.url, other.notifications.count()) == ("attendance_corrected", address, 0)
    assert "签到有误" in sign_in(client, member).get(address).content.decode()
    assert "签到有误" not in sign_in(client, other).get(address).content.decode()
    assert "签到有误" in sign_in(client, secretary).get(address).content.decode()


def test_the_page_asks_for_the_reason_and_keeps_what_was_typed(client, tree, secretary):
    member = make_member(tree.b1)
    activity = make_activity(tree.b1)
    mark(activity, member)
    address = reverse("activities:attendance", args=[activity.pk])
    data = {"version": 1, f"state-{member.pk}": "absent", "guests": "3"}
    page = sign_in(client, secretary).post(address, data)
    assert (page.status_code, page.context["asks_reason"], bool(page.context["reason_error"])) == (422, True, True)
    assert (page.context["lines"][0].state, page.context["guests"]) == ("absent", "3")
    assert client.post(address, data | {"reason": "点错"}).status_code == 302
    activity.refresh_from_db()
    assert (Attendance.objects.get().state, activity.guests) == ("absent", 3)


def test_other_hours_need_a_reason_and_follow_the_activity_without_one(tree, secretary):
    first, second = make_members(tree.b1, 2)
    activity = make_activity(tree.b1)
    now = timezone.now()
    with pytest.raises(AttendanceRefused):
        set_attendance(activity=activity, version=1, marks={first.pk: Mark(PRESENT, Decimal(1))}, by=secretary, now=now)
    marks = {first.pk: Mark(PRESENT, Decimal(1), "晚到"), second.pk: Mark(PRESENT, Decimal(2), "不用写")}
    activity = set_attendance(activity=activity, version=1, marks=marks, by=secretary, now=now)
    changed = {"activity": activity, "version": activity.version, "values": {"hours": Decimal("1.5")}}
    edit_activity(**changed, by=secretary, now=now, reason="登记有误")
    stored = {one.member: (one.hours, one.reason) for one in Attendance.objects.select_related("member")}
    assert stored == {first: (Decimal(1), "晚到"), second: (Decimal("1.5"), "")}


@pytest.mark.parametrize(("typed", "kept"), [("3", 3), ("", 0), ("１２", 12)])
def test_guests_are_a_number(client, tree, secretary, typed, kept):
    make_member(tree.b1)
    activity = make_activity(tree.b1)
    address = reverse("activities:attendance", args=[activity.pk])
    sign_in(client, secretary).post(address, {"version": 1, "guests": typed})
    activity.refresh_from_db()
    assert activity.guests == kept


@pytest.mark.parametrize("typed", ["-1", "two", "10000", "1.5"])
def test_anything_else_is_no_number_of_guests(client, tree, secretary, typed):
    make_member(tree.b1)
    activity = make_activity(tree.b1)
    address = reverse("activities:attendance", args=[activity.pk])
    page = sign_in(client, secretary).post(address, {"version": 1, "guests": typed})
    assert (page.status_code, page.context["guests"], bool(page.context["guests_error"])) == (422, typed, True)


def test_nobody_attends_what_was_cancelled(tree, secretary):
    member = make_member(tree.b1)
    activity = make_activity(tree.b1)
    type(activity).objects.update(cancelled_at=timezone.now(), cancelled_because="停电")
    with pytest.raises(AttendanceRefused):
        set_attendance(
            activity=activity, version=1, marks={member.pk: Mark(ABSENT, NONE)}, by=secretary, now=timezone.now()
        )


def test_who_signed_up_with_a_place_is_filled_in_and_not_yet_saved(client, tree, secretary):
    coming, waiting, neither = make_members(tree.b1, 3)
    activity = make_activity(tree.b1)
    type(activity).objects.update(signs_up=True, capacity=1)
    for arrival, member in enumerate((coming, waiting), start=1):
        SignUp.objects.create(
            activity=activity, member=member, arrival=arrival, has_place=arrival == 1, at=activity.starts_at
        )
    page = sign_in(client, secretary).get(reverse("activities:activity", args=[activity.pk]))
    shown = {line.row.member: (line.state, line.is_prefilled) for line in page.context["lines"]}
    assert shown == {coming: ("present", True), waiting: ("", False), neither: ("", False)}
    assert not Attendance.objects.exists()
