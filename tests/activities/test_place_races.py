"""Is the place of somebody who has left given once, and to those who wait, whoever acts at that moment?"""

from datetime import timedelta
from functools import partial
from threading import Barrier

import pytest
from django.db import connection, transaction
from django.utils import timezone

from activities.models import Activity
from activities.services import places, sign_ups
from activities.services.sign_ups import free_places, sign_up, take_off
from branchportal.models import AuditEntry
from members.models import Member
from tests.activities.examples import make_activity
from tests.factories import make_branch_tree, make_members
from tests.parallel import Aside, at_once

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]


@pytest.fixture
def people():
    return make_members(make_branch_tree().b1, 4)


@pytest.fixture
def activity(people):
    """One place; the second person waits, and the first one has left the branch."""
    starts_at = timezone.now() + timedelta(days=3)
    activity = make_activity(people[0].branch, starts_at=starts_at, signs_up=True, capacity=1)
    for member in people[:2]:
        join(activity, member)
    Member.objects.filter(pk=people[0].pk).update(ended_on=timezone.localdate(), end_reason="graduated")
    return activity


def join(activity, member):
    return sign_up(activity=activity, member=member, by=None, now=timezone.now())


def standing(activity):
    return list(activity.sign_ups.order_by("arrival").values_list("member", "has_place"))


def times_freed():
    return AuditEntry.objects.filter(action="activity.place_freed").count()


def test_somebody_new_waits_until_the_place_is_given(activity, people):
    with transaction.atomic():
        free_places(now=timezone.now())
        newcomer = Aside(lambda: join(activity, people[2]))
        assert newcomer.waits
    assert newcomer.ends() is None
    assert standing(activity) == [(people[1].pk, True), (people[2].pk, False)]


def test_two_ticks_at_once_free_the_place_once(activity, people):
    at_once([partial(free_places, now=timezone.now())] * 2)
    assert (standing(activity), times_freed()) == ([(people[1].pk, True)], 1)


def test_control_without_the_lock_it_is_freed_twice(activity, people, monkeypatch):
    """The twin: both have seen who left before either takes him off."""
    both_have_seen, facts = Barrier(2), places.facts

    def slow(one):
        both_have_seen.wait(timeout=30)
        return facts(one)

    rows = Activity.objects.select_related("branch")
    monkeypatch.setattr(sign_ups, "locked", lambda one: rows.get(pk=one.pk))
    monkeypatch.setattr(places, "facts", slow)
    at_once([partial(free_places, now=timezone.now())] * 2)
    assert times_freed() == 2


def test_a_tick_and_an_officer_at_once_give_the_place_once(activity, people):
    for member in people[2:]:
        join(activity, member)
    holder, now = activity.sign_ups.get(has_place=True), timezone.now()
    at_once([partial(free_places, now=now), partial(take_off, sign_up=holder, reason="请假", by=None, now=now)])
    assert [has_place for _member, has_place in standing(activity)] == [True, False]
