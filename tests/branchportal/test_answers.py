"""What does every page answer to an address nobody typed, and while the database is away?"""

import errno

import pytest
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.urls import get_resolver
from lxml import html

from members.models import RoleAssignment
from members.roles import Role
from tests.factories import make_branch_tree, make_member, make_user, sign_in

ORIGIN = "http://testserver"


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


def answer_to(error: Exception, request) -> HttpResponse:
    """What a page answers that fails with this error."""
    try:
        raise error
    except type(error):
        return get_resolver().resolve_error_handler(500)(request)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (OperationalError(), 503),
        (InterfaceError(), 503),
        (OSError(errno.ENOSPC, "No space left on device"), 503),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), 503),
        (OSError(errno.EACCES, "Permission denied"), 500),
        (ValueError(), 500),
    ],
)
def test_a_database_or_disk_that_is_out_of_order_is_said_to_be(rf, error, status):
    response = answer_to(error, rf.get("/"))
    assert (response.status_code, response.get("Retry-After")) == (status, "30" if status == 503 else None)


def test_what_was_sent_to_a_database_that_is_away_waits_on_the_page(rf):
    request = rf.post("/people/add/?branch=1", {"name": "王 <b>", "number": "3009"}, headers={"Origin": ORIGIN})
    form = html.fromstring(answer_to(OperationalError(), request).text).xpath("//form")[0]
    fields = {field.get("name"): field.get("value") for field in form.xpath("./input")}
    assert (form.get("method"), form.get("action")) == ("post", "/people/add/?branch=1")
    assert len(fields.pop("csrfmiddlewaretoken")) == 64
    assert fields == {"name": "王 <b>", "number": "3009"}


@pytest.mark.parametrize(
    ("fields", "origin"),
    [({"number": "3009", "password": "geheim"}, ORIGIN), ({"name": "王芳"}, "https://elsewhere.example")],
)
def test_no_password_and_no_foreign_form_waits_on_that_page(rf, fields, origin):
    response = answer_to(OperationalError(), rf.post("/login/", fields, headers={"Origin": origin}))
    assert html.fromstring(response.text).xpath("//form") == []
    assert "geheim" not in response.text


@pytest.mark.parametrize(("cookie", "language"), [(None, "zh-hans"), ("en", "en"), ("xx", "zh-hans")])
def test_chinese_is_spoken_unless_english_was_chosen_here(client, db, cookie, language):
    if cookie:
        client.cookies["django_language"] = cookie
    answer = client.get("/login/", headers={"accept-language": "en-US,en;q=0.9"})
    assert answer["Content-Language"] == language
