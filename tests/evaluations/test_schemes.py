"""Does a scheme come into force only as its rules say, and does the right one apply?"""

from __future__ import annotations

from datetime import date

import pytest

from branchportal.models import AuditEntry
from evaluations.documents import SchemeError
from evaluations.models import ScoringScheme
from evaluations.queries import schemes as queries
from evaluations.refusals import Refused
from evaluations.scheme import parse_scheme
from evaluations.services import scheme_sealing, schemes
from evaluations.sources import usual_sources
from members.roles import Permission, Role
from tests.evaluations.ranking_material import (
    NOVEMBER,
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
from tests.factories import make_branch, make_branch_tree, make_member, make_user

pytestmark = pytest.mark.django_db

DECEMBER = date(2026, 12, 1)
ONE_YEAR = {"code": "g", "label": "一年", "input": "months_as_activist", "op": ">=", "value": "12"}


def publish(scheme, first=SEPTEMBER, last=None):
    return schemes.publish(scheme=scheme, first_month=first, last_month=last, by=None, now=NOW)


def test_asking_in_an_empty_portal_installs_the_ready_schemes(tree):
    review(make_member(tree.b1), SEPTEMBER, own=80, branch=80)

    run = compile_now(tree.b1)

    assert (run.scheme.branch, run.scheme.state, run.ranked_count) == (tree.root, "sealed", 1)


def test_three_ready_schemes_are_published_and_a_second_installation_does_nothing(tree):
    install(tree.root)
    install(tree.root)

    assert list(
        ScoringScheme.objects.order_by("purpose").values_list("branch__code", "purpose", "version", "state")
    ) == [
        ("ROOT", "appraisal", "2026-1", "published"),
        ("ROOT", "candidate", "2026-1", "published"),
        ("ROOT", "conversion", "2026-1", "published"),
    ]


def test_the_tick_installs_them_for_every_top_committee_that_has_none(tree):
    other = make_branch_tree("X")
    install(tree.root)

    assert schemes.install_where_missing(now=NOW) == 1
    assert schemes.install_where_missing(now=NOW) == 0
    assert set(other.root.schemes.values_list("first_month", flat=True)) == {date(2025, 1, 1)}
    assert tree.root.schemes.count() == 3


def test_a_draft_applies_nowhere(tree):
    make_scheme(tree.root, ready_document())

    assert queries.for_month(tree.b1, "candidate", NOVEMBER) is None


def test_the_nearest_scheme_applies_and_only_in_its_months(tree):
    install(tree.root)
    own = publish(make_scheme(tree.b1, ready_document(version="B1")), OCTOBER, OCTOBER)
    general = publish(make_scheme(tree.first, ready_document(version="GB1")), OCTOBER)
    root = tree.root.schemes.get(purpose="candidate")

    applying = {
        (branch.code, month): queries.for_month(branch, "candidate", month)
        for branch in (tree.b1, tree.b2, tree.b4)
        for month in (SEPTEMBER, OCTOBER, NOVEMBER)
    }

    assert applying == {
        ("B001", SEPTEMBER): root, ("B001", OCTOBER): own, ("B001", NOVEMBER): general,
        ("B002", SEPTEMBER): root, ("B002", OCTOBER): general, ("B002", NOVEMBER): general,
        ("B004", SEPTEMBER): root, ("B004", OCTOBER): root, ("B004", NOVEMBER): root,
    }  # fmt: skip


def test_a_period_that_spans_two_schemes_is_refused_with_both_names(tree):
    install(tree.root)
    publish(make_scheme(tree.b1, ready_document(version="2026-2")), NOVEMBER)

    with pytest.raises(Refused) as refusal:
        queries.for_period(tree.b1, "candidate", SEPTEMBER, NOVEMBER)

    assert refusal.value.params == {
        "scheme": "发展对象综合排名基本方案 2026-1", "other": "发展对象综合排名基本方案 2026-2", "month": "2026-11",
    }  # fmt: skip
    assert queries.for_period(tree.b1, "candidate", SEPTEMBER, OCTOBER).version == "2026-1"
    assert queries.for_period(tree.b1, "candidate", NOVEMBER, NOVEMBER).version == "2026-2"


def test_a_period_that_outlives_its_scheme_is_refused(tree):
    publish(make_scheme(tree.root, ready_document()), SEPTEMBER, OCTOBER)

    with pytest.raises(Refused, match="2026-11"):
        queries.for_period(tree.b1, "candidate", SEPTEMBER, NOVEMBER)


def test_no_scheme_is_refused_with_the_remedy(tree):
    with pytest.raises(Refused, match="2026-09"):
        queries.for_period(tree.b1, "candidate", SEPTEMBER, SEPTEMBER)


def test_a_later_scheme_ends_the_one_before(tree):
    first = publish(make_scheme(tree.root, ready_document(version="1")), SEPTEMBER)
    publish(make_scheme(tree.root, ready_document(version="2")), DECEMBER)

    first.refresh_from_db()
    assert (first.state, first.last_month) == ("published", NOVEMBER)


def test_an_unsealed_scheme_of_the_same_months_becomes_a_draft_again(tree):
    wrong = publish(make_scheme(tree.root, ready_document(version="1")), SEPTEMBER)
    publish(make_scheme(tree.root, ready_document(version="2")), SEPTEMBER)

    wrong.refresh_from_db()
    assert (wrong.state, wrong.first_month, wrong.published_at) == ("draft", None, None)
    assert queries.for_month(tree.b1, "candidate", SEPTEMBER).version == "2"


def test_a_rated_month_keeps_its_scheme(tree):
    install(tree.root)
    file_self(make_member(tree.b1), OCTOBER, 90)
    draft = make_scheme(tree.root, ready_document(version="2"))

    with pytest.raises(Refused, match="2026-10"):
        publish(draft, OCTOBER)

    draft.refresh_from_db()
    assert draft.state == "draft"
    assert publish(draft, NOVEMBER).state == "published"


def test_the_first_rating_seals_what_applies_there_and_nothing_else(tree):
    install(tree.root)
    own = publish(make_scheme(tree.b1, ready_document(version="B1")), OCTOBER)

    assert scheme_sealing.seal_first_rating(branch=tree.b1, month=OCTOBER, now=NOW) == 3
    assert scheme_sealing.seal_first_rating(branch=tree.b1, month=OCTOBER, now=NOW) == 0

    own.refresh_from_db()
    assert (own.state, own.sealed_at) == ("sealed", NOW)
    assert dict(tree.root.schemes.values_list("purpose", "state")) == {
        "candidate": "published", "conversion": "sealed", "appraisal": "sealed",
    }  # fmt: skip
    assert AuditEntry.objects.filter(action="scheme.seal").count() == 3


def test_sealing_costs_one_query_once_everything_is_sealed(tree, django_assert_num_queries):
    install(tree.root)
    scheme_sealing.seal_first_rating(branch=tree.b1, month=OCTOBER, now=NOW)

    with django_assert_num_queries(1):
        scheme_sealing.seal_first_rating(branch=tree.b1, month=OCTOBER, now=NOW)


def test_a_scheme_published_after_its_first_rating_is_sealed_at_once(tree):
    file_self(make_member(tree.b1), OCTOBER, 90)

    assert publish(make_scheme(tree.root, ready_document())).state == "sealed"


@pytest.mark.parametrize(
    ("gates", "refused"),
    [
        ([], True),
        ([ONE_YEAR], False),
        ([ONE_YEAR | {"value": "18"}], False),
        ([ONE_YEAR | {"value": "11.5"}], False),
        ([ONE_YEAR | {"value": "11"}], True),
        ([ONE_YEAR | {"op": ">", "value": "11"}], False),
        ([ONE_YEAR | {"op": ">", "value": "10.5"}], True),
        ([ONE_YEAR | {"op": "<="}], True),
        ([ONE_YEAR | {"missing": "pass"}], True),
        ([ONE_YEAR | {"input": "total"}], True),
    ],
)
def test_a_scheme_for_candidates_keeps_the_year_of_cultivation(tree, gates, refused):
    draft = make_scheme(tree.root, ready_document(gates=gates))

    if not refused:
        assert publish(draft).state == "published"
        return
    with pytest.raises(Refused, match="12"):
        publish(draft)
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_other_purposes_need_no_such_gate(tree):
    assert publish(make_scheme(tree.root, ready_document("appraisal"), purpose="appraisal")).state == "published"


def test_a_component_without_a_source_is_refused(tree):
    document = ready_document()
    document["components"][0]["code"] = "interview"
    document["tie_break"] = []

    with pytest.raises(Refused, match="interview"):
        make_scheme(tree.root, document)


def test_a_dimension_that_no_card_has_is_refused_with_its_place(tree):
    document = ready_document()
    document["components"][1]["dimensions"] = {"thought": "1", "luck": "1"}

    with pytest.raises(SchemeError) as problem:
        make_scheme(tree.root, document)

    assert str(problem.value) == (
        "scheme.components[1].dimensions: names luck, which is none of thought, study, life, work, conduct"
    )


def test_a_rated_month_behind_a_short_period_keeps_its_scheme(tree):
    install(tree.root)
    file_self(make_member(tree.b1), NOVEMBER, 90)
    draft = make_scheme(tree.root, ready_document(version="2"))

    with pytest.raises(Refused, match="2026-11"):
        publish(draft, OCTOBER, OCTOBER)

    assert queries.for_month(tree.b1, "candidate", NOVEMBER).version == "2026-1"


def test_every_rated_month_keeps_its_scheme_also_behind_one_that_had_none(tree):
    publish(make_scheme(tree.root, ready_document()), NOVEMBER, NOVEMBER)
    member = make_member(tree.b1)
    file_self(member, OCTOBER, 90)
    file_self(member, NOVEMBER, 90)

    with pytest.raises(Refused, match="2026-11"):
        publish(make_scheme(tree.root, ready_document(version="2")), OCTOBER)

    assert queries.for_month(tree.b1, "candidate", NOVEMBER).version == "2026-1"
    assert queries.for_month(tree.b1, "candidate", OCTOBER) is None


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"name": "a\0b"}, "scheme.name"),
        ({"gates": [{**ONE_YEAR, "label": "\0"}]}, "scheme.gates[0].label"),
        ({"tie_break": ["\0"]}, "scheme.tie_break[0]"),
        ({"\0": 1}, "scheme['\\x00']"),
    ],
)
def test_a_text_that_no_database_holds_is_refused_with_its_place(tree, changes, place):
    with pytest.raises(SchemeError) as problem:
        make_draft(tree, ready_document(**changes))

    assert str(problem.value) == f"{place}: holds the character NUL, which no text needs: delete it"


def make_draft(tree, document):
    sources = usual_sources(parse_scheme(ready_document()))
    return schemes.create_draft(branch=tree.root, purpose="candidate", document=document, sources=sources, by=None)


def test_the_same_version_twice_is_refused(tree):
    make_scheme(tree.root, ready_document())

    with pytest.raises(Refused, match="2026-1"):
        make_scheme(tree.root, ready_document())


def test_a_name_that_no_column_holds_is_refused_with_its_place(tree):
    with pytest.raises(SchemeError, match=r"scheme\.version: has more than 20 characters"):
        make_scheme(tree.root, ready_document(version="x" * 21))


def test_figures_that_no_column_holds_are_refused_with_their_place(tree):
    with pytest.raises(SchemeError, match=r"scheme\.bands\[0\]\.label: has more than 40 characters"):
        make_scheme(tree.root, ready_document(bands=[{"label": "x" * 41, "min": "0"}]))
    with pytest.raises(SchemeError, match=r"scheme\.decimals: must be at most 10, not 11"):
        make_scheme(tree.root, ready_document(decimals=11))


def test_only_drafts_can_be_deleted(tree):
    draft = make_scheme(tree.root, ready_document())
    kept = publish(make_scheme(tree.root, ready_document(version="2")))

    schemes.delete_draft(scheme=draft, by=None)
    with pytest.raises(Refused):
        schemes.delete_draft(scheme=kept, by=None)

    assert list(ScoringScheme.objects.values_list("version", flat=True)) == ["2"]


def test_people_read_the_schemes_above_them_but_no_drafts_and_no_other_branch(tree):
    other = make_branch_tree("X")
    install(tree.root)
    install(other.root)
    make_scheme(tree.root, ready_document(version="draft"))
    publish(make_scheme(tree.b2, ready_document(version="B2")))

    def versions(role, branch, permission=Permission.VIEW_SCHEMES):
        rows = ScoringScheme.objects.filter(purpose="candidate").visible_to(make_user(role, branch), permission)
        return sorted(rows.values_list("branch__code", "version"))

    assert versions(Role.MEMBER, tree.b1) == [("ROOT", "2026-1")]
    assert versions(Role.MEMBER, tree.b2) == [("B002", "B2"), ("ROOT", "2026-1")]
    assert versions(Role.SECRETARY, tree.b1) == [("ROOT", "2026-1")]
    assert versions(Role.REVIEWER, tree.root) == [("B002", "B2"), ("ROOT", "2026-1"), ("ROOT", "draft")]
    assert versions(Role.SECRETARY, tree.b1, Permission.EDIT_SCHEMES) == []


def test_the_usual_names_speak_for_their_sources():
    scheme = parse_scheme(ready_document())

    assert usual_sources(scheme) == {
        "components": {"self": "self_review", "branch": "branch_rating"},
        "inputs": {"months_as_activist": "months_as_activist"},
    }


def test_a_new_branch_inherits_at_once(tree):
    install(tree.root)
    new = make_branch("B009", tree.second)

    assert queries.for_month(new, "candidate", SEPTEMBER).branch == tree.root
