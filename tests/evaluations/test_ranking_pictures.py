"""Do a ranking's pictures show each figure, the line between people, and nobody who may not be seen?"""

from __future__ import annotations

import pytest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from lxml import html

from members.roles import Role
from tests.evaluations.ranking_material import OCTOBER, SEPTEMBER, compile_now, review
from tests.factories import make_member, make_user, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ready_schemes")]

PEOPLE = (("赵一", 95, 85), ("钱二", 95, 85), ("孙三", 85, 75), ("李四", 75, 65), ("周五", 65, 55))


@pytest.fixture
def run(tree):
    for name, own, branch in PEOPLE:
        user = make_user(Role.MEMBER, tree.b1, name=name)
        for month in (SEPTEMBER, OCTOBER):
            review(user.member, month, own=own, branch=branch)
    make_member(tree.b1, name="吴六")
    return compile_now(tree.b1)


@pytest.fixture
def page_of(client, tree):
    sign_in(client, make_user(Role.SECRETARY, tree.b1), language="en")
    return lambda address: html.fromstring(client.get(address).content)


def words(element) -> str:
    return " ".join(" ".join(element.itertext()).split())


def test_a_row_draws_its_dots_from_shapes_that_stand_once_on_the_page(run, page_of):
    page = page_of(reverse("evaluations:ranking", args=[run.pk]))
    plots = page.find_class("dots")
    assert len(plots) == 5
    assert [(use.get("href"), use.get("x")) for use in plots[2].iter("use")] == [("#m0", "109"), ("#m1", "80")]
    assert plots[2].get("aria-label") == "每月自评 85.00, 支部总评 75.00"
    assert [symbol.get("id") for symbol in page.iter("symbol")] == ["m0", "m1", "m2", "m3", "m4"]


def test_the_drawing_of_a_row_weighs_little():
    plot = {"dots": [{"x": 152, "shape": shape} for shape in range(5)], "text": "，".join(["支部总评 100.00"] * 4)}
    drawn = render_to_string("evaluations/dot_plot.html", {"plot": plot}).strip()
    assert len(drawn.encode()) - len(plot["text"].encode()) <= 300


def test_all_totals_lie_on_one_line_with_the_gap_at_the_cut(run, page_of):
    page = page_of(reverse("evaluations:ranking", args=[run.pk]) + "?places=3")
    [picture] = page.find_class("picture-field")
    assert picture.find("title").text == "Where the totals lie"
    assert picture.find("desc").text == "5 totals between 58.00 and 88.00. The line lies in a gap of 10 points."
    assert picture.find_class("field-above")[0].get("d") == "M246 46h0M246 36h0M167.3 46h0"
    assert picture.find_class("field-below")[0].get("d") == "M88.7 46h0M10 46h0"
    assert picture.find_class("field-line")[0].get("d") == "M128 4V58"
    [table] = page.xpath("//section[@aria-labelledby='totals-title']//table")
    assert [(row.get("class"), words(row)) for row in table.find("tbody")] == [
        (None, "1 赵一 28.5 59.5 88.00"),
        (None, "1 钱二 28.5 59.5 88.00"),
        ("cut-line", "3 孙三 25.5 52.5 78.00"),
        (None, "4 李四 22.5 45.5 68.00"),
        (None, "5 周五 19.5 38.5 58.00"),
    ]


def test_without_a_line_there_are_only_the_totals(run, page_of):
    page = page_of(reverse("evaluations:ranking", args=[run.pk]))
    [picture] = page.find_class("picture-field")
    assert picture.find("desc").text == "5 totals between 58.00 and 88.00."
    assert (picture.find_class("field-line"), picture.find_class("field-below")) == ([], [])
    assert len(page.xpath("//section[@aria-labelledby='totals-title']//table")) == 0


def test_equal_totals_are_not_drawn(tree, page_of):
    for name in ("赵一", "钱二"):
        review(make_member(tree.b1, name=name), OCTOBER, own=85, branch=85)
    run = compile_now(tree.b1)
    page = page_of(reverse("evaluations:ranking", args=[run.pk]))
    assert (len(page.find_class("dots")), page.find_class("picture-field")) == (2, [])


def test_an_office_sees_where_the_others_stand_without_their_names(run, page_of):
    entry = run.entries.get(name="孙三")
    page = page_of(reverse("evaluations:ranking_evidence", args=[run.pk, entry.pk]))
    [table] = page.find_class("component-table")
    assert [words(row) for row in table.iter("tr")] == [
        "Component 50 100 Points Adds",
        "每月自评 每月自评 85 85 25.5",
        "支部总评 支部总评 75 75 52.5",
    ]
    assert [path.get("d") for path in table.find_class("dots-others")] == [
        "M51 6v8M80 6v8M138 6v8",
        "M22 6v8M51 6v8M109 6v8",
    ]
    assert [path.get("d")[:7] for path in table.find_class("mark")] == ["M109 10", "M80 10m"]
    assert [name for name, _own, _branch in PEOPLE if name in words(page) and name != "孙三"] == []


def test_a_member_sees_the_own_marks_alone_on_a_line_of_the_own_figures(client, run):
    entry = run.entries.get(name="孙三")
    sign_in(client, entry.member.user, language="en")
    page = html.fromstring(client.get(reverse("evaluations:own_ranking", args=[run.pk])).content)
    [table] = page.find_class("component-table")
    assert words(table.find("thead")) == "Component 70 90 Points Adds"
    assert (table.find_class("dots-others"), len(table.find_class("mark"))) == ([], 2)


def test_what_is_missing_has_no_mark(tree, run, client):
    entry = run.entries.get(name="吴六")
    sign_in(client, make_user(Role.SECRETARY, tree.b1))
    page = html.fromstring(client.get(reverse("evaluations:ranking_evidence", args=[run.pk, entry.pk])).content)
    [table] = page.find_class("component-table")
    assert [words(row) for row in table.find("tbody")] == ["每月自评 每月自评 – – –", "支部总评 支部总评 – – –"]
    assert table.find_class("mark") == []


def test_the_head_of_the_sheet_says_by_what_rule_and_with_which_seal(run, page_of):
    page = page_of(reverse("evaluations:ranking", args=[run.pk]))
    assert page.find("body").get("class") == "sheet sheet-wide"
    [facts] = page.find_class("paper-facts")
    assert [words(pair) for pair in facts] == [
        f"Scheme {run.scheme.name} {run.scheme.version}",
        "Period 2026-09 – 2026-11",
        "Run 1",
        f"Compiled {timezone.localtime(run.compiled_at):%Y-%m-%d %H:%M}",
        f"Fingerprint {run.fingerprint}",
        "State Provisional: not frozen yet, figures can still change.",
    ]
    assert [words(line[0]) for line in page.find_class("sign-here")] == [
        "Members of the branch committee", "Branch secretary", "Higher Party organisation (seal)",
    ]  # fmt: skip
