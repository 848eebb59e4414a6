"""Does every page open for exactly those people that the matrix names, in exactly their own branches, at what cost?"""

from __future__ import annotations

from urllib.parse import quote

import pytest
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.views import View

from members.access import PortalView
from members.roles import Permission, Role
from tests.access.marks import FOREIGN, SIBLING, shown
from tests.access.matrix import BY_ADDRESS, PEOPLE, PUBLIC, WITHOUT_FOREIGN, WITHOUT_SIBLING, rows
from tests.access.queries import keep, too_many, visit
from tests.access.world import NOW, OF_ONE_BRANCH, make_world
from tests.factories import make_branch_tree, make_user, sign_in

MATRIX = rows()
REFUSED_OUTSIDE = {404, 405}
OWN_PAGES = {  # of the person himself, whoever he is
    "evaluations:home", "evaluations:my_data", "evaluations:my_data_workbook", "evaluations:my_data_file",
    "evaluations:who_looked", "evaluations:my_data_section", "evaluations:own_defences",
}  # fmt: skip


def pages(patterns=None, namespace="") -> dict[str, URLPattern]:
    """Every address of the portal by its name."""
    found = {}
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLPattern):
            found[namespace + (pattern.name or str(pattern.pattern))] = pattern
        else:
            found |= pages(pattern.url_patterns, f"{pattern.namespace}:" if pattern.namespace else namespace)
    return found


PAGES = pages()
DECLARED = {permission.value for permission in Permission}


def declares(view) -> bool:
    if not getattr(view, "login_required", True):
        return True
    view_class = getattr(view, "view_class", None)
    return issubclass(view_class or View, PortalView) and getattr(view_class, "permission", None) in DECLARED


@pytest.mark.parametrize("name", sorted(PAGES))
def test_every_page_declares_its_permission_or_that_it_is_public(name):
    assert declares(PAGES[name].callback)


def test_a_page_without_a_declaration_would_be_found(rf):
    class Forgetful(PortalView, View):
        pass

    assert not declares(Forgetful.as_view())
    assert not declares(View.as_view())
    assert not declares(lambda request: None)
    assert declares(login_not_required(lambda request: None))
    with pytest.raises(ImproperlyConfigured):
        Forgetful.as_view()(rf.get("/"))


def test_every_page_has_a_row_and_every_row_a_page():
    assert sorted(PAGES) == sorted({*MATRIX, *PUBLIC})


def test_public_pages_are_public():
    public = {name for name, page in PAGES.items() if not getattr(page.callback, "login_required", True)}
    assert public == PUBLIC


@pytest.fixture
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.mark.long
@pytest.mark.any_database
@pytest.mark.django_db
@pytest.mark.parametrize("person", PEOPLE)
def test_the_own_branch(person, clock):
    world = make_world(person)
    client = sign_in(Client(raise_request_exception=False), world.user)
    met = {row.page: visit(client, address(row, world.own)) for row in MATRIX.values()}
    status = {page: answer.status_code for page, (answer, _queries) in met.items()}
    assert {page: status[page] for page, row in MATRIX.items() if status[page] != row.expected(person)} == {}
    of_others = {page: shown(answer, unwanted(person)) for page, (answer, _queries) in met.items()}
    assert {page: marks for page, marks in of_others.items() if marks} == {}
    opened = {page: queries for page, (_answer, queries) in met.items() if status[page] == 200}
    keep(person, opened)
    assert too_many(opened) == {}


@pytest.mark.long
@pytest.mark.any_database
@pytest.mark.django_db
@pytest.mark.parametrize("person", PEOPLE)
def test_other_branches(person, clock):
    world = make_world(person)
    client = sign_in(Client(raise_request_exception=False), world.user)
    let_in = {}
    for row in (row for row in MATRIX.values() if row.thing):
        for place in elsewhere(row, person):
            url = address(row, getattr(world, place))
            met = {method: getattr(client, method)(url).status_code for method in ("get", "post")}
            allowed = {403} if row.expected(person) == 403 else REFUSED_OUTSIDE
            if not set(met.values()) <= allowed:
                let_in[row.page, place] = met
    assert let_in == {}


@pytest.mark.any_database
@pytest.mark.django_db
@pytest.mark.parametrize("person", PEOPLE)
def test_posts_that_the_role_table_does_not_include(person, clock):
    world = make_world(person)
    client = sign_in(Client(raise_request_exception=False), world.user)
    refused = [row for row in MATRIX.values() if row.expected(person) == 403]
    assert {row.page: client.post(address(row, world.own)).status_code for row in refused} == {
        row.page: 403 for row in refused
    }


@pytest.mark.django_db
def test_nobody_passes_without_signing_in(client, clock):
    world = make_world("anonymous")
    for row in MATRIX.values():
        url = address(row, world.own)
        for response in (client.get(url), client.post(url)):
            assert (response.status_code, response["Location"]) == (
                302,
                f"{reverse('members:login')}?next={quote(url)}",
            )


@pytest.mark.django_db
def test_an_unknown_address_tells_nothing(client):
    assert client.get("/nowhere/").status_code == 404


@pytest.mark.django_db
def test_administrators_read_no_rosters_reviews_and_rankings():
    """The table once more, from the other side: whatever is added later, this stays."""
    administrator = make_user(Role.ADMINISTRATOR, make_branch_tree().root)
    client = sign_in(Client(), administrator)
    closed = {
        name for name in MATRIX
        if name.startswith(("members:roster", "members:person", "evaluations:")) and name not in OWN_PAGES
    }  # fmt: skip
    assert {name for name in closed if MATRIX[name].signs["administrator"] != "-"} == set()
    assert client.get(reverse("members:roster")).status_code == 403


def address(row, things) -> str:
    if row.thing != "?month":
        return reverse(row.page, kwargs=things[row.thing] if row.thing else {})
    month = things["month"]
    return reverse(row.page, query={"branch": month["code"], "month": f"{month['month']:%Y-%m}"})


def address_of(page: str, things) -> str:
    """The address of any page, public ones included."""
    if page in MATRIX:
        return address(MATRIX[page], things)
    return reverse(page, kwargs=things[BY_ADDRESS[page]] if page in BY_ADDRESS else {})


def unwanted(person: str) -> list[str]:
    """The marks of the branches of which this person must see nothing."""
    return [FOREIGN, SIBLING] if person in OF_ONE_BRANCH else [FOREIGN]


def elsewhere(row, person: str) -> list[str]:
    places = [] if row.thing in WITHOUT_FOREIGN else ["foreign"]
    if person in OF_ONE_BRANCH and row.thing not in WITHOUT_SIBLING:
        places.append("sibling")
    return places
