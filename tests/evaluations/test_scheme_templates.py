"""Can a new scheme begin with each ready one, and is each what the worked cases compute with?"""

from __future__ import annotations

import json

import pytest
from django.urls import reverse

from evaluations.models import ScoringScheme
from evaluations.purposes import Purpose
from evaluations.scheme_templates import A_YEAR_OF_CULTIVATION, CODES, template, templates
from evaluations.services import schemes
from members.roles import Role
from tests.evaluations.ranking_material import NOVEMBER, NOW, approve
from tests.evaluations.vectors import VECTORS
from tests.factories import make_branch_tree, make_user, sign_in

WORKED = {path.stem: json.loads(path.read_text(encoding="utf-8"))["scheme"] for path in VECTORS}
ADDRESS = "evaluations:scheme_add"
WITH_A_DEFENCE = {"seeds_default", "two_stage"}


@pytest.fixture
def tree(db):
    return make_branch_tree()


@pytest.fixture
def secretary(client, tree):
    return sign_in(client, make_user(Role.SECRETARY, tree.b1), language="en")


def asked(**changes) -> dict[str, str]:
    return {
        "branch": "B001", "purpose": "candidate", "name": "我们的方案", "version": "2026-1", "template": "base_bonus",
    } | changes  # fmt: skip


@pytest.mark.parametrize("code", [code for code in CODES if code != "blank"])
def test_each_template_is_the_scheme_of_a_worked_case(code):
    worked = WORKED[code]
    if code == "self_class_tutor":  # ballots there, here the one figure that is released of them
        worked = worked | {
            "components": [
                {key: value for key, value in one.items() if key != "min_count"} for one in worked["components"]
            ]
        }
    assert template(code).document == worked


def test_the_portal_knows_where_every_figure_comes_from():
    assert {one.code: one.sources for one in templates()} == {
        "seeds_default": {
            "components": {
                "self": "self_review", "branch": "branch_rating", "peer": "peer_rating", "duties": "duties",
                "defence": "defence",
            },
            "inputs": {"months_as_activist": "months_as_activist", "failed_courses": "column"},
        },
        "self_class_tutor": {
            "components": {"self": "self_review", "class": "peer_rating", "tutor": "column"},
            "inputs": {"class_share": "column"},
        },
        "base_bonus": {
            "components": {"bonus": "points", "rating": "branch_rating", "deduction": "points"},
            "inputs": {},
        },
        "two_stage": {"components": {"appraisal": "branch_rating", "defence": "defence"}, "inputs": {}},
        "votes_gpa_reports": {
            "components": {"votes": "column", "gpa": "column", "reports": "column"},
            "inputs": {"report_count": "column"},
        },
        "blank": {"components": {"branch": "branch_rating"}, "inputs": {}},
    }  # fmt: skip


def test_a_scheme_for_candidates_asks_for_a_year_of_cultivation_and_no_other_does():
    gates = {
        (code, purpose): template(code).document_for(purpose, name="甲", version="1").get("gates", [])
        for code in ("base_bonus", "seeds_default")
        for purpose in (Purpose.CANDIDATE, Purpose.APPRAISAL)
    }
    own = template("seeds_default").document["gates"]
    assert gates == {
        ("base_bonus", "candidate"): [A_YEAR_OF_CULTIVATION], ("base_bonus", "appraisal"): [],
        ("seeds_default", "candidate"): own, ("seeds_default", "appraisal"): own,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("code", "purpose"),
    [
        (code, purpose) for code in CODES for purpose in Purpose.values
        if purpose != Purpose.APPRAISAL or code not in WITH_A_DEFENCE
    ],
)  # fmt: skip
def test_each_template_can_be_begun_and_published(client, tree, secretary, code, purpose):
    answer = client.post(reverse(ADDRESS), asked(template=code, purpose=purpose))

    draft = ScoringScheme.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, reverse("evaluations:scheme_edit", args=[draft.pk]))
    assert (draft.name, draft.version, draft.purpose, draft.branch) == ("我们的方案", "2026-1", purpose, tree.b1)
    assert client.get(answer["Location"]).status_code == 200
    reviewer = make_user(Role.REVIEWER, tree.root)
    approve(draft, reviewer)
    draft.refresh_from_db()
    published = schemes.publish(scheme=draft, first_month=NOVEMBER, last_month=None, by=reviewer, now=NOW)
    assert published.state == ScoringScheme.State.PUBLISHED


def test_the_page_reads_every_template_in_plain_words(client, tree, secretary):
    page = client.get(reverse(ADDRESS)).text
    for words in (
        "每月考评与三个一综合排名",
        "答辩 counts for 30 %.",
        "自评三成、班级四成、辅导员三成",
        "班级评议 counts for 40 %.",
        "基础分、加分、评议与扣分",
        "评议达八十分方可答辩",
        "票数、绩点与思想汇报",
        "Begin with one component",
    ):
        assert words in page


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"template": ""}, "Choose with which template the scheme begins."),
        ({"template": "../blank"}, "Select a valid choice"),
        ({"name": ""}, "This field is required."),
        ({"branch": "B002"}, "Select a valid choice"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(client, tree, secretary, changes, said):
    answer = client.post(reverse(ADDRESS), asked(version="2026-7") | changes)

    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="2026-7"' in answer.text
    assert ScoringScheme.objects.count() == 0


def test_a_version_that_is_taken_is_named(client, tree, secretary):
    client.post(reverse(ADDRESS), asked())
    answer = client.post(reverse(ADDRESS), asked(template="two_stage"))

    assert answer.status_code == 422
    assert "already has a scheme 我们的方案 in version 2026-1" in answer.text
    assert ScoringScheme.objects.count() == 1


@pytest.mark.parametrize("code", sorted(WITH_A_DEFENCE))
def test_an_appraisal_does_not_begin_with_a_defence_that_it_never_has(client, tree, secretary, code):
    answer = client.post(reverse(ADDRESS), asked(template=code, purpose="appraisal"))

    assert answer.status_code == 422
    assert "答辩 comes from a defence" in answer.text
    assert ScoringScheme.objects.count() == 0
