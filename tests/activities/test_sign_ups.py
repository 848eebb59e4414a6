"""Does everybody get a place in order of arrival, and is nobody forgotten on the waiting list?"""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from activities.models import SignUp
from activities.queries.sign_ups import own_sign_up, places_of
from activities.services.activities import edit_activity
from activities.services.sign_ups import SignUpRefused, sign_up, withdraw
from branchportal.models import AuditEntry, Notification
from members.models import Member
from members.roles import Role
from members.stages import Stage
from tests.activities.examples import make_activity
from tests.factories import make_user, sign_in

pytestmark = pytest.mark.django_db


def act(verb, activity, user, now=None):
    return verb(activity=activity, member=user.member, by=user, now=now or timezone.now())


def standing(activity):
    return [(one.member.user, one.has_place) for one in activity.sign_ups.select_related("member__user")]


def test_two_places_then_the_waiting_list(activity, people):
    for user in people:
        act(sign_up, activity, user)
    assert standing(activity) == [*((user, True) for user in people[:2]), *((user, False) for user in people[2:])]
    places = places_of(activity)
    assert (places.taken, places.waiting, places.left, places.is_full) == (2, 3, 0, True)
    assert own_sign_up(activity, people[4].member).ahead == 2


def test_who_sees_it_from_another_branch_is_told_to_come_as_a_guest(client, tree, activity):
    contact = make_user(Role.MEMBER, tree.b2)
    contact.role_assignments.create(branch=tree.b1, role=Role.CLASS_CONTACT, starts_on=date(2024, 9, 1))
    page = sign_in(client, contact).get(reverse("activities:activity", args=[activity.pk]))
    assert page.context["why_not"]
    client.post(reverse("activities:sign_up", args=[activity.pk]))
    assert standing(activity) == []
    act(sign_up, make_activity(tree.first, starts_at=activity.starts_at, signs_up=True), contact)


def test_twice_is_once(activity, people):
    first = act(sign_up, activity, people[0])
    assert act(sign_up, activity, people[0]) == first
    for _time in range(2):
        act(withdraw, activity, people[0])
    assert SignUp.objects.count() == 0
    actions = AuditEntry.objects.order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["activity.signed_up", "activity.withdrawn"]


def test_whoever_steps_back_gives_the_place_to_the_first_who_waits(activity, people):
    for user in people[:4]:
        act(sign_up, activity, user)
    act(withdraw, activity, people[0])
    assert standing(activity) == [(people[1], True), (people[2], True), (people[3], False)]
    assert list(Notification.objects.values_list("user", "kind")) == [(people[2].pk, "activity_place")]
    act(sign_up, activity, people[0])
    assert [user for user, _place in standing(activity)] == [people[1], people[2], people[3], people[0]]


def test_whoever_has_left_moves_up_no_more(activity, people):
    for user in people[:4]:
        act(sign_up, activity, user)
    Member.objects.filter(user=people[2]).update(ended_on=timezone.localdate(), end_reason="other")
    act(withdraw, activity, people[0])
    assert standing(activity) == [(people[1], True), (people[3], True)]


def test_stepping_back_from_the_list_moves_nobody_up(activity, people):
    for user in people[:4]:
        act(sign_up, activity, user)
    act(withdraw, activity, people[2])
    assert standing(activity) == [(people[0], True), (people[1], True), (people[3], False)]
    assert not Notification.objects.exists()


@pytest.mark.parametrize(("capacity", "moved_up"), [(3, 1), (4, 2), (None, 3)])
def test_more_places_move_up_as_many(activity, people, secretary, capacity, moved_up):
    for user in people:
        act(sign_up, activity, user)
    edit_activity(activity=activity, version=1, values={"capacity": capacity}, by=secretary, now=timezone.now())
    told = Notification.objects.filter(kind="activity_place").values_list("user", flat=True)
    assert set(told) == {user.pk for user in people[2 : 2 + moved_up]}
    assert activity.sign_ups.filter(has_place=True).count() == 2 + moved_up


@pytest.mark.parametrize(("values", "field"), [({"capacity": 1}, "capacity"), ({"signs_up": False}, "signs_up")])
def test_no_place_is_taken_away(activity, people, secretary, values, field):
    for user in people[:2]:
        act(sign_up, activity, user)
    with pytest.raises(ValidationError) as refused:
        edit_activity(activity=activity, version=1, values=values, by=secretary, now=timezone.now())
    assert list(refused.value.message_dict) == [field]


def test_nobody_signs_up_too_late_or_for_nothing(tree, activity, people):
    now = timezone.now()
    refused = [
        (make_activity(tree.b1, starts_at=now + timedelta(days=1)), now),
        (activity, activity.starts_at),
        (make_activity(tree.b1, starts_at=now + timedelta(days=2), signs_up=True, signs_up_until=now), now),
        (make_activity(tree.b1, starts_at=now + timedelta(days=2), signs_up=True, cancelled_at=now,
                       cancelled_because="x"), now),
    ]  # fmt: skip
    for one, moment in refused:
        with pytest.raises(SignUpRefused):
            act(sign_up, one, people[0], moment)
    assert SignUp.objects.count() == 0


def test_stepping_back_is_possible_until_it_begins(activity, people):
    act(sign_up, activity, people[0])
    with pytest.raises(SignUpRefused):
        act(withdraw, activity, people[0], activity.starts_at)
    act(withdraw, activity, people[0], activity.starts_at - timedelta(seconds=1))
    assert SignUp.objects.count() == 0


@pytest.mark.parametrize(
    ("audience", "stage", "possible"),
    [
        ("inside", Stage.FULL, True), ("inside", Stage.PROBATIONARY, True), ("inside", Stage.CANDIDATE, False),
        ("applicants", Stage.CANDIDATE, True), ("applicants", Stage.APPLICANT, True), ("applicants", Stage.FULL, False),
        ("open", Stage.FULL, True), ("open", Stage.MASSES, True),
    ],
)  # fmt: skip
def test_only_those_whom_it_is_for(tree, audience, stage, possible):
    user = make_user(Role.MEMBER, tree.b1, stage=stage)
    starts_at = timezone.now() + timedelta(days=1)
    activity = make_activity(tree.b1, starts_at=starts_at, signs_up=True, audience=audience)
    if possible:
        assert act(sign_up, activity, user).has_place
    else:
        with pytest.raises(SignUpRefused):
            act(sign_up, activity, user)


def test_a_change_of_time_or_place_is_told_and_another_title_is_not(activity, people, secretary):
    act(sign_up, activity, people[0])
    now = timezone.now()
    edit_activity(activity=activity, version=1, values={"title": "别的"}, by=secretary, now=now)
    assert not Notification.objects.exists()
    edit_activity(activity=activity, version=2, values={"place": "体育馆"}, by=secretary, now=now)
    assert list(Notification.objects.values_list("user", "kind")) == [(people[0].pk, "activity_moved")]


# --- On the page


def test_one_button_on_the_page(client, activity, people):
    address = reverse("activities:activity", args=[activity.pk])
    button = reverse("activities:sign_up", args=[activity.pk])
    for user in people[:2]:
        act(sign_up, activity, user)
    sign_in(client, people[2])
    assert client.get(address).context["places"].left == 0
    assert client.post(button)["Location"] == address
    page = client.get(address)
    assert (page.context["own_sign_up"].has_place, page.context["own_sign_up"].ahead) == (False, 0)
    assert people[0].name not in page.content.decode()
    client.post(button, {"wish": "withdraw"})
    assert client.get(address).context["own_sign_up"] is None


def test_officers_see_who_signed_up_in_order_of_arrival(client, activity, people, secretary):
    for user in people[:3]:
        act(sign_up, activity, user)
    page = sign_in(client, secretary).get(reverse("activities:activity", args=[activity.pk]))
    assert [one.member.user for one in page.context["signed_up"]] == people[:3]


def test_who_is_on_no_roster_can_not_sign_up(client, activity, secretary):
    button = reverse("activities:sign_up", args=[activity.pk])
    assert sign_in(client, secretary).post(button).status_code == 403


def test_a_refusal_is_said(client, tree, people):
    activity = make_activity(tree.b1, starts_at=timezone.now() + timedelta(days=1))
    sign_in(client, people[0])
    page = client.post(reverse("activities:sign_up", args=[activity.pk]), follow=True)
    assert [message.level_tag for message in page.context["messages"]] == ["error"]
    assert SignUp.objects.count() == 0
