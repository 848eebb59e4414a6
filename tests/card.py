"""How does a test fill in the card of the month on a phone whose tabs die and whose connection breaks?"""

from __future__ import annotations

import time
from datetime import datetime

import pytest
from django.conf import settings
from django.test import Client

from evaluations.deadlines import SHANGHAI
from evaluations.services import months
from members.models import Member
from members.roles import Role
from tests.factories import make_branch_tree, make_user, sign_in

GRADES = {"thought": "excellent", "study": "good", "life": "good", "work": "fair", "conduct": "passable"}


class Phone:
    """One phone of the member: its tabs share cookies and storage, and each of them may be killed."""

    def __init__(self, context, live_portal, member) -> None:
        self.context, self.portal, self.member = context, live_portal, member
        self.url = f"{live_portal.url}/review/"
        self.sign_in()

    def sign_in(self) -> None:
        _sign_in(self.context, self.portal, self.member)

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


def open_card(page, live_portal, member) -> Tab:
    """The member's card in a window that is open already."""
    _sign_in(page.context, live_portal, member)
    page.goto(f"{live_portal.url}/review/")
    return Tab(page)


def _sign_in(context, live_portal, member) -> None:
    cookie = sign_in(Client(), member.user).cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_portal.url}])


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
def card_phone(chromium, live_portal, filer):
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
