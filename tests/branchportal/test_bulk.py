"""Does a row written by COPY hold what was to be written, whatever signs are in it?"""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, transaction

from branchportal import bulk
from branchportal.models import AuditEntry
from members.models import Member
from tests.factories import make_branch_tree

pytestmark = pytest.mark.django_db

ODD = ("", " ", "tab\tline\nback\\slash\r", r"\N", "\\.", "扎西·多吉 𠮷", "‘’“”\u200b\xa0", "\x7f\x1f")
AT = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


def line(text: str) -> dict:
    return {"action": "member.added", "reason": text, "at": AT, "after": {"名字": text, "n": [1, None, True]}}


def kept() -> list[tuple]:
    return list(AuditEntry.objects.order_by("pk").values_list("action", "reason", "at", "before", "after", "actor"))


def test_odd_texts_come_back_as_they_went_in():
    bulk.insert_values(AuditEntry, (line(text) for text in ODD))
    expected = [("member.added", text, AT, {}, {"名字": text, "n": [1, None, True]}, None) for text in ODD]
    assert kept() == expected
    AuditEntry.objects.all().delete()
    bulk.insert([AuditEntry(**line(text)) for text in ODD])
    assert kept() == expected


def test_what_is_left_out_has_its_default():
    branch = make_branch_tree().b1
    person = {"branch_id": branch.pk, "number": "1", "name": "甲", "joined_on": date(2026, 9, 1)}
    bulk.insert_values(Member, [person, {**person, "number": "2", "kind": "teacher", "applied_on": date(2026, 10, 1)}])
    columns = ("number", "user", "kind", "stage", "applied_on", "joined_on", "ended_on", "class_name", "version")
    assert list(Member.objects.order_by("number").values_list(*columns)) == [
        ("1", None, "student", "applicant", None, date(2026, 9, 1), None, "", 1),
        ("2", None, "teacher", "applicant", date(2026, 10, 1), date(2026, 9, 1), None, "", 1),
    ]


def test_more_rows_than_are_sent_at_once():
    count = 2 * bulk.ROWS_AT_ONCE + 1
    bulk.insert_values(AuditEntry, (line(str(place)) for place in range(count)))
    assert [int(entry[1]) for entry in kept()] == list(range(count))


def test_no_rows_are_no_statement(django_assert_num_queries):
    with django_assert_num_queries(0):
        bulk.insert_values(AuditEntry, iter(()))
        bulk.insert([])


def test_a_row_that_may_not_stand_fails_as_an_insert_does():
    branch = make_branch_tree().b1
    person = {"branch_id": branch.pk, "number": "1", "name": "甲", "joined_on": date(2026, 9, 1)}
    with pytest.raises(IntegrityError):
        bulk.insert_values(Member, [person, person])


@pytest.mark.parametrize("place", [0, 1, bulk.ROWS_AT_ONCE + 1])
def test_what_goes_wrong_while_rows_are_made_is_raised_as_it_is(place):
    """Else a mistake in making rows would look like a database that is away."""

    def lines():
        for number in range(place):
            yield line(str(number))
        raise LookupError("no such stage")

    with pytest.raises(LookupError, match="no such stage"), transaction.atomic():
        bulk.insert_values(AuditEntry, lines())
    assert kept() == []
