"""Does a card that is interrupted lose a word: by a killed tab, flight mode, the back key, two tabs, a busy portal?"""

from __future__ import annotations

import time
from datetime import datetime

import pytest
from django.conf import settings
from django.test import Client

from branchportal.models import AuditEntry
from evaluations.deadlines import SHANGHAI
from evaluations.models import SelfReview
from evaluations.services import months, review_answers
from members.models import Member
from members.roles import Role
from tests.factories import make_branch_tree, make_user, sign_in

pytestmark = pytest.mark.browser

GRADES = {"thought": "excellent", "study": "good", "life": "good", "work": "fair", "conduct": "passable"}
POINTS = {"thought": 95, "study": 85, "life": 85, "work": 75, "conduct": 65}
COPIES = "Object.keys(localStorage).filter((name) => name.startsWith('card:'))"


class Phone:
    """One phone of the member: its tabs share cookies and storage, and each of them may be killed."""

    def __init__(self, context, live_portal, member) -> None:
        self.context, self.url = context, f"{live_portal.url}/review/"
        cookie = sign_in(Client(), member.user).cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_portal.url}])

    def open(self) -> Tab:
        page = self.context.new_page()
        page.set_default_timeout(15_000)
        page.goto(self.url)
        return Tab(page)

    def kill(self, tab: Tab) -> None:
        tab.page.close(run_before_unload=False)


class Tab:
    """The card in one tab."""

    def __init__(self, page) -> None:
        self.page = page

    def tap(self, dimension: str, grade: str) -> None:
        self.page.locator(f"#{dimension} .grade:has(input[value={grade}])").click()

    def fill(self) -> None:
        for dimension, grade in GRADES.items():
            self.tap(dimension, grade)

    def write(self, dimension: str, words: str) -> None:
        """Open the line and type, letter by letter."""
        if not self.page.locator(f"#{dimension} textarea").is_visible():
            self.page.click(f"#{dimension} summary")
        self.page.locator(f"#{dimension} textarea").press_sequentially(words)

    def words(self, dimension: str) -> str:
        return self.page.locator(f"#{dimension} textarea").input_value()

    def has(self, dimension: str, grade: str) -> bool:
        return self.page.locator(f"#{dimension} input[value={grade}]").is_checked()

    def wait_saved(self) -> None:
        self.page.wait_for_selector("#save-state[data-state=saved]")

    def wait_failed(self) -> None:
        self.page.wait_for_selector("#save-state[data-state=failed]")

    def submit(self) -> None:
        with self.page.expect_navigation():
            self.page.click("#submit")


@pytest.fixture
def filer(live_portal, time_machine) -> Member:
    """A member whose month runs: the real clock at the 12th of this month, at noon in Shanghai."""
    tree = make_branch_tree()
    now = datetime.now(SHANGHAI)
    time_machine.move_to(now.replace(day=12, hour=12, minute=0))
    month = now.date().replace(day=1)
    cycle = months.ensure_month(committee=tree.root, month=month)
    member = make_user(Role.MEMBER, tree.b1).member
    months.open_month(cycle=cycle, branch=tree.b1, now=datetime(month.year, month.month, 1, tzinfo=SHANGHAI))
    return member


@pytest.fixture
def phone(chromium, live_portal, filer):
    """A phone whose connection may break: the browser notes that as errors, which other windows must not have."""
    context = chromium.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN", has_touch=True)
    yield Phone(context, live_portal, filer)
    context.close()


def eventually(is_so) -> None:
    """Ask again until it is so: the page's rules don't let a script wait for it."""
    deadline = time.monotonic() + 15
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def stored() -> SelfReview:
    return SelfReview.objects.get()


def test_a_tab_killed_in_the_middle_of_a_word(phone):
    tab = phone.open()
    tab.tap("thought", "good")
    tab.write("study", "本月通读了两份报告")
    phone.kill(tab)
    again = phone.open()
    assert (again.has("thought", "good"), again.words("study")) == (True, "本月通读了两份报告")
    again.wait_saved()
    assert stored().draft["notes"] == {"study": "本月通读了两份报告"}


def test_a_tab_killed_in_flight_mode(phone):
    tab = phone.open()
    phone.context.set_offline(True)
    tab.fill()
    tab.write("life", "flight mode")
    phone.kill(tab)
    phone.context.set_offline(False)
    again = phone.open()
    again.wait_saved()
    assert (stored().draft["points"], stored().draft["notes"]) == (POINTS, {"life": "flight mode"})
    again.submit()
    assert (stored().points, again.page.evaluate(COPIES)) == (POINTS, [])


def test_flight_mode_is_said_and_ends_by_itself(phone):
    tab = phone.open()
    phone.context.set_offline(True)
    tab.write("work", "typed above the clouds")
    tab.wait_failed()
    phone.context.set_offline(False)
    tab.wait_saved()
    assert stored().draft["notes"] == {"work": "typed above the clouds"}


def test_a_busy_portal_is_asked_again(phone):
    tab = phone.open()
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


def test_a_save_whose_answer_gets_lost(phone):
    tab = phone.open()

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


def test_a_reload_in_the_middle_of_a_word(phone):
    tab = phone.open()
    tab.page.route("**/draft/", lambda route: route.abort())
    tab.write("thought", "half a sen")
    tab.page.reload()
    assert tab.words("thought") == "half a sen"
    tab.page.unroute("**/draft/")
    tab.write("thought", "tence")
    eventually(lambda: tab.page.evaluate(COPIES) == [])
    assert stored().draft["notes"] == {"thought": "half a sentence"}


def test_the_back_key_after_submitting_shows_what_was_submitted(phone):
    tab = phone.open()
    tab.fill()
    tab.submit()
    tab.page.go_back()
    tab.page.wait_for_selector("#submitted")
    assert {name: tab.has(name, grade) for name, grade in GRADES.items()} == dict.fromkeys(GRADES, True)
    assert (stored().points, stored().draft) == (POINTS, None)


def test_a_page_from_the_browsers_memory_shows_what_was_saved_since(phone):
    tab, other = phone.open(), phone.open()
    other.tap("thought", "weak")
    other.wait_saved()
    with tab.page.expect_navigation():
        tab.page.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    assert tab.has("thought", "weak")


def test_away_and_back_in_the_middle_of_a_word(phone, live_portal):
    tab = phone.open()
    tab.write("life", "away and back")
    tab.page.goto(f"{live_portal.url}/review/mine/")
    tab.page.go_back()
    tab.page.wait_for_selector("#card")
    assert tab.words("life") == "away and back"


def test_two_taps_on_a_slow_connection_submit_once(phone):
    tab = phone.open()
    tab.fill()
    tab.wait_saved()
    with tab.page.expect_navigation():
        tab.page.evaluate("for (let tap = 0; tap < 3; tap += 1) document.getElementById('submit').click()")
    assert AuditEntry.objects.filter(action="self_review.submitted").count() == 1


def test_two_tabs_killed_in_flight_mode_both_come_back(phone):
    first, second = phone.open(), phone.open()
    phone.context.set_offline(True)
    first.write("thought", "from the first tab")
    second.write("study", "from the second tab")
    for tab in (first, second):
        phone.kill(tab)
    phone.context.set_offline(False)
    newest = phone.open()
    assert newest.words("study") == "from the second tab"
    newest.wait_saved()
    phone.kill(newest)
    other = phone.open()
    other.page.wait_for_selector("#conflict:visible")
    assert other.words("thought") == "from the first tab"
    assert "from the second tab" in other.page.inner_text("#conflict-lines")
    other.page.click("#keep-mine")
    other.wait_saved()
    assert other.page.evaluate(COPIES) == []


def test_a_review_returned_while_the_card_is_open(phone, filer):
    tab = phone.open()
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


def test_an_ended_session_keeps_the_words_for_the_next_log_in(phone, live_portal, filer):
    tab = phone.open()
    phone.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    tab.write("conduct", "logged out")
    tab.page.wait_for_selector("#note a:visible")
    phone.kill(tab)
    again = Phone(phone.context, live_portal, filer).open()
    assert again.words("conduct") == "logged out"
    again.wait_saved()


def test_who_logs_out_leaves_no_words_on_the_phone(phone, live_portal):
    tab = phone.open()
    tab.page.route("**/draft/", lambda route: route.abort())
    tab.write("life", "private")
    assert len(tab.page.evaluate(COPIES)) == 1
    tab.page.goto(f"{live_portal.url}/review/mine/")
    with tab.page.expect_navigation():
        tab.page.evaluate("document.querySelector('form[action$=\"/logout/\"] button').click()")
    assert tab.page.evaluate(COPIES) == []
