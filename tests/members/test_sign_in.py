"""Who gets in by number and password, and what does a refused person learn? Nothing but what to do."""

import re
import time

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from members.models import LoginFailure, Member, User
from members.roles import Role
from members.services import throttle
from tests.factories import make_user

pytestmark = pytest.mark.django_db
PASSWORD = "ming-yuan-2026"


@pytest.fixture
def member(tree):
    return make_user(Role.MEMBER, tree.b1, number="2023000001", password=PASSWORD)


def post(client, number, password, **extra):
    return client.post("/login/", {"number": number, "password": password}, **extra)


def test_the_right_password_opens_the_home_page(client, member):
    response = post(client, "2023000001", PASSWORD)
    assert (response.status_code, response["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(member.pk)


@pytest.mark.parametrize("typed", ["２０２３０００００１", " 2023 000 001 ", "2023000001\u200b", "2023\u3000000001"])
def test_full_width_digits_and_spaces_do_not_matter(client, member, typed):
    assert post(client, typed, PASSWORD).status_code == 302


def test_spaces_of_the_password_count(client, member):
    assert post(client, "2023000001", f" {PASSWORD}").status_code == 200


def without_token(response):
    return re.sub(r'value="[A-Za-z0-9]{64}"|"X-CSRFToken": "\w+"', "", response.content.decode())


def test_an_unknown_number_gets_the_same_answer(client, tree, member):
    inactive = make_user(Role.MEMBER, tree.b1, number="2023000002", password=PASSWORD)
    User.objects.filter(pk=inactive.pk).update(is_active=False)
    make_user(Role.MEMBER, tree.b1, number="2023000003")
    answers = {
        number: post(Client(), number, "wrong-password-1")
        for number in ("2023000001", "2023000002", "2023000003", "2099999999")
    }
    texts = {without_token(answer).replace(number, "") for number, answer in answers.items()}
    assert len(texts) == 1
    assert {answer.status_code for answer in answers.values()} == {200}
    assert len({len(answer.content) for answer in answers.values()}) == 1


def test_an_unknown_number_takes_as_long(tree, member):
    """A password is hashed either way: that takes tens of milliseconds, all else a few."""
    post(Client(), "2023000001", "warm-up-only")

    def seconds(number):
        began = time.perf_counter()
        post(Client(), number, "wrong-password-1")
        return time.perf_counter() - began

    known, unknown = (min(seconds(number) for _ in range(3)) for number in ("2023000001", "2099999999"))
    assert unknown > known / 2
    assert known > unknown / 2


def test_the_session_key_changes_at_log_in(client, member):
    client.get("/login/")
    session = client.session
    session["planted"] = "by a stranger"
    session.save()
    planted = session.session_key
    client.cookies["sessionid"] = planted
    post(client, "2023000001", PASSWORD)
    assert client.session.session_key != planted
    assert not Session.objects.filter(session_key=planted).exists()


def test_a_log_in_takes_six_statements_and_stores_its_session_once(client, member, django_assert_num_queries):
    """The attempt, its count, the person; then forgiven, noted and let in by one transaction."""
    post(client, "2023000001", PASSWORD)
    stranger = Client()
    with django_assert_num_queries(6 + 2):  # in a test the transaction is a savepoint, a statement at each end
        post(stranger, "2023000001", PASSWORD)


def test_log_in_goes_where_the_person_wanted_inside_the_portal_only(client, member):
    inside = client.post("/login/", {"number": "2023000001", "password": PASSWORD, "next": "/account/"})
    assert inside["Location"] == "/account/"
    outside = Client().post("/login/", {"number": "2023000001", "password": PASSWORD, "next": "https://evil.example/"})
    assert outside["Location"] == "/"


def test_log_out_by_post_only(client, member):
    client.force_login(member)
    assert client.get("/logout/").status_code == 405
    assert client.get("/account/").status_code == 200
    assert client.post("/logout/")["Location"] == "/login/"
    assert client.get("/account/").status_code == 302


def test_a_raised_epoch_ends_every_session(member):
    phone, office = Client(), Client()
    for browser in (phone, office):
        browser.force_login(member)
    member.session_epoch += 1
    member.save()
    assert [browser.get("/account/").status_code for browser in (phone, office)] == [302, 302]


def test_a_person_without_any_role_is_signed_out_and_told_why(client, member):
    client.force_login(member)
    Member.objects.filter(user=member).update(ended_on="2026-01-01", end_reason="graduated")
    response = client.get("/account/", follow=True)
    assert response.redirect_chain == [("/login/", 302)]
    assert len(list(response.context["messages"])) == 1
    assert "_auth_user_id" not in client.session


def test_a_deactivated_person_is_out_at_once(client, member):
    client.force_login(member)
    User.objects.filter(pk=member.pk).update(is_active=False)
    assert client.get("/account/").status_code == 302
    assert post(Client(), "2023000001", PASSWORD).status_code == 200


def test_a_role_that_ended_yesterday_opens_nothing(client, tree):
    secretary = make_user(Role.SECRETARY, tree.b1)
    make_user(Role.SECRETARY, tree.b2)
    client.force_login(secretary)
    assert client.get("/accounts/").status_code == 200
    secretary.role_assignments.update(ends_on="2026-01-01")
    assert client.get("/accounts/")["Location"] == "/login/"


def test_success_leaves_no_failure_behind(client, member):
    post(client, "2023000001", "wrong-password-1")
    post(client, "2023000001", PASSWORD)
    assert LoginFailure.objects.count() == 1


def test_the_typed_number_is_not_kept_in_clear(client, tree):
    post(client, "my-secret-password", "x")
    kept = LoginFailure.objects.get()
    assert "my-secret" not in kept.account
    assert len(kept.account) == 64


def test_refusal_says_what_to_do(client, member):
    for _attempt in range(throttle.PER_ACCOUNT_AND_ADDRESS.failures):
        wrong = post(client, "2023000001", "wrong-password-1")
    refused = post(client, "2023000001", PASSWORD)
    assert refused.status_code == 200
    said = [str(answer.context["form"].non_field_errors()) for answer in (wrong, refused)]
    assert ["15" in words for words in said] == [False, True]


@pytest.mark.parametrize("wanted", ["5", "2026-02-30", "members:roster", "evaluations.views", "x y", "%zz"])
def test_a_wish_that_is_no_address_is_no_error(client, member, wanted):
    assert client.post("/login/", {"number": "2023000001", "password": PASSWORD, "next": wanted}).status_code == 302
    assert client.post("/login/", {"next": wanted}).status_code == 302
    assert client.post("/privacy/reading/", {"version": "1", "next": wanted}).status_code == 302
