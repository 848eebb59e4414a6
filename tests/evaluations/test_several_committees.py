"""Does somebody who looks after branches of two committees see the months of both, each with its own branches?"""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from evaluations.models import Cycle, CycleEvent, Due
from members.models import RoleAssignment
from members.roles import Role
from tests.factories import make_branch_tree, make_member, make_user, sign_in

pytestmark = pytest.mark.django_db

NOVEMBER, OCTOBER = date(2026, 11, 1), date(2026, 10, 1)
RATING = datetime(2026, 11, 17, 4, tzinfo=UTC)


@pytest.fixture
def near(time_machine):
    time_machine.move_to(RATING, tick=False)
    return make_branch_tree()


@pytest.fixture
def far(near):
    return make_branch_tree("X")


@pytest.fixture
def reviewer(near, far):
    """Of one general branch in each committee; October is a month of the second committee alone."""
    for tree, months in ((near, [NOVEMBER]), (far, [OCTOBER, NOVEMBER])):
        for month in months:
            cycle = Cycle.objects.create(committee=tree.root, month=month)
            member = make_member(tree.b2)
            Due.objects.create(cycle=cycle, member=member, branch=tree.b2)
            CycleEvent.objects.create(cycle=cycle, branch=tree.b2, kind=CycleEvent.Kind.OPENED, at=RATING)
    user = make_user(Role.REVIEWER, near.first)
    RoleAssignment.objects.create(user=user, branch=far.first, role=Role.REVIEWER, starts_on=date(2024, 9, 1))
    return user


def test_home_shows_each_committee_with_its_branches(client, near, far, reviewer):
    page = sign_in(client, reviewer).get(reverse("evaluations:home"))
    shown = [
        (scope["cycle"].committee, {line.branch for line, _ in scope["lines"]}) for scope in page.context["scopes"]
    ]
    assert shown == [(near.root, {near.b1, near.b2, near.b3}), (far.root, {far.b1, far.b2, far.b3})]
    assert [sample.branch for sample in page.context["samples"]] == [near.first, far.first]


def test_a_to_do_names_its_committee_where_there_are_several(client, near, far, reviewer):
    def lines(user):
        page = sign_in(client, user).get(reverse("evaluations:home"))
        return {line["todo"].text for line in page.context["todos"]}

    named = [tree.root.code for text in lines(reviewer) for tree in (near, far) if text.startswith(tree.root.name)]
    assert sorted(named) == ["ROOT", "XROOT"]
    (alone,) = lines(make_user(Role.REVIEWER, far.first))
    assert far.root.name not in alone


def test_the_months_of_either_committee_can_be_chosen(client, near, far, reviewer):
    page = sign_in(client, reviewer).get(reverse("evaluations:months"))
    assert [cycle.month for cycle in page.context["cycles"]] == [NOVEMBER]
    assert [line.branch for line, _ in page.context["lines"]] == [near.b2, near.b1, near.b3]

    page = client.get(reverse("evaluations:months"), {"committee": far.root.code, "month": "2026-10"})
    assert [cycle.month for cycle in page.context["cycles"]] == [NOVEMBER, OCTOBER]
    assert page.context["cycle"].month == OCTOBER
    assert [line.branch for line, _ in page.context["lines"]] == [far.b2, far.b1, far.b3]


def test_an_unknown_committee_means_the_first(client, near, far, reviewer):
    page = sign_in(client, reviewer).get(reverse("evaluations:months"), {"committee": "NONE"})
    assert page.context["committee"] == near.root


def test_who_sees_one_committee_is_offered_no_choice(client, near, far, reviewer):
    page = sign_in(client, make_user(Role.COUNSELOR, far.first)).get(reverse("evaluations:months"))
    assert page.context["committees"] == [far.root]
    assert "filter-committee" not in page.content.decode()


@pytest.mark.parametrize(("committee", "place"), [("", "near"), ("ROOT", "near"), ("XROOT", "far")])
def test_officers_of_the_chosen_committee_are_reminded(client, near, far, reviewer, committee, place):
    tree = {"near": near, "far": far}[place]
    secretary = make_user(Role.SECRETARY, tree.b2)
    page = sign_in(client, reviewer).get(reverse("evaluations:remind_branches"), {"committee": committee})
    assert [person.name for person in page.context["missing"].everybody] == [secretary.name]


def test_a_draw_is_of_the_month_of_its_own_committee(client, near, far, reviewer):
    address = reverse("evaluations:spot_checks", kwargs={"month": NOVEMBER})
    sign_in(client, reviewer).post(address, {"branch": far.first.code})
    page = client.get(address)
    drawn = [(sample.branch, sample.cycle.committee, len(sample.checks)) for sample in page.context["samples"]]
    assert drawn == [(near.first, near.root, 0), (far.first, far.root, 1)]
    assert list(page.context["months"]) == [NOVEMBER, OCTOBER]
