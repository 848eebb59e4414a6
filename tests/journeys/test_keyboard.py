"""Can every main task be done by the keyboard alone, is it always seen where one stands, and does nothing trap?

Rating thirty people, an attendance sheet and the search box have tests of their own beside their pages.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse

from activities.models import SignUp
from branchportal.celery import app
from branchportal.models import JobRun
from evaluations.models import Due, Reminder, ReviewAnswer, SelfReview
from members.models import Transfer
from members.roles import Role
from tests.access.test_matrix import MATRIX, address
from tests.access.world import NOW, make_world
from tests.activities.examples import make_activity
from tests.evaluations.ranking_material import NOVEMBER, file_self, install, make_month
from tests.factories import make_branch_tree, make_member, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "zhibu-menhu-1026"
MOST_STOPS = 400
# The place one stands at, and whether it is seen: an outline or a ring on it, or on what is drawn in its place.
STANDING = """() => {
    const one = document.activeElement
    if (!one || one === document.body) return null
    const drawn = [one, one.nextElementSibling, one.parentElement, one.closest("label")].filter(Boolean)
    const ringed = drawn.some(each => {
        const style = getComputedStyle(each), box = each.getBoundingClientRect()
        const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1
        return (ring || style.boxShadow !== "none") && box.width > 1 && box.height > 1
            && box.bottom > 0 && box.top < innerHeight
    })
    return {ringed, html: one.outerHTML.slice(0, 120)}
}"""
OUT_OF_ORDER = 'document.querySelectorAll(\'[tabindex]:not([tabindex="0"]):not([tabindex="-1"])\').length'


class Keys:
    """A window without a pointer."""

    def __init__(self, page, url: str) -> None:
        self.page, self.url = page, url

    def open(self, address: str) -> None:
        self.page.goto(self.url + address)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def to(self, selector: str) -> None:
        """Go on by Tab until one stands at the element; every stop on the way must be seen."""
        for _stop in range(MOST_STOPS):
            if self.page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
                return
            self.step()
        pytest.fail(f"{self.page.url}: Tab does not reach {selector}")

    def step(self) -> str | None:
        """One Tab; the place one then stands at, None past the end of the page."""
        self.press("Tab")
        standing = self.page.evaluate(STANDING)
        for _time in range(20):
            if standing is None or standing["ringed"]:
                break
            self.page.wait_for_timeout(50)  # what scrolls or fades in is soon there
            standing = self.page.evaluate(STANDING)
        assert standing is None or standing["ringed"], f"{self.page.url}: nothing shows the focus at {standing['html']}"
        return standing and standing["html"]

    def send(self, selector: str) -> None:
        """Go to a button or link and press it; wait for the page that follows."""
        self.to(selector)
        with self.page.expect_navigation():
            self.press("Enter")

    def write(self, selector: str, text: str) -> None:
        self.to(selector)
        self.page.keyboard.type(text)


@pytest.fixture
def tree():
    return make_branch_tree()


@pytest.fixture
def secretary(tree):
    return make_user(Role.SECRETARY, tree.b1)


@pytest.fixture
def keys(clock, window, live_server):
    """`keys(user)` is the keyboard of a person who is signed in."""
    return lambda user: Keys(window(user), live_server.url)


def month_page(name: str, **more) -> str:
    return reverse(f"evaluations:{name}", kwargs={"code": "B001", "month": NOVEMBER, **more})


def test_logging_in_and_filing_the_card(keys, tree):
    user = make_user(Role.MEMBER, tree.b1, password=PASSWORD)
    Due.objects.create(cycle=make_month(tree.b1, NOVEMBER), member=user.member, branch=tree.b1)
    one = keys(None)
    one.open("/login/")
    one.write("[name=number]", user.number)
    one.write("[name=password]", PASSWORD)
    one.send("main button.btn-primary")
    one.send("main a.btn-primary[href='/review/']")
    for dimension, grade in {"thought": 0, "study": 1, "life": 2, "work": 3, "conduct": 4}.items():
        one.to(f"[name={dimension}]")
        one.press("Space", *["ArrowRight"] * grade)
    one.send("#submit")
    one.page.wait_for_selector("#submitted")
    assert list(SelfReview.objects.get().points.values()) == [95, 85, 75, 65, 55]


def test_replying_and_returning(keys, tree, secretary):
    answered, returned = (make_user(Role.MEMBER, tree.b1).member for _ in range(2))
    for member in (answered, returned):
        file_self(member, NOVEMBER, 85)
    one = keys(secretary)
    one.open(month_page("member_review", member=answered.pk))
    one.write("[name=text]", "Thank you")
    one.send("form[action$='/reply/'] button:not([name=read])")
    one.open(month_page("member_review", member=returned.pk))
    one.to("details.return-fold summary")
    one.press("Enter")
    one.write("[name=reason]", "Say more about your studies")
    one.send("form[action$='/return/'] button")
    assert list(ReviewAnswer.objects.order_by("pk").values_list("kind", "text")) == [
        ("reply", "Thank you"),
        ("return", "Say more about your studies"),
    ]


def test_reminding(keys, tree, secretary):
    member = make_user(Role.MEMBER, tree.b1).member
    Due.objects.create(cycle=make_month(tree.b1, NOVEMBER), member=member, branch=tree.b1)
    one = keys(secretary)
    one.open(month_page("month"))
    one.send("a[href$='/remind/reviews/']")
    one.send("main form button.btn-primary")
    one.page.wait_for_selector(".alert-success")
    assert Reminder.objects.count() == 1


def test_compiling(keys, tree, secretary):
    install(tree.root)
    make_month(tree.b1, NOVEMBER)
    one = keys(secretary)
    one.open(reverse("evaluations:compile"))
    one.send("main form[method=post] button.btn-primary")
    app.control.purge()
    assert JobRun.objects.count() == 1


def test_signing_up(keys, tree):
    member = make_user(Role.MEMBER, tree.b1)
    activity = make_activity(tree.b1, starts_at=NOW + timedelta(days=3), signs_up=True, capacity=1)
    one = keys(member)
    one.open(reverse("activities:activities"))
    one.send(f"main a[href='/activities/{activity.pk}/']")
    one.send("form[action$='/sign-up/'] button")
    one.page.wait_for_selector(".alert-success")
    assert SignUp.objects.get().member == member.member


def test_accepting_a_transfer(keys, tree, secretary):
    member = make_member(tree.b2)
    transfer = Transfer.objects.create(
        member=member, source=tree.b2, target=tree.b1, direction="inside", reason="work", letter_number="B002-1",
        dated_on=NOW.date(), valid_until=date(2026, 12, 10), proposed_by=make_user(Role.SECRETARY, tree.b2),
    )  # fmt: skip
    one = keys(secretary)
    one.open(reverse("members:transfers"))
    one.send(f"main a[href='/transfers/{transfer.pk}/']")
    one.send(f"main a[href='/transfers/{transfer.pk}/acceptance/']")
    one.send("main form[method=post] button.btn-primary, main form[method=post] button.btn-wide")
    member.refresh_from_db()
    assert member.branch == tree.b1


TOURS = [
    "evaluations:home", "members:roster", "members:person", "members:transfer", "members:graduation",
    "activities:activities", "activities:activity", "activities:add", "activities:minutes_edit", "activities:calendar",
    "evaluations:month", "evaluations:reviews", "evaluations:member_review", "evaluations:ratings",
    "evaluations:ranking", "evaluations:ranking_evidence", "evaluations:compile", "members:search",
]  # fmt: skip


def test_tab_leads_through_every_page_and_out_again(keys):
    world = make_world("secretary")
    one = keys(world.user)
    for row in map(MATRIX.get, TOURS):
        one.open(address(row, world.own))
        stops = 0
        while one.step() is not None:
            stops += 1
            assert stops < MOST_STOPS, f"{one.page.url} is a trap"
        assert stops > 0
        assert one.page.evaluate(OUT_OF_ORDER) == 0
