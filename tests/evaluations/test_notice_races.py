"""Is everybody who objects while a notice is taken down either filed before, or told that it is down?"""

from __future__ import annotations

import random
import time
from uuid import UUID, uuid4

import pytest
from django.db import connection

from branchportal.models import AuditEntry
from evaluations.models import Objection, PublicNotice
from evaluations.refusals import Refused
from evaluations.services.public_notices import ending, objecting
from members.roles import Role
from tests.evaluations.notice_material import AFTER, DURING, LAST_MOMENT, make_meeting, objected, published
from tests.factories import make_branch_tree, make_user
from tests.parallel import at_once, both_or_neither, refused_or_done
from tests.rounds import rounds

ENDINGS = rounds("NOTICES", 2)
OBJECTIONS = 50
CONTROL_ROUNDS = 30

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]


@pytest.fixture
def secretary():
    tree = make_branch_tree()
    make_user(Role.REVIEWER, tree.root)
    secretary = make_user(Role.SECRETARY, tree.b1)
    published(make_meeting(tree), by=secretary)
    return secretary


def down_amid_objections(by, dice: random.Random, length: float) -> tuple[set[UUID], dict[UUID, str], set[UUID]]:
    """Which objections were there when it was down, what each was told, and which are there in the end."""
    Objection.objects.all().delete()
    PublicNotice.objects.update(state="published", ended_at=None, ended_by=None, reason="")
    notice, entries = PublicNotice.objects.get(), [uuid4() for _number in range(OBJECTIONS)]

    def take_down() -> set[UUID]:
        time.sleep(dice.uniform(0, length))
        ending.take_down(notice=notice, reason="名单有误", by=by, now=DURING)
        return set(Objection.objects.values_list("entry", flat=True))

    def objector(entry: UUID):
        return refused_or_done(lambda: objected(notice, entry=entry), Refused)

    *told, there = at_once([*map(objector, entries), take_down])
    standing = set(Objection.objects.values_list("entry", flat=True))
    return there, dict(zip(entries, told, strict=True)), standing


def test_every_objection_is_there_when_the_notice_is_down_or_refused(secretary):
    dice = random.Random(2026)
    began = time.monotonic()
    down_amid_objections(secretary, dice, 0)
    length = time.monotonic() - began
    found = [down_amid_objections(secretary, dice, length) for _round in range(ENDINGS)]
    assert [both_or_neither(*one) for one in found] == [[]] * ENDINGS


def test_control_without_the_lock_somebody_comes_after_the_end(secretary, monkeypatch):
    def unlocked(notice):
        return PublicNotice.objects.select_related("meeting__run__branch").get(pk=notice.pk)

    monkeypatch.setattr(ending, "hold", unlocked)
    monkeypatch.setattr(objecting, "hold", unlocked)
    dice = random.Random(2026)
    assert any(both_or_neither(*down_amid_objections(secretary, dice, 0.5)) for _round in range(CONTROL_ROUNDS))


def test_no_outcome_without_objections_amid_the_last_one(secretary):
    """At midnight: what is taken in the last second is there before the outcome, or the other way round."""
    notice = PublicNotice.objects.get()
    acts = [
        refused_or_done(lambda: objected(notice, now=LAST_MOMENT), Refused),
        refused_or_done(lambda: ending.record_outcome(notice=notice, note="", by=secretary, now=AFTER), Refused),
    ]
    filed, recorded = at_once(acts)
    assert (filed, recorded) in {("done", "Refused"), ("Refused", "done")}


def test_one_form_sent_fifty_times_is_one_objection(secretary):
    notice, entry = PublicNotice.objects.get(), uuid4()
    receipts = at_once([lambda: objected(notice, entry=entry)[1]] * OBJECTIONS)
    assert (len(set(receipts)), Objection.objects.count()) == (1, 1)
    assert AuditEntry.objects.filter(action="objection.filed").count() == 1
