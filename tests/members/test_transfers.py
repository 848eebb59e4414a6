"""Does a membership move only when the other side has answered, and with everything that hangs on it?"""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from branchportal.messages import text_of
from branchportal.models import AuditEntry, Notification
from members.models import Absence, Member, RoleAssignment, Transfer, User
from members.queries.transfers import overdue, todos, transfers_for, waiting
from members.roles import Role
from members.services.letters import Letter
from members.services.memberships import OpenTransfer, end_membership
from members.services.people import StaleEdit
from members.services.transfers import (
    TransferClosed,
    accept_transfer,
    cancel_transfer,
    decline_transfer,
    move_at_once,
    propose_transfer,
    receive_member,
    record_receipt,
)
from tests.factories import JOINED_ON, make_member, make_user

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
TODAY = date(2026, 11, 22)
LETTER = Letter("change", TODAY, date(2026, 12, 22))


@pytest.fixture
def receiver(tree):
    return make_user(Role.SECRETARY, tree.b4)


def propose(member, by, **where):
    return propose_transfer(member=member, version=1, letter=where.pop("letter", LETTER), by=by, now=NOW, **where)


def accept(transfer, by, first_day=TODAY):
    return accept_transfer(transfer=transfer, first_day=first_day, by=by, now=NOW)


def test_nobody_whose_membership_has_ended_is_sent_on(tree, secretary):
    member = make_member(tree.b1, ended_on=TODAY, end_reason="graduated")
    with pytest.raises(StaleEdit):
        propose(member, secretary, target=tree.b4)
    assert not Transfer.objects.exists()


def test_a_move_at_once_sent_twice_is_one(tree):
    above = make_user(Role.SECRETARY, tree.root)
    member = make_member(tree.b1)
    move = {"member": member, "version": 1, "letter": LETTER, "target": tree.b4, "first_day": TODAY}
    first, second = [move_at_once(**move, by=above, now=NOW) for _ in range(2)]
    assert (first, first.state) == (second, "accepted")
    assert Transfer.objects.count() == 1


def test_a_proposal_moves_nobody(tree, secretary, receiver):
    member = make_member(tree.b1, name="张伟")
    make_user(Role.PUBLICITY_COMMISSIONER, tree.b4)
    make_user(Role.SECRETARY, tree.b3)
    first, second = [propose(member, secretary, target=tree.b4) for _ in range(2)]
    assert first == second
    member.refresh_from_db()
    assert (member.branch, member.version) == (tree.b1, 1)
    assert (first.state, first.direction, first.letter_number, first.valid_days) == (
        "proposed",
        "inside",
        "B001-2026-001",
        30,
    )
    line = AuditEntry.objects.get()
    assert (line.action, line.branch, line.after["destination"]) == ("transfer.proposed", tree.b1, "研究生第一党支部")
    message = Notification.objects.get()
    assert (message.user, message.url) == (receiver, f"/transfers/{first.pk}/")
    with translation.override("en"):
        assert text_of(message) == (
            "本科生第一党支部 asks you to take 张伟 into 研究生第一党支部. Accept or decline the transfer."
        )


def test_acceptance_moves_the_person_and_keeps_the_former_branch(tree, secretary, receiver):
    person = make_user(Role.MEMBER, tree.b1)
    transfer = propose(person.member, secretary, target=tree.b4)
    for _ in range(2):
        accept(transfer, receiver)
    member = Member.objects.get(pk=person.member.pk)
    assert (member.branch, member.joined_on, member.version) == (tree.b4, TODAY, 2)
    former = member.former_memberships.get()
    assert (former.branch, former.joined_on, former.left_on) == (tree.b1, JOINED_ON, TODAY)
    lines = AuditEntry.objects.order_by("pk").values_list("action", "branch__code", "actor__name")
    assert list(lines) == [
        ("transfer.proposed", "B001", secretary.name),
        ("member.transferred", "B001", receiver.name),
        ("transfer.accepted", "B004", receiver.name),
    ]
    told = Notification.objects.order_by("pk").values_list("kind", "user")
    assert list(told) == [
        ("transfer_proposed", receiver.pk),
        ("transfer_accepted", secretary.pk),
        ("membership_moved", person.pk),
    ]


def test_offices_in_the_branch_that_is_left_end_in_the_same_step(tree, secretary, receiver):
    person = make_user(Role.MEMBER, tree.b1)
    kept = {"user": person, "starts_on": JOINED_ON}
    ending = RoleAssignment.objects.create(branch=tree.b1, role=Role.PUBLICITY_COMMISSIONER, **kept)
    future = RoleAssignment.objects.create(
        branch=tree.b1, role=Role.DISCIPLINE_COMMISSIONER, user=person, starts_on=date(2027, 1, 1)
    )
    above = RoleAssignment.objects.create(branch=tree.root, role=Role.REVIEWER, **kept)
    accept(propose(person.member, secretary, target=tree.b4), receiver)
    ending.refresh_from_db()
    assert ending.ends_on == date(2026, 11, 21)
    assert not RoleAssignment.objects.filter(pk=future.pk).exists()
    above.refresh_from_db()
    assert above.ends_on is None
    lines = AuditEntry.objects.filter(action__startswith="role.").order_by("pk").values_list("action", "after")
    assert list(lines) == [
        ("role.ended", {"role": "publicity_commissioner", "ends_on": "2026-11-21"}),
        ("role.withdrawn", {}),
    ]


def test_a_refusal_says_why_and_leaves_everything(tree, secretary, receiver):
    member = make_member(tree.b1)
    transfer = propose(member, secretary, target=tree.b4)
    for _ in range(2):
        decline_transfer(transfer=transfer, answer="不在本院", by=receiver, now=NOW)
    member.refresh_from_db()
    assert (member.branch, member.version) == (tree.b1, 1)
    line = AuditEntry.objects.get(action="transfer.declined")
    assert (line.branch, line.reason) == (tree.b4, "不在本院")
    assert Notification.objects.get(kind="transfer_declined").user == secretary
    assert propose(member, secretary, target=tree.b2).letter_number == "B001-2026-002"


def test_whoever_comes_second_decides_nothing(tree, secretary, receiver):
    transfer = propose(make_member(tree.b1), secretary, target=tree.b4)
    cancel_transfer(transfer=transfer, answer="写错", by=secretary, now=NOW)
    with pytest.raises(TransferClosed) as closed:
        accept(transfer, receiver)
    assert closed.value.transfer.state == "cancelled"
    with pytest.raises(TransferClosed):
        decline_transfer(transfer=transfer, answer="不", by=receiver, now=NOW)
    assert Member.objects.get(pk=transfer.member_id).branch == tree.b1


def test_the_receipt_ends_the_membership_outside(tree, secretary):
    person = make_user(Role.MEMBER, tree.b1)
    transfer = propose(person.member, secretary, organisation="某研究所党支部")
    assert (transfer.direction, Notification.objects.count()) == ("out", 0)
    for _ in range(2):
        record_receipt(transfer=transfer, received_on=TODAY, by=secretary, now=NOW)
    member = Member.objects.get(pk=person.member.pk)
    assert (member.branch, member.ended_on, member.end_reason, member.version) == (tree.b1, TODAY, "transferred", 2)
    assert User.objects.get(pk=person.pk).session_epoch == 1
    line = AuditEntry.objects.get(action="member.ended")
    assert line.after == {
        "ended_on": "2026-11-22",
        "end_reason": "transferred",
        "destination": "某研究所党支部",
        "letter_number": "B001-2026-001",
    }
    transfer.refresh_from_db()
    assert (transfer.state, transfer.effective_on) == ("returned", TODAY)


def test_no_receipt_is_older_than_its_letter(tree, secretary):
    transfer = propose(make_member(tree.b1), secretary, organisation="某研究所党支部")
    with pytest.raises(ValidationError) as refused:
        record_receipt(transfer=transfer, received_on=date(2026, 11, 21), by=secretary, now=NOW)
    assert set(refused.value.message_dict) == {"day"}
    assert Member.objects.get(pk=transfer.member_id).ended_on is None


def test_nobody_is_on_two_ways_at_once(tree, secretary):
    member = make_member(tree.b1)
    there = propose(member, secretary, target=tree.b4)
    with pytest.raises(OpenTransfer) as refused:
        propose(member, secretary, organisation="某研究所党支部")
    assert refused.value.transfer == there
    with pytest.raises(OpenTransfer):
        end_membership(member=member, version=1, reason="other", ended_on=TODAY, by=secretary, now=NOW)
    assert Transfer.objects.count() == 1


def test_a_stale_page_proposes_nothing(tree, secretary):
    member = make_member(tree.b1, version=2)
    with pytest.raises(StaleEdit):
        propose(member, secretary, target=tree.b4)
    assert Transfer.objects.count() == 0


def test_letters_are_counted_by_branch_and_year(tree, secretary):
    make = [make_member(tree.b1) for _ in range(4)]
    numbers = [propose(member, secretary, target=tree.b4).letter_number for member in make[:2]]
    typed = Letter("work", TODAY, TODAY, "党组转〔2026〕9号")
    numbers.append(propose(make[2], secretary, target=tree.b4, letter=typed).letter_number)
    next_year = Letter("work", date(2027, 1, 5), date(2027, 2, 1))
    numbers.append(propose(make[3], secretary, target=tree.b4, letter=next_year).letter_number)
    assert numbers == ["B001-2026-001", "B001-2026-002", "党组转〔2026〕9号", "B001-2027-001"]
    elsewhere = make_user(Role.SECRETARY, tree.b2)
    with pytest.raises(ValidationError) as refused:
        propose(make_member(tree.b2), elsewhere, target=tree.b4, letter=typed)
    assert set(refused.value.message_dict) == {"letter_number"}


def test_one_step_for_who_looks_after_both(tree):
    above = make_user(Role.SECRETARY, tree.root)
    member = make_member(tree.b1)
    done = move_at_once(member=member, version=1, letter=LETTER, target=tree.b4, first_day=TODAY, by=above, now=NOW)
    member.refresh_from_db()
    assert (done.state, member.branch, Notification.objects.count()) == ("accepted", tree.b4, 0)


def test_who_comes_with_a_letter_is_on_the_roster_with_it(tree, secretary):
    values = {"number": "7001", "name": "李雷", "joined_on": TODAY}
    member = receive_member(
        branch=tree.b1, values=values, organisation="某中学党支部", letter_number="12号", dated_on=TODAY,
        by=secretary, now=NOW,
    )  # fmt: skip
    row = Transfer.objects.get()
    assert (row.member, row.direction, row.state, row.origin, row.destination) == (
        member,
        "in",
        "accepted",
        "某中学党支部",
        "本科生第一党支部",
    )
    assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True)) == [
        "member.added",
        "transfer.arrived",
    ]


def test_what_waits_for_whom(tree, secretary, receiver):
    old = Letter("work", date(2026, 10, 1), date(2026, 10, 31))
    late = propose(make_member(tree.b1, name="王芳"), secretary, organisation="某研究所党支部", letter=old)
    coming = propose(make_member(tree.b1, name="张伟", stage="probationary"), secretary, target=tree.b4)
    propose(make_member(tree.b2), make_user(Role.SECRETARY, tree.b2), target=tree.b3)
    assert (list(overdue(secretary, TODAY)), list(overdue(receiver, TODAY))) == ([late], [])
    assert list(overdue(secretary, date(2026, 10, 31))) == []
    assert (list(waiting(secretary)), list(waiting(receiver))) == ([], [coming])
    assert list(transfers_for(secretary, "open", TODAY)) == [late, coming]
    assert list(transfers_for(receiver, "all", TODAY)) == [coming]
    with translation.override("en"):
        texts = [(todo.text, todo.url) for user in (secretary, receiver) for todo in todos(user, NOW)]
    assert texts == [
        ("No receipt for the file of 王芳 from 某研究所党支部 since 2026-10-31: ask there", f"/transfers/{late.pk}/"),
        ("张伟 (Probationary member) would come from 本科生第一党支部: accept or decline", f"/transfers/{coming.pk}/"),
    ]


def test_who_would_come_himself_is_not_asked_to_decide_about_it(tree, secretary, receiver):
    colleague = make_user(Role.DEPUTY_SECRETARY, tree.b4)
    RoleAssignment.objects.create(user=colleague, branch=tree.b4, role=Role.SECRETARY, starts_on=date(2024, 9, 1))
    propose(make_member(tree.b1, user=colleague), secretary, target=tree.b4)
    assert list(todos(colleague, NOW)) == []
    assert len(list(todos(receiver, NOW))) == 1


def test_who_stands_in_for_the_receiver_is_told_too(tree, secretary, receiver):
    deputy = make_user(Role.DEPUTY_SECRETARY, tree.b4)
    office = receiver.role_assignments.get()
    Absence.objects.create(
        office=office, stand_in=deputy, entered_by=receiver, starts_on=TODAY, ends_on=date(2026, 11, 30)
    )
    propose(make_member(tree.b1), secretary, target=tree.b4)
    assert set(Notification.objects.values_list("user", flat=True)) == {receiver.pk, deputy.pk}
