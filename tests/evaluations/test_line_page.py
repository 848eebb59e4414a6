"""Does the page about the line say who changes sides when a weight does, and is it silent where nothing can be said?"""

from datetime import date

import pytest
from django.urls import reverse
from lxml import html
from pytest_django.asserts import assertContains, assertNotContains

from evaluations.queries.line import line_of
from evaluations.services.defences import preparing, running
from members.roles import Role
from tests.evaluations.defence_material import NOW, give, make_session, panel
from tests.evaluations.ranking_material import OCTOBER, SEPTEMBER, compile_now, review
from tests.evaluations.test_defence_component import DEFENCE, SELF, publish
from tests.factories import make_member, make_user, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(tree, ready_schemes):
    """Self-review 30 %, branch rating 70 %: 83.00, 82.90 and 70.00, and one whom nobody rated."""
    for name, own, branch in (("赵一", 90, 80), ("钱二", 85, 82), ("孙三", 70, 70)):
        review(make_member(tree.b1, name=name), SEPTEMBER, own=own, branch=branch)
    make_member(tree.b1, name="李四")
    return compile_now(tree.b1)


@pytest.fixture
def page(client, tree, run):
    sign_in(client, make_user(Role.SECRETARY, tree.b1), language="en")

    def get(query=""):
        return client.get(reverse("evaluations:ranking_line", args=[run.pk]) + query)

    return get


def rows(answer, part):
    """The texts of the cells of the section with this heading."""
    found = html.fromstring(answer.text).xpath("//section[@aria-labelledby=$part]//tbody/tr", part=f"{part}-title")
    return [[" ".join(cell.text_content().split()) for cell in row] for row in found]


def test_a_line_that_hangs_on_a_weight_names_who_changes_sides(page):
    answer = page("?places=1")

    assertContains(answer, "The line is not firm: in 2 of 4 re-runs the same people stand above it.")
    assert [[row[1], *row[4:]] for row in rows(answer, "near")] == [
        ["赵一", "above the line", "2", "2"],
        ["钱二", "below the line", "2", "2"],
    ]
    # 27 of 97 and 33 of 103; 63 of 93 and 77 of 107
    assert rows(answer, "reruns") == [
        ["每月自评 counts 27.8 % instead of 30.0 %", "钱二", "赵一"],
        ["每月自评 counts 32.0 % instead of 30.0 %", "the same people"],
        ["支部总评 counts 67.7 % instead of 70.0 %", "the same people"],
        ["支部总评 counts 72.0 % instead of 70.0 %", "钱二", "赵一"],
    ]


def test_who_stands_beside_the_line_moves_between_these_places(page):
    assert rows(page("?places=1"), "beside") == [
        ["above the line"],
        ["1", "赵一", "places 1 to 2"],
        ["below the line"],
        ["2", "钱二", "places 1 to 2"],
        ["3", "孙三", "always place 3"],
    ]


def test_three_on_each_side_stand_beside_the_line(client, tree, run):
    for number in range(9):
        review(make_member(tree.b1, name=f"人{number}"), SEPTEMBER, own=60 - number, branch=60 - number)
    newer = compile_now(tree.b1)

    beside = line_of(newer, 6).beside

    assert [(one.entry.name, one.is_above, one.best, one.worst, one.times_unranked) for one in beside] == [
        ("人0", True, 4, 4, 0), ("人1", True, 5, 5, 0), ("人2", True, 6, 6, 0),
        ("人3", False, 7, 7, 0), ("人4", False, 8, 8, 0), ("人5", False, 9, 9, 0),
    ]  # fmt: skip


def test_a_firm_line_says_so(page):
    answer = page("?places=2")

    assertContains(answer, "The line is firm: in all 4 re-runs the same people stand above it.")
    assert [row[-1] for row in rows(answer, "reruns")] == ["the same people"] * 4
    assertNotContains(answer, "Who changes sides")


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", "No line is drawn yet"),
        ("?places=0", "No line is drawn yet"),
        ("?places=x", "No line is drawn yet"),
        ("?places=3", "This line divides nobody"),
        ("?places=999999", "No line is drawn yet"),
    ],
)
def test_without_a_line_the_page_says_what_to_do(page, query, words):
    assertContains(page(query), words)


def test_the_ranking_leads_there_with_its_line(client, page, run):
    answer = client.get(reverse("evaluations:ranking", args=[run.pk]) + "?places=1")

    assertContains(answer, f'href="{reverse("evaluations:ranking_line", args=[run.pk])}?places=1"')


def test_nothing_is_stored(run, django_assert_num_queries):
    with django_assert_num_queries(1):
        found = line_of(run, 1)
    assert [entry.name for entry in found.above] == ["赵一"]


def test_as_many_questions_for_thirty_people_as_for_three(client, page, tree, run, django_assert_num_queries):
    page("?places=1")
    with django_assert_num_queries(6):
        page("?places=2")
    for number in range(30):
        review(make_member(tree.b1), SEPTEMBER, own=60 + number, branch=60)
    newer = compile_now(tree.b1)
    with django_assert_num_queries(6):
        client.get(reverse("evaluations:ranking_line", args=[newer.pk]) + "?places=2")


def test_each_judge_of_a_defence_is_left_out(client, tree, django_assert_num_queries):
    """Own reviews are equal. In the defence a has (4 · 90 + 60) / 5 = 84 and b 83: without one of the first four judges
    a has 82.5, without the last one 90."""
    secretary = make_user(Role.SECRETARY, tree.b1)
    a, b = make_member(tree.b1, name="甲"), make_member(tree.b1, name="乙")
    for member in (a, b):
        review(member, OCTOBER, own=85, branch=85)
    publish(tree.root, SELF, DEFENCE | {"drop_high": 0, "drop_low": 0})
    session = make_session(tree.b1, by=secretary, speakers=[a, b])
    give(session, {a: ["90", "90", "90", "90", "60"], b: ["83"] * 5})
    running.close(session=session, by=secretary, now=NOW)
    run = compile_now(tree.b1, SEPTEMBER, OCTOBER)
    sign_in(client, secretary, language="en")

    answer = client.get(reverse("evaluations:ranking_line", args=[run.pk]) + "?places=1")

    assertContains(answer, "The line is not firm: in 5 of 9 re-runs the same people stand above it.")
    *four, last = [judge.name for judge in panel(session)]
    tried = {row[0]: row[1:] for row in rows(answer, "reruns")}
    assert {words: cells for words, cells in tried.items() if "without" in words} == {
        **{f"答辩 without {judge}": ["乙", "甲"] for judge in four},
        f"答辩 without {last}": ["the same people"],
    }
    with django_assert_num_queries(3):
        line_of(run, 1)


def test_a_judge_of_two_defences_is_left_out_of_both(client, tree):
    """One judge with an account sits in both sessions; of the outside judges two have one name and are two people."""
    secretary, judge = make_user(Role.SECRETARY, tree.b1), make_user(Role.MEMBER, tree.b2, name="孙老师")
    people = [make_member(tree.b1, name=name) for name in "甲乙"]
    for member, day, mark in zip(people, (date(2026, 10, 20), date(2026, 10, 21)), ("90", "92"), strict=True):
        review(member, OCTOBER, own=85, branch=85)
        session = make_session(tree.b1, by=secretary, judges=1, speakers=[member], opened=False, held_on=day)
        preparing.add_judge(session=session, number=judge.number, by=secretary, now=NOW)
        running.open_session(session=session, by=secretary, now=NOW)
        give(session, {member: [mark, "80"]})
        running.close(session=session, by=secretary, now=NOW)
    publish(tree.root, SELF, DEFENCE)
    run = compile_now(tree.b1, SEPTEMBER, OCTOBER)
    sign_in(client, secretary, language="en")

    answer = client.get(reverse("evaluations:ranking_line", args=[run.pk]) + "?places=1")
    line = line_of(run, 1)

    left_out = [one.judge for one in line.changed if one.judge]
    assert sorted(left_out) == [
        "孙老师", "评委1 · 外院教师 · 发展对象答辩 2026-10-20", "评委1 · 外院教师 · 发展对象答辩 2026-10-21",
    ]  # fmt: skip
    assert answer.status_code == 200
