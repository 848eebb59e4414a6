"""Does a change of a whole series send each person one message, with the first day, the last one and how many?"""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.utils import translation

from activities.services.series import cancel, edit_following
from activities.services.sign_ups import sign_up
from branchportal.messages import text_of
from branchportal.models import Notification
from members.roles import Role
from tests.activities.examples import make_activity
from tests.factories import make_user

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 1, 0, 0, tzinfo=UTC)
FIRST = datetime(2026, 11, 6, 10, 30, tzinfo=UTC)


@pytest.fixture
def weekly(tree):
    """Four evenings: 6, 13, 20 and 27 November, with one place each."""
    series = uuid4()
    return [
        make_activity(
            tree.b1, starts_at=FIRST + timedelta(weeks=week), series=series, signs_up=True, capacity=1, place="活动室"
        )
        for week in range(4)
    ]


@pytest.fixture
def people(tree):
    return [make_user(Role.MEMBER, tree.b1) for _number in range(2)]


def join(user, *activities):
    for one in activities:
        sign_up(activity=one, member=user.member, by=user, now=NOW)


def texts():
    with translation.override("en"):
        return {(one.user_id, text_of(one)) for one in Notification.objects.all()}


def test_cancelling_the_rest_is_one_message_each(weekly, people, secretary):
    join(people[0], *weekly)
    join(people[1], weekly[3])
    cancel(activity=weekly[1], because="停电", following=True, by=secretary, now=NOW)
    assert texts() == {
        (
            people[0].pk,
            "“共读一本书” does not take place 3 times, the first on 13 November, 18:30, the last on 27 November, "
            "18:30. Reason: 停电",
        ),
        (people[1].pk, "“共读一本书” on 27 November, 18:30 does not take place. Reason: 停电"),
    }
    assert set(Notification.objects.values_list("url", flat=True)) == {
        f"/activities/{weekly[1].pk}/", f"/activities/{weekly[3].pk}/",
    }  # fmt: skip


def test_cancelling_twice_tells_nobody_twice(weekly, people, secretary):
    join(people[0], *weekly)
    for _time in range(2):
        cancel(activity=weekly[0], because="停电", following=True, by=secretary, now=NOW)
    assert Notification.objects.count() == 1


def test_moving_the_rest_is_one_message_each(weekly, people, secretary):
    join(people[0], *weekly[:2])
    values = {"starts_at": FIRST + timedelta(hours=1), "ends_at": FIRST + timedelta(hours=3)}
    edit_following(activity=weekly[0], version=1, values=values, by=secretary, now=NOW)
    assert texts() == {
        (
            people[0].pk,
            "“共读一本书” has changed 2 times: the first now begins on 6 November, 19:30, the last on 13 November, "
            "19:30, location: 活动室.",
        )
    }


def test_two_moves_from_different_occurrences_are_two_messages(weekly, people, secretary):
    join(people[0], weekly[3])
    for one in (weekly[1], weekly[0]):
        values = {"starts_at": one.starts_at + timedelta(hours=1), "ends_at": one.ends_at + timedelta(hours=1)}
        edit_following(activity=one, version=1, values=values, by=secretary, now=NOW)
    assert texts() == {
        (people[0].pk, "“共读一本书” has changed. It now begins on 27 November, 19:30, location: 活动室."),
        (people[0].pk, "“共读一本书” has changed. It now begins on 27 November, 20:30, location: 活动室."),
    }


def test_more_places_in_all_of_them_are_one_message_each(weekly, people, secretary):
    for user in people:
        join(user, *weekly)
    edit_following(activity=weekly[1], version=1, values={"capacity": 2}, by=secretary, now=NOW)
    assert texts() == {
        (
            people[1].pk,
            "You have moved up: you have a place at “共读一本书” 3 times, the first on 13 November, 18:30, the last on "
            "27 November, 18:30.",
        )
    }


def test_messages_of_before_still_read_as_they_did(people):
    context = {"title": "学习会", "starts_at": FIRST.isoformat(), "place": "", "reason": "停电"}
    for kind in ("activity_cancelled", "activity_moved", "activity_place"):
        Notification.objects.create(user=people[0], kind=kind, key=kind, context=context)
    assert all("学习会" in text for _user, text in texts())
