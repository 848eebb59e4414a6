"""Does a card that is interrupted lose a word: by a killed tab, flight mode, the back key, two tabs, a busy portal?"""

from __future__ import annotations

import pytest
from django.conf import settings

from branchportal.models import AuditEntry
from evaluations.models import SelfReview
from evaluations.services import review_answers
from members.roles import Role
from tests.card import GRADES, Phone, eventually
from tests.factories import make_user

pytestmark = pytest.mark.browser

POINTS = {"thought": 95, "study": 85, "life": 85, "work": 75, "conduct": 65}
COPIES = "Object.keys(localStorage).filter((name) => name.startsWith('card:'))"


def stored() -> SelfReview:
    return SelfReview.objects.get()


def test_a_tab_killed_in_the_middle_of_a_word(card_phone):
    tab = card_phone.open()
    tab.tap("thought", "good")
    tab.write("study", "本月通读了两份报告")
    card_phone.kill(tab)
    again = card_phone.open()
    assert (again.has("thought", "good"), again.words("study")) == (True, "本月通读了两份报告")
    again.wait_saved()
    assert stored().draft["notes"] == {"study": "本月通读了两份报告"}


def test_a_tab_killed_in_flight_mode(card_phone):
    tab = card_phone.open()
    card_phone.context.set_offline(True)
    tab.fill()
    tab.write("life", "flight mode")
    card_phone.kill(tab)
    card_phone.context.set_offline(False)
    again = card_phone.open()
    again.wait_saved()
    assert (stored().draft["points"], stored().draft["notes"]) == (POINTS, {"life": "flight mode"})
    again.submit()
    assert (stored().points, again.page.evaluate(COPIES)) == (POINTS, [])


def test_flight_mode_is_said_and_ends_by_itself(card_phone):
    tab = card_phone.open()
    card_phone.context.set_offline(True)
    tab.write("work", "typed above the clouds")
    tab.wait_failed()
    card_phone.context.set_offline(False)
    tab.wait_saved()
    assert stored().draft["notes"] == {"work": "typed above the clouds"}


def test_a_busy_portal_is_asked_again(card_phone):
    tab = card_phone.open()
    refusals = iter(range(2))

    def answer(route):
        if next(refusals, None) is None:
            route.continue_()
        else:
            route.fulfill(status=503, body="busy")

    tab.page.route("**/draft/", answer)
    tab.write("conduct", "patience")
    tab.wait_failed()
    tab.wait_saved()
    assert stored().draft["notes"] == {"conduct": "patience"}


def test_a_save_whose_answer_gets_lost(card_phone):
    tab = card_phone.open()

    def swallow(route):
        route.fetch()
        route.abort()

    tab.page.route("**/draft/", swallow, times=1)
    tab.tap("thought", "weak")
    tab.wait_failed()
    tab.tap("study", "good")
    tab.wait_saved()
    assert (stored().draft["points"]["thought"], stored().draft["points"]["study"]) == (55, 85)
    assert not tab.page.locator("#conflict").is_visible()


def test_a_reload_in_the_middle_of_a_word(card_phone):
    tab = card_phone.open()
    tab.page.route("**/draft/", lambda route: route.abort())
    tab.write("thought", "half a sen")
    tab.page.reload()
    assert tab.words("thought") == "half a sen"
    tab.page.unroute("**/draft/")
    tab.write("thought", "tence")
    eventually(lambda: tab.page.evaluate(COPIES) == [])
    assert stored().draft["notes"] == {"thought": "half a sentence"}


def test_the_back_key_after_submitting_shows_what_was_submitted(card_phone):
    tab = card_phone.open()
    tab.fill()
    tab.submit()
    tab.page.go_back()
    tab.page.wait_for_selector("#submitted")
    assert {name: tab.has(name, grade) for name, grade in GRADES.items()} == dict.fromkeys(GRADES, True)
    assert (stored().points, stored().draft) == (POINTS, None)


def test_a_page_from_the_browsers_memory_shows_what_was_saved_since(card_phone):
    tab, other = card_phone.open(), card_phone.open()
    other.tap("thought", "weak")
    other.wait_saved()
    with tab.page.expect_navigation():
        tab.page.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    assert tab.has("thought", "weak")


def test_away_and_back_in_the_middle_of_a_word(card_phone, live_portal):
    tab = card_phone.open()
    tab.write("life", "away and back")
    tab.page.goto(f"{live_portal.url}/review/mine/")
    tab.page.go_back()
    tab.page.wait_for_selector("#card")
    assert tab.words("life") == "away and back"


def test_two_taps_on_a_slow_connection_submit_once(card_phone):
    tab = card_phone.open()
    tab.fill()
    tab.wait_saved()
    with tab.page.expect_navigation():
        tab.page.evaluate("for (let tap = 0; tap < 3; tap += 1) document.getElementById('submit').click()")
    assert AuditEntry.objects.filter(action="self_review.submitted").count() == 1


def test_two_tabs_killed_in_flight_mode_both_come_back(card_phone):
    first, second = card_phone.open(), card_phone.open()
    card_phone.context.set_offline(True)
    first.write("thought", "from the first tab")
    second.write("study", "from the second tab")
    for tab in (first, second):
        card_phone.kill(tab)
    card_phone.context.set_offline(False)
    newest = card_phone.open()
    assert newest.words("study") == "from the second tab"
    newest.wait_saved()
    card_phone.kill(newest)
    other = card_phone.open()
    other.page.wait_for_selector("#conflict:visible")
    assert other.words("thought") == "from the first tab"
    assert "from the second tab" in other.page.inner_text("#conflict-lines")
    other.page.click("#keep-mine")
    other.wait_saved()
    assert other.page.evaluate(COPIES) == []


def test_another_phone_saves_while_a_line_is_being_written(card_phone):
    writing, other = card_phone.open(), card_phone.open()
    other.tap("thought", "good")
    other.wait_saved()
    writing.write("work", "filed papers")
    writing.wait_failed()
    assert writing.page.locator("#conflict").is_visible()
    writing.page.keyboard.type(" twice")
    assert writing.words("work") == "filed papers twice"


def test_a_review_returned_while_the_card_is_open(card_phone, filer):
    tab = card_phone.open()
    tab.fill()
    tab.submit()
    secretary, review = make_user(Role.SECRETARY, filer.branch), stored()
    review_answers.return_review(
        review=review, submission=review.submitted_at, reason="请写具体些", by=secretary, now=review.submitted_at
    )
    tab.write("work", "kept")
    tab.page.wait_for_selector("#conflict:visible")
    assert "请写具体些" in tab.page.inner_text("#note")
    tab.page.click("#keep-mine")
    tab.wait_saved()
    tab.submit()
    assert (stored().points, stored().notes) == (POINTS, {"work": "kept"})


def test_an_ended_session_keeps_the_words_for_the_next_log_in(card_phone, live_portal, filer):
    tab = card_phone.open()
    card_phone.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    tab.write("conduct", "logged out")
    tab.page.wait_for_selector("#note a:visible")
    card_phone.kill(tab)
    again = Phone(card_phone.context, live_portal, filer).open()
    assert again.words("conduct") == "logged out"
    again.wait_saved()


def test_who_logs_out_leaves_no_words_on_the_phone(card_phone, live_portal):
    tab = card_phone.open()
    tab.page.route("**/draft/", lambda route: route.abort())
    tab.write("life", "private")
    assert len(tab.page.evaluate(COPIES)) == 1
    tab.page.goto(f"{live_portal.url}/review/mine/")
    with tab.page.expect_navigation():
        tab.page.evaluate("document.querySelector('form[action$=\"/logout/\"] button').click()")
    assert tab.page.evaluate(COPIES) == []
