"""Does the frame work on the narrowest phone, without script, by keyboard, and send a form only once?"""

import pytest
from playwright.sync_api import Page, expect

from members.roles import Role
from tests.browser import fits
from tests.factories import make_branch_tree, make_user

pytestmark = pytest.mark.browser

NARROW = (320, 640)
WORDS = "correct horse battery"


def log_in(page: Page, url: str, number: str) -> None:
    page.goto(url + "/login/")
    page.locator("main input[name=number]").fill(number)
    page.locator("main input[type=password]").fill(WORDS)
    page.locator("main button").first.click()
    page.wait_for_url(url + "/")


@pytest.fixture
def secretary(live_portal):
    tree = make_branch_tree()
    return make_user(Role.SECRETARY, tree.b1, password=WORDS)


def test_the_language_changes_without_a_script(live_portal, open_page):
    page = open_page(*NARROW, javascript=False)
    page.goto(live_portal.url + "/login/")
    assert page.locator("html").get_attribute("lang") == "zh-hans"
    page.locator("button[name=language]").click()
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.url == live_portal.url + "/login/"


def test_the_frame_fits_the_narrowest_phone(live_portal, secretary, open_page, axe):
    page = open_page(*NARROW, has_touch=True, is_mobile=True)
    log_in(page, live_portal.url, secretary.number)
    page.locator(".account-menu > summary").click()
    assert fits(page)
    axe(page)
    heights = page.locator(".nav-entry, .menu-item, .account-menu > summary").evaluate_all(
        "links => links.map(link => link.getBoundingClientRect().height)"
    )
    assert [height for height in heights if height < 44] == []


def test_the_own_menu_works_without_a_script(live_portal, secretary, open_page):
    page = open_page(1366, 768, javascript=False)
    log_in(page, live_portal.url, secretary.number)
    page.locator(".account-menu > summary").click()
    page.locator(".account-menu form[action*=logout] button").click()
    page.wait_for_url(live_portal.url + "/login/")


def test_the_own_menu_closes_by_the_keyboard(live_portal, secretary, desktop):
    log_in(desktop, live_portal.url, secretary.number)
    summary = desktop.locator(".account-menu > summary")
    summary.focus()
    desktop.keyboard.press("Enter")
    expect(desktop.locator(".menu-panel")).to_be_visible()
    desktop.keyboard.press("Escape")
    expect(desktop.locator(".menu-panel")).to_be_hidden()
    expect(summary).to_be_focused()


def test_the_first_stop_of_the_keyboard_leads_to_the_content(live_portal, secretary, desktop):
    log_in(desktop, live_portal.url, secretary.number)
    desktop.keyboard.press("Tab")
    expect(desktop.locator(".skip-link")).to_be_focused()
    desktop.keyboard.press("Enter")
    expect(desktop.locator("#main")).to_be_focused()


def test_a_form_is_sent_once(live_portal, desktop):
    desktop.goto(live_portal.url + "/login/")
    sent = []
    desktop.route("**/login/", lambda route: (sent.append(route.request.method), route.fulfill(status=204)))
    desktop.locator("main input[name=number]").fill("20260001")
    desktop.locator("main input[type=password]").fill(WORDS)
    button = desktop.locator("main button").first
    button.click(no_wait_after=True)
    expect(button).to_have_attribute("aria-busy", "true")
    button.click(no_wait_after=True)
    desktop.wait_for_timeout(200)
    assert sent == ["POST"]
