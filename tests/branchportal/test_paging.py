"""Does every list answer a page number that is wrong with the nearest page?"""

import pytest
from django.test import Client

from branchportal.paging import page_of
from members.roles import Role
from tests.factories import make_branch_tree, make_members, make_user, sign_in


@pytest.mark.parametrize(
    ("asked", "shown"), [("", 1), ("2", 2), ("3", 3), ("4", 3), ("0", 3), ("-1", 3), ("xx", 1), ("1.5", 1)]
)
def test_the_nearest_page(rf, asked, shown):
    assert page_of(rf.get("/", {"page": asked}), list(range(25)), 10).number == shown


def test_two_lists_of_one_page_are_turned_over_apart(rf):
    request = rf.get("/", {"page": "2", "list": "3", "q": "王"})
    people, things = page_of(request, list(range(25)), 10), page_of(request, list(range(50)), 10, "list")
    assert (people.number, things.number) == (2, 3)
    assert people.next_query.dict() == {"page": "3", "list": "3", "q": "王"}
    assert things.previous_query.dict() == {"page": "2", "list": "2", "q": "王"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "url",
    [
        "/people/",
        "/accounts/",
        "/offices/",
        "/audit/",
        "/messages/",
        "/transfers/",
        "/people/{person}/history/",
        "/my-data/looks/",
    ],
)
def test_no_list_is_missing_for_a_wrong_page(url):
    tree = make_branch_tree()
    [person] = make_members(tree.b1, 1)
    client = sign_in(Client(), make_user(Role.SECRETARY, tree.b1))
    address = url.format(person=person.pk)
    assert [client.get(address, {"page": page}).status_code for page in ("xx", "99")] == [200, 200]
