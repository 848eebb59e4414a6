"""Does every invariant hold of the whole demo, and is each found where it was broken by hand?"""

from __future__ import annotations

import inspect
from datetime import timedelta

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.db import connection, transaction

from activities.models import Evidence
from branchportal import ledger
from branchportal.ledger import Asked, Violation
from evaluations.demo import loading
from members.models import Member
from tests.ledger.breaking import BREAKS
from tests.ledger.breaking.activities import damaged_files, shown_award
from tests.ledger.breaking.by_hand import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker):
    """The demo, loaded once; each test's own changes are undone inside of it."""
    with django_db_blocker.unblock(), time_machine.travel(NOW, tick=False), transaction.atomic():
        loading.load(size=loading.Size(branches=2, months=3), now=NOW)
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def head(settings, tmp_path):
    settings.AUDIT_HEAD = tmp_path / "audit_head.json"


@pytest.fixture
def college(demo, db):
    """The demo in a transaction of this test's own."""


def found(code: str, *, is_full: bool = True) -> list[Violation]:
    return [place for outcome in ledger.verify(Asked(NOW, is_full=is_full), only=[code]) for place in outcome.first]


def test_every_invariant_holds_of_the_whole_demo(college):
    outcomes = list(ledger.verify(Asked(NOW)))
    assert [(one.check.code, one.first) for one in outcomes if one.count] == []
    assert len(outcomes) == len(ledger.checks())


@pytest.mark.parametrize("code", sorted(BREAKS))
def test_a_broken_invariant_is_found_in_its_place(college, code):
    assert found(code) == []
    places = BREAKS[code]()
    violations = found(code)
    assert [violation.where for violation in violations] == places
    names = set(Member.objects.values_list("name", flat=True))
    assert not any(name in f"{one.where} {one.what}" for one in violations for name in names)


def test_every_invariant_is_broken_somewhere_above():
    assert sorted(BREAKS) == sorted(check.code for check in ledger.checks())


@pytest.mark.parametrize(("what", "content"), list(damaged_files()))
def test_a_damaged_file_is_found(college, what, content):
    evidence = shown_award("B001").evidence
    assert found("files.whole") == []
    evidence.file.storage.delete(evidence.file.name)
    evidence.file.storage.save(evidence.file.name, ContentFile(content))
    [violation] = found("files.whole")
    assert violation.what.startswith(f"{evidence.file.name}: {what}")


def test_each_check_has_an_invariant_a_remedy_and_one_question():
    for check in ledger.checks():
        assert str(check.invariant).endswith((".", "。")), check.code
        assert str(check.remedy), check.code
        assert inspect.getdoc(check.find), check.code


def test_no_check_writes(college):
    """What a check reads it leaves as it is."""
    with connection.execute_wrapper(_refuse_writes):
        for _outcome in ledger.verify(Asked(NOW)):
            pass


def _refuse_writes(execute, sql, params, many, context):
    assert sql.lstrip().upper().startswith(("SELECT", "WITH", "SAVEPOINT", "RELEASE", "SET TRANSACTION")), sql
    return execute(sql, params, many, context)


def test_a_nightly_run_looks_at_every_row_that_takes_long_once_in_thirty_nights():
    nights = [Asked(NOW + timedelta(days=day), is_full=False) for day in range(30)]
    assert [sum(night.takes(Evidence, pk) for night in nights) for pk in range(1, 100)] == [1] * 99
    assert all(Asked(NOW).takes(Evidence, pk) for pk in range(1, 100))


def test_what_was_wrong_before_is_looked_at_every_night(college):
    evidence = shown_award("B001").evidence
    evidence.file.storage.delete(evidence.file.name)
    evidence.file.storage.save(evidence.file.name, ContentFile(b"%PDF-1.4 other"))
    where = f"activities.Evidence {evidence.pk}"
    other_night = NOW + timedelta(days=1 if Asked(NOW, is_full=False).takes(Evidence, evidence.pk) else 0)
    Evidence.objects.update(size=len(b"%PDF-1.4 other"))
    found_by = {
        before: [
            one.where for one in ledger.check_of("files.whole").find(Asked(other_night, is_full=False, before=before))
        ]
        for before in (frozenset(), frozenset({where}))
    }
    assert found_by == {frozenset(): [], frozenset({where}): [where]}
