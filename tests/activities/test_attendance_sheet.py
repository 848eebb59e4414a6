"""Can a commissioner record a whole branch on a phone, and does nothing get lost when two do it at once?"""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from activities.models import Activity, Attendance
from activities.services.attendance import Mark, set_attendance
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
    with phone.expect_navigation():
        save.click()
    stored = dict(Attendance.objects.values_list("member", "state"))
    assert stored == {
        first.pk: "absent", second.pk: "excused", **dict.fromkeys([other.pk for other in others], "present"),
    }  # fmt: skip
    assert set(Attendance.objects.filter(state="present").values_list("hours", flat=True)) == {Decimal("1.5")}
