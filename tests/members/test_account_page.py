"""What can a person see and change about the own account?"""

from datetime import date

import pytest
from django.contrib.auth.hashers import make_password
from django.db.models import QuerySet
from django.test import Client
from django.utils import timezone

from branchportal.models import AuditEntry, Notification
from branchportal.notifications import notify
from members.hashers import PortalArgon2PasswordHasher
from members.models import User
from members.roles import Role
from members.services import sign_in as sign_in_service
from members.services.accounts import change_password
from tests.factories import make_branch_tree, make_user, sign_in
from tests.parallel import ask_without

pytestmark = pytest.mark.django_db
PASSWORD = "ming-yuan-2026"
NEW = {"old_password": PASSWORD, "password": "another-long-1", "repeated": "another-long-1"}


@pytest.fixture
def member():
    return make_user(Role.MEMBER, make_branch_tree().b1, number="2023000001", name="赵明远", password=PASSWORD)


def test_the_page_shows_name_number_and_offices(client, member):
    branch = member.member.branch
    member.role_assignments.create(
        role=Role.CLASS_CONTACT, branch=branch, starts_on=date(2026, 9, 1), class_name="计算机2301"
    )
    member.role_assignments.create(
        role=Role.DEPUTY_SECRETARY, branch=branch, starts_on=date(2025, 1, 1), ends_on=date(2025, 12, 31)
    )
    response = sign_in(client, member).get("/account/")
    assert [row["starts_on"] for row in response.context["offices"]] == [date(2026, 9, 1), member.member.joined_on]
    text = response.content.decode()
    assert all(words in text for words in ("赵明远", "2023000001", "计算机2301", "2026-09-01"))
    assert "2025-12-31" not in text


def test_changing_the_password_needs_the_old_one_and_ends_other_sessions(client, member):
    other = sign_in(Client(), member)
    sign_in(client, member)
    wrong = client.post("/account/password/", {**NEW, "old_password": "wrong-password-1"})
    assert list(wrong.context["form"].errors) == ["old_password"]
    assert client.post("/account/password/", NEW)["Location"] == "/account/"
    assert (client.get("/account/").status_code, other.get("/account/").status_code) == (200, 302)
    assert User.objects.get().check_password("another-long-1")
    assert AuditEntry.objects.get().action == "account.password_changed"
    assert Notification.objects.get().kind == "password_changed"


@pytest.fixture
def overtaken(member, monkeypatch):
    """Whoever verifies the present password is overtaken by somebody who changes it to "first-comes-1" meanwhile."""
    verify = sign_in_service.sign_in

    def verify_and_wait(**asked):
        user, first = verify(**asked), verify(**asked)
        change_password(user=first, password="first-comes-1", by=member, now=timezone.now())
        return user

    monkeypatch.setattr(sign_in_service, "sign_in", verify_and_wait)


def test_a_change_that_was_overtaken_is_refused(client, member, overtaken):
    """Who shuts somebody out by a new password is not shut out by a change that was verified a moment before."""
    response = sign_in(client, member).post("/account/password/", NEW)
    assert response.context["form"].errors == {"old_password": ["当前密码不正确。"]}
    assert User.objects.get().check_password("first-comes-1")
    assert AuditEntry.objects.count() == 1
    assert client.get("/account/").status_code == 302


def test_control_without_the_comparison_a_change_that_was_overtaken_wins(client, member, overtaken, monkeypatch):
    ask_without(monkeypatch, QuerySet.filter, User, "password")
    assert sign_in(client, member).post("/account/password/", NEW).status_code == 302
    assert User.objects.get().check_password("another-long-1")


def test_a_press_that_comes_twice_is_no_change_that_was_overtaken(client, member, overtaken):
    twice = {**NEW, "password": "first-comes-1", "repeated": "first-comes-1"}
    assert sign_in(client, member).post("/account/password/", twice)["Location"] == "/account/"
    assert client.get("/account/").status_code == 200
    assert AuditEntry.objects.count() == 1


def test_a_password_that_was_hashed_anew_as_it_was_verified_is_changed(client, member, monkeypatch):
    """As after weaker parameters: the log-in stores a new hash of the same password."""
    monkeypatch.setattr(PortalArgon2PasswordHasher, "time_cost", 1)
    weak = make_password(PASSWORD)
    monkeypatch.undo()
    User.objects.update(password=weak)
    member.refresh_from_db()
    assert sign_in(client, member).post("/account/password/", NEW).status_code == 302
    assert User.objects.get().check_password("another-long-1")


@pytest.mark.parametrize(
    ("changed", "fields"),
    [
        ({"repeated": "another-long-2"}, ["repeated"]),
        ({"password": "short", "repeated": "short"}, ["password"]),
        ({"password": "2023000001", "repeated": "2023000001"}, ["password"]),
    ],
)
def test_bad_new_passwords_are_refused(client, member, changed, fields):
    response = sign_in(client, member).post("/account/password/", {**NEW, **changed})
    assert list(response.context["form"].errors) == fields
    assert User.objects.get().check_password(PASSWORD)


def test_guessing_the_old_password_is_slowed_down(client, member):
    sign_in(client, member)
    for _attempt in range(5):
        client.post("/account/password/", {**NEW, "old_password": "wrong-password-1"})
    assert client.post("/account/password/", NEW).status_code == 200
    assert User.objects.get().check_password(PASSWORD)


def test_the_email_address_is_kept_and_stays_out_of_the_audit_trail(client, member):
    sign_in(client, member)
    assert list(client.post("/account/email/", {"email": "no address"}).context["form"].errors) == ["email"]
    assert client.post("/account/email/", {"email": "m@example.org"}).status_code == 302
    assert User.objects.get().email == "m@example.org"
    assert "example.org" not in str(AuditEntry.objects.values())


def test_messages_are_the_own_ones_only(client, member):
    other = make_user(Role.SECRETARY, member.member.branch)
    for user in (member, other):
        notify([user], "password_changed", key="1", context={})
    sign_in(client, member)
    assert [message.user_id for message, _text in client.get("/messages/").context["lines"]] == [member.pk]
    foreign = Notification.objects.get(user=other)
    assert client.post(f"/messages/{foreign.pk}/").status_code == 404
    assert Notification.objects.filter(read_at=None).count() == 2


def test_opening_a_message_marks_it_read_and_leads_on(client, member):
    notify([member], "password_changed", key="1", context={}, url="/account/")
    notify([member], "password_changed", key="2", context={}, url="https://evil.example/")
    sign_in(client, member)
    first, second = Notification.objects.order_by("key")
    assert client.post(f"/messages/{first.pk}/")["Location"] == "/account/"
    assert client.post(f"/messages/{second.pk}/")["Location"] == "/messages/"
    assert Notification.objects.filter(read_at=None).count() == 0


def test_reading_all(client, member):
    notify([member], "password_changed", key="1", context={})
    sign_in(client, member).post("/messages/read/")
    assert Notification.objects.filter(read_at=None).count() == 0
    assert client.get("/messages/").context["unread"] is False


def test_messages_cost_the_same_for_one_and_thirty(client, member, django_assert_num_queries):
    sign_in(client, member)
    notify([member], "password_changed", key="1", context={})
    with django_assert_num_queries(MESSAGE_QUERIES):
        client.get("/messages/")
    for order in range(2, 31):
        notify([member], "password_changed", key=str(order), context={})
    with django_assert_num_queries(MESSAGE_QUERIES):
        assert len(client.get("/messages/").context["lines"]) == 30


MESSAGE_QUERIES = 5


def test_what_is_no_address_is_named_above_the_form(client, member):
    sign_in(client, member, language="en")
    answer = client.post("/account/email/", {"email": "x"})
    assert list(answer.context["form"].errors) == ["email"]
    assert "Write an e-mail address like name@example.org." in answer.text
    assert "error-summary" in answer.text
