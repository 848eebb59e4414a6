"""Is any form of any page hurt by fields that no browser sends, and does one ever reach into another branch?

`FUZZED_FORMS=10000 bin/test intruders/test_fuzzed_forms.py -n0 -s` is the long run; the suite itself makes a short one.
Every form is sent by a person who may send it, with the ids of other branches at hand. After each: no error of the
portal, nothing of another branch changed, and a line of audit for whatever was written.
"""

from __future__ import annotations

import random
from collections import Counter

import pytest
from django.db import transaction
from django.test import Client

from evaluations.models import BranchReview, SelfReview
from members.models import Branch, ImportBatch, User
from tests.access.test_matrix import MATRIX, address, elsewhere
from tests.access.world import OF_ONE_BRANCH, make_world
from tests.factories import sign_in
from tests.intruders.conftest import SEED, rounds
from tests.intruders.forms import LEAVES, Form, forms_of, posting_pages
from tests.intruders.hostile import Intruder
from tests.intruders.ledger import WITHOUT_AUDIT, Ledger

COUNT = rounds("FUZZED_FORMS", 220)
SENDERS = ("member", "secretary", "reviewer", "administrator", "anonymous")
BATCH = 25  # forms that build on each other before the world is put back
# Words that are kept but not handed in, what somebody has seen, a sheet without a good row.
SILENT = {
    ("evaluations:review_draft", SelfReview), ("evaluations:rating_draft", BranchReview),
    ("evaluations:changes_seen", User), ("evaluations:score_batch", ImportBatch),
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("person", SENDERS)
def test_no_form_is_hurt_by_hostile_fields(person, clock):
    world = make_world(person)
    client = Client(raise_request_exception=False)
    enter(client, world)
    forms, _asked = forms_of(client, person, world.own)
    ledger = Ledger(watched(world, person), unaudited=WITHOUT_AUDIT)
    strange = strange_addresses(world, person)
    found, met = [], Counter()
    count = max(COUNT // len(SENDERS), 1)
    for start in range(0, count, BATCH):
        with transaction.atomic():
            enter(client, world)
            for number in range(start, min(start + BATCH, count)):
                status, faults = send(client, ledger, forms, person, number, ids_of(world), strange, met)
                found += faults
                if status in {302, 401}:
                    enter(client, world)
            transaction.set_rollback(True)
        ledger.remember()
    print(f"\n{person}: {count} forms to {len(forms)} addresses, answers {dict(sorted(met.items(), key=str))}")
    assert found == [], "\n".join(found)


def send(client, ledger, forms: list[Form], person, number, ids, strange, met) -> tuple[int, list[str]]:
    """Send the form of this number; what is wrong then, with what it takes to see it again."""
    intruder = Intruder(random.Random(f"{SEED}-{person}-{number}"), ids)
    form = forms[number % len(forms)]
    pairs = intruder.fields(form)
    body, url = intruder.body(form, pairs), form.url
    if strange.get(form.page) and intruder.dice.random() < 0.1:
        url = intruder.dice.choice(strange[form.page])
    headers = {"HX-Request": "true"} if intruder.dice.random() < 0.2 else {}
    point = transaction.savepoint()
    with ledger.listening():
        answer = client.generic("POST", url, body.content, body.content_type, headers=headers)
    if answer.status_code >= 500:
        transaction.savepoint_rollback(point)
        faults = [f"answers {answer.status_code}: {cause(answer)}"]
    else:
        transaction.savepoint_commit(point)
        kept_only = form.page == "evaluations:review_of_month" and "keep" in dict(pairs)
        allowed = {model for page, model in SILENT if page == form.page} | ({SelfReview} if kept_only else set())
        faults = ledger.faults(silent=allowed)
        met["written"] += bool(ledger.changed)
    met[answer.status_code] += 1
    what = f"{person} {number} {url} {body.content_type} {body.content[:300]!r}"
    return answer.status_code, [f"{fault} ({what})" for fault in faults]


def cause(answer) -> str:
    """The error behind an answer of the portal's own fault."""
    return repr(answer.exc_info[1])[:300] if answer.exc_info else ""


def enter(client, world) -> None:
    if world.user is not None:
        sign_in(client, world.user)


def watched(world, person: str) -> list[str]:
    """Paths of branches in which the person has nothing to say."""
    places = [world.foreign, *([world.sibling] if person in OF_ONE_BRANCH else [])]
    return [Branch.objects.get(**place["branch"]).path for place in places]


def strange_addresses(world, person: str) -> dict[str, list[str]]:
    """By page, the same address for the things of other branches."""
    places = ["foreign", *(["sibling"] if person in OF_ONE_BRANCH else [])]
    return {
        row.page: [address(row, getattr(world, place)) for place in places if place in elsewhere(row, person)]
        for row in MATRIX.values()
        if row.thing
    }


def ids_of(world) -> list[str]:
    """The ids and codes of everything in other branches."""
    things = [thing for place in (world.sibling, world.foreign) for thing in place.values()]
    return sorted({str(value) for thing in things for value in thing.values()})


def test_every_address_that_takes_a_form_is_fuzzed_by_somebody(clock, db):
    sent = set()
    for person in SENDERS:
        with transaction.atomic():
            world = make_world(person)
            client = Client()
            enter(client, world)
            sent |= {form.page for form in forms_of(client, person, world.own)[0]}
            transaction.set_rollback(True)
    assert posting_pages() - sent - LEAVES == set()
