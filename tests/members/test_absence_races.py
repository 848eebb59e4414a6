"""Does an absence never overlap another or outlive the stand-in's office, whatever happens at that moment?"""

import datetime
from functools import partial
from threading import Barrier, Event

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from members.models import Absence
from members.roles import Role
from members.services import absences, roles
from members.services.absences import enter_absence
from tests.factories import make_branch_tree, make_user
from tests.parallel import at_once

NOW = datetime.datetime(2026, 11, 22, 4, 0, tzinfo=datetime.UTC)
TODAY, LAST = datetime.date(2026, 11, 22), datetime.date(2026, 11, 30)

pytestmark = pytest.mark.django_db(transaction=True)
only_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")


@pytest.fixture
def people():
    tree = make_branch_tree()
    roles = (Role.SECRETARY, Role.DEPUTY_SECRETARY, Role.PUBLICITY_COMMISSIONER)
    return [make_user(role, tree.b1) for role in roles]


def test_one_of_two_overlapping_absences_is_refused(people):
    secretary, *others = people
    assert sorted(at_once(partial(_enter, secretary, stand_in) for stand_in in others)) == ["entered", "refused"]
    assert Absence.objects.count() == 1


@only_postgresql
def test_control_without_holding_the_people_both_are_entered(people, monkeypatch):
    """The twin: both look before either writes."""
    secretary, *others = people
    both_have_looked, check = Barrier(2), absences._check_people

    def slow(*arguments):
        check(*arguments)
        both_have_looked.wait(timeout=30)

    monkeypatch.setattr(absences, "hold", lambda *users: None)
    monkeypatch.setattr(absences, "_check_people", slow)
    assert at_once(partial(_enter, secretary, stand_in) for stand_in in others) == ["entered", "entered"]
    assert Absence.objects.count() == 2


def test_nobody_is_left_standing_in_whose_office_ends_at_that_moment(people):
    secretary, deputy, _publicity = people
    reviewer = make_user(Role.REVIEWER, deputy.role_assignments.get().branch.parent.parent)
    at_once([lambda: _enter(secretary, deputy), lambda: _end(deputy, reviewer)])
    assert not Absence.objects.filter(stand_in=deputy).exists()


@only_postgresql
def test_control_without_holding_the_people_somebody_is_left(people, monkeypatch):
    """The twin: the office ends after the stand-in was looked at and before the absence is written."""
    secretary, deputy, _publicity = people
    reviewer = make_user(Role.REVIEWER, deputy.role_assignments.get().branch.parent.parent)
    looked, ended = Event(), Event()
    check = absences._check_people

    def slow(*arguments):
        looked.set()
        ended.wait(timeout=30)
        check(*arguments)

    def end():
        looked.wait(timeout=30)
        _end(deputy, reviewer)
        ended.set()

    for module in (absences, roles):
        monkeypatch.setattr(module, "hold", lambda *users: None)
    monkeypatch.setattr(absences, "_check_people", slow)
    at_once([lambda: _enter(secretary, deputy), end])
    assert Absence.objects.filter(stand_in=deputy).exists()


def _enter(secretary, stand_in):
    office = secretary.role_assignments.get()
    try:
        enter_absence(
            office=office, stand_in=stand_in, kind="leave", starts_on=TODAY, ends_on=LAST, by=secretary, now=NOW
        )
    except ValidationError:
        return "refused"
    return "entered"


def _end(user, by):
    roles.end_office(office=user.role_assignments.get(), last_day=roles.at_once(NOW), by=by, now=NOW)
