"""Whom and what does the quick search find for whom, and what does it never find?"""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override
from lxml import html

from branchportal import navigation
from members.models import FormerNumber
from members.roles import Role
from tests.access.world import NOW
from tests.activities.examples import make_activity
from tests.evaluations.ranking_material import (
    NOVEMBER,
    OCTOBER,
    SEPTEMBER,
    compile_now,
    install,
    make_month,
    review,
)
from tests.factories import make_member, make_members, make_user, sign_in

pytestmark = pytest.mark.django_db

SEARCH = reverse("members:search")


@pytest.fixture(autouse=True)
def _clock(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def found(client):
    """{heading: labels} of what somebody finds."""

    def of(user, words, **headers):
        sign_in(client, user, language="en")
        answer = client.get(SEARCH, {"q": words}, headers=headers)
        assert answer.status_code == 200
        with override("en"):
            return {str(group.label): [hit.label for hit in group.hits] for group in answer.context["found"]}

    return of


@pytest.mark.parametrize(
    "words", ["王明远", "明远", "wangmingyuan", "wang ming", "wmy", "WMY", "30012", "3001 2", "29991"]
)
def test_a_person_is_found_by_name_number_pinyin_and_initials(found, tree, words):
    person = make_member(tree.b1, name="王明远", number="3001234")
    FormerNumber.objects.create(member=person, number="2999123", until=date(2026, 1, 1))
    make_member(tree.b1, name="李书瑶", number="4007777")
    assert found(make_user(Role.SECRETARY, tree.b1), words)["People"] == ["王明远"]


def test_people_of_other_branches_and_people_without_the_right_are_never_found(found, tree):
    make_member(tree.b1, name="王明远", number="3001234")
    make_member(tree.b2, name="王明远", number="3001235")
    secretary = make_user(Role.SECRETARY, tree.b2, name="赵一鸣")
    for words in ("王明远", "wmy", "300123"):
        assert found(secretary, words)["People"] == ["王明远"]
    sees_nobody = [Role.MEMBER, Role.CLASS_CONTACT, Role.ADMINISTRATOR]
    for role in sees_nobody:
        assert "People" not in found(make_user(role, tree.b1, name="赵一鸣"), "王明远")


def test_where_a_person_is_stands_beside_the_name(client, tree):
    make_member(tree.b1, name="王明远", number="3001234")
    make_member(tree.b1, name="王明远", number="3001999", ended_on=date(2026, 6, 30), end_reason="graduated")
    sign_in(client, make_user(Role.SECRETARY, tree.b1), language="en")
    answer = client.get(SEARCH, {"q": "王明远"})
    assert [hit.note for hit in answer.context["found"][0].hits] == [
        "3001234 · 本科生第一党支部 · Activist",
        "3001999 · 本科生第一党支部 · membership ended",
    ]


def test_pages_open_to_the_reader_only(found, tree):
    assert found(make_user(Role.SECRETARY, tree.b1), "import a roster")["Pages"] == ["Import a roster"]
    assert "Pages" not in found(make_user(Role.MEMBER, tree.b1), "import a roster")
    assert found(make_user(Role.MEMBER, tree.b1), "my results")["Pages"] == ["My results"]


def test_what_concerns_the_own_data_is_found(found, tree):
    member = make_user(Role.MEMBER, tree.b1)
    assert found(member, "e-mail")["Pages"] == ["Messages by e-mail", "Change e-mail"]
    assert found(member, "privacy")["Pages"] == ["Privacy notice"]
    assert found(member, "my record")["Pages"] == ["My record", "Corrections of my record", "Changes of my record"]


def test_every_page_that_is_offered_opens(client, tree):
    """What the search offers to somebody never answers 403."""
    for role in Role:
        user = make_user(role, tree.b1 if role != Role.REVIEWER else tree.root)
        sign_in(client, user, language="en")
        urls = {
            hit.url
            for letter in ("a", "e", "i", "o")
            for group in client.get(SEARCH, {"q": f"{letter}s"}).context["found"]
            for hit in group.hits
        }
        assert {url: client.get(url).status_code for url in urls if client.get(url).status_code not in {200, 302}} == {}


def test_every_place_of_the_menus_is_found_by_its_name(client, rf, tree):
    for role in Role:
        user = make_user(role, tree.root if role == Role.REVIEWER else tree.b1)
        sign_in(client, user, language="en")
        request = rf.get("/")
        request.user, request.resolver_match = user, None
        with override("en"):
            places = [(link.label, link.url) for link in navigation.links(request)]
        found = {
            label: [hit.url for group in client.get(SEARCH, {"q": label}).context["found"] for hit in group.hits]
            for label, _url in places
        }
        assert [(role, label) for label, url in places if url not in found[label]] == []


@pytest.mark.parametrize("words", ["2026-11", "11月", "十一月", "November"])
def test_a_month_leads_to_the_own_review_and_the_branch(found, tree, words):
    make_month(tree.b1, NOVEMBER)
    make_month(tree.b1, OCTOBER)
    member, secretary = make_user(Role.MEMBER, tree.b1), make_user(Role.SECRETARY, tree.b1)
    assert found(member, words)["Months"] == ["Self-review of November 2026"]
    assert found(secretary, words)["Months"] == ["November 2026"]
    assert "Months" not in found(make_user(Role.ADMINISTRATOR, tree.root), words)


def test_rankings_by_branch_and_month(found, tree):
    install(tree.root)
    for branch in (tree.b1, tree.b2):
        member = make_member(branch)
        for month in (SEPTEMBER, OCTOBER):
            review(member, month, own=95, branch=85)
        compile_now(branch, SEPTEMBER, OCTOBER)
    secretary, reviewer = make_user(Role.SECRETARY, tree.b1), make_user(Role.REVIEWER, tree.root)
    assert len(found(secretary, "2026-10")["Rankings"]) == 1
    assert len(found(reviewer, "2026-10")["Rankings"]) == 2
    assert len(found(reviewer, "B002")["Rankings"]) == 1
    assert "Rankings" not in found(secretary, "B002")
    assert "Rankings" not in found(make_user(Role.MEMBER, tree.b1), "2026-10")


def test_branches_for_those_who_look_after_several(found, tree):
    assert found(make_user(Role.COUNSELOR, tree.first), "本科生第")["Branches"] == [
        "本科生第一党支部",
        "本科生第二党支部",
        "本科生第三党支部",
    ]
    assert found(make_user(Role.COUNSELOR, tree.first), "b002")["Branches"] == ["本科生第二党支部"]
    assert "Branches" not in found(make_user(Role.COUNSELOR, tree.first), "研究生第")
    assert "Branches" not in found(make_user(Role.SECRETARY, tree.b1), "本科生第")


def test_activities_of_the_own_branch(found, tree):
    for branch in (tree.b1, tree.b2):
        make_activity(branch, title=f"读书会 {branch.code}")
    assert found(make_user(Role.MEMBER, tree.b1), "读书会")["Activities"] == ["读书会 B001"]


def test_help_is_found_by_its_titles(found, tree):
    hits = found(make_user(Role.MEMBER, tree.b1), "monthly self-review")["Help"]
    assert hits == ["Filing the monthly self-review", "Monthly self-review, card"]


@pytest.mark.parametrize("words", ["", " ", "w", "张", "%", "\\", "x" * 500, "'", "(", "·"])
def test_short_and_odd_words_find_nobody_and_break_nothing(found, tree, words):
    make_member(tree.b1, name="王明远")
    assert "People" not in found(make_user(Role.SECRETARY, tree.b1, name="赵一鸣"), words)


def test_a_surname_is_enough(found, tree):
    make_member(tree.b1, name="王明远", number="3100")
    make_member(tree.b1, name="张一鸣")
    make_member(tree.b2, name="王静怡")
    assert found(make_user(Role.SECRETARY, tree.b1, name="赵一鸣"), "王")["People"] == ["王明远"]


def test_nothing_found_says_what_to_try(client, tree):
    sign_in(client, make_user(Role.SECRETARY, tree.b1), language="en")
    assert "Only people of your own branches are found." in client.get(SEARCH, {"q": "nobody at all"}).text
    assert (
        "Type at least two letters or digits; one Chinese character is enough." in client.get(SEARCH, {"q": "x"}).text
    )


def test_suggestions_are_the_same_hits(client, tree):
    make_members(tree.b1, 3, name="王明远")
    sign_in(client, make_user(Role.SECRETARY, tree.b1, name="赵一鸣"))
    page = html.fromstring(client.get(SEARCH, {"q": "wmy"}).text)
    suggestions = html.fromstring(client.get(SEARCH, {"q": "wmy"}, headers={"HX-Request": "true"}).text)
    links = page.xpath("//ul[@class='todo-list']//a/@href")
    assert suggestions.xpath("//a[@role='option']/@href") == links
    assert len(links) == 3
    assert suggestions.xpath("//title") == []


@pytest.mark.parametrize("role", [Role.SECRETARY, Role.REVIEWER])
@pytest.mark.parametrize("people", [1, 30])
def test_the_number_of_queries_does_not_grow(client, tree, role, people):
    install(tree.root)
    make_month(tree.b1, NOVEMBER)
    make_members(tree.b1, people, name="王明远")
    sign_in(client, make_user(role, tree.b1 if role == Role.SECRETARY else tree.root, name="赵一鸣"))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        client.get(SEARCH, {"q": "王明远"}, headers={"HX-Request": "true"})
    assert len(queries) == {Role.SECRETARY: 6, Role.REVIEWER: 7}[role], [query["sql"] for query in queries]


def test_a_session_that_ended_leaves_the_page_alone(client):
    answer = client.get(SEARCH, {"q": "wmy"}, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.content) == (401, b"")
