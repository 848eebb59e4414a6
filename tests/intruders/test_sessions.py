"""Does a session end in every other window the moment its right ends?"""

from __future__ import annotations

from datetime import date

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from members.models import User
from members.roles import Role
from members.services.memberships import end_membership
from members.services.roles import end_office
from members.services.slips import make_slip
from tests.access.world import NOW
from tests.factories import make_branch_tree, make_user, sign_in

pytestmark = pytest.mark.django_db

YESTERDAY = date(2026, 11, 9)
OLD, NEW = "zhi-bu-2026-mi-ma", "xin-de-mi-ma-2026"


def end_the_membership(user, by) -> None:
    end_membership(
        member=user.member, version=user.member.version, reason="graduated", ended_on=YESTERDAY, by=by, now=NOW
    )


def end_the_office(user, by) -> None:
    end_office(office=user.role_assignments.get(), last_day=YESTERDAY, by=by, now=NOW)


def change_the_password(user, by) -> None:
    form = {"old_password": OLD, "password": NEW, "repeated": NEW}
    assert sign_in(Client(), user).post(reverse("members:password"), form).status_code == 302


def reset_the_account(user, by) -> None:
    make_slip(user=user, by=by, now=NOW, as_of=NOW)


def deactivate(user, by) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


@pytest.mark.parametrize(
    ("role", "happens"),
    [
        (Role.MEMBER, end_the_membership), (Role.MEMBER, change_the_password), (Role.MEMBER, reset_the_account),
        (Role.MEMBER, deactivate), (Role.PUBLICITY_COMMISSIONER, end_the_office),
        (Role.PUBLICITY_COMMISSIONER, reset_the_account), (Role.COUNSELOR, end_the_office),
    ],
)  # fmt: skip
def test_every_window_is_out_at_once(role, happens, clock):
    tree = make_branch_tree()
    branch = tree.first if role == Role.COUNSELOR else tree.b1
    user = make_user(role, branch, password=OLD)
    by = make_user(
        Role.ADMINISTRATOR if role == Role.COUNSELOR else Role.SECRETARY,
        tree.root if role == Role.COUNSELOR else branch,
    )
    windows = [sign_in(Client(), user) for _ in range(3)]
    pages = ("/activities/", "/account/", "/messages/")
    assert [window.get(page).status_code for window, page in zip(windows, pages, strict=True)] == [200, 200, 200]
    happens(user, by)
    met = [
        window.get(page).headers.get("Location", "").partition("?")[0]
        for window, page in zip(windows, pages, strict=True)
    ]
    assert met == ["/login/"] * 3
    sent = [window.post("/account/email/", {"email": "a@example.edu"}).status_code for window in windows]
    assert (sent, User.objects.get(pk=user.pk).email) == ([302] * 3, "")


def test_a_stolen_session_key_is_worth_nothing_after_logging_out(clock):
    user = make_user(Role.MEMBER, make_branch_tree().b1)
    owner, thief = sign_in(Client(), user), Client()
    thief.cookies["sessionid"] = owner.cookies["sessionid"].value
    assert thief.get("/account/").status_code == 200
    owner.post(reverse("members:logout"))
    assert (thief.get("/account/").status_code, Session.objects.count()) == (302, 0)
