"""Is any form of any page hurt by fields that no browser sends, and does one ever reach into another branch?

`FUZZED_FORMS=10000 bin/test intruders/test_fuzzed_forms.py -n0 -s` is the long run; the suite itself makes a short one.
Every form is sent by a person who may send it, with the ids of other branches at hand. After each: no error of the
portal, nothing of another branch shown or changed, and a line of audit for whatever was written.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass

import pytest
from django.db import transaction
from django.db.models import Q
from django.test import Client

from evaluations.models import BranchReview, JudgeScore, SelfReview
from members.models import Branch, ImportBatch, Member, Transfer, User
from tests.access.test_matrix import MATRIX, address, elsewhere
from tests.access.world import OF_ONE_BRANCH, World, make_world
from tests.factories import sign_in
from tests.intruders.conftest import SEED
from tests.intruders.forms import LEAVES, Form, forms_of, posting_pages
from tests.intruders.hostile import Intruder
from tests.intruders.ledger import WITHOUT_AUDIT, Ledger
from tests.rounds import rounds

COUNT = rounds("FUZZED_FORMS", 125)
SENDERS = ("member", "secretary", "reviewer", "administrator", "anonymous")
BATCH = 25  # forms that build on each other before the world is put back
# Words that are kept but not handed in, what somebody has seen, a sheet without a good row.
SILENT = {
    ("evaluations:review_draft", SelfReview), ("evaluations:rating_draft", BranchReview),
    ("evaluations:changes_seen", User), ("evaluations:score_batch", ImportBatch),
    ("evaluations:column_batch", ImportBatch),
    ("evaluations:judge_draft", JudgeScore),
}  # fmt: skip
KEEPS = {"evaluations:review_of_month": SelfReview, "evaluations:judge_speaker": JudgeScore}  # by its second button
REACHES = {"members:person_transfer": Transfer}  # names the branch that somebody goes to


@dataclass
class Sender:
    """Somebody who sends one form after the other, and what has to stay as it is meanwhile."""

    person: str
    world: World
    client: Client
    forms: list[Form]
    ledger: Ledger
    met: Counter

    def __post_init__(self) -> None:
        self.ids = ids_of(self.world)
        self.elsewhere = addresses_elsewhere(self.world, self.person)
        self.strangers = strangers(self.world, self.person)

    def send(self, number: int) -> list[str]:
        """Send the form of this number; what is wrong then, with what it takes to see it again."""
        intruder = Intruder(random.Random(f"{SEED}-{self.person}-{number}"), self.ids)
        form = self.forms[number % len(self.forms)]
        pairs = intruder.fields(form)
        body, url = intruder.body(form, pairs), form.url
        if self.elsewhere.get(form.page) and intruder.dice.random() < 0.1:
            url = intruder.dice.choice(self.elsewhere[form.page])
        headers = {"HX-Request": "true"} if intruder.dice.random() < 0.2 else {}
        point = transaction.savepoint()
        with self.ledger.listening():
            answer = self.client.generic("POST", url, body.content, body.content_type, headers=headers)
        if answer.status_code >= 500:
            transaction.savepoint_rollback(point)
            faults = [f"answers {answer.status_code}: {cause(answer)}"]
        else:
            transaction.savepoint_commit(point)
            changed = self.ledger.faults(silent=silent(form, pairs), reaches=REACHES.get(form.page))
            faults = [*changed, *told(answer, self.strangers)]
            self.met["written"] += bool(self.ledger.changed)
        self.met[answer.status_code] += 1
        if answer.status_code in {302, 401}:
            enter(self.client, self.world)
        return [
            f"{fault} ({self.person} {number} {url} {body.content_type} {body.content[:300]!r})" for fault in faults
        ]


@pytest.mark.django_db
@pytest.mark.any_database
@pytest.mark.long
@pytest.mark.parametrize("person", SENDERS)
def test_no_form_is_hurt_by_hostile_fields(person, clock):
    world = make_world(person)
    client = Client(raise_request_exception=False)
    enter(client, world)
    forms, _asked = forms_of(client, person, world.own)
    ledger = Ledger(watched(world, person), unaudited=WITHOUT_AUDIT)
    sender = Sender(person, world, client, forms, ledger, Counter())
    found = []
    count = max(COUNT // len(SENDERS), 1)
    for start in range(0, count, BATCH):
        with transaction.atomic():
            enter(client, world)
            for number in range(start, min(start + BATCH, count)):
                found += sender.send(number)
            transaction.set_rollback(True)
        ledger.remember()
    print(f"\n{person}: {count} forms to {len(forms)} addresses, {dict(sorted(sender.met.items(), key=str))}")
    assert found == [], "\n".join(found)


def silent(form: Form, pairs: list[tuple[str, str]]) -> set:
    """The tables that this form may change without a line of audit."""
    kept_only = form.page in KEEPS and "keep" in dict(pairs)
    return {model for page, model in SILENT if page == form.page} | ({KEEPS[form.page]} if kept_only else set())


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


def addresses_elsewhere(world, person: str) -> dict[str, list[str]]:
    """By page, the same address for the things of other branches."""
    places = ["foreign", *(["sibling"] if person in OF_ONE_BRANCH else [])]
    return {
        row.page: [address(row, getattr(world, place)) for place in places if place in elsewhere(row, person)]
        for row in MATRIX.values()
        if row.thing
    }


def strangers(world, person: str) -> list[bytes]:
    """Numbers of people in other branches: no answer may hold one."""
    inside = Q()
    for path in watched(world, person):
        inside |= Q(branch__path__startswith=path)
    return [number.encode() for number in Member.objects.filter(inside).values_list("number", flat=True)]


def told(answer, strangers: list[bytes]) -> list[str]:
    """What the answer says of other branches."""
    return [f"tells of {number.decode()}" for number in strangers if number in answer.content]


def ids_of(world) -> list[str]:
    """The ids and codes of everything in other branches."""
    things = [thing for place in (world.sibling, world.foreign) for thing in place.values()]
    return sorted({str(value) for thing in things for value in thing.values()})


@pytest.mark.any_database
@pytest.mark.long
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
