"""Does a closed defence enter a ranking: each score once, dropped by the scheme alone, explained and sealed?"""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from evaluations import bundle
from evaluations.documents import SchemeError
from evaluations.queries import rankings
from evaluations.services import schemes
from evaluations.services.defences import judging, running
from members.roles import Role
from members.stages import Stage
from tests.evaluations.defence_material import NOW, give, heard, make_session, panel
from tests.evaluations.ranking_material import OCTOBER, SEPTEMBER, compile_now, make_scheme, ready_document, review
from tests.factories import make_branch_tree, make_member, make_user, sign_in

pytestmark = pytest.mark.django_db
DEFENCE = {
    "code": "defence", "label": "答辩", "role": "weighted", "weight": "40", "aggregate": "mean",
    "drop_high": 1, "drop_low": 1, "drop_from": 5,
}  # fmt: skip
SELF = {"code": "self", "label": "党员自评", "role": "weighted", "weight": "60", "aggregate": "mean"}


@pytest.fixture
def tree():
    return make_branch_tree()


@pytest.fixture
def secretary(tree):
    return make_user(Role.SECRETARY, tree.b1)


def publish(branch, *components, purpose="candidate"):
    document = ready_document(purpose, components=list(components), tie_break=[], bands=[])
    schemes.publish(
        scheme=make_scheme(branch, document, purpose=purpose), first_month=date(2026, 1, 1), last_month=None, by=None,
        now=NOW,
    )  # fmt: skip


def totals(run) -> dict:
    return {entry.member: (entry.total, entry.rank) for entry in run.entries.all()}


@pytest.fixture
def ranked(tree, secretary):
    """Four people: five scores, four of five (one recused), no defence, and a defence without a score.

    Own reviews are 85 everywhere. By hand: a: (80 + 84 + 85) / 3 = 83, 0.6 · 85 + 0.4 · 83 = 84.2;
    b: (70 + 80 + 84 + 99) / 4 = 83.25, all four count, 51 + 33.3 = 84.3; c and d: 85, for the rest is redistributed.
    """
    publish(tree.root, SELF, DEFENCE)
    a = make_user(Role.MEMBER, tree.b1, stage=Stage.ACTIVIST).member
    b, c, d = (make_member(tree.b1) for _one in range(3))
    for member in (a, b, c, d):
        review(member, OCTOBER, own=85, branch=95)
    session = make_session(tree.b1, by=secretary, speakers=[a, b, d])
    other = next(one for one in heard(session) if one.member == b)
    judging.recuse(judge=panel(session)[2], speaker=other, reason="导师", by=None, now=NOW)
    give(session, {a: ["99", "70", "84", "80", "85"], b: ["99", "70", None, "80", "84"], d: [None] * 5})
    running.close(session=session, by=secretary, now=NOW)
    return compile_now(tree.b1, SEPTEMBER, OCTOBER), session, (a, b, c, d)


def test_the_totals_by_hand(ranked):
    run, _session, (a, b, c, d) = ranked
    assert totals(run) == {a: ("84.20", 4), b: ("84.30", 3), c: ("85.00", 1), d: ("85.00", 1)}


def test_every_score_is_sealed_once_and_nothing_is_dropped_before_the_scheme(ranked):
    run, session, (a, b, c, d) = ranked
    inputs = {entry.member: entry.inputs["defence"] for entry in run.entries.all()}
    assert inputs == {a: ["70", "80", "84", "85", "99"], b: ["70", "80", "84", "99"], c: [], d: []}
    evidence = run.entries.get(member=a).evidence["defence"]
    assert evidence == {"defence": {"session": session.pk, "title": "发展对象答辩", "held_on": "2026-10-20"}}
    assert run.entries.get(member=c).evidence["defence"] == {"defence": None}
    bundle.verify(rankings.bundle_of(run))


def test_the_figure_of_the_session_is_that_of_the_component(ranked):
    run, session, (a, _b, _c, _d) = ranked
    assert next(one for one in heard(session) if one.member == a).total == "83.00"
    assert run.entries.get(member=a).components["defence"]["value"] == "83.0000"


def test_it_is_explained_in_words(ranked, secretary):
    run, _session, (a, _b, c, _d) = ranked
    office, own = sign_in(Client(), secretary), sign_in(Client(), a.user)
    for browser, address in (
        (office, reverse("evaluations:ranking_evidence", args=[run.pk, run.entries.get(member=a).pk])),
        (own, reverse("evaluations:own_ranking", args=[run.pk])),
    ):
        shown = browser.get(address).content.decode()
        assert "80 + 84 + 85" in shown
        assert "发展对象答辩" in shown
        assert "评委1" not in shown
    without = office.get(reverse("evaluations:ranking_evidence", args=[run.pk, run.entries.get(member=c).pk]))
    assert "没有已结束且有其得分的相应答辩" in without.content.decode()


@pytest.mark.parametrize(
    ("changed", "count"),
    [({"held_on": date(2026, 8, 31)}, 0), ({"kind": "nomination"}, 0), ({"state": "open", "closed_at": None}, 0),
     ({"held_on": date(2026, 9, 1)}, 3), ({"held_on": date(2026, 10, 31)}, 3)],
)  # fmt: skip
def test_only_what_closed_for_the_purpose_in_the_period_counts(tree, secretary, changed, count):
    publish(tree.root, SELF, DEFENCE)
    member = make_member(tree.b1)
    review(member, OCTOBER, own=85, branch=95)
    session = make_session(tree.b1, by=secretary, judges=3, speakers=[member])
    give(session, {member: ["80", "81", "82"]})
    running.close(session=session, by=secretary, now=NOW)
    type(session).objects.filter(pk=session.pk).update(**changed)
    entry = compile_now(tree.b1, SEPTEMBER, OCTOBER).entries.get()
    assert len(entry.inputs["defence"]) == count


def test_the_newest_of_two_counts(tree, secretary):
    publish(tree.root, SELF, DEFENCE)
    member = make_member(tree.b1)
    for day, mark in ((date(2026, 10, 20), "90"), (date(2026, 9, 20), "60")):
        session = make_session(tree.b1, by=secretary, judges=1, speakers=[member], held_on=day)
        give(session, {member: [mark]})
        running.close(session=session, by=secretary, now=NOW)
    assert compile_now(tree.b1, SEPTEMBER, OCTOBER).entries.get().inputs["defence"] == ["90"]


def test_a_judges_score_has_no_dimensions(tree):
    with pytest.raises(SchemeError, match="dimensions"):
        make_scheme(tree.root, ready_document(
            components=[SELF, DEFENCE | {"dimensions": {"thought": "1"}}], tie_break=[]
        ))  # fmt: skip
