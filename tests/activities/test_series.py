"""Is a plan recorded once and whole, and does a change reach exactly the occurrences that it speaks of?"""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from activities.models import Activity
from activities.services.activities import StaleActivity, edit_activity
from activities.services.attendance import AttendanceRefused, set_attendance
from activities.services.series import cancel, edit_following
from activities.services.sign_ups import sign_up
from branchportal.models import AuditEntry, Notification
from members.roles import Role
from tests.activities.examples import form_values, make_activity, mark
from tests.factories import make_member, make_user, sign_in

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 1, 0, 0, tzinfo=UTC)


@pytest.fixture
def weekly(client, tree, secretary, time_machine):
    """Four evenings: 6, 13, 20 and 27 November."""
    time_machine.move_to(NOW)
    owner = make_member(tree.b1)
    sign_in(client, secretary)
    values = form_values(owner, repeats="week", repeats_times="4", signs_up="on", signs_up_until="2026-11-05T12:00")
    client.post(reverse("activities:add"), values)
    return list(Activity.objects.order_by("starts_at"))


def days():
    return [timezone.localdate(one.starts_at) for one in Activity.objects.order_by("starts_at")]


def test_each_occurrence_is_a_row_of_its_own(weekly):
    assert days() == [date(2026, 11, 6), date(2026, 11, 13), date(2026, 11, 20), date(2026, 11, 27)]
    assert len({one.series for one in weekly}) == 1
    assert [timezone.localdate(one.signs_up_until).day for one in weekly] == [5, 12, 19, 26]
    assert AuditEntry.objects.filter(action="activity.recorded").count() == 4


def test_the_same_plan_sent_twice_is_one(client, tree, secretary):
    values = form_values(make_member(tree.b1), repeats="two_weeks", repeats_until="2026-12-04")
    sign_in(client, secretary)
    answers = [client.post(reverse("activities:add"), values) for _time in range(2)]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert days() == [date(2026, 11, 6), date(2026, 11, 20), date(2026, 12, 4)]


def test_short_months_are_named(client, tree, secretary):
    values = form_values(make_member(tree.b1), day="2027-01-31", repeats="month", repeats_times="3")
    page = sign_in(client, secretary).post(reverse("activities:add"), values, follow=True)
    assert days() == [date(2027, 1, 31), date(2027, 2, 28), date(2027, 3, 31)]
    assert "2027-02-28" in str(next(iter(page.context["messages"])))


@pytest.mark.parametrize(
    ("changed", "fields"),
    [
        ({"repeats": "week"}, ["repeats_until"]),
        ({"repeats": "week", "repeats_until": "2026-12-01", "repeats_times": "3"}, ["repeats_until"]),
        ({"repeats": "week", "repeats_times": "61"}, ["repeats_times"]),
        ({"repeats": "week", "repeats_until": "2029-01-01"}, ["repeats_until"]),
        ({"repeats": "week", "repeats_until": "2026-11-07"}, ["repeats_until"]),
        ({"repeats_times": "3"}, ["repeats"]),
        ({"repeats": "day", "repeats_times": "3"}, ["repeats"]),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused_by_name(client, tree, secretary, changed, fields):
    values = form_values(make_member(tree.b1), **changed)
    page = sign_in(client, secretary).post(reverse("activities:add"), values)
    assert list(page.context["form"].errors)[:1] == fields
    assert not Activity.objects.exists()


def test_nobody_can_be_asked_to_sign_up_for_what_has_begun(client, tree, secretary, time_machine):
    time_machine.move_to(datetime(2026, 11, 13, 10, 30, tzinfo=UTC), tick=False)  # 18:30 in Shanghai
    sign_in(client, secretary)
    plan = {"repeats": "week", "repeats_times": "4"}
    page = client.post(reverse("activities:add"), form_values(make_member(tree.b1), signs_up="on", **plan))
    assert page.context["form"].errors == {
        "day": ["这一系列中有 2 次活动已经开始，无法报名。请选择尚未到来的首日，或取消报名。"]
    }
    assert not Activity.objects.exists()
    client.post(reverse("activities:add"), form_values(make_member(tree.b1), **plan))
    assert Activity.objects.count() == 4


def test_only_this_one(weekly, secretary):
    edit_activity(activity=weekly[1], version=1, values={"place": "图书馆"}, by=secretary, now=NOW)
    assert [one.place for one in Activity.objects.order_by("starts_at")] == ["校史馆", "图书馆", "校史馆", "校史馆"]


def test_this_and_the_following_move_by_as_much(weekly, secretary):
    edit_activity(activity=weekly[2], version=1, values={"title": "特别的一次"}, by=secretary, now=NOW)
    second = weekly[1]
    values = {
        "place": "图书馆", "starts_at": second.starts_at + timedelta(days=1, hours=1),
        "ends_at": second.ends_at + timedelta(days=1, hours=1), "title": second.title,
    }  # fmt: skip
    edit_following(activity=second, version=1, values=values, by=secretary, now=NOW)
    assert days() == [date(2026, 11, 6), date(2026, 11, 14), date(2026, 11, 21), date(2026, 11, 28)]
    stored = list(Activity.objects.order_by("starts_at").values_list("title", "place"))
    assert stored == [
        ("参观校史馆", "校史馆"),
        ("参观校史馆", "图书馆"),
        ("特别的一次", "图书馆"),
        ("参观校史馆", "图书馆"),
    ]


def test_what_has_begun_or_is_cancelled_stays(weekly, secretary):
    cancel(activity=weekly[2], because="停电", following=False, by=secretary, now=NOW)
    after_the_second = weekly[1].starts_at + timedelta(minutes=1)
    edit_following(activity=weekly[0], version=1, values={"place": "新"}, by=secretary, now=after_the_second)
    assert [one.place for one in Activity.objects.order_by("starts_at")] == ["新", "校史馆", "校史馆", "新"]


def test_one_that_can_not_change_stops_all_and_is_named(tree, weekly, secretary):
    for person in (make_member(tree.b1), make_member(tree.b1)):
        Activity.objects.update(audience="open", signs_up_until=None)
        sign_up(activity=weekly[3], member=person, by=secretary, now=NOW)
    with pytest.raises(ValidationError, match="2026-11-27"):
        edit_following(activity=weekly[0], version=1, values={"capacity": 1}, by=secretary, now=NOW)
    assert set(Activity.objects.values_list("capacity", flat=True)) == {None}


def test_an_occurrence_whose_end_would_come_first_stops_all_and_is_named(weekly, secretary):
    short = {"ends_at": weekly[3].starts_at + timedelta(minutes=30)}
    edit_activity(activity=weekly[3], version=1, values=short, by=secretary, now=NOW)
    shorter = {"ends_at": weekly[0].ends_at - timedelta(minutes=30)}
    with pytest.raises(ValidationError, match="2026-11-27"):
        edit_following(activity=weekly[0], version=1, values=shorter, by=secretary, now=NOW)
    assert Activity.objects.get(pk=weekly[0].pk).ends_at == weekly[0].ends_at


def test_without_sign_up_no_occurrence_keeps_its_own_places(weekly, secretary):
    edit_activity(activity=weekly[3], version=1, values={"capacity": 10}, by=secretary, now=NOW)
    values = {"signs_up": False, "capacity": None, "signs_up_until": None}
    edit_following(activity=weekly[0], version=1, values=values, by=secretary, now=NOW)
    assert list(Activity.objects.values_list("signs_up", "capacity", "signs_up_until")) == [(False, None, None)] * 4


def test_a_stale_change_of_the_following_writes_nothing(weekly, secretary):
    edit_activity(activity=weekly[0], version=1, values={"place": "A"}, by=secretary, now=NOW)
    with pytest.raises(StaleActivity):
        edit_following(activity=weekly[0], version=1, values={"place": "B"}, by=secretary, now=NOW)
    assert not Activity.objects.filter(place="B").exists()


def test_the_form_asks_which(client, weekly, secretary):
    address = reverse("activities:edit", args=[weekly[2].pk])
    page = client.get(address)
    assert list(dict(page.context["form"].fields["scope"].choices)) == ["this", "following"]
    posted = form_values(
        weekly[2].owner, version=1, day="2026-11-20", place="新地点", scope="following", signs_up="on",
        signs_up_until="2026-11-19T12:00",
    )  # fmt: skip
    assert client.post(address, posted).status_code == 302
    assert [one.place for one in Activity.objects.order_by("starts_at")] == ["校史馆", "校史馆", "新地点", "新地点"]


# --- Cancelling


def test_a_cancelled_one_stays_struck_out_and_whoever_signed_up_is_told(client, tree, secretary):
    member = make_user(Role.MEMBER, tree.b1)
    waiting = make_user(Role.MEMBER, tree.b1)
    other = make_user(Role.MEMBER, tree.b1)
    starts_at = timezone.now() + timedelta(days=3)
    activity = make_activity(tree.b1, starts_at=starts_at, signs_up=True, capacity=1)
    for user in (member, waiting):
        sign_up(activity=activity, member=user.member, by=user, now=timezone.now())
    address = reverse("activities:cancel", args=[activity.pk])
    sign_in(client, secretary)
    assert client.get(address).status_code == 200
    assert list(client.post(address, {"because": " "}).context["form"].errors) == ["because"]
    for _time in range(2):
        assert client.post(address, {"because": "讲师生病"}).status_code == 302
    told = Notification.objects.filter(kind="activity_cancelled").values_list("user", "context__reason")
    assert set(told) == {(member.pk, "讲师生病"), (waiting.pk, "讲师生病")}
    assert AuditEntry.objects.filter(action="activity.cancelled").count() == 1
    sign_in(client, other)
    listed = client.get(reverse("activities:activities")).content.decode()
    assert f"<s>{activity.title}</s>" in listed
    assert "讲师生病" in client.get(reverse("activities:activity", args=[activity.pk])).content.decode()


def test_this_and_the_following_are_cancelled(weekly, secretary):
    cancel(activity=weekly[2], because="考试周", following=True, by=secretary, now=NOW)
    assert [one.is_cancelled for one in Activity.objects.order_by("starts_at")] == [False, False, True, True]


def test_a_cancelled_one_can_not_be_changed(weekly, secretary):
    cancel(activity=weekly[0], because="停电", following=False, by=secretary, now=NOW)
    with pytest.raises(ValidationError):
        edit_activity(activity=weekly[0], version=2, values={"place": "X"}, by=secretary, now=NOW)


def test_nobody_is_marked_at_a_cancelled_one(weekly, secretary):
    cancel(activity=weekly[0], because="停电", following=False, by=secretary, now=NOW)
    with pytest.raises(AttendanceRefused):
        set_attendance(activity=weekly[0], version=2, marks={}, by=secretary, now=weekly[0].ends_at)


def test_what_took_place_is_not_cancelled(client, tree, secretary):
    activity = make_activity(tree.b1)
    mark(activity, make_member(tree.b1))
    answer = sign_in(client, secretary).post(reverse("activities:cancel", args=[activity.pk]), {"because": "写错了"})
    assert list(answer.context["form"].errors) == ["__all__"]
    assert not Activity.objects.get().is_cancelled
