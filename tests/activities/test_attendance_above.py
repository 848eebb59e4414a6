"""Can a general branch mark the people of its branches, without a page of a thousand rows?"""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from activities.models import Attendance
from activities.queries.attendance_by_branch import BranchFigures, branches_of, figures
from members.roles import Role
from tests.activities.examples import ABSENT, make_activity, mark
from tests.factories import make_branch, make_member, make_members, make_user, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def above(tree):
    return make_activity(tree.first)


@pytest.fixture
def officer(tree):
    return make_user(Role.SECRETARY, tree.first)


def page_of(client, activity, **query):
    return client.get(reverse("activities:activity", args=[activity.pk]), query)


def shown(page):
    return {line.row.member for line in page.context["lines"]}


def test_a_branch_is_chosen_and_its_people_are_marked(client, tree, above, officer):
    first, second = make_members(tree.b1, 2)
    make_member(tree.b2)
    make_member(tree.b1, joined_on=timezone.localdate())
    sign_in(client, officer)
    page = page_of(client, above)
    assert (shown(page), [line.branch for line in page.context["branch_figures"]]) == (
        set(),
        [tree.b1, tree.b2, tree.b3],
    )
    assert shown(page_of(client, above, of="B001")) == {first, second}
    address = reverse("activities:attendance", args=[above.pk]) + "?of=B001"
    answer = client.post(address, {"version": 1, f"state-{first.pk}": "present", f"state-{second.pk}": "excused"})
    assert answer["Location"] == reverse("activities:activity", args=[above.pk]) + "?of=B001"
    stored = {one.member: (one.state, one.hours) for one in Attendance.objects.select_related("member")}
    assert stored == {first: ("present", Decimal(2)), second: ("excused", Decimal(0))}


def test_what_was_marked_in_one_branch_stays_when_another_is_saved(client, tree, above, officer):
    first, other = make_member(tree.b1), make_member(tree.b2)
    mark(above, first)
    sign_in(client, officer)
    address = reverse("activities:attendance", args=[above.pk])
    client.post(address + "?of=B002", {"version": 1, f"state-{other.pk}": "absent"})
    assert dict(Attendance.objects.values_list("member", "state")) == {first.pk: "present", other.pk: "absent"}


def test_nobody_outside_the_chosen_branch_is_marked_by_a_typed_form(client, tree, above, officer):
    other, stranger = make_member(tree.b2), make_member(tree.b4)
    sign_in(client, officer)
    address = reverse("activities:attendance", args=[above.pk]) + "?of=B001"
    for person in (other, stranger):
        client.post(address, {"version": 1, f"state-{person.pk}": "absent"})
    assert not Attendance.objects.exists()


def test_without_a_branch_those_who_signed_up_or_are_marked_stand_there(client, tree, officer):
    activity = make_activity(tree.first, signs_up=True)
    coming, waiting, marked, _neither = make_members(tree.b1, 4)
    moved = make_member(tree.b4)
    for arrival, (member, has_place) in enumerate(((coming, True), (waiting, False)), start=1):
        activity.sign_ups.create(member=member, arrival=arrival, has_place=has_place, at=activity.starts_at)
    mark(activity, marked)
    mark(activity, moved)  # marked, and moved to another general branch since
    sign_in(client, officer)
    assert shown(page_of(client, activity)) == {coming, marked, moved}


@pytest.mark.parametrize("code", ["B004", "GB1", "nothing"])
def test_a_branch_that_is_not_below_is_not_found(client, tree, above, officer, code):
    make_member(tree.b4)
    sign_in(client, officer)
    assert page_of(client, above, of=code).status_code == 404


def test_the_figures_of_each_branch(tree):
    activity = make_activity(tree.first, signs_up=True)
    first, second, third = make_members(tree.b1, 3)
    make_member(tree.b1, joined_on=timezone.localdate())
    mark(activity, first)
    mark(activity, second, ABSENT)
    mark(activity, make_member(tree.b4))
    activity.sign_ups.create(member=third, arrival=1, has_place=True, at=activity.starts_at)
    assert figures(activity, branches_of(activity)) == [
        BranchFigures(tree.b1, people=3, signed_up=1, present=1, excused=0, absent=1),
        BranchFigures(tree.b2, people=0, signed_up=0, present=0, excused=0, absent=0),
        BranchFigures(tree.b3, people=0, signed_up=0, present=0, excused=0, absent=0),
    ]


@pytest.mark.parametrize(("branches", "people"), [(1, 1), (60, 130)])
def test_a_page_costs_the_same_for_one_and_for_many(client, tree, officer, django_assert_num_queries, branches, people):
    activity = make_activity(tree.first)
    for number in range(branches):
        make_branch(f"N{number:03}", tree.first)
    for person in make_members(tree.b1, people):
        mark(activity, person)
    sign_in(client, officer)
    with django_assert_num_queries(14):
        page = page_of(client, activity)
    assert (len(page.context["lines"]), len(page.context["branch_figures"])) == (
        min(people, 100),
        min(branches + 3, 50),
    )


def test_a_second_page_is_saved_with_its_own_people(client, tree, above, officer):
    people = make_members(tree.b1, 101)
    sign_in(client, officer)
    last = page_of(client, above, of="B001", sheet="2")
    (line,) = last.context["lines"]
    address = reverse("activities:attendance", args=[above.pk]) + "?of=B001&sheet=2"
    others = next(person for person in people if person != line.row.member)
    client.post(address, {"version": 1, f"state-{line.row.member.pk}": "present", f"state-{others.pk}": "absent"})
    assert list(Attendance.objects.values_list("member", "state")) == [(line.row.member.pk, "present")]


def test_the_address_of_the_form_leads_back_to_its_sheet(client, tree, above, officer):
    sign_in(client, officer)
    chosen = "?of=B001&sheet=2"
    answer = client.get(reverse("activities:attendance", args=[above.pk]) + chosen)
    assert answer["Location"] == reverse("activities:activity", args=[above.pk]) + chosen


def test_who_signed_up_is_named_with_the_branch(client, tree, officer):
    activity = make_activity(tree.first, starts_at=timezone.now() + timedelta(days=1), signs_up=True)
    member = make_member(tree.b2, class_name="电气2301")
    activity.sign_ups.create(member=member, arrival=1, has_place=True, at=timezone.now())
    page = page_of(sign_in(client, officer), activity).content.decode()
    card = page.split('id="signed-up-title"')[1].split("</section>")[0]
    assert (tree.b2.name in card, "电气2301" in card) == (True, False)


def test_a_correction_of_one_branch_still_needs_a_reason(client, tree, above, officer):
    member = make_member(tree.b1)
    mark(above, member)
    sign_in(client, officer)
    address = reverse("activities:attendance", args=[above.pk]) + "?of=B001"
    page = client.post(address, {"version": 1, f"state-{member.pk}": "absent"})
    assert (page.status_code, page.context["chosen"], shown(page)) == (422, tree.b1, {member})
    assert client.post(address, {"version": 1, f"state-{member.pk}": "absent", "reason": "点错"}).status_code == 302


def test_before_it_begins_nothing_is_offered(client, tree, officer):
    activity = make_activity(tree.first, starts_at=timezone.now() + timedelta(days=1))
    make_member(tree.b1)
    page = sign_in(client, officer).get(reverse("activities:activity", args=[activity.pk]))
    assert b"of=B001" not in page.content
