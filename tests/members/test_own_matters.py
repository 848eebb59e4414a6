"""Does nobody decide about himself, nor about the one for whom he stands in, and is it said who can?"""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from django.urls import reverse
from django.utils import translation

from members.models import CorrectionRequest, Member
from members.queries.corrections import waiting_for
from members.queries.graduation import Leaving, LeavingPlan, preview
from members.queries.own_matters import others, whose_turn
from members.roles import Permission, Role
from members.services.absences import enter_absence
from members.services.corrections import accept, ask, decline
from members.services.graduation import graduate
from members.services.letters import Letter
from members.services.memberships import end_membership
from members.services.own_matters import OwnMatter
from members.services.people import change_number, edit_member
from members.services.roster_import import check_roster, write_roster
from members.services.transfers import accept_transfer, propose_transfer, record_receipt
from members.stages import Stage
from tests.factories import make_member, make_user, sign_in

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
TODAY = date(2026, 11, 22)
ENTRY = UUID("00000000-0000-4000-8000-000000000005")


def officer(branch, role, name):
    """An officer who belongs to the branch himself."""
    user = make_user(Role.MEMBER, branch, name=name, stage=Stage.FULL)
    user.role_assignments.create(branch=branch, role=role, starts_on=date(2024, 9, 1))
    return user


@pytest.fixture
def secretary(tree):
    return officer(tree.b1, Role.SECRETARY, "王芳")


@pytest.fixture
def organisation(tree):
    return officer(tree.b1, Role.ORGANISATION_COMMISSIONER, "李静")


@pytest.fixture
def stand_in(tree, secretary):
    """Somebody who stands in for the secretary in these days."""
    user = officer(tree.b1, Role.PUBLICITY_COMMISSIONER, "张伟")
    office = secretary.role_assignments.get()
    days = {"starts_on": TODAY, "ends_on": date(2026, 11, 30)}
    enter_absence(office=office, stand_in=user, kind="leave", by=secretary, now=NOW, **days)
    return type(user).objects.get(pk=user.pk)


def wish(member):
    return ask(
        member=member, field="class_name", proposed="计算机2302", reason="学籍卡", entry=ENTRY, by=member.user, now=NOW
    )


def edit(member, by):
    return edit_member(member=member, version=1, values={"class_name": "计算机2302"}, by=by, today=TODAY)


def classes(*people):
    return [Member.objects.get(pk=person.pk).class_name for person in people]


def test_it_is_said_who_can(tree, secretary, organisation, stand_in):
    with translation.override("en"):
        own = whose_turn(secretary, secretary.member, Permission.EDIT_ROSTER, TODAY)
        for_another = whose_turn(stand_in, secretary.member, Permission.EDIT_ROSTER, TODAY)
    assert own == "This is about yourself, so somebody else decides: 李静."
    assert for_another == "You stand in for 王芳, so somebody else decides about 王芳: 李静."
    assert whose_turn(organisation, secretary.member, Permission.EDIT_ROSTER, TODAY) == ""
    assert set(others(Permission.EDIT_ROSTER, stand_in.member, TODAY)) == {secretary, organisation}


def test_where_nobody_else_can_it_is_said_whom_to_ask(tree, secretary):
    with translation.override("en"):
        assert whose_turn(secretary, secretary.member, Permission.EDIT_ROSTER, TODAY).endswith(
            "at present nobody else has this right. Ask whoever appoints the officers of the branch."
        )


def test_officers_do_not_change_their_own_record(tree, secretary, organisation):
    with pytest.raises(OwnMatter):
        edit(secretary.member, secretary)
    with pytest.raises(OwnMatter):
        change_number(member=secretary.member, version=1, number="2099", by=secretary, today=TODAY)
    with pytest.raises(OwnMatter):
        end_membership(member=secretary.member, version=1, reason="other", ended_on=TODAY, by=secretary, now=NOW)
    assert classes(secretary.member) == ["计算机2301"]
    edit(secretary.member, organisation)
    assert classes(secretary.member) == ["计算机2302"]


def test_a_stand_in_does_not_change_the_record_of_whom_he_stands_in_for(tree, secretary, stand_in):
    other = make_member(tree.b1)
    with pytest.raises(OwnMatter):
        edit(secretary.member, stand_in)
    edit(other, stand_in)
    assert classes(secretary.member, other) == ["计算机2301", "计算机2302"]


def test_the_wish_of_the_absent_one_waits_for_a_third(tree, secretary, organisation, stand_in):
    request = wish(secretary.member)
    decided = {"request": request, "answer": "核对过", "now": NOW}
    for by in (secretary, stand_in):
        with pytest.raises(OwnMatter):
            accept(version=1, value="计算机2302", by=by, **decided)
        with pytest.raises(OwnMatter):
            decline(by=by, **decided)
        assert list(waiting_for(by, TODAY)) == []
    assert CorrectionRequest.objects.get().state == "open"
    assert list(waiting_for(organisation, TODAY)) == [request]
    accept(version=1, value="计算机2302", by=organisation, **decided)
    assert classes(secretary.member) == ["计算机2302"]


def test_only_those_who_may_answer_are_told_of_a_wish(tree, secretary, organisation, stand_in):
    wish(secretary.member)
    told = secretary.notifications.model.objects.filter(kind="correction_asked").values_list("user", flat=True)
    assert list(told) == [organisation.pk]


def test_after_the_absence_the_former_stand_in_decides_again_if_he_has_the_right(tree, secretary, organisation):
    days = {"starts_on": TODAY, "ends_on": TODAY}
    enter_absence(
        office=secretary.role_assignments.get(), stand_in=organisation, kind="leave", by=secretary, now=NOW, **days
    )
    with pytest.raises(OwnMatter):
        edit(secretary.member, organisation)
    edit_member(
        member=secretary.member, version=1, values={"class_name": "计算机2302"}, by=organisation,
        today=date(2026, 11, 23),
    )  # fmt: skip
    assert classes(secretary.member) == ["计算机2302"]


def test_nobody_takes_himself_into_a_branch_or_records_his_own_receipt(tree):
    above = make_user(Role.MEMBER, tree.b1, stage=Stage.FULL)
    above.role_assignments.create(branch=tree.first, role=Role.SECRETARY, starts_on=date(2024, 9, 1))
    letter = Letter("study", TODAY, TODAY)
    moved = {"member": above.member, "version": 1, "letter": letter, "by": above, "now": NOW}
    inside = propose_transfer(target=tree.b2, **moved)
    with pytest.raises(OwnMatter):
        accept_transfer(transfer=inside, first_day=TODAY, by=above, now=NOW)
    inside.delete()
    again = moved | {"version": Member.objects.get(pk=above.member.pk).version}
    outside = propose_transfer(organisation="外校党委", **again)
    with pytest.raises(OwnMatter):
        record_receipt(transfer=outside, received_on=TODAY, by=above, now=NOW)
    assert Member.objects.get(pk=above.member.pk).branch == tree.b1


def test_a_roster_that_changes_the_own_row_leaves_it_and_says_so(tree, secretary, organisation):
    other = make_member(tree.b1)
    rows = [f"{who.number},{who.name},计算机2309" for who in (secretary, other)]
    content = "\n".join(["学号,姓名,班级", *rows]).encode()
    sent = {"branch": tree.b1, "content": content, "file_name": "名册.csv", "today": TODAY}
    plan = check_roster(by=secretary, **sent)
    assert ([change.member for change in plan.updated], len(plan.concerns)) == ([other], 1)
    write_roster(by=secretary, **sent)
    assert classes(secretary.member, other) == ["计算机2301", "计算机2309"]
    write_roster(by=organisation, **sent)
    assert classes(secretary.member) == ["计算机2309"]


# --- On the pages


def test_the_page_of_the_own_record_offers_a_request_instead(client, tree, secretary, organisation):
    page = sign_in(client, secretary).get(reverse("members:person", args=[secretary.member.pk]))
    assert (page.context["may_change"], "李静" in page.context["own_matter"]) == (False, True)
    text = page.content.decode()
    assert reverse("members:person_edit", args=[secretary.member.pk]) not in text
    assert reverse("members:own_corrections") in text
    answer = client.get(reverse("members:person_edit", args=[secretary.member.pk]), follow=True)
    assert "李静" in str(next(iter(answer.context["messages"])))
    page = sign_in(client, organisation).get(reverse("members:person", args=[secretary.member.pk]))
    assert (page.context["may_change"], page.context["own_matter"]) == (True, "")


def test_a_typed_address_ends_no_own_membership(client, tree, secretary):
    address = reverse("members:person_end", args=[secretary.member.pk])
    page = sign_in(client, secretary).post(address, {"version": 1, "reason": "other", "day": "2026-11-22"})
    assert page.status_code == 200
    assert page.context["form"].non_field_errors()
    assert Member.objects.get(pk=secretary.member.pk).ended_on is None


def test_the_page_of_the_own_transfer_leaves_it_to_whoever_can(client, tree):
    above = make_user(Role.MEMBER, tree.b1, stage=Stage.FULL)
    above.role_assignments.create(branch=tree.first, role=Role.SECRETARY, starts_on=date(2024, 9, 1))
    there = make_user(Role.SECRETARY, tree.b2, name="李静")
    moved = {"member": above.member, "version": 1, "letter": Letter("study", TODAY, TODAY), "by": above, "now": NOW}
    address = reverse("members:transfer", args=[propose_transfer(target=tree.b2, **moved).pk])
    for user, may_accept, says_who in ((above, False, True), (there, True, False)):
        page = sign_in(client, user).get(address)
        assert (page.context["may_accept"], "李静" in page.context["own_matter"]) == (may_accept, says_who)
        assert ("/acceptance/" in page.content.decode(), "/refusal/" in page.content.decode()) == (may_accept, True)


def test_the_receipt_of_the_own_letter_is_not_offered(client, tree, secretary):
    colleague = officer(tree.b1, Role.SECRETARY, "李静")
    letter = Letter("study", TODAY, TODAY)
    row = propose_transfer(
        member=secretary.member, version=1, organisation="外校党委", letter=letter, by=secretary, now=NOW
    )
    for user, may_record in ((secretary, False), (colleague, True)):
        page = sign_in(client, user).get(reverse("members:transfer", args=[row.pk]))
        assert (page.context["may_record_receipt"], bool(page.context["own_matter"])) == (may_record, not may_record)


def test_the_preview_of_those_who_leave_leaves_the_reader_out(tree, secretary, organisation, stand_in):
    def left_out(kind, by):
        plan = LeavingPlan(tree.b1, kind, last_day=TODAY)
        return {row.member for row in preview(Member.objects.current(), plan, NOW, by=by) if row.conflict}

    assert left_out(Leaving.ENDS, secretary) == {secretary.member}
    assert left_out(Leaving.ENDS, stand_in) == {stand_in.member, secretary.member}
    assert left_out(Leaving.ENDS, organisation) == {organisation.member}
    assert left_out(Leaving.MOVES, secretary) == set()


def test_who_graduates_himself_is_left_to_another(tree, secretary, organisation):
    other = make_member(tree.b1)
    plan = LeavingPlan(tree.b1, Leaving.ENDS, last_day=TODAY)
    done = {"plan": plan, "organisations": {}, "now": NOW}
    with pytest.raises(OwnMatter):
        graduate(versions={secretary.member.pk: 1, other.pk: 1}, by=secretary, **done)
    assert Member.objects.current().filter(branch=tree.b1).count() == 3
    assert graduate(versions={other.pk: 1}, by=secretary, **done) == 1
    assert graduate(versions={secretary.member.pk: 1}, by=organisation, **done) == 1
