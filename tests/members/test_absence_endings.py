"""Does an absence end with the office, and when the stand-in leaves, and is whoever is away told of it?"""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from branchportal.messages import text_of
from branchportal.models import AuditEntry, Notification
from members.models import Absence
from members.roles import Role
from members.services.absences import enter_absence
from members.services.memberships import end_membership
from members.services.roles import appoint, at_once, end_office
from members.stages import Stage
from tests.factories import make_user

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
YESTERDAY, TODAY, LAST = date(2026, 11, 21), date(2026, 11, 22), date(2026, 11, 30)


@pytest.fixture
def reviewer(tree):
    return make_user(Role.REVIEWER, tree.root)


@pytest.fixture
def secretary(tree):
    return make_user(Role.SECRETARY, tree.b1, name="王芳")


@pytest.fixture
def deputy(tree):
    return make_user(Role.DEPUTY_SECRETARY, tree.b1, name="张伟")


def enter(user, stand_in, **days):
    values = {"kind": "leave", "starts_on": TODAY, "ends_on": LAST, **days}
    return enter_absence(office=user.role_assignments.get(), stand_in=stand_in, by=user, now=NOW, **values)


def end(user, by, last_day):
    end_office(office=user.role_assignments.get(), last_day=last_day, by=by, now=NOW)


def days():
    return [(one.starts_on, one.ends_on) for one in Absence.objects.order_by("pk")]


def told(kind):
    return set(Notification.objects.filter(kind=kind).values_list("user", flat=True))


def test_a_stand_in_who_loses_his_office_stands_in_no_longer_and_both_are_told(tree, secretary, deputy, reviewer):
    enter(secretary, deputy)
    end(deputy, reviewer, date(2026, 11, 25))
    assert days() == [(TODAY, date(2026, 11, 25))]
    assert told("stand_in_lost") == {secretary.pk, deputy.pk}
    with translation.override("en"):
        assert text_of(Notification.objects.filter(kind="stand_in_lost").first()) == (
            "张伟 does not stand in for 王芳 (Secretary, 本科生第一党支部) after 2026-11-25, having left the office or "
            "the branch. If somebody is still needed, enter the absence again with somebody else."
        )
    line = AuditEntry.objects.get(action="absence.ended")
    assert (line.actor, line.branch, line.subject_id) == (reviewer, tree.b1, str(secretary.pk))
    assert (line.before["stand_in"], line.before["ends_on"]) == ("张伟", "2026-11-30")


def test_what_had_not_begun_is_removed(tree, secretary, deputy, reviewer):
    enter(secretary, deputy, starts_on=date(2026, 11, 26))
    end(deputy, reviewer, date(2026, 11, 25))
    assert days() == []
    assert told("stand_in_lost") == {secretary.pk, deputy.pk}


def test_who_still_has_a_place_there_goes_on(tree, secretary, deputy, reviewer):
    appoint(user=deputy, role=Role.PUBLICITY_COMMISSIONER, branch=tree.b1, starts_on=TODAY, by=reviewer, now=NOW)
    enter(secretary, deputy)
    office = deputy.role_assignments.get(role=Role.DEPUTY_SECRETARY)
    end_office(office=office, last_day=YESTERDAY, by=reviewer, now=NOW)
    assert (days(), told("stand_in_lost")) == ([(TODAY, LAST)], set())


def test_a_party_member_of_the_branch_needs_no_office(tree, secretary, reviewer):
    user = make_user(Role.MEMBER, tree.b1, stage=Stage.FULL)
    appoint(user=user, role=Role.DEPUTY_SECRETARY, branch=tree.b1, starts_on=TODAY, by=reviewer, now=NOW)
    enter(secretary, user)
    end(user, reviewer, YESTERDAY)
    assert days() == [(TODAY, LAST)]


@pytest.mark.parametrize("last_day", [YESTERDAY, date(2026, 11, 25)])
def test_the_absence_ends_with_the_office_that_was_left(tree, secretary, deputy, reviewer, last_day):
    enter(secretary, deputy)
    end(secretary, reviewer, last_day)
    assert days() == ([] if last_day < TODAY else [(TODAY, last_day)])
    assert told("absence_ended_with_office") == {secretary.pk, deputy.pk}


def test_an_office_that_never_began_takes_its_absence_along_and_says_so(tree, deputy, reviewer):
    user = make_user(Role.MEMBER, tree.b1, stage=Stage.FULL)
    first = date(2026, 12, 1)
    appoint(user=user, role=Role.SECRETARY, branch=tree.b1, starts_on=first, by=reviewer, now=NOW)
    enter(user, deputy, starts_on=first, ends_on=date(2026, 12, 9))
    end(user, reviewer, at_once(NOW))
    assert days() == []
    assert told("absence_ended_with_office") == {user.pk, deputy.pk}
    assert AuditEntry.objects.filter(action="absence.ended").count() == 1


def test_who_leaves_the_branch_stands_in_no_longer(tree, secretary, deputy):
    user = make_user(Role.MEMBER, tree.b1, stage=Stage.FULL)
    stays = make_user(Role.MEMBER, tree.b1, stage=Stage.FULL)
    enter(secretary, user)
    enter(deputy, stays)
    end_membership(member=user.member, version=1, reason="graduated", ended_on=TODAY, by=secretary, now=NOW)
    assert days() == [(TODAY, LAST)]
    assert Absence.objects.get().stand_in == stays
    assert told("stand_in_lost") == {secretary.pk, user.pk}


def test_nobody_is_named_whose_office_ends_before_the_last_day(tree, secretary, deputy):
    deputy.role_assignments.update(ends_on=date(2026, 11, 29))
    with pytest.raises(ValidationError) as refused:
        enter(secretary, deputy)
    assert set(refused.value.message_dict) == {"stand_in"}
    enter(secretary, deputy, ends_on=date(2026, 11, 29))
