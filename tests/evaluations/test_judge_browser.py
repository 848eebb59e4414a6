"""Does a judge's page on a phone keep marks while they are typed: reloaded, without a connection, after the end?"""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client

from evaluations.models import JudgeScore
from evaluations.services.defences import links, preparing, running
from members.roles import Role
from tests.evaluations.defence_material import CRITERIA, NOW, heard, make_session, panel
from tests.factories import make_branch_tree, make_user, sign_in

pytestmark = pytest.mark.browser
SAVED = "#save-state[data-state=saved]"


@pytest.fixture
def session(live_portal):
    """An outside judge, one with an account, and two speakers."""
    tree = make_branch_tree()
    secretary, judge = make_user(Role.SECRETARY, tree.b1), make_user(Role.MEMBER, tree.b2)
    session = make_session(tree.b1, by=secretary, judges=1, criteria=CRITERIA, opened=False)
    preparing.add_judge(session=session, number=judge.number, by=secretary, now=NOW)
    running.open_session(session=session, by=secretary, now=NOW, seed="seed")
    return session


def enter_with_account(page, live_portal, session) -> None:
    cookie = sign_in(Client(), panel(session)[1].user).cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_portal.url}])


def enter_by_link(page, live_portal, session) -> None:
    code = links.make_link(judge=panel(session)[0], by=session.created_by, now=NOW, as_of=NOW)
    page.goto(f"{live_portal.url}/judge/link/{code}/")
    with page.expect_navigation():
        page.click("button[form=enter]")


def open_speaker(page, live_portal, session) -> None:
    page.goto(f"{live_portal.url}/judge/{session.pk}/1/")


@pytest.mark.parametrize("enter", [enter_with_account, enter_by_link])
def test_marks_are_kept_while_they_are_typed(live_portal, phone, axe, session, enter):
    enter(phone, live_portal, session)
    open_speaker(phone, live_portal, session)
    phone.locator("#mark_1").press_sequentially("87.5")
    phone.wait_for_selector(SAVED)
    axe(phone)
    assert JudgeScore.objects.get().draft["marks"] == ["87.5", ""]
    phone.reload()
    assert phone.locator("#mark_1").input_value() == "87.5"
    phone.locator("#mark_2").press_sequentially("36")
    with phone.expect_navigation():
        phone.click("#submit")
    score = JudgeScore.objects.get()
    assert (score.marks, score.draft, score.speaker) == (["87.5", "36"], None, heard(session)[0])


def test_what_was_typed_at_the_end_is_shown_once_more(live_portal, phone, axe, session):
    enter_with_account(phone, live_portal, session)
    open_speaker(phone, live_portal, session)
    running.close(session=session, by=session.created_by, now=NOW)
    phone.evaluate("document.getElementById('mark_1').value = '87.5'; document.getElementById('mark_2').value = '36'")
    with phone.expect_navigation():
        phone.click("#submit")
    assert phone.locator(".answers dd").all_inner_texts() == ["87.5", "36"]
    assert phone.evaluate("document.documentElement.scrollWidth") == 390
    axe(phone)
    assert not JudgeScore.objects.exists()
