"""Does a membership end and go on without losing anything of its past?"""

from datetime import UTC, date, datetime

import pytest

from branchportal.models import AuditEntry
from members.models import Member, RoleAssignment, User
from members.roles import Role
from members.services.memberships import end_membership, resume_membership
from members.services.people import StaleEdit
from tests.factories import JOINED_ON, make_member, make_user

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
ENDED = date(2026, 6, 30)


def end(member, by, version=1, ended_on=ENDED):
    return end_membership(member=member, version=version, reason="graduated", ended_on=ended_on, by=by, now=NOW)


def test_ending_keeps_the_person_in_the_records(tree, secretary):
    member = make_member(tree.b1)
    end(member, secretary)
    member.refresh_from_db()
    assert (member.branch, member.ended_on, member.end_reason) == (tree.b1, ENDED, "graduated")
    assert list(Member.objects.current()) == []
    line = AuditEntry.objects.get()
    assert (line.action, line.branch, line.after) == (
        "member.ended",
        tree.b1,
        {"ended_on": "2026-06-30", "end_reason": "graduated"},
    )


def test_ending_twice_has_one_effect(tree, secretary):
    member = make_member(tree.b1)
    end(member, secretary)
    end(member, secretary)
    member.refresh_from_db()
    assert (member.version, AuditEntry.objects.count()) == (2, 1)


def test_sessions_end_with_the_last_role_only(tree, secretary):
    only_member = make_user(Role.MEMBER, tree.b1)
    officer = make_user(Role.MEMBER, tree.b1)
    RoleAssignment.objects.create(user=officer, branch=tree.b2, role=Role.PUBLICITY_COMMISSIONER, starts_on=JOINED_ON)
    end(only_member.member, secretary)
    end(officer.member, secretary)
    assert User.objects.get(pk=only_member.pk).session_epoch == 1
    assert User.objects.get(pk=officer.pk).session_epoch == 0


def test_a_stale_page_ends_nothing(tree, secretary):
    member = make_member(tree.b1, version=2)
    with pytest.raises(StaleEdit):
        end(member, secretary)
    member.refresh_from_db()
    assert (member.ended_on, AuditEntry.objects.count()) == (None, 0)


def test_a_mistaken_end_is_taken_back_without_a_gap(tree, secretary):
    member = make_member(tree.b1)
    end(member, secretary)
    resume_membership(member=member, version=2, joined_on=ENDED, by=secretary, today=TODAY)
    member.refresh_from_db()
    assert (member.ended_on, member.end_reason, member.joined_on, member.version) == (None, "", JOINED_ON, 3)
    assert member.former_memberships.count() == 0


def test_a_return_after_a_gap_keeps_the_earlier_time(tree, secretary):
    member = make_member(tree.b1)
    end(member, secretary)
    resume_membership(member=member, version=2, joined_on=date(2026, 9, 1), by=secretary, today=TODAY)
    member.refresh_from_db()
    assert (member.ended_on, member.joined_on) == (None, date(2026, 9, 1))
    former = member.former_memberships.get()
    assert (former.branch, former.joined_on, former.left_on) == (tree.b1, JOINED_ON, ENDED)


def test_the_offices_in_the_branch_end_with_the_membership_and_no_others(tree, secretary):
    member = make_member(tree.b1)
    deputy = make_user(Role.DEPUTY_SECRETARY, tree.b1)
    Member.objects.filter(pk=member.pk).update(user=deputy)
    elsewhere = RoleAssignment.objects.create(
        user=deputy, branch=tree.b2, role=Role.CLASS_CONTACT, class_name="一班", starts_on=date(2026, 9, 1)
    )
    other = make_user(Role.PUBLICITY_COMMISSIONER, tree.b1)
    end(Member.objects.get(pk=member.pk), secretary)
    assert deputy.role_assignments.get(branch=tree.b1).ends_on == date(2026, 11, 21)
    elsewhere.refresh_from_db()
    assert (elsewhere.ends_on, other.role_assignments.get().ends_on) == (None, None)
