"""Are guesses slowed down, also in parallel, and does nobody get locked out by others?"""

from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Barrier

import pytest
from django.test import Client

from members.models import LoginFailure
from members.roles import Role
from members.services import throttle
from tests.factories import make_branch_tree, make_user
from tests.parallel import at_once

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
PASSWORD = "ming-yuan-2026"
CAMPUS = "10.0.0.1"


def fail(times, *, number="2023000001", address=CAMPUS, device="", now=NOW):
    for _attempt in range(times):
        throttle.begin(number=number, address=address, device=device, now=now)


def refused(**attempt):
    try:
        fail(1, **attempt)
    except throttle.TooManyFailures:
        return True
    return False


@pytest.mark.django_db
def test_five_failures_from_one_address_and_no_sixth():
    fail(5)
    assert refused()
    assert LoginFailure.objects.count() == 5


@pytest.mark.django_db
def test_after_a_quarter_of_an_hour_it_goes_on():
    fail(5)
    assert refused(now=NOW + timedelta(minutes=14, seconds=59))
    assert not refused(now=NOW + timedelta(minutes=15))


@pytest.mark.django_db
def test_a_campus_behind_one_address_is_not_locked_by_one_person():
    fail(5)
    assert not refused(number="2023000002")


@pytest.mark.django_db
def test_fifty_failures_of_an_account_from_any_addresses():
    for host in range(10):
        fail(5, address=f"10.0.1.{host}")
    assert refused(address="10.0.2.1")
    assert not refused(address="10.0.2.1", now=NOW + timedelta(hours=1))


@pytest.mark.django_db
def test_strangers_do_not_use_up_the_owners_attempts():
    for host in range(10):
        fail(5, address=f"10.0.1.{host}")
    fail(5, address="10.0.1.3", device="the owner's phone")
    assert refused(address="10.0.1.3", device="the owner's phone")


@pytest.mark.django_db
def test_a_slip_forgets_the_failures_of_every_device():
    fail(5)
    fail(5, device="the owner's phone")
    fail(5, number="2023000002")
    throttle.forget("2023000001")
    assert LoginFailure.objects.count() == 5
    assert not refused()


@pytest.mark.django_db
def test_differently_typed_numbers_are_one_account():
    fail(3)
    fail(2, number="２０２３ ０００００１")
    assert refused()


@pytest.mark.django_db
def test_the_browser_of_an_earlier_log_in_lets_its_owner_in():
    member = make_user(Role.MEMBER, make_branch_tree().b1, number="2023000001", password=PASSWORD)
    right = {"number": "2023000001", "password": PASSWORD}
    own = Client()
    own.post("/login/", right)
    own.post("/logout/")
    for _attempt in range(6):
        Client().post("/login/", {**right, "password": "wrong-password-1"})
    assert Client().post("/login/", right).status_code == 200
    assert own.post("/login/", right).status_code == 302
    assert own.session["_auth_user_id"] == str(member.pk)


@pytest.mark.django_db
def test_a_forged_device_cookie_is_worth_nothing():
    make_user(Role.MEMBER, make_branch_tree().b1, number="2023000001", password=PASSWORD)
    stranger = Client()
    stranger.cookies["trusted_devices"] = "eyJhIjoiYiJ9:forged:signature"
    for _attempt in range(5):
        stranger.post("/login/", {"number": "2023000001", "password": "wrong-password-1"})
    assert stranger.post("/login/", {"number": "2023000001", "password": PASSWORD}).status_code == 200


@pytest.mark.django_db
def test_the_address_is_what_our_proxy_saw():
    make_branch_tree()
    for claim in range(5):
        Client().post(
            "/login/", {"number": "1", "password": "x"}, headers={"X-Forwarded-For": f"1.2.3.{claim}, 10.9.9.9"}
        )
    addresses = set(LoginFailure.objects.values_list("address", flat=True))
    assert addresses in ({"10.9.9.9"}, {"127.0.0.1"})  # embedded mode has no proxy and believes no header


@pytest.mark.django_db(transaction=True)
def test_fifty_parallel_guesses_try_five_passwords_at_most():
    passed = at_once([lambda: not refused()] * 50)
    assert sum(passed) <= 5


@pytest.mark.django_db(transaction=True)
def test_control_fifty_parallel_guesses_without_counting_first():
    """The twin of the test above: who counts only after the password was tried lets all fifty through."""

    def check_then_count():
        free = LoginFailure.objects.filter(address=CAMPUS).count() < 5
        tried.append(free)
        barrier.wait(timeout=30)
        if free:
            LoginFailure.objects.create(account="x" * 64, address=CAMPUS, at=NOW)

    tried, barrier = [], Barrier(20)
    at_once([check_then_count] * 20)
    assert sum(tried) > 5


@pytest.mark.django_db(transaction=True)
def test_fifty_parallel_failures_are_all_counted():
    at_once(partial(refused, address=f"10.0.{order}.1") for order in range(50))
    assert LoginFailure.objects.count() == 50
    assert refused(address="10.1.1.1")
