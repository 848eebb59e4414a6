"""Do fifty people who sign up at the same moment get exactly the ten places that are left?"""

from datetime import timedelta
from threading import Barrier, BrokenBarrierError

import pytest
from django.db import DatabaseError, connection
from django.utils import timezone

from activities.models import Activity
from activities.services import sign_ups
from activities.services.sign_ups import sign_up, withdraw
from members.roles import Role
from tests.activities.examples import make_activity
from tests.factories import make_branch_tree, make_members, make_user
from tests.parallel import at_once

PEOPLE, PLACES = 50, 10

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def activity():
    tree = make_branch_tree()
    starts_at = timezone.now() + timedelta(days=3)
    activity = make_activity(tree.b1, starts_at=starts_at, signs_up=True, capacity=PLACES + 2)
    for early in make_members(tree.b1, 2):
        sign_up(activity=activity, member=early, by=None, now=timezone.now())
    return activity


def came_through(people, verb):
    """How many of the people came through, all at the same moment."""

    def act(member):
        def run():
            try:
                verb(member)
            except (DatabaseError, BrokenBarrierError):
                return False
            return True

        return run

    return sum(at_once(map(act, people)))


def outcome(activity):
    """(has a place, order of arrival) of those who came late."""
    return list(activity.sign_ups.order_by("arrival").values_list("has_place", "arrival"))[2:]


EXACTLY_TEN = [(number < PLACES, number + 3) for number in range(PEOPLE)]


def test_exactly_ten_get_a_place_and_the_others_wait_in_order(activity):
    people = make_members(activity.branch, PEOPLE)
    came = came_through(people, lambda member: sign_up(activity=activity, member=member, by=None, now=timezone.now()))
    assert came == PEOPLE
    assert outcome(activity) == EXACTLY_TEN


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_control_without_the_lock_it_goes_wrong(activity, monkeypatch):
    """The twin of the test above: all have read the row before the first one writes it."""
    all_have_read = Barrier(PEOPLE)

    def unlocked(one):
        row = Activity.objects.get(pk=one.pk)
        all_have_read.wait(timeout=60)
        return row

    monkeypatch.setattr(sign_ups, "locked", unlocked)
    people = make_members(activity.branch, PEOPLE)
    came_through(people, lambda member: sign_up(activity=activity, member=member, by=None, now=timezone.now()))
    assert outcome(activity) != EXACTLY_TEN


def test_one_person_twice_at_once_has_one_sign_up(activity):
    user = make_user(Role.MEMBER, activity.branch)
    came = came_through(
        [user.member] * 5, lambda member: sign_up(activity=activity, member=member, by=user, now=timezone.now())
    )
    assert (came, outcome(activity)) == (5, [(True, 3)])


def test_all_step_back_at_once_and_everybody_who_waits_moves_up_once(activity):
    members = make_members(activity.branch, 20)
    for member in members:
        sign_up(activity=activity, member=member, by=None, now=timezone.now())
    leaving = members[:PLACES]
    came_through(leaving, lambda member: withdraw(activity=activity, member=member, by=None, now=timezone.now()))
    assert outcome(activity) == [(True, number + 3 + PLACES) for number in range(10)]
