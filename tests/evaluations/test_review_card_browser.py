"""Can a person fill in the card of the month in a real browser: six taps, a keyboard, no script, no connection?"""

from __future__ import annotations

import pytest
from django.conf import settings

from branchportal.models import AuditEntry
from evaluations.models import SelfReview
from tests.card import GRADES, open_card

pytestmark = pytest.mark.browser

POINTS = {"thought": 95, "study": 85, "life": 85, "work": 75, "conduct": 65}


def test_the_month_on_a_phone_in_six_taps(live_portal, phone, axe, filer):
    requests = []
    phone.on("request", lambda request: requests.append(request.url))
    card = open_card(phone, live_portal, filer)
    assert len(requests) <= 6
    axe(phone)
    card.fill()
    card.wait_saved()
    card.submit()
    assert phone.locator("#submitted").is_visible()
    axe(phone)
    review = SelfReview.objects.get()
    assert (review.points, review.draft) == (POINTS, None)


def test_every_target_is_large_and_320_px_is_enough(live_portal, open_page, filer):
    card = open_card(open_page(320, 640, has_touch=True, is_mobile=True), live_portal, filer)
    card.page.click(".places summary")
    assert card.page.evaluate("document.documentElement.scrollWidth") == 320
    small = card.page.evaluate(
        """() => [...document.querySelectorAll(".grade, .button, summary, .card-head a")]
            .map((target) => target.getBoundingClientRect())
            .filter((box) => box.width && (box.height < 44 || box.width < 44)).length"""
    )
    assert small == 0


def test_the_keyboard_alone_files_a_month(live_portal, desktop, filer):
    card = open_card(desktop, live_portal, filer)
    desktop.focus("#thought input")
    for _dimension in GRADES:
        desktop.keyboard.press("Space")
        desktop.keyboard.press("ArrowRight")
        desktop.keyboard.press("Tab")
        desktop.keyboard.press("Tab")
    desktop.focus("#submit")
    with desktop.expect_navigation():
        desktop.keyboard.press("Enter")
    assert SelfReview.objects.get().points == dict.fromkeys(POINTS, 85)
    assert card.page.locator("#submitted").is_visible()


def test_a_lost_connection_is_visible_and_loses_nothing(card_phone):
    card = card_phone.open()
    card.page.route("**/draft/", lambda route: route.abort())
    card.tap("thought", "good")
    card.wait_failed()
    card.page.reload()  # the words are on the phone alone, and come back
    assert card.has("thought", "good")
    card.page.unroute("**/draft/")
    card.wait_saved()
    assert SelfReview.objects.get().draft["points"]["thought"] == 85
    assert card.page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('card:'))") == []


def test_without_a_connection_submitting_waits_on_the_phone(card_phone):
    card = card_phone.open()
    card_phone.context.set_offline(True)
    card.fill()
    card.page.click("#submit")
    assert card.page.locator("#note").is_visible()
    assert card.page.url.endswith("/review/")
    card_phone.context.set_offline(False)
    card.submit()
    assert SelfReview.objects.get().points == POINTS


def test_an_ended_session_says_so_and_keeps_the_words(live_portal, card_phone, filer):
    card = card_phone.open()
    card_phone.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    card.tap("thought", "good")
    card.page.wait_for_selector("#note a:visible")
    again = open_card(card.page, live_portal, filer)
    assert again.has("thought", "good")
    again.wait_saved()


def test_two_phones_meet_and_the_person_decides(live_portal, open_page, filer):
    first, second = [open_card(open_page(390, 844), live_portal, filer) for _ in range(2)]
    first.tap("thought", "good")
    first.wait_saved()
    second.tap("thought", "weak")
    second.page.wait_for_selector("#conflict:visible")
    assert second.page.locator("#conflict-lines dd").first.inner_text() == "良好"
    assert SelfReview.objects.get().draft["points"]["thought"] == 85
    second.page.click("#keep-mine")
    second.wait_saved()
    assert SelfReview.objects.get().draft["points"]["thought"] == 55
    first.tap("study", "good")
    first.page.wait_for_selector("#conflict:visible")
    with first.page.expect_navigation():
        first.page.click("#take-other")
    assert first.page.locator("#thought input[value=weak]").is_checked()
    assert first.page.locator("#study input:checked").count() == 0


def test_changes_after_submitting_can_be_discarded(live_portal, phone, filer):
    card = open_card(phone, live_portal, filer)
    card.fill()
    card.submit()
    card.tap("thought", "weak")
    phone.wait_for_selector("#changed:visible")
    with phone.expect_navigation():
        phone.click("#discard button")
    assert phone.locator("#thought input[value=excellent]").is_checked()
    assert SelfReview.objects.get().draft is None


def test_two_quick_taps_submit_once(live_portal, phone, filer):
    card = open_card(phone, live_portal, filer)
    card.fill()
    with phone.expect_navigation():
        phone.evaluate("document.getElementById('submit').click(); document.getElementById('submit').click()")
    assert AuditEntry.objects.filter(action="self_review.submitted").count() == 1
    assert card.page.locator("#submitted").is_visible()


def test_the_card_works_without_a_script(live_portal, open_page, filer):
    card = open_card(open_page(390, 844, javascript=False), live_portal, filer)
    card.tap("thought", "good")
    card.submit()
    assert card.page.locator("[role=alert] li").count() == 4
    assert card.page.locator("#thought input[value=good]").is_checked()
    card.fill()
    card.submit()
    assert SelfReview.objects.get().points == POINTS
