"""Do columns, bonus entries and a rating that nobody released enter a ranking as the scheme says, and explained?"""

import json
import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from activities.models import DutyClosing
from activities.services.evidence import Upload
from branchportal.months import months_later
from evaluations import bundle
from evaluations.documents import SchemeError
from evaluations.models import DutyRating
from evaluations.queries import compile as material
from evaluations.queries import rankings
from evaluations.scheme import parse_scheme
from evaluations.scheme_wording import component_sentences, gate_sentence
from evaluations.services import schemes
from evaluations.services.defences import running
from evaluations.services.points import record_points, withdraw_points
from evaluations.sources import usual_sources
from members.roles import Role
from members.stages import Stage
from tests.activities.evidence import PDF
from tests.evaluations.defence_material import give, make_session
from tests.evaluations.figures_material import DAY, NOW, POINTS, add_points, bring_in
from tests.evaluations.ranking_material import (
    NOVEMBER,
    OCTOBER,
    SEPTEMBER,
    compile_now,
    file_self,
    make_month,
    make_scheme,
    rate,
    ready_document,
    review,
)
from tests.factories import make_member, make_user, sign_in

pytestmark = pytest.mark.django_db
VECTOR = json.loads((Path(__file__).parents[1] / "data/vectors/seeds_default.json").read_text(encoding="utf-8"))
BASE = json.loads((Path(__file__).parents[1] / "data/vectors/base_bonus.json").read_text(encoding="utf-8"))
SELF = {"code": "self", "label": "党员自评", "role": "weighted", "weight": "100", "aggregate": "mean"}
BONUS = {"code": "bonus", "label": "加分", "role": "additive", "aggregate": "max"}
VOTES = {
    "code": "part1", "label": "同意票", "role": "weighted", "weight": "100", "aggregate": "last",
    "normalise": {"kind": "ratio", "max": "73"},
}  # fmt: skip
NO_FAIL = {
    "code": "no_fail", "label": "无不及格课程", "input": "failed_courses", "op": "<=", "value": "0", "missing": "pass",
}  # fmt: skip
ONE_YEAR = {"code": "year", "label": "培养满一年", "input": "months_as_activist", "op": ">=", "value": "12"}
JUNE = date(2026, 6, 1)


@pytest.fixture
def secretary(tree):
    return make_user(Role.SECRETARY, tree.b1, name="王文静")


def publish(branch, *components, gates=(), purpose="appraisal", sources=None):
    document = ready_document(purpose, components=list(components), gates=list(gates), tie_break=[], bands=[])
    found = usual_sources(parse_scheme(document))
    found["components"] |= sources or {}
    draft = schemes.create_draft(branch=branch, purpose=purpose, document=document, sources=found, by=None)
    return schemes.publish(scheme=draft, first_month=date(2026, 1, 1), last_month=None, by=None, now=NOW)


def full(branch, **fields):
    return make_member(branch, stage=Stage.FULL, **fields)


def compiled(branch, first=SEPTEMBER, last=OCTOBER, purpose="appraisal"):
    run = compile_now(branch, first, last, purpose)
    bundle.verify(rankings.bundle_of(run))
    return {entry.member: entry for entry in run.entries.all()}


def test_a_column_is_found_by_its_code_or_its_label(tree, secretary):
    publish(tree.root, VOTES, sources={"part1": "column"})
    member, other = full(tree.b1), full(tree.b1)
    bring_in(tree.b1, {member: 73}, by=secretary, name="赞成票数", file="支部大会.xlsx")
    bring_in(tree.b1, {member: 5, other: 5}, by=secretary, name="志愿时长")
    found = compiled(tree.b1)
    assert (found[member].total, found[member].inputs) == ("100.00", {"part1": ["73"]})
    assert found[member].evidence["part1"] == {
        "columns": [{
            "name": "赞成票数", "first": "2026-10-20", "last": "2026-10-20", "value": "73", "by": "王文静",
            "at": "2026-11-22", "file": "支部大会.xlsx",
        }],
        "sought": "同意票",
    }  # fmt: skip
    assert (found[other].inputs, found[other].reasons) == ({"part1": []}, ["no_data"])


@pytest.mark.parametrize(("day", "counts"), [
    (date(2026, 8, 31), False), (date(2026, 9, 1), True), (date(2026, 10, 31), True), (date(2026, 11, 1), False),
])  # fmt: skip
def test_a_sheet_counts_whose_last_day_lies_in_the_period(tree, secretary, day, counts):
    publish(tree.root, VOTES, sources={"part1": "column"})
    member = full(tree.b1)
    bring_in(tree.b1, {member: 73}, by=secretary, name="得票", on=day)
    assert compiled(tree.b1)[member].inputs["part1"] == (["73"] if counts else [])


def test_the_newest_sheet_of_a_column_speaks_for_a_gate(tree, secretary):
    publish(tree.root, SELF, gates=[NO_FAIL])
    failed, mended, unknown = full(tree.b1), full(tree.b1), full(tree.b1)
    for member in (failed, mended, unknown):
        review(member, OCTOBER, own=80, branch=80)
    bring_in(tree.b1, {failed: 0, mended: 2}, by=secretary, on=date(2026, 9, 5))
    bring_in(tree.b1, {failed: 1, mended: 0}, by=secretary, on=date(2026, 10, 5), file="补考后.xlsx")
    found = compiled(tree.b1)
    assert [found[one].reasons for one in (failed, mended, unknown)] == [["no_fail"], [], []]
    assert [found[one].inputs.get("failed_courses") for one in (failed, mended, unknown)] == ["1", "0", None]
    assert found[failed].evidence["failed_courses"]["columns"][0]["file"] == "补考后.xlsx"


def test_the_page_says_who_brought_a_figure_in_when_and_from_which_file(tree, secretary):
    publish(tree.root, SELF, gates=[NO_FAIL])
    member = make_user(Role.MEMBER, tree.b1, stage=Stage.FULL).member
    review(member, OCTOBER, own=80, branch=80)
    bring_in(tree.b1, {member: 0}, by=secretary)
    entry = compiled(tree.b1)[member]
    for user, address in (
        (secretary, reverse("evaluations:ranking_evidence", args=[entry.run_id, entry.pk])),
        (member.user, reverse("evaluations:own_ranking", args=[entry.run_id])),
    ):
        shown = sign_in(Client(), user).get(address).content.decode()
        for word in ("王文静", "2026-11-22", "成绩.xlsx", "2026-10-20"):
            assert word in shown


def test_entries_of_a_category_count_once_their_date_lies_in_the_period(tree, secretary):
    publish(tree.root, SELF, BONUS | {"aggregate": "sum", "cap": "8"})
    member, other = full(tree.b1), full(tree.b1)
    for one in (member, other):
        review(one, OCTOBER, own=80, branch=80)
    add_points(member, "5", by=secretary)
    add_points(member, "2.50", by=secretary, on=date(2026, 9, 1))
    add_points(member, "9", by=secretary, on=date(2026, 8, 31))
    add_points(member, "7", by=secretary, category="other")
    back = add_points(member, "6", by=secretary)
    withdraw_points(row=back, version=1, reason="重复", by=secretary, now=NOW)
    found = compiled(tree.b1)
    assert (found[member].inputs["bonus"], found[member].total) == (["2.5", "5"], "87.50")
    assert (found[other].inputs["bonus"], found[other].total) == ([], "80.00")


def test_highest_only_is_what_the_best_does_and_the_page_marks_the_one_that_counts(tree, secretary):
    publish(tree.root, SELF, BONUS)
    member = full(tree.b1)
    review(member, OCTOBER, own=80, branch=80)
    add_points(member, "3", by=secretary, what="校级奖")
    add_points(member, "5", by=secretary, what="省级奖")
    entry = compiled(tree.b1)[member]
    assert (entry.inputs["bonus"], entry.total) == (["3", "5"], "85.00")
    page = sign_in(Client(), secretary).get(reverse("evaluations:ranking_evidence", args=[entry.run_id, entry.pk]))
    line = next(one for one in page.context["parts"] if one["is_of_points"])
    assert [(one["what"], one["observation"].counts) for one in line["entries"]] == [
        ("校级奖", False), ("省级奖", True),
    ]  # fmt: skip


@pytest.mark.parametrize(("aggregate", "left_out"), [("last", "73"), ("max", "60")])
def test_of_several_sheets_the_page_marks_those_that_do_not_count(tree, secretary, aggregate, left_out):
    publish(tree.root, VOTES | {"aggregate": aggregate}, sources={"part1": "column"})
    member = full(tree.b1)
    for day, votes in ((10, 73), (20, 60)):
        bring_in(tree.b1, {member: votes}, by=secretary, name="得票", on=date(2026, 10, day))
    entry = compiled(tree.b1)[member]
    page = sign_in(Client(), secretary, language="en").get(
        reverse("evaluations:ranking_evidence", args=[entry.run_id, entry.pk])
    )
    marked = re.findall(r'<span class="left-out">(\d+)</span> left out', page.content.decode())
    assert marked == [left_out]


def test_my_score_shows_what_proves_a_bonus_and_hands_its_file_to_nobody_else(tree, secretary, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    publish(tree.root, SELF, BONUS | {"aggregate": "sum"})
    member, other = (make_user(Role.MEMBER, tree.b1, stage=Stage.FULL).member for _person in range(2))
    review(member, OCTOBER, own=80, branch=80)
    add_points(member, "5", by=secretary)
    proved = record_points(
        branch=tree.b1, member=member, entry=uuid4(), by=secretary, now=NOW,
        values=POINTS | {"points": Decimal("2"), "on": DAY, "what": "省级奖", "source": ""},
        upload=Upload("奖状.pdf", PDF, "application/pdf"),
    )  # fmt: skip
    entry = compiled(tree.b1)[member]
    sealed = [(one["source"], one["file"]) for one in entry.evidence["bonus"]["entries"]]
    assert sealed == [("校发〔2026〕8 号", ""), ("", "奖状.pdf")]
    own, address = sign_in(Client(), member.user), reverse("evaluations:own_points_file", args=[proved.pk])
    shown = own.get(reverse("evaluations:own_ranking", args=[entry.run_id])).content.decode()
    assert [word in shown for word in ("校发〔2026〕8 号", "奖状.pdf", address)] == [True, True, True]
    assert own.get(address).content == PDF
    assert sign_in(Client(), other.user).get(address).status_code == 404
    of_office = sign_in(Client(), secretary).get(reverse("evaluations:ranking_evidence", args=[entry.run_id, entry.pk]))
    assert reverse("evaluations:points_file", args=[proved.pk]) in of_office.content.decode()


def test_base_points_bonuses_and_deductions_make_the_worked_case(tree, secretary):
    """The scheme is published as it stands; its rating comes from the branch's own cards."""
    document = BASE["scheme"]
    sources = usual_sources(parse_scheme(document))
    assert sources["components"] == {"bonus": "points", "deduction": "points"}
    sources["components"]["rating"] = "column"
    draft = schemes.create_draft(branch=tree.root, purpose="appraisal", document=document, sources=sources, by=None)
    schemes.publish(scheme=draft, first_month=date(2026, 1, 1), last_month=None, by=None, now=NOW)
    for person in BASE["people"]:
        member = full(tree.b1, number=person["id"])
        for category in ("bonus", "deduction"):
            for points in person["inputs"].get(category, []):
                add_points(member, points, by=secretary, category=category)
        for day, figure in enumerate(person["inputs"].get("rating", []), start=1):
            bring_in(tree.b1, {member: figure}, by=secretary, name="民主评议", on=date(2026, 10, day))
    run = compile_now(tree.b1, SEPTEMBER, OCTOBER, "appraisal")
    assert rankings.bundle_of(run)["result"] == BASE["result"]


def test_what_has_one_number_has_no_dimensions(tree):
    for component, source in ((BONUS, "points"), (VOTES, "column")):
        with pytest.raises(SchemeError, match="dimensions"):
            publish(tree.root, component | {"dimensions": {"thought": "1"}}, sources={component["code"]: source})


def test_the_sources_are_said_in_words():
    document = ready_document(components=[SELF, BONUS], gates=[NO_FAIL], tie_break=[])
    scheme = parse_scheme(document)
    sources = usual_sources(scheme)
    peer = parse_scheme(VECTOR["scheme"]).components[2]
    with translation.override("en"):
        said = component_sentences(scheme.components[1], sources["components"])
        asked = gate_sentence(scheme.gates[0], scheme, sources["inputs"])
        of_classmates = component_sentences(peer, {"peer": "peer_rating"})
    assert said[:2] == [
        "Source: Bonus and deduction entries of this name.", "Of several entries only the highest counts.",
    ]  # fmt: skip
    assert asked == "Failed courses: at most 0; whoever has no figure passes"
    assert of_classmates[1] == ("Not available: classmates' rating has no released result, so it counts as missing.")


@pytest.fixture
def ranked_by_the_vector(tree, secretary):
    """The ready scheme as it stands, and in the branch everything of its worked case but what classmates said."""
    make_scheme(tree.root, VECTOR["scheme"])
    schemes.publish(scheme=tree.root.schemes.get(), first_month=date(2026, 1, 1), last_month=None, by=None, now=NOW)
    defended, failed = {}, {}
    for person in VECTOR["people"]:
        given = person["inputs"]
        months = given.get("months_as_activist")
        since = None if months is None else months_later(NOVEMBER, -int(months))
        member = make_member(tree.b1, number=person["id"], stage=Stage.ACTIVIST, activist_on=since)
        for code, file in (("self", file_self), ("branch", rate)):
            for place, observation in enumerate(given.get(code, [])):
                file(member, months_later(JUNE, place), *(int(points) for points in observation.values()))
        for kind, points in zip(("activists", "dormitory", "class"), given.get("duties", []), strict=False):
            closing = DutyClosing.objects.create(
                branch=tree.b1, member=member, kind=kind, first_month=JUNE, last_month=JUNE, closed_at=NOW
            )
            DutyRating.objects.create(closing=closing, points=int(points), due=1, done=1, rated_at=NOW)
        if given.get("defence"):
            defended[member] = given["defence"]
        if "failed_courses" in given:
            failed[member] = given["failed_courses"]
    bring_in(tree.b1, failed, by=secretary)
    judges = max(map(len, defended.values()))
    session = make_session(tree.b1, by=secretary, judges=judges, speakers=list(defended))
    give(session, {member: [*scores, *[None] * (judges - len(scores))] for member, scores in defended.items()})
    running.close(session=session, by=secretary, now=NOW)
    return compile_now(tree.b1, JUNE, NOVEMBER)


def test_the_ready_scheme_with_classmates_is_published_untouched_and_ranks(ranked_by_the_vector):
    """What the portal stores makes the same result as the core makes of the worked case without classmates."""
    run = ranked_by_the_vector
    people = [
        {"id": person["id"], "inputs": {key: value for key, value in person["inputs"].items() if key != "peer"}}
        for person in VECTOR["people"]
    ]
    assert run.scheme_document == VECTOR["scheme"]
    assert rankings.bundle_of(run)["result"] == bundle.build(VECTOR["scheme"], people)["result"]
    bundle.verify(rankings.bundle_of(run))
    weights = {code: part["weight"] for code, part in run.entries.get(rank=1).components.items()}
    assert weights == {"self": "13.6364", "branch": "18.1818", "duties": "34.0909", "defence": "34.0909"}


def test_the_page_says_that_classmates_have_no_released_result(ranked_by_the_vector, secretary):
    entry = ranked_by_the_vector.entries.get(rank=1)
    assert (entry.inputs["peer"], entry.evidence["peer"]) == ([], {"not_released": True})
    address = reverse("evaluations:ranking_evidence", args=[ranked_by_the_vector.pk, entry.pk])
    shown = sign_in(Client(), secretary, language="en").get(address).content.decode()
    assert "Not available: classmates&#x27; rating has no released result." in shown.replace("'", "&#x27;")
    assert "Missing here: it is left out and the others share its weight." in shown


@pytest.mark.parametrize("count", [1, 30])
def test_each_source_is_asked_once_for_all_branches(tree, secretary, count, django_assert_num_queries):
    publish(tree.root, VOTES, BONUS, gates=[NO_FAIL], sources={"part1": "column"})
    for branch in (tree.b1, tree.b2)[: 1 + (count > 1)]:
        officer = make_user(Role.SECRETARY, branch)
        members = [full(branch) for _one in range(count)]
        bring_in(branch, dict.fromkeys(members, 1), by=officer, name="得票")
        bring_in(branch, dict.fromkeys(members, 0), by=officer)
        for member in members:
            add_points(member, "1", by=officer)
    make_month(tree.b1, OCTOBER)
    with django_assert_num_queries(8):
        found = material.read(
            branches=[tree.b1, tree.b2], purpose="appraisal", first=SEPTEMBER, last=OCTOBER, today=NOW.date()
        )
    assert found[tree.b1.pk].people[0].inputs == {"part1": ["1"], "bonus": ["1"], "failed_courses": "0"}
