"""Is a roster written once when two people press the button, and does no number land in two branches?"""

import datetime
from threading import Barrier

import pytest

from branchportal.models import AuditEntry
from members.models import ImportBatch, Member
from members.roles import Role
from members.services.roster_import import keep_batch, write_batch, write_roster
from tests.factories import make_user
from tests.parallel import at_once

TODAY = datetime.date(2026, 11, 22)
NOW = datetime.datetime(2026, 11, 22, 4, 0, tzinfo=datetime.UTC)
CONTENT = ("学号,姓名\n" + "".join(f"{number},甲\n" for number in range(1001, 1041))).encode()

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def batch(tree):
    secretary = make_user(Role.SECRETARY, tree.b1)
    return keep_batch(
        branch=tree.b1, content=CONTENT, file_name="a.csv", by=secretary, now=NOW, today=TODAY, joined_on=TODAY
    )


def test_of_two_confirmations_one_writes(batch):
    def press():
        return write_batch(batch=batch, by=batch.uploaded_by, today=TODAY)

    assert sorted(at_once([press, press])) == [False, True]
    assert (Member.objects.count(), AuditEntry.objects.filter(action="roster.imported").count()) == (40, 1)


def test_control_without_the_lock_both_believe_they_wrote(batch):
    """The twin of the test above: both have looked at the state before either writes it."""
    both_have_looked = Barrier(2)

    def press():
        found = ImportBatch.objects.filter(pk=batch.pk, state="checked").exists()
        both_have_looked.wait(timeout=30)
        ImportBatch.objects.filter(pk=batch.pk).update(state="written")
        return found

    assert at_once([press, press]) == [True, True]


def test_one_file_in_two_branches_at_once_puts_everybody_in_one(tree):
    def import_into(branch):
        return lambda: write_roster(branch=branch, content=CONTENT, file_name="a.csv", by=None, today=TODAY)

    plans = at_once([import_into(tree.b1), import_into(tree.b2)])
    assert sorted((len(plan.created), {error.code for error in plan.reading.errors} or None) for plan in plans) == [
        (0, {"other_branch"}),
        (40, None),
    ]
    assert sorted(Member.objects.filter(branch=branch).count() for branch in (tree.b1, tree.b2)) == [0, 40]


def test_the_same_file_twice_at_once_adds_everybody_once(tree):
    def write():
        return write_roster(branch=tree.b1, content=CONTENT, file_name="a.csv", by=None, today=TODAY)

    assert sorted(len(plan.created) for plan in at_once([write, write])) == [0, 40]
    assert AuditEntry.objects.filter(action="member.added").count() == 40
