"""Does a place become free when somebody leaves, and can officers put the list right, with a reason?"""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from activities.models import SignUp
from activities.services.sign_ups import SignUpRefused, free_places, put_first, sign_up, take_off
from branchportal.messages import text_of
from branchportal.models import AuditEntry, Notification
from members.models import Member
from members.roles import Role
from tests.activities.examples import make_activity
from tests.factories import make_member, make_members, make_user, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def listed(activity, people):
    """Two have a place, two wait."""
    for user in people[:4]:
        join(activity, user)
    return activity


def join(activity, user):
    return sign_up(activity=activity, member=user.member, by=user, now=timezone.now())


def of(activity, user):
    return activity.sign_ups.get(member=user.member)


def standing(activity):
    return [
        (one.member.user, one.has_place)
        for one in activity.sign_ups.select_related("member__user").order_by("-has_place", "arrival")
    ]


def leave(user, **values):
    Member.objects.filter(user=user).update(**values or {"ended_on": timezone.localdate(), "end_reason": "graduated"})


def told():
    return set(Notification.objects.values_list("user", "kind"))


# --- Whoever has left


def test_the_place_of_somebody_who_has_left_goes_to_the_first_who_waits(listed, people):
    leave(people[0])
    assert free_places(now=timezone.now()) == 1
    assert standing(listed) == [(people[1], True), (people[2], True), (people[3], False)]
    assert told() == {(people[2].pk, "activity_place")}
    line = AuditEntry.objects.get(action="activity.place_freed")
    assert (line.actor, line.before) == (None, {"name": people[0].name, "arrival": 1, "has_place": True})


def test_the_same_for_whoever_has_moved_to_another_branch(tree, listed, people):
    leave(people[1], branch=tree.b2)
    for _time in range(2):
        free_places(now=timezone.now())
    assert standing(listed) == [(people[0], True), (people[2], True), (people[3], False)]
    assert told() == {(people[1].pk, "activity_left"), (people[2].pk, "activity_place")}
    assert people[1].notifications.get().url == reverse("activities:activities")


def test_below_the_same_general_branch_nobody_has_left(tree, people):
    above = make_activity(tree.first, starts_at=timezone.now() + timedelta(days=3), signs_up=True, capacity=1)
    for user in people[:2]:
        join(above, user)
    leave(people[0], branch=tree.b3)
    assert free_places(now=timezone.now()) == 0
    leave(people[0], branch=tree.b4)
    assert free_places(now=timezone.now()) == 1
    assert standing(above) == [(people[1], True)]


def test_twice_is_once_and_what_has_begun_or_is_cancelled_stays(tree, listed, people):
    now = timezone.now()
    leave(people[0])
    assert free_places(now=listed.starts_at) == 0
    type(listed).objects.update(cancelled_at=now, cancelled_because="停电")
    assert free_places(now=now) == 0
    assert len(standing(listed)) == 4
    type(listed).objects.update(cancelled_at=None, cancelled_because="")
    assert [free_places(now=now) for _time in range(2)] == [1, 0]
    assert Notification.objects.count() == 1


def test_whoever_comes_new_does_not_overtake_those_who_wait(listed, people):
    leave(people[0])
    assert not join(listed, people[4]).has_place
    assert standing(listed) == [
        (people[1], True), (people[2], True), (people[3], False), (people[4], False),
    ]  # fmt: skip


# --- What officers change


def test_an_officer_takes_somebody_off_the_list_and_he_is_told_why(listed, people, secretary):
    gone = of(listed, people[0])
    for _time in range(2):
        take_off(sign_up=gone, reason="请病假", by=secretary, now=timezone.now())
    assert standing(listed) == [(people[1], True), (people[2], True), (people[3], False)]
    assert told() == {(people[0].pk, "activity_taken_off"), (people[2].pk, "activity_place")}
    line = AuditEntry.objects.get(action="activity.taken_off")
    facts = {"name": people[0].name, "arrival": 1, "has_place": True}
    assert (line.actor, line.reason, line.before) == (secretary, "请病假", facts)
    with translation.override("en"):
        text = text_of(Notification.objects.get(kind="activity_taken_off"))
    assert text.startswith("You have been taken off the list of “共读一本书” on ")
    assert text.endswith(". Reason: 请病假")


def test_somebody_who_waits_is_put_first_and_gets_the_next_place(listed, people, secretary):
    join(listed, people[4])
    for _time in range(2):
        put_first(sign_up=of(listed, people[4]), reason="要作汇报", by=secretary, now=timezone.now())
    assert [user for user, _place in standing(listed)] == [*people[:2], people[4], people[2], people[3]]
    assert told() == {(people[4].pk, "activity_put_first")}
    line = AuditEntry.objects.get(action="activity.put_first")
    assert (line.before["arrival"], line.after["arrival"], line.reason) == (5, 3, "要作汇报")
    take_off(sign_up=of(listed, people[0]), reason="请假", by=secretary, now=timezone.now())
    assert standing(listed)[:2] == [(people[1], True), (people[4], True)]
    assert sorted(SignUp.objects.values_list("arrival", flat=True)) == [2, 3, 4, 5]


def test_nobody_changes_the_list_without_a_reason_once_it_has_begun_or_when_it_is_cancelled(listed, people, secretary):
    for act in (take_off, put_first):
        with pytest.raises(SignUpRefused):
            act(sign_up=of(listed, people[2]), reason="", by=secretary, now=timezone.now())
        with pytest.raises(SignUpRefused):
            act(sign_up=of(listed, people[2]), reason="迟了", by=secretary, now=listed.starts_at)
    before = standing(listed)
    type(listed).objects.update(cancelled_at=timezone.now(), cancelled_because="停电")
    for act in (take_off, put_first):
        with pytest.raises(SignUpRefused):
            act(sign_up=of(listed, people[3]), reason="请假", by=secretary, now=timezone.now())
    assert (standing(listed), told()) == (before, set())


def test_the_page_asks_for_the_reason(client, listed, people, secretary):
    waiting, placed = of(listed, people[3]), of(listed, people[0])
    address = reverse("activities:sign_up_change", args=[waiting.pk])
    page = sign_in(client, secretary).get(reverse("activities:activity", args=[listed.pk]))
    assert address in page.content.decode()
    assert list(client.post(address, {"wish": "put_first", "reason": " "}).context["form"].errors) == ["reason"]
    assert client.post(address, {"wish": "put_first", "reason": "要作汇报"}).status_code == 302
    assert standing(listed)[2] == (people[3], False)
    page = client.get(reverse("activities:sign_up_change", args=[placed.pk]))
    assert list(page.context["form"].fields) == ["reason"]
    client.post(reverse("activities:sign_up_change", args=[placed.pk]), {"reason": "请假"})
    assert standing(listed) == [(people[1], True), (people[3], True), (people[2], False)]


def test_members_and_other_branches_change_nothing(client, tree, listed, people):
    address = reverse("activities:sign_up_change", args=[of(listed, people[0]).pk])
    assert sign_in(client, people[1]).post(address, {"reason": "x"}).status_code == 403
    assert sign_in(client, make_user(Role.SECRETARY, tree.b2)).post(address, {"reason": "x"}).status_code == 404
    assert len(standing(listed)) == 4


def test_putting_somebody_first_costs_the_same_for_two_and_for_many(tree, secretary):
    costs = []
    for waiting in (2, 60):
        activity = make_activity(tree.b1, starts_at=timezone.now() + timedelta(days=3), signs_up=True, capacity=1)
        for number, member in enumerate(make_members(tree.b1, 1 + waiting), start=1):
            activity.sign_ups.create(member=member, arrival=number, has_place=number == 1, at=timezone.now())
        type(activity).objects.filter(pk=activity.pk).update(arrivals=1 + waiting)
        with CaptureQueriesContext(connection) as queries:
            put_first(sign_up=activity.sign_ups.last(), reason="要作汇报", by=secretary, now=timezone.now())
        assert list(activity.sign_ups.values_list("arrival", flat=True)) == list(range(1, 2 + waiting))
        costs.append(len(queries))
    assert costs[0] == costs[1]


@pytest.mark.parametrize("count", [1, 130])
def test_a_long_list_is_turned_over_page_by_page(client, tree, secretary, django_assert_num_queries, count):
    activity = make_activity(tree.b1, starts_at=timezone.now() + timedelta(days=3), signs_up=True)
    SignUp.objects.bulk_create(
        SignUp(activity=activity, member=make_member(tree.b1, joined_on=date(2199, 1, 1)), arrival=number,
               has_place=True, at=timezone.now())
        for number in range(1, count + 1)
    )  # fmt: skip
    sign_in(client, secretary)
    with django_assert_num_queries(12):
        page = client.get(reverse("activities:activity", args=[activity.pk]), {"list": "3"})
    shown = page.context["signed_up"]
    assert (len(shown), shown.paginator.num_pages) == ((1, 1) if count == 1 else (30, 3))
