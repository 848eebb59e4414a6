"""Does a class leave as previewed, all of them or none, and nobody of another branch?"""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from branchportal.models import AuditEntry
from members.models import Member, RoleAssignment, Transfer, User
from members.queries.graduation import Leaving, LeavingPlan, preview
from members.roles import Role
from members.services.graduation import ChangedSincePreviewError, graduate
from members.services.letters import Letter
from members.services.memberships import resume_membership
from members.services.transfers import propose_transfer
from members.stages import Stage
from tests.evaluations.ranking_material import NOVEMBER, make_month
from tests.factories import JOINED_ON, make_member, make_members, make_user, sign_in

NOW = datetime(2026, 11, 10, 4, 0, tzinfo=UTC)
TODAY = date(2026, 11, 10)
LAST_DAY, ENDED_ON = date(2026, 11, 9), date(2026, 11, 10)
URL = "/people/graduation/"
MOVE_FIRST = (
    "The membership of a Party member does not end with the studies: it is transferred with a letter. Tick him only if "
    "that has been done already."
)


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)


def ends(branch) -> LeavingPlan:
    return LeavingPlan(branch, Leaving.ENDS, last_day=LAST_DAY)


def do(plan, people, by, versions=None, **organisations) -> int:
    return graduate(
        plan=plan,
        versions={person.pk: (versions or {}).get(person.pk, person.version) for person in people},
        organisations={person.pk: plan.organisation for person in people} | organisations.get("each", {}),
        by=by,
        now=NOW,
    )


def asked(**values) -> str:
    return reverse("members:graduation", query={"branch": "B001", "kind": "ends", "last_day": "2026-11-09"} | values)


def test_everybody_ticked_leaves_with_a_line_each(tree, secretary):
    people, stays, elsewhere = make_members(tree.b1, 3), make_member(tree.b1), make_member(tree.b2)
    assert do(ends(tree.b1), people, secretary) == 3
    rows = Member.objects.filter(ended_on=ENDED_ON, end_reason="graduated", version=2)
    assert set(rows) == set(people)
    assert Member.objects.current().filter(pk__in=[stays.pk, elsewhere.pk]).count() == 2
    lines = AuditEntry.objects.values_list("action", "branch__code", "after__ended_on", "actor")
    assert list(lines) == [("member.ended", "B001", "2026-11-10", secretary.pk)] * 3


def test_a_second_press_does_nothing(tree, secretary):
    people = make_members(tree.b1, 3)
    assert [do(ends(tree.b1), people, secretary) for _ in range(2)] == [3, 0]
    assert AuditEntry.objects.count() == 3


def test_one_who_was_changed_holds_everybody_up(tree, secretary):
    people = make_members(tree.b1, 3)
    Member.objects.filter(pk=people[1].pk).update(version=2)
    with pytest.raises(ChangedSincePreviewError) as refused:
        do(ends(tree.b1), people, secretary, versions={people[1].pk: 1})
    assert refused.value.names == [people[1].name]
    assert (Member.objects.current().count(), AuditEntry.objects.count()) == (3, 0)


def test_people_of_other_branches_never(tree, secretary):
    own, other = make_member(tree.b1), make_member(tree.b2)
    with pytest.raises(ChangedSincePreviewError) as refused:
        do(ends(tree.b1), [own, other], secretary)
    assert (refused.value.names, Member.objects.current().count()) == ([], 2)


def test_who_is_on_the_way_elsewhere_holds_everybody_up(tree, secretary):
    people = make_members(tree.b1, 2)
    letter = Letter("work", TODAY, TODAY)
    propose_transfer(member=people[0], version=1, letter=letter, target=tree.b2, by=secretary, now=NOW)
    with pytest.raises(ChangedSincePreviewError) as refused:
        do(ends(tree.b1), people, secretary)
    assert refused.value.names == [people[0].name]


def test_offices_end_and_sessions_too(tree, secretary):
    officer, plain = make_user(Role.MEMBER, tree.b1), make_user(Role.MEMBER, tree.b1)
    office = RoleAssignment.objects.create(
        user=officer, branch=tree.b1, role=Role.PUBLICITY_COMMISSIONER, starts_on=JOINED_ON
    )
    do(ends(tree.b1), [officer.member, plain.member], secretary)
    office.refresh_from_db()
    assert office.ends_on == LAST_DAY
    assert [User.objects.get(pk=user.pk).session_epoch for user in (officer, plain)] == [1, 1]


def test_a_mistake_is_taken_back_for_one(tree, secretary):
    people = make_members(tree.b1, 2)
    do(ends(tree.b1), people, secretary)
    resume_membership(member=people[0], version=2, joined_on=ENDED_ON, by=secretary, today=TODAY)
    assert list(Member.objects.current()) == [people[0]]


def test_letters_for_all_with_the_organisation_of_each(tree, secretary):
    people = make_members(tree.b1, 3)
    plan = LeavingPlan(tree.b1, Leaving.MOVES, organisation="人才中心党委", valid_days=60)
    each = {people[2].pk: "某研究所党支部"}
    assert [do(plan, people, secretary, each=each) for _ in range(2)] == [3, 0]
    rows = Transfer.objects.order_by("pk").values_list("member", "organisation", "letter_number", "valid_until")
    assert list(rows) == [
        (people[0].pk, "人才中心党委", "B001-2026-001", date(2027, 1, 9)),
        (people[1].pk, "人才中心党委", "B001-2026-002", date(2027, 1, 9)),
        (people[2].pk, "某研究所党支部", "B001-2026-003", date(2027, 1, 9)),
    ]
    assert Member.objects.current().count() == 3


def test_some_are_kept(tree, secretary):
    people = make_members(tree.b1, 2, leaving_on=date(2026, 6, 30))
    plan = LeavingPlan(tree.b1, Leaving.KEPT, until=date(2028, 6, 30))
    assert [do(plan, people, secretary) for _ in range(2)] == [2, 0]
    assert set(Member.objects.values_list("leaving_on", "version")) == {(date(2028, 6, 30), 2)}


def test_sixty_cost_as_many_queries_as_three(tree, secretary):
    counts = []
    for size in (3, 60):
        people = make_members(tree.b1, size)
        with CaptureQueriesContext(connection) as queries:
            do(ends(tree.b1), people, secretary)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_planned_leaving_date_that_lies_ahead_is_said(tree, secretary):
    for number, day in (("1", date(2026, 11, 11)), ("2", TODAY), ("3", None)):
        make_member(tree.b1, number=number, leaving_on=day, stage=Stage.APPLICANT)
    plans = (ends(tree.b1), LeavingPlan(tree.b1, Leaving.KEPT, until=date(2027, 6, 30)))
    with translation.override("en"):
        found = [
            {row.member.number: row.warnings for row in preview(Member.objects.current(), plan, NOW, by=secretary)}
            for plan in plans
        ]
    ahead = "The planned leaving date 2026-11-11 still lies ahead. Is it time already?"
    assert found[0] == {"1": [ahead], "2": [], "3": []}
    assert set().union(*found[1].values()) == set()


def test_what_is_wrong_in_fields_of_another_way_holds_nothing_up(client, tree, secretary):
    make_member(tree.b1, grade="2022")
    sign_in(client, secretary)
    page = client.get(asked(grade="2022", valid_days="x", until="soon"))
    assert (page.context["form"].errors, page.context["plan"] is None) == ({}, False)
    page = client.get(asked(grade="2022", kind="kept", last_day="never", until="soon"))
    assert list(page.context["form"].errors) == ["until"]


def test_the_preview_warns(tree, secretary):
    make_month(tree.b1, NOVEMBER)
    officer = make_user(Role.MEMBER, tree.b1, name="陈静", stage=Stage.FULL).member
    RoleAssignment.objects.create(
        user=officer.user, branch=tree.b1, role=Role.PUBLICITY_COMMISSIONER, starts_on=JOINED_ON
    )
    late = make_member(tree.b1, name="丁一", stage=Stage.PROBATIONARY, probationary_on=date(2026, 5, 1))
    over = make_member(tree.b1, name="方圆", stage=Stage.PROBATIONARY, probationary_on=date(2025, 5, 1))
    moving = make_member(tree.b1, name="高远", stage=Stage.FULL)
    letter = Letter("work", TODAY, date(2026, 12, 1))
    propose_transfer(member=moving, version=1, letter=letter, target=tree.b2, by=secretary, now=NOW)
    new = make_member(tree.b1, name="何平", stage=Stage.FULL, joined_on=TODAY, kind="teacher")
    with translation.override("en"):
        rows = preview(Member.objects.current(), ends(tree.b1), NOW, by=secretary)
    assert [(row.member, row.warnings, row.conflict) for row in rows] == [
        (officer, [MOVE_FIRST, "Holds an office that ends too: Publicity commissioner."], ""),
        (
            late,
            [
                MOVE_FIRST,
                "Probation lasts until 2027-05-01, after the last day: the next organisation decides the conversion.",
            ],
            "",
        ),
        (over, [MOVE_FIRST, "Probation was over on 2026-05-01, and no conversion is recorded."], ""),
        (moving, [MOVE_FIRST], "On the way to 本科生第二党支部 already: letter B001-2026-001 is open."),
        (new, [MOVE_FIRST, "Is a teacher."], "Belongs to the branch only since 2026-11-10."),
    ]


@pytest.mark.parametrize("count", [1, 30])
def test_the_preview_costs_the_same_for_one_and_thirty(tree, secretary, count, django_assert_num_queries):
    make_members(tree.b1, count)
    with django_assert_num_queries(4):  # people, transfers, the month, for whom the reader stands in
        assert len(preview(Member.objects.current(), ends(tree.b1), NOW, by=secretary)) == count


def test_the_page_shows_and_does_it_for_those_still_ticked(tree, secretary):
    first, second, third = make_members(tree.b1, 3)
    make_member(tree.b1, grade="2024")
    make_member(tree.b2)
    client = sign_in(Client(), secretary)
    shown = client.get(asked(grade="2023"))
    assert {row.member for row, _organisation in shown.context["rows"]} == {first, second, third}
    answer = client.post(asked(grade="2023"), {"person": [f"{first.pk}-1", f"{third.pk}-1"]})
    assert answer.status_code == 302
    assert set(Member.objects.exclude(ended_on=None)) == {first, third}


def test_a_whole_branch_does_not_leave_at_once(tree, secretary):
    [person] = make_members(tree.b1, 1)
    client = sign_in(Client(), secretary)
    shown = client.get(asked())
    assert (list(shown.context["form"].errors), shown.context["rows"]) == (["grade"], [])
    answer = client.post(asked(), {"person": [f"{person.pk}-1"]})
    assert (answer.status_code, Member.objects.current().count()) == (200, 1)
    assert client.get(asked(class_name=person.class_name)).context["form"].errors == {}


def test_a_party_member_leaves_with_a_letter_unless_ticked_on_purpose(tree, secretary):
    activist, member = make_member(tree.b1), make_member(tree.b1, stage=Stage.FULL)
    client = sign_in(Client(), secretary)
    assert client.get(URL).context["form"].fields["kind"].choices[0][0] == Leaving.MOVES
    assert client.get(asked(grade="2023")).context["unticked"] == {member.pk}
    moves = client.get(asked(grade="2023", kind="moves", organisation="人才中心党委"))
    assert (moves.context["unticked"], [row.warnings for row, _organisation in moves.context["rows"]]) == (
        set(),
        [[], []],
    )
    client.post(asked(grade="2023"), {"person": [f"{activist.pk}-1"]})
    assert list(Member.objects.current()) == [member]


def test_a_refused_press_keeps_who_was_ticked_off(tree, secretary):
    first, second, third = make_members(tree.b1, 3)
    Member.objects.filter(pk=first.pk).update(version=2)
    client = sign_in(Client(), secretary)
    answer = client.post(asked(grade="2023"), {"person": [f"{first.pk}-1", f"{third.pk}-1"]})
    assert (answer.status_code, answer.context["unticked"]) == (409, {second.pk})
    assert Member.objects.exclude(ended_on=None).count() == 0


def test_a_refusal_keeps_where_each_person_goes(tree, secretary):
    first, second = make_members(tree.b1, 2)
    sent = {"person": [f"{first.pk}-1", f"{second.pk}-7"], f"organisation-{first.pk}": "某研究所\0党支部"}
    answer = sign_in(Client(), secretary).post(asked(grade="2023", kind="moves", organisation="人才中心党委"), sent)
    assert answer.status_code == 409
    assert {row.member: organisation for row, organisation in answer.context["rows"]} == {
        first: "某研究所党支部",
        second: "人才中心党委",
    }
    assert not Transfer.objects.exists()


def test_a_forged_person_of_another_branch_stays(tree, secretary):
    other = make_member(tree.b2)
    answer = sign_in(Client(), secretary).post(asked(), {"person": [f"{other.pk}-1", "x-1", "9" * 30 + "-1"]})
    assert answer.status_code == 409
    assert Member.objects.get(pk=other.pk).ended_on is None


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"last_day": ""}, "last_day"),
        ({"last_day": "2026-11-10"}, "last_day"),
        ({"kind": "moves"}, "organisation"),
        ({"kind": "kept"}, "until"),
        ({"kind": "kept", "until": "2026-11-10"}, "until"),
        ({"branch": "B002"}, "branch"),
    ],
)
def test_what_is_wrong_is_named(tree, secretary, values, field):
    answer = sign_in(Client(), secretary).get(asked(**values))
    assert (set(answer.context["form"].errors), answer.context["rows"]) == ({field}, [])


def test_the_organisation_commissioner_writes_no_letters(tree):
    commissioner = make_user(Role.ORGANISATION_COMMISSIONER, tree.b1)
    make_user(Role.SECRETARY, tree.b1)
    client = sign_in(Client(), commissioner)
    answer = client.get(asked(kind="moves", organisation="X"))
    assert set(answer.context["form"].errors) == {"kind"}
