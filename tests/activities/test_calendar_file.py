"""Does a secret address open the right calendar, is the file a valid one, and does the address end when it must?"""

import re
from datetime import UTC, datetime, timedelta

import icalendar
import pytest
from django.contrib.auth.hashers import make_password
from django.urls import reverse
from django.utils import timezone

from activities.models import Activity, CalendarAddress
from activities.queries import calendar
from activities.services.calendar_addresses import make_address, switch_off
from activities.services.sign_ups import sign_up
from branchportal.models import AuditEntry
from members.models import Member
from members.roles import Role
from tests.activities.examples import make_activity
from tests.evaluations.ranking_material import NOVEMBER, make_month
from tests.factories import make_member, make_user, sign_in

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 10, 4, 0, tzinfo=UTC)
LONG = "一个很长的标题，带有逗号, 分号; 反斜线\\ 和" + "很多" * 28


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def member(tree):
    return make_user(Role.MEMBER, tree.b1, name="赵明远")


def address_of(user, language="zh-hans"):
    token = make_address(user=user, language=language, now=timezone.now())
    return reverse("activities:calendar_file", args=[token])


def events(answer):
    return {str(event["UID"]).split("@")[0]: event for event in icalendar.Calendar.from_ical(answer.content).events}


def test_a_file_that_is_full_leaves_out_what_is_farthest(tree, monkeypatch):
    monkeypatch.setattr(calendar, "MOST_IN_A_FILE", 3)
    for days in (-2, -1, 3, 1):
        make_activity(tree.b1, title=str(days), starts_at=NOW + timedelta(days=days))
    found = calendar.for_a_file(Activity.objects.all(), member=None, now=NOW)
    assert [one.title for one in found] == ["1", "3", "-1"]


def test_the_file_holds_what_its_owner_may_see(client, tree, member):
    make_month(tree.b1, NOVEMBER)
    place = make_activity(tree.b1, title="有名额", starts_at=NOW + timedelta(days=1), signs_up=True, capacity=1,
                          owner=make_member(tree.b1, name="钱子涵"))  # fmt: skip
    waits = make_activity(tree.b1, title="候补", starts_at=NOW + timedelta(days=2), signs_up=True, capacity=1)
    off = make_activity(tree.b1, title="不办了", starts_at=NOW + timedelta(days=3), cancelled_at=NOW,
                        cancelled_because="讲师生病")  # fmt: skip
    above = make_activity(tree.first, title="总支", starts_at=NOW + timedelta(days=4))
    make_activity(tree.b2, title="别人的", starts_at=NOW + timedelta(days=1))
    make_activity(tree.b1, title="太久以前", starts_at=NOW - timedelta(days=100))
    sign_up(activity=place, member=member.member, by=member, now=NOW)
    sign_up(activity=waits, member=make_member(tree.b1, name="孙雨桐"), by=None, now=NOW)
    sign_up(activity=waits, member=member.member, by=member, now=NOW)
    answer = client.get(address_of(member))
    found = events(answer)
    assert set(found) == {*(f"activity-{one.pk}" for one in (place, waits, off, above)), "review-2026-11"}
    assert [str(found[f"activity-{one.pk}"]["STATUS"]) for one in (place, off)] == ["CONFIRMED", "CANCELLED"]
    assert "候补" in str(found[f"activity-{waits.pk}"]["SUMMARY"])
    assert "讲师生病" in str(found[f"activity-{off.pk}"]["DESCRIPTION"])
    text = answer.content.decode()
    assert [name for name in ("钱子涵", "孙雨桐", "赵明远", "别人的") if name in text] == []
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("text/calendar; charset=utf-8", "private, no-store")


def test_it_is_written_as_the_standard_wants(client, tree, member):
    activity = make_activity(tree.b1, title=LONG, starts_at=NOW, description="第一行\n第二行", place="甲; 乙")
    content = client.get(address_of(member)).content
    lines = content.split(b"\r\n")
    assert (lines[0], lines[-2], lines[-1]) == (b"BEGIN:VCALENDAR", b"END:VCALENDAR", b"")
    assert max(len(line) for line in lines) <= 75
    assert b"\n" not in content.replace(b"\r\n", b"")
    unfolded = content.replace(b"\r\n ", b"").decode()
    assert "DTSTART:20261110T040000Z" in unfolded
    assert "DTSTAMP:20261110T040000Z" in unfolded
    assert "LOCATION:甲\\; 乙" in unfolded
    event = events(client.get(address_of(member)))[f"activity-{activity.pk}"]
    assert str(event["SUMMARY"]) == LONG
    assert str(event["DESCRIPTION"]).endswith("第一行\n第二行")
    assert event["DTSTART"].dt == NOW
    assert re.fullmatch(r"activity-\d+@\S+", str(event["UID"]))


def test_the_file_speaks_the_language_in_which_it_was_asked_for(client, tree, member):
    make_activity(tree.b1, starts_at=NOW + timedelta(days=1), cancelled_at=NOW, cancelled_because="x")
    assert "Cancelled:" in client.get(address_of(member, "en")).content.decode()
    assert "已取消" in client.get(address_of(member)).content.decode()


def test_every_wrong_token_is_the_same_not_found(client, member):
    right = address_of(member)
    wrong = [reverse("activities:calendar_file", args=[token]) for token in ("x", "A" * 43, "é", "0" * 500)]
    answers = [client.get(address) for address in wrong]
    assert {(answer.status_code, len(answer.content)) for answer in answers} == {(404, len(answers[0].content))}
    assert client.get(right).status_code == 200


def test_only_the_hash_is_kept(member):
    token = make_address(user=member, language="zh-hans", now=NOW)
    assert len(token) == 43
    stored = CalendarAddress.objects.get()
    assert token not in str(vars(stored))
    assert token not in str([vars(entry) for entry in AuditEntry.objects.all()])


def test_a_new_address_ends_the_old_one_and_off_ends_all(client, member):
    old, new = address_of(member), address_of(member)
    assert [client.get(address).status_code for address in (old, new)] == [404, 200]
    for _time in range(2):
        switch_off(user=member)
    assert client.get(new).status_code == 404
    assert AuditEntry.objects.filter(action="calendar.address_ended").count() == 1


def test_a_changed_password_ended_sessions_and_leaving_end_it(client, tree):
    def leave(user):
        Member.objects.filter(user=user).update(ended_on=NOW.date(), end_reason=Member.EndReason.GRADUATED)

    def new_password(user):
        user.password = make_password("another-password")
        user.save()

    def end_sessions(user):
        user.session_epoch += 1
        user.save()

    def close(user):
        user.is_active = False
        user.save()

    for happens in (leave, new_password, end_sessions, close):
        user = make_user(Role.MEMBER, tree.b1)
        address = address_of(user)
        assert client.get(address).status_code == 200
        happens(user)
        assert client.get(address).status_code == 404


def test_no_session_is_needed_and_none_is_made(client, member):
    answer = client.get(address_of(member))
    assert (answer.status_code, list(answer.cookies)) == (200, [])


@pytest.mark.parametrize("count", [1, 30])
def test_the_file_costs_the_same_for_one_and_for_thirty(client, tree, member, django_assert_num_queries, count):
    for number in range(count):
        make_activity(tree.b1, title=f"{number}", starts_at=NOW + timedelta(days=number))
    address = address_of(member)
    with django_assert_num_queries(6):
        assert len(events(client.get(address))) == count


def test_the_page_shows_a_new_address_once(client, member):
    page = reverse("activities:calendar_address")
    sign_in(client, member)
    assert client.get(page).context["standing"] is None
    made = client.post(page)
    address = made.context["address"]
    assert address.startswith("http://testserver/calendar/")
    assert client.get(address).status_code == 200
    again = client.get(page)
    assert (again.context["address"], again.context["opens"]) == ("", True)
    assert (made.context["replaces"], client.post(page).context["replaces"]) == (False, True)
    assert client.get(address).status_code == 404
    address = client.post(page).context["address"]
    client.post(page, {"wish": "off"})
    assert client.get(address).status_code == 404
    assert client.get(page).context["standing"] is None
