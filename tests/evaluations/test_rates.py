"""How many of a branch filed and were rated, month by month, on its own page and for the offices above it?"""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse
from lxml import html

from evaluations.models import Cycle, Due
from evaluations.queries import months, overview
from evaluations.queries.months import Progress
from evaluations.queries.rates import month_rates
from members.models import Branch
from members.roles import Role
from tests.evaluations.ranking_material import NOVEMBER, OCTOBER, SEPTEMBER, file_self, make_month, rate
from tests.factories import make_branch_tree, make_member, make_user, sign_in

pytestmark = pytest.mark.django_db

AUGUST = date(2026, 8, 1)
NOW = datetime(2026, 11, 22, 2, tzinfo=UTC)


@pytest.fixture
def tree():
    """October: two filed, one rated; August off with one who had filed before; another branch is full."""
    tree = make_branch_tree()
    first, second = (make_member(tree.b1) for _ in range(2))
    file_self(first, AUGUST, 85)
    make_month(tree.b1, SEPTEMBER)
    file_self(first, OCTOBER, 85)
    file_self(second, OCTOBER, 85)
    rate(first, OCTOBER, 85)
    rate(second, NOVEMBER, 85)
    rate(make_member(tree.b2), OCTOBER, 85)
    make_month(tree.b1, date(2026, 12, 1))
    august = make_month(tree.b1, AUGUST)
    august.is_off = True
    august.save()
    return tree


def words(element) -> str:
    return " ".join(" ".join(element.itertext()).split())


def page_of(client, tree, role, address):
    sign_in(client, make_user(role, tree.root if role == Role.REVIEWER else tree.b1), language="en")
    return html.fromstring(client.get(address).content)


def test_every_month_that_has_begun_has_its_counts(tree, django_assert_num_queries):
    with django_assert_num_queries(2):
        found = month_rates(tree.b1, now=NOW)
    assert [(line.cycle.month, line.cycle.is_off, line.progress) for line in found] == [
        (NOVEMBER, False, Progress(1, 0, 1)),
        (OCTOBER, False, Progress(2, 2, 1)),
        (SEPTEMBER, False, Progress()),
        (AUGUST, True, Progress()),
    ]


def test_the_page_of_a_month_shows_the_months_before_it(tree, client, time_machine):
    time_machine.move_to(NOW, tick=False)
    address = reverse("evaluations:month", args=[tree.b1.code, OCTOBER])
    [table] = page_of(client, tree, Role.SECRETARY, address).find_class("rates-table")
    assert [words(row) for row in table.find("tbody")] == [
        "2026-11 0/1 1/1", "2026-10 2/2 1/2", "2026-09 nobody was due", "2026-08 switched off",
    ]  # fmt: skip
    assert [link.get("href") for link in table.iter("a")] == [
        f"/branches/{tree.b1.code}/months/{month}/" for month in ("2026-11", "2026-09", "2026-08")
    ]
    assert [words(now) for now in table.xpath(".//*[@aria-current='page']")] == ["2026-10"]


def test_offices_above_see_who_is_furthest_behind_first(tree, client, time_machine):
    time_machine.move_to(NOW, tick=False)
    november = Cycle.objects.get(month=NOVEMBER)
    for branch in (tree.b2, tree.b4, tree.b4):
        Due.objects.create(cycle=november, member=make_member(branch), branch=branch)
    file_self(make_member(tree.b3), NOVEMBER, 85)
    page = page_of(client, tree, Role.REVIEWER, reverse("evaluations:months"))
    shown = [
        (words(row.find("th")), [words(badge) for badge in row.find_class("badge")]) for row in page.xpath("//tbody/tr")
    ]
    assert shown == [
        (tree.b4.name, ["2 self-reviews missing", "2 not rated"]),
        (tree.b2.name, ["1 self-review missing", "1 not rated"]),
        (tree.b1.name, ["1 self-review missing"]), (tree.b3.name, ["1 not rated"]),
    ]  # fmt: skip


def test_home_and_the_page_of_months_put_the_same_branch_first(tree):
    """Home has every branch's counts at hand and sorts those; the page asks the database for fifty at a time."""
    november = Cycle.objects.get(month=NOVEMBER)
    for branch in (tree.b2, tree.b3, tree.b4):
        Due.objects.create(cycle=november, member=make_member(branch), branch=branch)
    file_self(make_member(tree.b2), NOVEMBER, 85)
    branches = Branch.objects.party_branches()
    lines = overview.branch_lines(november, branches.order_by("-path"), now=NOW)
    counts = {line.branch: (line.progress.missing, line.progress.unrated) for line in lines}
    assert counts == {tree.b1: (1, 0), tree.b2: (1, 2), tree.b3: (1, 1), tree.b4: (1, 1)}
    furthest_first = [tree.b2, tree.b3, tree.b4, tree.b1]
    assert [line.branch for line in sorted(lines, key=overview.how_far_behind)] == furthest_first
    assert list(months.furthest_behind_first(branches, november)) == furthest_first


def test_offices_above_see_the_rates_of_all_branches(tree, client, time_machine):
    time_machine.move_to(NOW, tick=False)
    page = page_of(client, tree, Role.REVIEWER, reverse("evaluations:months") + "?month=2026-10")
    rows = {words(row.find("th")): [words(rate) for rate in row.find_class("rate")] for row in page.xpath("//tbody/tr")}
    assert rows == {
        tree.b1.name: ["2/2", "1/2"], tree.b2.name: ["0/1", "1/1"], tree.b3.name: [], tree.b4.name: [],
    }  # fmt: skip
