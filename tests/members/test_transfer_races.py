"""Is a transfer decided once when both sides press a button at the same moment?"""

import datetime
from threading import Barrier

import pytest

from branchportal.models import AuditEntry
from members.models import Member, Transfer
from members.roles import Role
from members.services.letters import Letter
from members.services.transfers import TransferClosed, accept_transfer, cancel_transfer, propose_transfer
from tests.factories import make_member, make_user
from tests.parallel import at_once

NOW = datetime.datetime(2026, 11, 22, 4, 0, tzinfo=datetime.UTC)
TODAY = datetime.date(2026, 11, 22)
LETTER = Letter("change", TODAY, datetime.date(2026, 12, 22))

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def transfer(tree):
    secretary = make_user(Role.SECRETARY, tree.b1)
    make_user(Role.SECRETARY, tree.b4)
    return propose_transfer(
        member=make_member(tree.b1), version=1, letter=LETTER, target=tree.b4, by=secretary, now=NOW
    )


def outcome(verb):
    def run():
        try:
            return verb().state
        except TransferClosed:
            return "too late"

    return run


def test_two_acceptances_move_the_person_once(transfer):
    def accept(day):
        return lambda: accept_transfer(
            transfer=transfer, first_day=datetime.date(2026, 11, day), by=transfer.proposed_by, now=NOW
        )

    assert sorted(at_once([outcome(accept(20)), outcome(accept(22))])) == ["accepted", "too late"]
    member = Member.objects.get(pk=transfer.member_id)
    assert (member.former_memberships.count(), member.version) == (1, 2)
    assert AuditEntry.objects.filter(action="member.transferred").count() == 1


def test_an_acceptance_against_a_cancellation_has_one_winner(tree, transfer):
    def accept():
        return accept_transfer(transfer=transfer, first_day=TODAY, by=transfer.proposed_by, now=NOW)

    def cancel():
        return cancel_transfer(transfer=transfer, answer="写错", by=transfer.proposed_by, now=NOW)

    met = at_once([outcome(accept), outcome(cancel)])
    state = Transfer.objects.get(pk=transfer.pk).state
    assert sorted(met) == sorted([state, "too late"])
    expected = tree.b4 if state == "accepted" else tree.b1
    assert Member.objects.get(pk=transfer.member_id).branch == expected


def test_control_without_the_lock_both_believe_they_won(transfer):
    """The twin: both look at the state before either writes it."""
    both_have_looked = Barrier(2)

    def decide(state):
        def run():
            was_open = Transfer.objects.get(pk=transfer.pk).is_open
            both_have_looked.wait(timeout=30)
            Transfer.objects.filter(pk=transfer.pk).update(state=state)
            return was_open

        return run

    assert at_once([decide("accepted"), decide("cancelled")]) == [True, True]


def test_letters_written_at_once_have_different_numbers(tree, transfer):
    def propose(member):
        return lambda: (
            propose_transfer(
                member=member, version=1, letter=LETTER, target=tree.b2, by=transfer.proposed_by, now=NOW
            ).letter_number
        )

    people = [make_member(tree.b1) for _ in range(3)]
    assert sorted(at_once(map(propose, people))) == ["B001-2026-002", "B001-2026-003", "B001-2026-004"]
