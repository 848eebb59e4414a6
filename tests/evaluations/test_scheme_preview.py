"""Does a preview show what a draft makes of a ranking's figures, to whom it may, and store nothing?"""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse
from lxml import html

from branchportal.models import AuditEntry
from evaluations.models import RankingEntry, RankingRun
from evaluations.services import schemes
from members.roles import Role
from tests.evaluations.ranking_material import (
    NOW,
    OCTOBER,
    SEPTEMBER,
    compile_now,
    file_self,
    install,
    make_scheme,
    ready_document,
    review,
)
from tests.factories import make_branch_tree, make_member, make_user, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def tree():
    tree = make_branch_tree()
    install(tree.root)
    for name, own, branch in (("张一", 95, 60), ("李二", 60, 90)):
        member = make_member(
            tree.b1, name=name, stage="activist", applied_on=date(2024, 1, 1), activist_on=date(2024, 9, 1)
        )
        review(member, OCTOBER, own=own, branch=branch)
    compile_now(tree.b1, OCTOBER, OCTOBER)
    return tree


def draft_for(branch):
    document = ready_document(version="2")
    document["components"][0]["weight"], document["components"][1]["weight"] = "90", "10"
    document["components"][0] |= {"code": "own"}
    del document["components"][0]["dimensions"]
    document["tie_break"] = []
    draft = make_scheme(branch, ready_document(version="2"))
    draft.document = document
    draft.sources = draft.sources | {"components": {"own": "self_review", "branch": "branch_rating"}}
    draft.save()
    return draft


def rows(page) -> list[list[str]]:
    cells = html.fromstring(page.text).xpath("//tbody/tr")
    return [[" ".join(cell.text_content().split()) for cell in row.xpath("th|td")] for row in cells]


def test_places_now_and_with_the_draft_stand_side_by_side(client, tree):
    sign_in(client, make_user(Role.SECRETARY, tree.b1), language="en")
    draft = draft_for(tree.b1)
    before = (RankingRun.objects.count(), RankingEntry.objects.count(), AuditEntry.objects.count())

    page = client.get(reverse("evaluations:scheme_preview", args=[draft.pk]))

    assert rows(page) == [
        ["张一", "2", "70.50", "1", "91.50", "–"],
        ["李二", "1", "81.00", "2", "63.00", "–"],
    ]
    assert (RankingRun.objects.count(), RankingEntry.objects.count(), AuditEntry.objects.count()) == before


def test_what_the_ranking_has_no_figures_for_is_named(client, tree):
    sign_in(client, make_user(Role.SECRETARY, tree.b1), language="en")
    draft = draft_for(tree.b1)
    draft.sources["components"]["own"] = "duties"
    draft.save()

    assert "holds no figures for 每月自评" in client.get(reverse("evaluations:scheme_preview", args=[draft.pk])).text


def test_a_copy_of_a_scheme_that_reads_one_source_twice_changes_nothing(client, tree):
    parts = [
        {
            "code": name, "label": name, "role": "weighted", "weight": "50", "aggregate": "mean",
            "dimensions": {name: "1"},
        }
        for name in ("thought", "study")
    ]  # fmt: skip
    document = ready_document(name="两项自评", components=parts, tie_break=[])
    sources = {
        "components": {"thought": "self_review", "study": "self_review"},
        "inputs": {"months_as_activist": "months_as_activist"},
    }
    own = schemes.create_draft(branch=tree.b1, purpose="candidate", document=document, sources=sources, by=None)
    schemes.publish(scheme=own, first_month=SEPTEMBER, last_month=SEPTEMBER, by=None, now=NOW)
    for member in tree.b1.members.order_by("pk"):
        file_self(member, SEPTEMBER, 95, 65, 85, 85, 85)
    compile_now(tree.b1, SEPTEMBER, SEPTEMBER)
    draft = schemes.create_draft(
        branch=tree.b1, purpose="candidate", document=document | {"version": "2"}, sources=sources, by=None
    )
    sign_in(client, make_user(Role.SECRETARY, tree.b1), language="en")

    run = RankingRun.objects.get(scheme=own)
    page = client.get(reverse("evaluations:scheme_preview", args=[draft.pk]), {"run": run.pk})

    assert rows(page) == [["张一", "1", "80.00", "1", "80.00", "–"], ["李二", "1", "80.00", "1", "80.00", "–"]]


def test_another_branch_sees_nothing_of_it(client, tree):
    draft = draft_for(tree.b1)
    sign_in(client, make_user(Role.SECRETARY, tree.b2), language="en")
    assert client.get(reverse("evaluations:scheme_preview", args=[draft.pk])).status_code == 404

    own = draft_for(tree.b2)
    page = client.get(reverse("evaluations:scheme_preview", args=[own.pk])).text
    assert "No ranking to try it on" in page
    assert "张一" not in page


def test_it_asks_the_same_number_of_questions_for_thirty_people(client, tree, django_assert_num_queries):
    sign_in(client, make_user(Role.SECRETARY, tree.b1), language="en")
    url = reverse("evaluations:scheme_preview", args=[draft_for(tree.b1).pk])
    client.get(url)
    with django_assert_num_queries(6):
        client.get(url)

    for order in range(30):
        member = make_member(
            tree.b1, name=f"第{order}人", stage="activist", applied_on=date(2024, 1, 1), activist_on=date(2024, 9, 1)
        )
        review(member, OCTOBER, own=85, branch=75)
    compile_now(tree.b1, OCTOBER, OCTOBER)
    with django_assert_num_queries(6):
        assert len(rows(client.get(url))) == 32
