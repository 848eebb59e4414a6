"""Do two absences of one office, entered at the same moment, never overlap?"""

import datetime
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError

from members.models import Absence
from members.roles import Role
from members.services.absences import enter_absence
from tests.factories import make_branch_tree, make_user
from tests.members.test_roster_import_races import at_once

NOW = datetime.datetime(2026, 11, 22, 4, 0, tzinfo=datetime.UTC)
TODAY, LAST = datetime.date(2026, 11, 22), datetime.date(2026, 11, 30)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people():
    tree = make_branch_tree()
    roles = (Role.SECRETARY, Role.DEPUTY_SECRETARY, Role.PUBLICITY_COMMISSIONER)
    return [make_user(role, tree.b1) for role in roles]


def test_one_of_two_overlapping_absences_is_refused(people):
    secretary, *others = people
    office = secretary.role_assignments.get()

    def enter(stand_in):
        def run():
            try:
                enter_absence(
                    office=office, stand_in=stand_in, kind="leave", starts_on=TODAY, ends_on=LAST, by=secretary, now=NOW
                )
            except ValidationError:
                return "refused"
            return "entered"

        return run

    assert sorted(at_once(*map(enter, others))) == ["entered", "refused"]
    assert Absence.objects.count() == 1


def test_control_without_the_lock_both_are_entered(people):
    """The twin: both look before either writes."""
    secretary, *others = people
    office = secretary.role_assignments.get()
    both_have_looked = Barrier(2)

    def enter(stand_in):
        def run():
            free = not office.absences.filter(starts_on__lte=LAST, ends_on__gte=TODAY).exists()
            both_have_looked.wait(timeout=30)
            Absence.objects.create(
                office=office, stand_in=stand_in, entered_by=secretary, starts_on=TODAY, ends_on=LAST
            )
            return free

        return run

    assert at_once(*map(enter, others)) == [True, True]
    assert Absence.objects.count() == 2
