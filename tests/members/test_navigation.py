"""Does the menu offer each person what may be opened, and nothing else?"""

import pytest
from django.test import Client
from django.utils import translation

from branchportal.notifications import notify
from members.navigation import account, items
from members.roles import Role
from tests.access.matrix import rows
from tests.factories import make_branch_tree, make_user, sign_in

pytestmark = pytest.mark.django_db


def request_of(rf, user):
    request = rf.get("/account/")
    request.user = user
    request.resolver_match = None
    return request


@pytest.mark.parametrize("role", list(Role))
def test_every_entry_opens(rf, role):
    user = make_user(role, make_branch_tree().b1)
    client = sign_in(Client(), user)
    person = {
        Role.DEPUTY_SECRETARY: "acting_deputy", Role.ORGANISATION_COMMISSIONER: "secretary",
        Role.PUBLICITY_COMMISSIONER: "secretary", Role.DISCIPLINE_COMMISSIONER: "secretary",
    }.get(role, role.value)  # fmt: skip
    for item in items(request_of(rf, user)):
        assert rows()[item.url_name].signs[person] == "+"
        assert item.badge == 0
    assert client.get("/account/").status_code == 200


@pytest.mark.parametrize(
    ("role", "first_page"),
    [
        (Role.SECRETARY, "members:accounts"),
        (Role.REVIEWER, "members:roles"),
        (Role.ADMINISTRATOR, "members:accounts"),
        (Role.COUNSELOR, None),
        (Role.MEMBER, None),
    ],
)
def test_administration_leads_to_the_first_page_that_is_open(rf, role, first_page):
    user = make_user(role, make_branch_tree().root)
    found = [item.url_name for item in items(request_of(rf, user)) if item.order == 80]
    assert found == ([first_page] if first_page else [])


def test_unread_messages_are_counted(rf):
    user = make_user(Role.MEMBER, make_branch_tree().b1)
    notify([user], "password_changed", key="1", context={})
    assert {item.url_name: item.badge for item in items(request_of(rf, user))}["members:messages"] == 1


def test_the_header_says_who_acts_as_secretary(rf):
    tree = make_branch_tree()
    deputy = make_user(Role.DEPUTY_SECRETARY, tree.b1, name="李副书记")
    with translation.override("en"):
        person = account(request_of(rf, deputy))
    assert (person.name, person.url) == ("李副书记", "/account/")
    assert person.role == "Deputy secretary (acting)"
