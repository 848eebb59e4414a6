"""What do a judge and whoever leads a defence read when they come too late, and is what they typed still there?"""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from branchportal.models import AuditEntry
from evaluations.models import DefenceSession, JudgeScore
from evaluations.refusals import Refused
from evaluations.services.defences import links, preparing, running
from members.roles import Role
from tests.evaluations.defence_material import CRITERIA, NOW, heard, make_session, panel
from tests.factories import make_branch_tree, make_user, sign_in

pytestmark = pytest.mark.django_db
SENT = {"version": "0", "page": "p", "step": "1", "mark_1": "87.3", "mark_2": "36.4"}


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def tree():
    return make_branch_tree()


@pytest.fixture
def secretary(tree):
    return make_user(Role.SECRETARY, tree.b1)


@pytest.fixture
def session(tree, secretary):
    """One judge with an account, one who came in by a link."""
    judge = make_user(Role.MEMBER, tree.b2, number="3100999001")
    session = make_session(tree.b1, by=secretary, judges=1, criteria=CRITERIA, opened=False)
    preparing.add_judge(session=session, number=judge.number, by=secretary, now=NOW)
    running.open_session(session=session, by=secretary, now=NOW, seed="seed")
    return DefenceSession.objects.get()


def page(name, *args):
    return reverse(f"evaluations:{name}", args=args)


def with_account(session):
    return sign_in(Client(), session.judges.exclude(user=None).get().user)


def by_link(session):
    browser = Client()
    code = links.make_link(judge=panel(session)[0], by=session.created_by, now=NOW, as_of=NOW)
    browser.post(page("judge_link", code))
    return browser


@pytest.mark.parametrize("let_in", [with_account, by_link])
def test_marks_that_came_after_the_closing_are_shown_once_more(session, let_in):
    browser = let_in(session)
    assert browser.get(page("judge_speaker", session.pk, 1)).status_code == 200
    running.close(session=session, by=session.created_by, now=NOW)
    late = browser.post(page("judge_speaker", session.pk, 1), SENT)
    words = late.content.decode()
    assert late.status_code == 410
    assert [word in words for word in ("答辩已结束", "思想认识", "87.3", "现场表达", "36.4")] == [True] * 5
    conflict = browser.post(page("judge_conflict", session.pk, 1), {"reason": "师生关系"})
    assert (conflict.status_code, "师生关系" in conflict.content.decode()) == (410, True)
    draft = browser.post(page("judge_draft", session.pk, 1), SENT)
    assert (draft.status_code, "已结束" in draft.json()["message"]) == (422, True)
    assert browser.get(page("judge_speaker", session.pk, 1)).status_code == 410
    assert not JudgeScore.objects.exists()


def test_a_replaced_link_is_told_apart_from_the_end(session):
    browser = by_link(session)
    later = NOW + timedelta(minutes=5)
    links.make_link(judge=panel(session)[0], by=session.created_by, now=later, as_of=later)
    late = browser.post(page("judge_speaker", session.pk, 1), SENT)
    words = late.content.decode()
    assert late.status_code == 410
    assert [word in words for word in ("更新的链接", "87.3", "答辩已结束")] == [True, True, False]
    draft = browser.post(page("judge_draft", session.pk, 1), SENT)
    assert (draft.status_code, "更新的链接" in draft.json()["message"]) == (422, True)
    running.close(session=session, by=session.created_by, now=NOW)
    over = browser.get(page("judge", session.pk)).content.decode()
    assert ("更新的链接" in over, "答辩已结束" in over) == (False, True)


def test_the_reason_of_whoever_leads_is_not_lost(session, secretary):
    office = sign_in(Client(), secretary)
    cell = page("defence_score", session.pk, panel(session)[0].pk, heard(session)[0].pk)
    running.close(session=session, by=secretary, now=NOW)
    late = office.post(cell, {"wish": "recuse", "reason": "校友关系"})
    assert late.status_code == 410
    assert [word in late.content.decode() for word in ("已结束", "校友关系")] == [True, True]
    assert not JudgeScore.objects.exists()


def test_the_progress_page_notices_the_end(session, secretary):
    office, ask = sign_in(Client(), secretary), {"headers": {"HX-Request": "true"}}
    assert "HX-Refresh" not in office.get(page("defence", session.pk), **ask)
    running.close(session=session, by=secretary, now=NOW)
    answer = office.get(page("defence", session.pk), **ask)
    assert (answer["HX-Refresh"], answer.content) == ("true", b"")


# The day


def test_a_session_of_a_day_to_come_does_not_open(tree, secretary):
    tomorrow = timezone.localdate(NOW) + timedelta(days=1)
    session = make_session(tree.b1, by=secretary, held_on=tomorrow, opened=False)
    with pytest.raises(Refused, match="尚未到"):
        running.open_session(session=session, by=secretary, now=NOW)
    running.open_session(session=session, by=secretary, now=NOW + timedelta(days=1))
    assert DefenceSession.objects.get().state == "open"


def test_a_wrong_day_is_corrected_while_it_is_under_way(session, secretary):
    office, url = sign_in(Client(), secretary), page("defence_edit", session.pk)
    assert "2026-10-20" in office.get(url).content.decode()
    assert office.post(url, {"held_on": "2026-11-09", "reason": ""}).status_code == 422
    late = office.post(url, {"held_on": "2026-11-11", "reason": "填错"})
    assert (late.status_code, "尚未到" in late.content.decode()) == (422, True)
    assert office.post(url, {"held_on": "2026-11-09", "reason": "填错"}).status_code == 302
    assert DefenceSession.objects.get().held_on == date(2026, 11, 9)
    told = AuditEntry.objects.get(action="defence.dated")
    assert (told.before, told.after, told.reason) == ({"held_on": "2026-10-20"}, {"held_on": "2026-11-09"}, "填错")
    running.close(session=session, by=secretary, now=NOW)
    with pytest.raises(Refused, match="已结束"):
        running.correct_day(session=session, held_on=date(2026, 11, 8), reason="填错", by=secretary, now=NOW)
