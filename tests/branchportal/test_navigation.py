"""Does the header lead where the apps say, and mark the place where the reader is?"""

import pytest
from django.urls import resolve, reverse

from branchportal import navigation
from branchportal.context_processors import Shell
from branchportal.navigation import NavItem, NavLink, Place


def items(request):
    """An app's offer, named by a dotted path as in the settings."""
    yield NavItem("Health", "health", order=2, covers=("members:log",))
    yield NavItem("Language", "set_language", order=1, badge=3, place=Place.BESIDE_NAME)


@pytest.fixture
def links(rf, settings):
    settings.NAVIGATION = ["tests.branchportal.test_navigation.items"]

    def of(path, shown=None):
        request = rf.get(path)
        request.resolver_match = shown
        return navigation.links(request)

    return of


def expected(*, language=False, health=False):
    return [
        NavLink("Language", reverse("set_language"), badge=3, active=language, place=Place.BESIDE_NAME),
        NavLink("Health", reverse("health"), badge=0, active=health),
    ]


def test_a_page_marks_its_own_place(links):
    assert links(reverse("health")) == expected(health=True)


def test_a_page_below_a_place_marks_it(links):
    assert links(reverse("set_language") + "more/") == expected(language=True)


def test_a_place_covers_views_elsewhere(links):
    login = reverse("members:login")
    assert links(login, resolve(login)) == expected(health=True)


def test_a_page_elsewhere_marks_nothing(links):
    assert links("/elsewhere/") == expected()


def test_nothing_offered_is_an_empty_header(links, settings):
    settings.NAVIGATION = []
    assert links("/") == []


def test_each_link_stands_in_its_place(rf, settings):
    settings.NAVIGATION = ["tests.branchportal.test_navigation.items"]
    request = rf.get("/elsewhere/")
    request.resolver_match = None
    shell = Shell(request)
    assert [link.label for link in shell.nav] == ["Health"]
    assert [link.label for link in shell.beside_name] == ["Language"]
    assert shell.person_menu == []
