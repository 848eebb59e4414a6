"""Is every change made to the audit trail behind the portal's back found?

`AUDIT_ATTACKS=100 bin/test branchportal/test_audit_chain.py` makes so many of each kind; the suite makes a few.
"""

from __future__ import annotations

import json
import os
import random
from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models import F

from branchportal import audit, audit_head
from branchportal.models import AuditEntry
from branchportal.tasks import seal_audit
from tests.factories import make_branch_tree

pytestmark = pytest.mark.django_db

COUNT = int(os.environ.get("AUDIT_ATTACKS", "5"))
LINES = 40
TEXTS = ("actor_name", "stood_in_for", "action", "subject_type", "subject_id", "subject_name", "reason")


@pytest.fixture
def trail(settings, tmp_path):
    """A sealed trail and its head; one line waits to be sealed."""
    settings.AUDIT_HEAD = tmp_path / "audit_head.json"
    branch = make_branch_tree().b1
    for order in range(LINES):
        audit.record(
            "branch.renamed", by=None, subject=branch, branch=branch, after={"name": str(order)}, reason="改名"
        )
        if order % 17 == 0:
            seal_audit()
    seal_audit()
    audit.record("branch.closed", by=None, subject=branch, branch=branch)
    return AuditEntry.objects.filter(sequence__isnull=False).order_by("sequence")


def is_found() -> bool:
    return audit.first_broken_line() is not None or audit_head.broken_head() is not None


def edit(trail, dice) -> None:
    """Change one value of one line."""
    line = trail[dice.randrange(LINES)]
    changes = {
        "before": {"name": "甲"}, "after": {}, "at": line.at + timedelta(microseconds=1), "branch": None,
        **{name: getattr(line, name)[:20] + "x" for name in TEXTS},
    }  # fmt: skip
    change = dice.choice(sorted(changes))
    AuditEntry.objects.filter(pk=line.pk).update(**{change: changes[change]})


def delete(trail, dice) -> None:
    """Take away a run of lines anywhere."""
    first = dice.randrange(LINES)
    taken = [line.pk for line in trail[first : first + dice.randrange(1, 5)]]
    AuditEntry.objects.filter(pk__in=taken).delete()


def delete_newest(trail, dice) -> None:
    """Take the end away: what is left is a whole chain."""
    taken = [line.pk for line in trail.reverse()[: dice.randrange(1, LINES + 1)]]
    AuditEntry.objects.filter(pk__in=taken).delete()


def reorder(trail, dice) -> None:
    """Let two lines change places, with or without their seals."""
    first, second = dice.sample(list(trail), 2)
    keep_seals = dice.random() < 0.5
    AuditEntry.objects.filter(pk=first.pk).update(sequence=LINES + 1000)
    places = {"sequence": first.sequence, **({"seal": first.seal} if keep_seals else {})}
    AuditEntry.objects.filter(pk=second.pk).update(**places)
    places = {"sequence": second.sequence, **({"seal": second.seal} if keep_seals else {})}
    AuditEntry.objects.filter(pk=first.pk).update(**places)


def insert(trail, dice) -> None:
    """Put a line between two others, which move on by one."""
    place = dice.randrange(1, LINES + 1)
    copied = trail[place - 1]
    AuditEntry.objects.filter(sequence__gte=place).update(sequence=F("sequence") + 100_000)
    AuditEntry.objects.filter(sequence__gte=100_000).update(sequence=F("sequence") - 99_999)
    AuditEntry.objects.create(action="branch.renamed", sequence=place, seal=copied.seal, branch=copied.branch)


def cut_and_write_on(trail, dice) -> None:
    """Take the end away and let the portal's own tick seal other lines in its place."""
    delete_newest(trail, dice)
    for _line in range(dice.randrange(LINES)):
        audit.record("branch.renamed", by=None)
    seal_audit()


def make_anew(trail, dice) -> None:
    """Edit a line and seal everything behind it again, by the same rules: whole, but not what it was."""
    edit(trail.filter(sequence__gt=0), dice)
    AuditEntry.objects.update(sequence=None, seal="")
    seal_audit()


@pytest.mark.parametrize(
    "attack", [edit, delete, delete_newest, reorder, insert, cut_and_write_on, make_anew], ids=lambda one: one.__name__
)
def test_every_attack_is_found(trail, attack):
    assert not is_found()
    missed = []
    for number in range(COUNT):
        with transaction.atomic():
            attack(trail, random.Random(f"{attack.__name__}-{number}"))
            if not is_found():
                missed.append(number)
            transaction.set_rollback(True)
    assert missed == []
    assert not is_found()


def test_without_the_head_a_cut_would_stay_unseen(trail):
    """The twin: what the chain alone can't tell."""
    trail.reverse()[0].delete()
    assert audit.first_broken_line() is None
    assert audit_head.broken_head().sequence == LINES


def test_an_alarm_stays_until_somebody_looks(trail, settings):
    trail.reverse()[0].delete()
    seal_audit()
    assert audit_head.broken_head().sequence == LINES
    settings.AUDIT_HEAD.unlink()
    seal_audit()
    assert json.loads(settings.AUDIT_HEAD.read_text())["sequence"] == LINES
    assert audit_head.broken_head() is None


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"sequence": 40}', "\0"])
def test_a_damaged_file_is_told(trail, settings, content):
    settings.AUDIT_HEAD.write_text(content)
    assert audit_head.broken_head() is not None


def test_a_portal_without_any_line_has_no_head(settings, tmp_path):
    settings.AUDIT_HEAD = tmp_path / "data/audit_head.json"
    seal_audit()
    assert (settings.AUDIT_HEAD.exists(), audit_head.broken_head()) == (False, None)
