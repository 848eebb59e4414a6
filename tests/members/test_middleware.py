"""What stands before every page: AccessMiddleware, SignedInMiddleware and Django's CsrfViewMiddleware."""

from datetime import date

import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client
from django.urls import reverse

from members.roles import Role
from tests.factories import make_user, sign_in

pytestmark = pytest.mark.django_db


def test_a_session_dies_with_the_last_role_and_says_why(client, tree):
    user = make_user(Role.SECRETARY, tree.b1)
    sign_in(client, user, language="en")
    user.role_assignments.update(ends_on=date(2025, 6, 30))
    answer = client.get(reverse("members:account"), follow=True)
    assert answer.redirect_chain == [(reverse("members:login"), 302)]
    assert "You hold no role in any branch any more." in answer.text
    assert SESSION_KEY not in client.session


def test_a_form_without_its_token_changes_nothing(tree):
    user = make_user(Role.SECRETARY, tree.b1)
    client = sign_in(Client(enforce_csrf_checks=True), user)
    answer = client.post(reverse("members:email"), {"email": "a@party.example.edu"})
    user.refresh_from_db()
    assert (answer.status_code, user.email) == (403, "")


def test_nobody_is_let_in_without_signing_in(client):
    answer = client.get(reverse("members:account"))
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, reverse("members:login"))
