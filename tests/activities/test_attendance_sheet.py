"""Can a commissioner record a whole branch on a phone, and does nothing get lost when two do it at once?"""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from activities.models import Activity, Attendance
from activities.services.attendance import Mark, set_attendance
from members.models import Member
from members.roles import Role
from tests.browser import signed_in
from tests.factories import activity_kind, make_branch_tree, make_members, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_everybody_but_two_with_three_taps(live_server, phone, axe):
    tree = make_branch_tree()
    commissioner = make_user(Role.PUBLICITY_COMMISSIONER, tree.b1)
    first, second, *others = make_members(tree.b1, 6)
    starts_at = timezone.now() - timedelta(days=1)
    activity = Activity.objects.create(
        branch=tree.b1, kind=activity_kind(), title="共读一本书", starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2), hours=Decimal("1.5"),
        audience="open",
    )  # fmt: skip
    signed_in(phone, live_server.url, commissioner)
    phone.goto(live_server.url + reverse("activities:activity", args=[activity.pk]))
    phone.locator(f"input[name=state-{first.pk}][value=absent]").check()
    phone.locator(f"input[name=state-{second.pk}][value=excused]").check()
    phone.locator("#all-present").click()
    axe(phone)

    late = {others[0].pk: Mark("excused", Decimal(0))}
    set_attendance(activity=activity, version=1, marks=late, by=commissioner, now=timezone.now())
    save = phone.locator("#attendance .btn-primary")
    with phone.expect_navigation():
        save.click()
    assert phone.locator(".attendance-marked th").first.inner_text().startswith(others[0].name)
    axe(phone)
    assert Attendance.objects.count() == 1
    phone.locator("#reason").fill("请假人后来到了")
    with phone.expect_navigation():
        save.click()
    stored = dict(Attendance.objects.values_list("member", "state"))
    assert stored == {
        first.pk: "absent", second.pk: "excused", **dict.fromkeys([other.pk for other in others], "present"),
    }  # fmt: skip
    assert set(Attendance.objects.filter(state="present").values_list("hours", flat=True)) == {Decimal("1.5")}


def test_a_branch_is_recorded_by_keys_alone(live_server, desktop):
    tree = make_branch_tree()
    commissioner = make_user(Role.PUBLICITY_COMMISSIONER, tree.b1)
    first, second, third, fourth = make_members(tree.b1, 4)
    starts_at = timezone.now() - timedelta(days=1)
    activity = Activity.objects.create(
        branch=tree.b1, kind=activity_kind(), title="共读一本书", starts_at=starts_at, hours=Decimal("1.5"),
        ends_at=starts_at + timedelta(hours=2), audience="open",
    )  # fmt: skip
    signed_in(desktop, live_server.url, commissioner)
    desktop.goto(live_server.url + reverse("activities:activity", args=[activity.pk]))
    shown = [Member.objects.get(name=name) for name in desktop.locator("#attendance [role=radiogroup]").evaluate_all(
        "groups => groups.map(group => group.getAttribute('aria-label'))"
    )]  # fmt: skip
    desktop.locator("#attendance [role=radiogroup] input").first.focus()
    for key in ("3", "2", "a"):
        desktop.keyboard.press(key)
    hours = desktop.locator(f"[name=hours-{shown[2].pk}]")
    why = desktop.locator(f"[name=why-{shown[2].pk}]")
    assert why.is_hidden()
    hours.fill("1")
    why.fill("早退")
    with desktop.expect_navigation():
        desktop.keyboard.press("Enter")
    stored = {one.member: (one.state, one.hours, one.reason) for one in Attendance.objects.select_related("member")}
    assert stored == {
        shown[0]: ("absent", Decimal(0), ""), shown[1]: ("excused", Decimal(0), ""),
        shown[2]: ("present", Decimal(1), "早退"), shown[3]: ("present", Decimal("1.5"), ""),
    }  # fmt: skip
    assert {first, second, third, fourth} == set(shown)


def test_minutes_are_printed_as_a_document_of_the_office(live_server, desktop, phone, axe):
    tree = make_branch_tree()
    secretary = make_user(Role.SECRETARY, tree.b1)
    starts_at = timezone.now() - timedelta(days=1)
    activity = Activity.objects.create(
        branch=tree.b1, kind=activity_kind("general_meeting"), title="支部党员大会", starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2), hours=Decimal("1.5"),
    )  # fmt: skip
    signed_in(desktop, live_server.url, secretary)
    desktop.goto(live_server.url + reverse("activities:minutes_edit", args=[activity.pk]))
    axe(desktop)
    desktop.locator("#add-item").click()
    desktop.locator("[name=topic]").last.fill("讨论发展对象")
    with desktop.expect_navigation():
        desktop.locator("#minutes .btn-primary").click()
    desktop.emulate_media(media="print")
    assert desktop.locator(".paper-title").inner_text() == "支部党员大会记录"
    assert [one.inner_text() for one in desktop.locator(".signatures li > :first-child").all()] == ["主持人", "记录人"]
    assert desktop.locator(".site-head").is_hidden()
    assert desktop.locator(".page-head").is_hidden()
    signed_in(phone, live_server.url, secretary)
    for name in ("minutes", "minutes_edit"):
        phone.goto(live_server.url + reverse(f"activities:{name}", args=[activity.pk]))
        axe(phone)
