"""Does the calendar show the right days to the right people, and stay quick with thousands of activities?"""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from activities.models import Activity
from activities.public_holidays import public_holidays
from activities.queries.audiences import Counted, held
from activities.services.sign_ups import sign_up
from members.roles import Role
from members.stages import Stage
from tests.activities.examples import form_values, make_activity
from tests.evaluations.ranking_material import NOVEMBER, make_month
from tests.factories import activity_kind, make_member, make_user, sign_in

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


@pytest.fixture
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)


def days_of(page):
    return {day.day: day for week in page.context["weeks"] for day in week if day}


def shown(page):
    return {day: [one.title for one in cell.activities] for day, cell in days_of(page).items() if cell.activities}


def test_a_month_from_monday_to_sunday(client, tree, secretary, clock):
    make_activity(tree.b1, title="最后一刻", starts_at=datetime(2026, 11, 30, 15, 30, tzinfo=UTC))
    make_activity(tree.b1, title="下个月", starts_at=datetime(2026, 11, 30, 16, 0, tzinfo=UTC))
    page = sign_in(client, secretary).get(reverse("activities:calendar"))
    weeks = page.context["weeks"]
    assert [day and day.day.day for day in weeks[0]] == [None] * 6 + [1]
    assert [day and day.day.day for day in weeks[-1]] == [30] + [None] * 6
    assert shown(page) == {date(2026, 11, 30): ["最后一刻"]}
    december = client.get(reverse("activities:calendar"), {"month": "2026-12"})
    assert shown(december) == {date(2026, 12, 1): ["下个月"]}


@pytest.mark.parametrize("text", ["", "2026-13", "x", "0001-01", "9999-12", "2026-11-01", "２０２６-11"])
def test_what_is_no_month_is_this_month(client, tree, secretary, clock, text):
    page = sign_in(client, secretary).get(reverse("activities:calendar"), {"month": text})
    assert page.context["month"] == date(2026, 11, 1)


def test_a_busy_day_shows_four_and_leads_to_all(client, tree, secretary, clock):
    for hour in range(6):
        make_activity(tree.b1, title=f"{hour}", starts_at=NOW + timedelta(hours=hour))
    page = sign_in(client, secretary).get(reverse("activities:calendar"))
    day = days_of(page)[date(2026, 11, 20)]
    assert ([one.title for one in day.activities], day.more) == (["0", "1", "2", "3"], 2)
    listed = client.get(reverse("activities:activities"), {"day": "2026-11-20"})
    assert len(listed.context["activities"]) == 6


def test_filters_stand_in_the_address(client, tree, secretary, clock):
    member = make_user(Role.MEMBER, tree.b1)
    make_activity(tree.b1, title="学", starts_at=NOW)
    duty = make_activity(tree.b1, title="值", starts_at=NOW, kind=activity_kind("duty"))
    signed = make_activity(tree.b1, title="报", starts_at=NOW + timedelta(days=1), signs_up=True)
    sign_up(activity=signed, member=member.member, by=member, now=NOW)
    sign_in(client, member)
    address = reverse("activities:calendar")
    assert shown(client.get(address, {"kind": "duty"})) == {date(2026, 11, 20): [duty.title]}
    assert shown(client.get(address, {"mine": "1"})) == {date(2026, 11, 21): [signed.title]}
    later = client.get(address, {"kind": "duty"}).context["later"]
    assert later == "/activities/calendar/?month=2026-12&kind=duty"


def test_members_see_their_branch_and_what_is_meant_for_them_above_it(client, tree, clock):
    activist, full = (make_user(Role.MEMBER, tree.b1, stage=stage) for stage in (Stage.ACTIVIST, Stage.FULL))
    for title, branch, audience in [
        ("本支部", tree.b1, "inside"), ("别的支部", tree.b2, "open"), ("总支公开", tree.first, "open"),
        ("总支党员", tree.first, "inside"), ("总支积极分子", tree.first, "applicants"), ("党委公开", tree.root, "open"),
        ("别的总支", tree.second, "open"),
    ]:  # fmt: skip
        make_activity(branch, title=title, starts_at=NOW + timedelta(days=1), audience=audience)

    def seen(user):
        listed = sign_in(client, user).get(reverse("activities:activities"))
        return {activity.title for activity, _everybody in listed.context["activities"]}

    assert seen(activist) == {"本支部", "总支公开", "总支积极分子", "党委公开"}
    assert seen(full) == {"本支部", "总支公开", "总支党员", "党委公开"}
    assert seen(make_user(Role.SECRETARY, tree.b1)) == {"本支部", "总支公开", "党委公开"}
    above = Activity.objects.get(title="总支公开")
    sign_in(client, make_user(Role.DEPUTY_SECRETARY, tree.b1))
    assert client.get(reverse("activities:edit", args=[above.pk])).status_code == 404
    assert client.get(reverse("activities:cancel", args=[above.pk])).status_code == 404


def test_a_general_branch_plans_for_its_branches_and_names_who_is_responsible_by_number(client, tree, clock):
    owner, stranger = make_member(tree.b2), make_member(tree.b4)
    sign_in(client, make_user(Role.SECRETARY, tree.first))
    address = reverse("activities:add") + "?branch=GB1"
    refused = client.post(address, form_values(owner) | {"owner": stranger.number})
    assert list(refused.context["form"].errors) == ["owner"]
    client.post(address, form_values(owner) | {"owner": owner.number})
    activity = Activity.objects.get()
    assert (activity.branch, activity.owner) == (tree.first, owner)
    assert client.get(reverse("activities:edit", args=[activity.pk])).context["form"]["owner"].value() == owner.number


def test_last_days_of_the_month_stand_there_too(client, tree, clock):
    make_month(tree.b1, NOVEMBER)
    member = make_user(Role.MEMBER, tree.b1)
    page = sign_in(client, member).get(reverse("activities:calendar"))
    entries = {day: [entry.uid for entry in cell.entries] for day, cell in days_of(page).items() if cell.entries}
    assert list(entries.values()) == [["review-2026-11"]]


def test_organisation_life_is_counted_apart(tree):
    for audience, count in (("inside", 3), ("applicants", 2), ("open", 1)):
        for _number in range(count):
            make_activity(tree.b1, starts_at=NOW, audience=audience)
    make_activity(tree.b1, starts_at=NOW, audience="inside", cancelled_at=NOW, cancelled_because="x")
    make_activity(tree.b2, starts_at=NOW, audience="inside")
    make_activity(tree.b1, starts_at=NOW - timedelta(days=90), audience="inside")
    assert held(tree.b1, date(2026, 11, 1), date(2026, 11, 30)) == Counted(inside=3, outside=3)


@pytest.mark.parametrize(("name", "queries"), [("activities", 7), ("calendar", 6)])
@pytest.mark.parametrize("count", [1, 5000])
def test_thousands_cost_as_many_queries_as_one_and_no_heavier_page(
    client, tree, clock, django_assert_num_queries, name, queries, count
):
    reviewer = make_user(Role.REVIEWER, tree.root)
    owner, kind = make_member(tree.b1), activity_kind()
    branches = (tree.b1, tree.b2, tree.b3, tree.b4)
    Activity.objects.bulk_create(
        Activity(
            branch=branches[number % 4], kind=kind, owner=owner, title=f"活动 {number}", hours=Decimal(1),
            starts_at=NOW + timedelta(minutes=number), ends_at=NOW + timedelta(minutes=number + 30),
        )
        for number in range(count)
    )  # fmt: skip
    sign_in(client, reviewer)
    with django_assert_num_queries(queries):
        page = client.get(reverse(f"activities:{name}"))
    assert len(page.content) < 60_000
    if name == "activities":
        assert len(page.context["activities"]) == min(count, 30)
    else:
        assert sum(len(titles) for titles in shown(page).values()) == min(count, 4 * 4)


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        (date(2026, 10, 1), date(2026, 10, 2), ["国庆节", "国庆节"]),
        (date(2026, 11, 1), date(2026, 11, 30), []),
        (date(1900, 1, 1), date(1900, 1, 31), []),
    ],
)
def test_public_holidays_as_far_as_they_are_known(first, last, days):
    assert list(public_holidays(first, last).values()) == days


def test_moved_days_off_are_named_shortly():
    assert public_holidays(date(2026, 10, 5), date(2026, 10, 6)) == {
        date(2026, 10, 5): "国庆节", date(2026, 10, 6): "休息日",
    }  # fmt: skip
    assert timezone.get_default_timezone_name() == "Asia/Shanghai"
