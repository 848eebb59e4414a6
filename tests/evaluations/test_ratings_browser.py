"""Are thirty people rated by keyboard alone, on either scale, and does nothing typed get lost?"""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from evaluations.models import BranchReview, Cycle, Due
from members.roles import Role
from tests.browser import fits, signed_in
from tests.factories import make_member, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NOW = datetime(2026, 11, 18, 4, tzinfo=UTC)
PEOPLE = 30
DIMENSIONS = ("thought", "study", "life", "work", "conduct")
FOCUSED = (
    "document.activeElement.getAttribute('aria-label') || document.activeElement.name || document.activeElement.tagName"
)


@pytest.fixture
def rate(tree, desktop, live_server, time_machine):
    """`rate(scale, people)` opens the rating page of so many people."""
    time_machine.move_to(NOW)

    def of(scale: str = "grades", people: int = 3, page=desktop):
        cycle = Cycle.objects.create(committee=tree.root, month=date(2026, 11, 1), scale=scale)
        for number in range(people):
            member = make_member(tree.b1, name=f"成员{number:02}", pinyin=f"m{number:02}")
            Due.objects.create(cycle=cycle, member=member, branch=tree.b1)
        signed_in(page, live_server.url, make_user(Role.SECRETARY, tree.b1))
        page.goto(f"{live_server.url}/branches/B001/months/2026-11/ratings/")
        return page

    return of


def given() -> dict[str, list[int]]:
    reviews = BranchReview.objects.exclude(submitted_at=None).select_related("member")
    return {review.member.name: list(review.points.values()) for review in reviews}


def press(page, keys: str) -> None:
    for key in keys.split():
        page.keyboard.press(key)


def test_thirty_people_by_keyboard_alone(rate, axe):
    page = rate(people=PEOPLE)
    axe(page)
    page.keyboard.press("Enter")  # one key from the page's beginning
    assert page.evaluate(FOCUSED) == "成员00 思想"
    for _person in range(PEOPLE):
        press(page, "1 2 3 4 5")
    assert page.evaluate(FOCUSED) == "give"
    page.wait_for_function("document.querySelectorAll('.row-state').length === 30")
    assert page.locator("#all-complete").is_visible()
    page.keyboard.press("Enter")
    page.wait_for_selector(".alert-success")
    assert given() == {f"成员{number:02}": [95, 85, 75, 65, 55] for number in range(PEOPLE)}
    axe(page)


def test_keys_move_and_nothing_surprising_happens(rate):
    page = rate()
    page.keyboard.press("Enter")
    moves = {
        "ArrowRight": "成员00 学习", "ArrowDown": "成员01 学习", "ArrowLeft": "成员01 思想", "ArrowUp": "成员00 思想",
        "End": "成员00 作风", "Home": "成员00 思想", "a": "成员00 思想", "6": "成员00 思想", "2": "成员00 学习",
        "Enter": "成员01 思想",
    }  # fmt: skip
    met = {}
    for key in moves:
        page.keyboard.press(key)
        met[key] = page.evaluate(FOCUSED)
    assert met == moves
    values = "Array.from(document.querySelectorAll('td[data-label] select')).map(one => one.value).filter(Boolean)"
    assert page.evaluate(values) == ["85"]
    press(page, "ArrowUp 0")
    assert page.evaluate(values) == []
    press(page, "Tab")
    assert page.evaluate("document.activeElement.closest('tbody')") is None
    press(page, "Shift+Tab")
    assert page.evaluate(FOCUSED) == "成员00 思想"


def test_a_comment_by_keyboard_is_saved_and_given(rate):
    page = rate(people=2)
    press(page, "Enter 1 1 1 1 1 ArrowUp c")
    page.keyboard.type("值班认真")
    page.keyboard.press("Enter")
    assert page.evaluate(FOCUSED) == "成员01 思想"
    page.wait_for_selector("#save-state:has-text('已保存')")
    assert page.locator("#left-count").inner_text() == "1"
    page.locator("[name=give]").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".alert-success:has-text('成员01')")
    assert [(review.member.name, review.card_note) for review in BranchReview.objects.exclude(submitted_at=None)] == [
        ("成员00", "值班认真")
    ]


def test_points_are_typed_in_full_and_letters_are_not(rate):
    page = rate("points", 2)
    press(page, "Enter 8 5 ArrowRight x 9 0 ArrowRight 7 0 ArrowRight 1 0 0 ArrowRight 0 Enter")
    assert page.evaluate(FOCUSED) == "成员01 思想"
    page.wait_for_selector("#save-state:has-text('已保存')")
    page.locator("[name=give]").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".alert-success")
    assert given() == {"成员00": [85, 90, 70, 100, 0]}


def test_without_a_script_the_buttons_do(rate, open_page):
    page = rate(people=1, page=open_page(1366, 768, javascript=False))
    assert not page.locator("#key-help").is_visible()
    for field in page.locator("td[data-label] select").all():
        field.select_option("75")
    page.locator("details.comment summary").click()
    page.locator("details.comment input").fill("稳")
    page.click("[name=give]")
    page.wait_for_selector(".alert-success")
    assert given() == {"成员00": [75] * 5}
    assert BranchReview.objects.get().card_note == "稳"


def test_it_fits_phones(rate, phone, axe):
    page = rate(people=2, page=phone)
    page.locator("details.comment summary").first.click()
    axe(page)
    page.set_viewport_size({"width": 320, "height": 640})
    assert fits(page)
