"""Does the search box of the header work by keyboard, on phones and without a script?"""

from __future__ import annotations

import pytest

from members.roles import Role
from tests.browser import signed_in
from tests.factories import make_branch_tree, make_member, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def secretary():
    tree = make_branch_tree()
    for number in ("3001", "3002"):
        make_member(tree.b1, name="王明远", number=number)
    return make_user(Role.SECRETARY, tree.b1, name="赵一鸣")


def test_suggestions_by_keyboard(desktop, live_server, secretary, axe):
    page = signed_in(desktop, live_server.url, secretary)
    page.goto(live_server.url + "/help/")
    page.keyboard.press("/")
    box = page.locator("#site-search")
    assert box.evaluate("box => box === document.activeElement")
    assert (box.get_attribute("role"), box.get_attribute("aria-expanded")) == ("combobox", "false")

    page.keyboard.type("wmy")
    page.locator("#site-suggestions [role=option]").first.wait_for()
    assert page.locator("#site-suggestions [role=option]").count() == 2
    assert box.get_attribute("aria-expanded") == "true"
    axe(page)

    page.keyboard.press("ArrowUp")
    chosen = page.locator("#site-suggestions [aria-selected=true]")
    assert box.get_attribute("aria-activedescendant") == chosen.get_attribute("id") == "suggestion-1-2"
    page.keyboard.press("ArrowDown")
    assert box.get_attribute("aria-activedescendant") == "suggestion-1-1"
    page.keyboard.press("Escape")
    assert not page.locator("#site-suggestions").is_visible()
    assert box.get_attribute("aria-expanded") == "false"

    page.keyboard.press("ArrowDown")
    target = page.locator("#suggestion-1-1").get_attribute("href")
    page.keyboard.press("Enter")
    page.wait_for_url(live_server.url + target)


def test_enter_without_a_choice_sends_the_form(desktop, live_server, secretary):
    page = signed_in(desktop, live_server.url, secretary)
    page.goto(live_server.url + "/help/")
    page.locator("#site-search").fill("wmy")
    page.keyboard.press("Enter")
    page.wait_for_url(live_server.url + "/search/?q=wmy")
    assert page.locator("main .todo-list a").count() == 2


def test_one_letter_asks_nothing(desktop, live_server, secretary):
    page = signed_in(desktop, live_server.url, secretary)
    page.goto(live_server.url + "/help/")
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "/search/" in request.url else None)
    page.locator("#site-search").press_sequentially("w")
    page.wait_for_timeout(600)
    assert asked == []
    assert not page.locator("#site-suggestions").is_visible()


def test_the_key_can_be_switched_off(desktop, live_server, secretary):
    page = signed_in(desktop, live_server.url, secretary)
    page.goto(live_server.url + "/search/")
    page.locator("[data-search-key]").uncheck()
    page.goto(live_server.url + "/help/")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement === document.body")


def test_a_phone_has_a_link_to_the_search(phone, live_server, secretary, axe):
    page = signed_in(phone, live_server.url, secretary)
    page.goto(live_server.url + "/help/")
    assert not page.locator("#site-search").is_visible()
    page.locator(".site-search-link").tap()
    page.wait_for_url(live_server.url + "/search/")
    page.locator("#search-words").fill("明远")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=*")
    assert page.locator("main .todo-list a").count() == 2
    axe(page)


def test_without_a_script_it_is_a_plain_form(open_page, live_server, secretary):
    page = signed_in(open_page(1366, 768, javascript=False), live_server.url, secretary)
    page.goto(live_server.url + "/help/")
    assert page.locator("#site-search").get_attribute("role") is None
    page.locator("#site-search").fill("3001")
    page.keyboard.press("Enter")
    page.wait_for_url(live_server.url + "/search/?q=3001")
    assert page.locator("main .todo-list a").count() == 1
