"""Is it written down who was there, and is nothing lost when two people write at once?"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from activities.models import Attendance
from activities.services.activities import StaleActivity
from activities.services.attendance import AttendanceRefused, Mark, set_attendance
from branchportal.models import AuditEntry
from members.models import Member
from members.roles import Role
from tests.activities.examples import ABSENT, EXCUSED, PRESENT, make_activity, mark
from tests.factories import make_member, make_members, make_user, sign_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("count", [1, 30])
def test_the_sheet_asks_the_same_queries_for_one_and_for_thirty(
    client, tree, secretary, django_assert_num_queries, count
):
    activity = make_activity(tree.b1)
    for person in make_members(tree.b1, count):
        mark(activity, person)
    sign_in(client, secretary)
    with django_assert_num_queries(8):
        response = client.get(reverse("activities:activity", args=[activity.pk]))
    assert len(response.context["lines"]) == count


def test_who_signed_up_stands_first_then_the_others_in_roster_order(client, tree, secretary, django_assert_num_queries):
    an, bai, cao, ding, fang = (make_member(tree.b1, name=name) for name in ("安", "白", "曹", "丁", "方"))
    activity = make_activity(tree.b1, signs_up=True)
    other = make_activity(tree.b1, signs_up=True)
    for arrival, (member, has_place) in enumerate(((fang, True), (bai, False), (cao, True)), start=1):
        activity.sign_ups.create(member=member, arrival=arrival, has_place=has_place, at=activity.starts_at)
    other.sign_ups.create(member=an, arrival=1, has_place=True, at=activity.starts_at)
    mark(activity, an)
    sign_in(client, secretary)
    with django_assert_num_queries(12):
        page = client.get(reverse("activities:activity", args=[activity.pk]))
    assert [(line.row.member, line.row.signed_up) for line in page.context["lines"]] == [
        (cao, True), (fang, True), (an, False), (bai, False), (ding, False),
    ]  # fmt: skip
    assert page.text.count('<span class="badge">已报名</span>') == 2


def test_a_whole_branch_is_recorded_in_one_form(client, tree, secretary):
    first, second, third = make_members(tree.b1, 3)
    activity = make_activity(tree.b1)
    data = {
        "version": 1, f"state-{first.pk}": "present", f"hours-{first.pk}": "",
        f"state-{second.pk}": "present", f"hours-{second.pk}": "0.5", f"why-{second.pk}": "晚到",
        f"state-{third.pk}": "excused", f"hours-{third.pk}": "2",
    }  # fmt: skip
    sign_in(client, secretary)
    for _time in range(2):
        assert client.post(reverse("activities:attendance", args=[activity.pk]), data).status_code == 302
    stored = {one.member: (one.state, one.hours, one.reason) for one in Attendance.objects.select_related("member")}
    assert stored == {
        first: ("present", Decimal("2.0"), ""), second: ("present", Decimal("0.5"), "晚到"),
        third: ("excused", Decimal(0), ""),
    }  # fmt: skip
    assert [entry.action for entry in AuditEntry.objects.all()] == ["activity.attendance"]


def test_people_of_other_branches_can_not_be_marked(client, tree, secretary):
    stranger = make_member(tree.b2)
    activity = make_activity(tree.b1)
    sign_in(client, secretary).post(
        reverse("activities:attendance", args=[activity.pk]), {"version": 1, f"state-{stranger.pk}": "absent"}
    )
    assert not Attendance.objects.exists()


def test_wrong_hours_are_named_and_nothing_is_lost(client, tree, secretary):
    first, second = make_members(tree.b1, 2)
    activity = make_activity(tree.b1)
    data = {
        "version": 1, f"state-{first.pk}": "present", f"hours-{first.pk}": "many", f"state-{second.pk}": "absent",
    }  # fmt: skip
    response = sign_in(client, secretary).post(reverse("activities:attendance", args=[activity.pk]), data)
    lines = {line.row.member: (line.state, line.hours, bool(line.error)) for line in response.context["lines"]}
    assert response.status_code == 422
    assert lines == {first: ("present", "many", True), second: ("absent", "", False)}
    assert not Attendance.objects.exists()


def test_the_second_recorder_keeps_his_marks_and_sees_the_others(client, tree, secretary):
    member = make_member(tree.b1)
    activity = make_activity(tree.b1)
    now = timezone.now()
    other = make_user(Role.DEPUTY_SECRETARY, tree.b1)
    set_attendance(activity=activity, version=1, marks={member.pk: Mark(EXCUSED, Decimal(0))}, by=other, now=now)
    address = reverse("activities:attendance", args=[activity.pk])
    data = {
        "version": 1,
        f"state-{member.pk}": "present",
        f"hours-{member.pk}": "1",
        f"why-{member.pk}": "早退",
        "reason": "记错了",
    }
    response = sign_in(client, secretary).post(address, data)
    line = response.context["lines"][0]
    assert (response.status_code, line.state, line.differs, line.row.state) == (
        409,
        "present",
        True,
        "excused",
    )
    assert Attendance.objects.get().state == "excused"
    client.post(address, {**data, "version": response.context["activity"].version})
    assert (Attendance.objects.get().state, Attendance.objects.get().hours) == ("present", Decimal(1))


def test_nothing_is_recorded_before_it_begins(tree, secretary):
    member = make_member(tree.b1)
    activity = make_activity(tree.b1, starts_at=datetime(2026, 11, 20, 10, 0, tzinfo=UTC))
    marks = {member.pk: Mark(PRESENT, Decimal(2))}
    just_before = datetime(2026, 11, 20, 9, 59, 59, tzinfo=UTC)
    with pytest.raises(AttendanceRefused):
        set_attendance(activity=activity, version=1, marks=marks, by=secretary, now=just_before)
    assert not Attendance.objects.exists()
    set_attendance(activity=activity, version=1, marks=marks, by=secretary, now=just_before + timedelta(seconds=1))
    assert Attendance.objects.count() == 1


def test_a_stale_version_never_overwrites(tree, secretary):
    member = make_member(tree.b1)
    activity = make_activity(tree.b1)
    now = timezone.now()
    set_attendance(activity=activity, version=1, marks={member.pk: Mark(ABSENT, Decimal(0))}, by=secretary, now=now)
    with pytest.raises(StaleActivity):
        set_attendance(activity=activity, version=1, marks={member.pk: None}, by=secretary, now=now)
    assert Attendance.objects.get().state == "absent"


def test_marks_can_be_taken_back(tree, secretary):
    member = make_member(tree.b1)
    activity = make_activity(tree.b1)
    mark(activity, member, ABSENT)
    by_mistake = {"reason": "误点", "by": secretary, "now": timezone.now()}
    set_attendance(activity=activity, version=1, marks={member.pk: None}, **by_mistake)
    assert not Attendance.objects.exists()


def test_only_those_who_belonged_on_that_day_stand_on_the_sheet(client, tree, secretary):
    day = timezone.localdate() - timedelta(days=2)
    there = make_member(tree.b1)
    make_member(tree.b1, joined_on=day + timedelta(days=1))
    make_member(tree.b1, ended_on=day, end_reason=Member.EndReason.GRADUATED)
    left_later = make_member(tree.b1, ended_on=day + timedelta(days=1), end_reason=Member.EndReason.GRADUATED)
    activity = make_activity(tree.b1)
    response = sign_in(client, secretary).get(reverse("activities:activity", args=[activity.pk]))
    assert {line.row.member for line in response.context["lines"]} == {there, left_later}
