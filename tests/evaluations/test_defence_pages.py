"""Do the pages of a defence open, say what is wrong, and show scores to nobody before the closing?"""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from evaluations.models import DefenceJudge, DefenceSession, JudgeScore
from evaluations.services.defences import preparing, running
from evaluations.services.defences.judging import Marks, keep_draft
from members.roles import Role
from members.stages import Stage
from tests.evaluations.defence_material import CRITERIA, NOW, give, heard, make_session, panel, submit
from tests.factories import make_branch_tree, make_member, make_user, sign_in

pytestmark = pytest.mark.django_db
MARK = "87.3"


@pytest.fixture
def tree():
    return make_branch_tree()


@pytest.fixture
def secretary(tree):
    return make_user(Role.SECRETARY, tree.b1)


@pytest.fixture
def office(secretary):
    return sign_in(Client(), secretary)


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)


def page(name, *args):
    return reverse(f"evaluations:{name}", args=args)


PLAN = {
    "kind": "candidate", "branch": "B001", "title": "发展对象答辩", "held_on": "2026-11-10", "place": "报告厅",
    "label_1": "思想认识", "weight_1": "60", "highest_1": "100",
    "label_2": "现场表达", "weight_2": "40", "highest_2": "40",
}  # fmt: skip


# The office


def test_a_session_from_the_form_to_its_workbook(office, tree, secretary):
    people = [make_member(tree.b1, stage=Stage.ACTIVIST) for _one in range(2)]
    made = office.post(page("defence_add"), PLAN | {"entry": str(uuid4())})
    session = DefenceSession.objects.get()
    assert made["Location"] == page("defence", session.pk)
    assert session.criteria == [
        {"label": "思想认识", "weight": 60, "highest": 100}, {"label": "现场表达", "weight": 40, "highest": 40},
    ]  # fmt: skip
    office.post(page("defence_speakers", session.pk), {"chosen": people[0].number, "numbers": f"{people[1].number}\n"})
    office.post(page("defence_panel", session.pk), {"number": secretary.number})
    office.post(page("defence_panel", session.pk), {"name": "赵老师", "role": "校友"})
    assert "赵老师" in office.get(page("defence", session.pk)).content.decode()
    assert office.get(page("defence_open", session.pk)).status_code == 200
    office.post(page("defence_open", session.pk))
    for judge in panel(DefenceSession.objects.get()):
        for speaker in heard(session):
            submit(judge, speaker, "90", "36")
    assert office.get(page("defence_close", session.pk)).status_code == 200
    office.post(page("defence_close", session.pk))
    shown = office.get(page("defence", session.pk)).content.decode()
    assert shown.count("<strong>90.00</strong>") == 2
    for name in ("defence_workbook", "defence_sheets"):
        assert office.get(page(name, session.pk)).content[:2] == b"PK"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"weight_1": "50"}, "权重合计为 90"),
        ({"weight_1": "x"}, "1 到 100"),
        ({"highest_2": ""}, "都填"),
        ({"highest_1": "70"}, "除不尽"),
        ({"kind": "branch"}, "上级党总支"),
        ({"title": ""}, "标题"),
    ],
)
def test_a_plan_that_is_wrong_keeps_what_was_typed(office, typed, words):
    answer = office.post(page("defence_add"), PLAN | {"entry": str(uuid4())} | typed)
    assert answer.status_code == 422
    assert re.search(words, answer.content.decode())
    assert "现场表达" in answer.content.decode()
    assert not DefenceSession.objects.exists()


def test_a_number_of_nobody_is_named(office, tree, secretary):
    session = make_session(tree.b1, by=secretary, opened=False)
    other = make_member(tree.b2, stage=Stage.ACTIVIST)
    answer = office.post(page("defence_speakers", session.pk), {"numbers": other.number})
    assert answer.status_code == 422
    assert other.number in answer.content.decode()
    assert other.name not in answer.content.decode()


def test_while_it_is_under_way_no_page_holds_a_score(office, tree, secretary):
    session = make_session(tree.b1, by=secretary, judges=2)
    submit(panel(session)[0], heard(session)[0], MARK)
    for answer in (
        office.get(page("defence", session.pk)),
        office.get(page("defence", session.pk), headers={"HX-Request": "true"}),
        office.get(page("defence_close", session.pk)),
        office.get(page("defence_score", session.pk, panel(session)[0].pk, heard(session)[0].pk)),
        office.get(page("defence_workbook", session.pk)),
    ):
        assert MARK not in answer.content.decode(errors="replace")
    assert office.get(page("defence_workbook", session.pk)).status_code == 404
    assert "已提交" in office.get(page("defence", session.pk)).content.decode()


def test_the_list_costs_the_same_for_one_and_for_thirty(office, tree, secretary, django_assert_num_queries):
    office.get(page("defences"))
    for count in (1, 29):
        for _one in range(count):
            make_session(tree.b1, by=secretary, judges=1, speakers=1, opened=False)
        with django_assert_num_queries(5):
            office.get(page("defences"))


@pytest.mark.parametrize(("people", "judges"), [(1, 1), (12, 9)])
def test_how_far_the_judges_are_costs_the_same(office, tree, secretary, people, judges, django_assert_num_queries):
    session = make_session(tree.b1, by=secretary, judges=judges, speakers=people)
    with django_assert_num_queries(10):
        office.get(page("defence", session.pk))


def test_the_leader_gives_a_score_back_and_recuses(office, tree, secretary):
    session = make_session(tree.b1, by=secretary, judges=2)
    (first, second), speaker = panel(session), heard(session)[0]
    submit(first, speaker, "80")
    back = page("defence_score", session.pk, first.pk, speaker.pk)
    assert office.post(back, {"wish": "reopen", "reason": ""}).status_code == 422
    office.post(back, {"wish": "reopen", "reason": "看错"})
    office.post(page("defence_score", session.pk, second.pk, speaker.pk), {"wish": "recuse", "reason": "导师"})
    found = JudgeScore.objects.order_by("judge__position").values_list("submitted_at", "reopened_for", "recused_for")
    assert list(found) == [(None, "看错", ""), (None, "", "导师")]


# The judge with an account


@pytest.fixture
def judged(tree, secretary):
    """(session, the judge, his browser)"""
    judge = make_user(Role.MEMBER, tree.b2)
    session = make_session(tree.b1, by=secretary, judges=1, criteria=CRITERIA, opened=False)
    preparing.add_judge(session=session, number=judge.number, by=secretary, now=NOW)
    running.open_session(session=session, by=secretary, now=NOW, seed="seed")
    return session, judge, sign_in(Client(), judge)


SENT = {"version": "0", "page": "p", "step": "1", "mark_1": "90", "mark_2": "36"}


def test_a_judge_scores_one_person_per_screen(judged):
    session, _judge, browser = judged
    first, second = heard(session)
    shown = browser.get(page("judge_speaker", session.pk, 1)).content.decode()
    assert (first.name in shown, second.name in shown) == (True, False)
    kept = browser.post(page("judge_draft", session.pk, 1), SENT | {"mark_2": ""})
    assert kept.json()["version"] == 1
    assert 'value="90"' in browser.get(page("judge_speaker", session.pk, 1)).content.decode()
    refused = browser.post(page("judge_speaker", session.pk, 1), SENT | {"mark_2": "41", "step": "2"})
    assert (refused.status_code, 'value="41"' in refused.content.decode()) == (422, True)
    assert browser.post(page("judge_speaker", session.pk, 1), SENT | {"step": "3"}).status_code == 302
    locked = browser.get(page("judge_speaker", session.pk, 1)).content.decode()
    assert ("锁定" in locked, 'name="mark_1"' in locked) == (True, False)
    assert browser.get(page("judge", session.pk)).content.decode().count("已提交") == 1


def test_a_judge_flags_a_conflict(judged):
    session, _judge, browser = judged
    assert browser.get(page("judge_conflict", session.pk, 1)).status_code == 200
    assert browser.post(page("judge_conflict", session.pk, 1), {"reason": ""}).status_code == 422
    browser.post(page("judge_conflict", session.pk, 1), {"reason": "导师"})
    assert "回避" in browser.get(page("judge_speaker", session.pk, 1)).content.decode()
    assert browser.post(page("judge_speaker", session.pk, 1), SENT).status_code == 422


def test_who_is_no_judge_finds_nothing(judged, office, tree):
    session, _judge, _browser = judged
    addresses = [page("judge", session.pk), page("judge_speaker", session.pk, 1), page("judge_draft", session.pk, 1)]
    stranger = sign_in(Client(), make_user(Role.MEMBER, tree.b1))
    assert {stranger.get(url).status_code for url in addresses} == {404}
    assert {stranger.post(url, SENT).status_code for url in addresses} == {404}
    assert {Client().get(url).status_code for url in addresses} == {302}
    assert not JudgeScore.objects.exists()


def test_marks_of_another_phone_are_not_overwritten(judged):
    session, judge, browser = judged
    seat, speaker = DefenceJudge.objects.get(user=judge), heard(session)[0]
    keep_draft(judge=seat, speaker=speaker, marks=Marks(["70", ""], "other", 1), version=0, now=NOW)
    met = browser.post(page("judge_draft", session.pk, 1), SENT)
    assert (met.status_code, met.json()["lines"]) == (409, [["思想认识", "70"], ["现场表达", "–"]])
    again = browser.post(page("judge_speaker", session.pk, 1), SENT)
    assert (again.status_code, "70" in again.content.decode(), 'value="90"' in again.content.decode()) == (
        409, True, True,
    )  # fmt: skip


# The outside judge


@pytest.fixture
def link(office, tree, secretary):
    """(session, the address on the slip)"""
    session = make_session(tree.b1, by=secretary, judges=2)
    url = page("defence_link", session.pk, panel(session)[0].pk)
    shown = re.search(r'name="as_of" value="([^"]+)"', office.get(url).content.decode())[1]
    slip = office.post(url, {"as_of": shown}).content.decode()
    assert "<svg" in slip
    return session, re.search(r"http://testserver(/judge/link/[^<]+)<", slip)[1]


def test_scanners_spend_nothing_and_the_button_lets_in_once(link):
    session, url = link
    phone, other = Client(), Client()
    for _scan in range(3):
        seen = phone.get(url)
        assert seen.status_code == 200
        phone.head(url)
    assert (seen["Referrer-Policy"], seen["X-Robots-Tag"], 'content="noindex"' in seen.content.decode()) == (
        "strict-origin", "noindex, nofollow", True,
    )  # fmt: skip
    assert "sessionid" not in phone.cookies
    assert phone.get(page("judge", session.pk)).status_code == 302
    assert phone.post(url)["Location"] == page("judge", session.pk)
    assert other.post(url).status_code == 422
    assert other.get(page("judge", session.pk)).status_code == 302
    phone.post(page("judge_speaker", session.pk, 1), {"version": "0", "mark_1": "88"})
    assert JudgeScore.objects.get().marks == ["88"]


def test_a_judges_browser_opens_that_defence_and_nothing_else(link, tree, secretary):
    session, url = link
    phone = Client()
    phone.post(url)
    elsewhere = make_session(tree.b1, by=secretary, judges=2)
    for address in (page("judge", elsewhere.pk), page("defence", session.pk), page("home"), page("rankings")):
        assert phone.get(address).status_code == 302


def test_it_ends_with_the_session(link, secretary):
    session, url = link
    phone = Client()
    phone.post(url)
    running.close(session=session, by=secretary, now=NOW)
    assert phone.get(page("judge", session.pk)).status_code == 410
    assert phone.post(page("judge_draft", session.pk, 1), {"mark_1": "1"}).status_code == 422
    assert phone.post(page("judge_speaker", session.pk, 1), {"mark_1": "1"}).status_code == 410
    assert not JudgeScore.objects.exists()


def test_a_newer_link_puts_the_earlier_browser_out(link, office, time_machine):
    session, url = link
    phone = Client()
    phone.post(url)
    time_machine.move_to(NOW + timedelta(minutes=5), tick=False)
    office.post(
        page("defence_link", session.pk, panel(session)[0].pk), {"as_of": (NOW + timedelta(minutes=5)).isoformat()}
    )
    assert phone.get(page("judge", session.pk)).status_code == 410


def test_a_link_of_nothing(client):
    answer = client.get(page("judge_link", "A" * 27))
    assert (answer.status_code, "不可用" in answer.content.decode()) == (200, True)
    assert client.post(page("judge_link", "A" * 27)).status_code == 422


# Whoever spoke


def test_a_speaker_sees_the_own_scores_without_names(tree, secretary):
    user = make_user(Role.MEMBER, tree.b1, stage=Stage.ACTIVIST)
    other = make_member(tree.b1)
    session = make_session(tree.b1, by=secretary, speakers=[user.member, other])
    browser = sign_in(Client(), user)
    assert browser.get(page("own_defence", session.pk)).status_code == 404
    give(session, {user.member: ["70", "80", "84", "85", "99"], other: ["61.7"] * 5})
    assert browser.get(page("own_defence", session.pk)).status_code == 404
    running.close(session=session, by=secretary, now=NOW)
    shown = browser.get(page("own_defence", session.pk)).content.decode()
    assert ("83.00" in shown, "1/2" in shown, "评委1" in shown, "61.7" in shown, other.name in shown) == (
        True, True, False, False, False,
    )  # fmt: skip
    assert session.title in browser.get(page("own_defences")).content.decode()


def test_who_judges_nothing_is_told_so(tree):
    browser = sign_in(Client(), make_user(Role.MEMBER, tree.b1))
    assert "没有与您有关的答辩" in browser.get(page("own_defences")).content.decode()
