"""What does every page answer to an address nobody typed, and while the database is away?"""

import pytest
from django.db import InterfaceError, OperationalError
from django.urls import get_resolver

from members.models import RoleAssignment
from members.roles import Role
from tests.factories import make_branch_tree, make_member, make_user, sign_in


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/accounts/?q=%00", 200),
        ("/offices/?q=%00", 200),
        ("/people/add/?branch=%00", 200),
        ("/people/import/?branch=%00", 200),
        ("/people/import/template/?branch=%00", 200),
        ("/accounts/?q=%2500", 200),
        ("/accounts/staff/99999999999999999999999/slip/", 404),
        ("/results/99999999999999999999999/", 404),
        ("/audit/?first=0001-01-01", 200),
        ("/audit/?last=9999-12-31", 200),
    ],
)
def test_an_odd_address_is_no_error(client, address, status):
    tree = make_branch_tree()
    user = make_user(Role.MEMBER, tree.b1)
    RoleAssignment.objects.create(user=user, branch=tree.b1, role=Role.SECRETARY, starts_on="2026-01-01")
    sign_in(client, user)
    assert client.get(address).status_code == status


@pytest.mark.django_db
@pytest.mark.parametrize("moment", ["", "x", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_an_odd_moment_in_a_form_is_no_error(client, moment):
    tree = make_branch_tree()
    member = make_member(tree.b1)
    sign_in(client, make_user(Role.SECRETARY, tree.b1))
    response = client.post(f"/accounts/members/{member.pk}/slip/", {"as_of": moment})
    assert [slip.name for slip in response.context["slips"]] == [member.name]


@pytest.mark.parametrize(("error", "status"), [(OperationalError, 503), (InterfaceError, 503), (ValueError, 500)])
def test_a_database_that_is_away_is_said_to_be_away(rf, error, status):
    answer = get_resolver().resolve_error_handler(500)
    try:
        raise error
    except error:
        response = answer(rf.get("/"))
    assert response.status_code == status


@pytest.mark.parametrize(("cookie", "language"), [(None, "zh-hans"), ("en", "en"), ("xx", "zh-hans")])
def test_chinese_is_spoken_unless_english_was_chosen_here(client, db, cookie, language):
    if cookie:
        client.cookies["django_language"] = cookie
    answer = client.get("/login/", headers={"accept-language": "en-US,en;q=0.9"})
    assert answer["Content-Language"] == language
