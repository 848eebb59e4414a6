"""Is an entry in the rating of its month, or refused, whoever acts at that moment? And does a file show one entry?"""

from functools import partial

import pytest
from django.db import connection, transaction

from activities.models import Duty, DutyClosing, DutyEntry
from activities.services import duty_entries
from activities.services.duties import close_months, hold_duties
from activities.services.duty_entries import EntryRefused
from activities.services.evidence import Upload
from members.roles import Role
from tests.activities.duties import NOW, OCTOBER, SEPTEMBER, give, write
from tests.activities.evidence import PDF
from tests.factories import make_branch_tree, make_user
from tests.parallel import Aside, at_once, refused_or_done

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]
PAPER = Upload("记录.pdf", PDF, "application/pdf")


@pytest.fixture
def duty():
    return give(make_user(Role.MEMBER, make_branch_tree().b1).member)


def close(duty):
    hold_duties([(duty.member_id, duty.kind)], duty.branch)
    close_months(branch=duty.branch, member=duty.member, kind=duty.kind, first=SEPTEMBER, last=OCTOBER, now=NOW)


def rate_while_somebody_writes(duty):
    """The rating counts the entries and closes; meanwhile one is written. What the writer met, and what was counted."""
    with transaction.atomic():
        close(duty)
        writer = Aside(partial(write, duty))
        waited = writer.waits
        counted = DutyEntry.objects.count()
    return waited, type(writer.ends()), counted


def test_whoever_writes_while_the_month_is_rated_waits_and_is_refused(duty):
    assert rate_while_somebody_writes(duty) == (True, EntryRefused, 0)
    assert not DutyEntry.objects.exists()


def test_without_the_lock_an_entry_slips_in_behind_the_rating(duty, monkeypatch):
    looked = Duty.objects.select_related("branch", "member")
    monkeypatch.setattr(duty_entries, "_hold", lambda one: looked.get(pk=one.pk))
    assert rate_while_somebody_writes(duty)[1:] == (type(None), 0)
    assert (DutyClosing.objects.count(), DutyEntry.objects.count()) == (1, 1)  # written, never counted


def send_the_same_file(branch):
    people = [give(make_user(Role.MEMBER, branch).member) for _number in range(4)]
    acts = [refused_or_done(partial(write, duty, upload=PAPER), EntryRefused) for duty in people]
    return sorted(at_once(acts))


def test_of_four_who_send_the_same_file_at_once_one_is_taken():
    assert send_the_same_file(make_branch_tree().b1) == ["EntryRefused"] * 3 + ["done"]
    assert DutyEntry.objects.count() == 1


def test_without_the_constraint_the_file_shows_several(monkeypatch):
    """Looking before writing is not enough: all have looked before one has written."""
    constraint = next(one for one in DutyEntry._meta.constraints if one.name == "a_file_shows_one_duty_entry")
    branch = make_branch_tree().b1
    with connection.schema_editor() as editor:
        editor.remove_constraint(DutyEntry, constraint)
    try:
        monkeypatch.setattr(DutyEntry.objects, "standing", DutyEntry.objects.none)
        assert send_the_same_file(branch) == ["done"] * 4
    finally:
        DutyEntry.objects.all().delete()
        with connection.schema_editor() as editor:
            editor.add_constraint(DutyEntry, constraint)
