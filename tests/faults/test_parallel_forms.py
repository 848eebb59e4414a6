"""Has a form that is sent fifty times at once exactly the effect of one, on every address that takes a form?

`PARALLEL_FORMS=50 bin/test faults/test_parallel_forms.py -n0 -s` is the long run; the suite sends three. First the form
is sent once and taken back; then it is sent many times at the same moment. What is stored must differ by the same rows
with the same values both times. Forms with rules of their own are in journeys/test_fifty_submits.py; an address that is
in neither place fails the test.

Six forms have a twin of their own without their guard (test_unguarded_forms.py); all others share the two general ones
of journeys/test_fifty_submits.py.
"""

from __future__ import annotations

import inspect
from collections import Counter
from itertools import chain
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.test import Client

from branchportal.celery import app
from branchportal.models import AccessRecord, AuditEntry
from members.models import LoginFailure
from tests.access.test_matrix import address_of
from tests.access.world import NOW, make_world
from tests.factories import sign_in
from tests.faults.forms_sent import EACH_TIME, FORMS, LAST, NOTHING_STORED, SENT, SHOWN, Sent, Upload
from tests.intruders.forms import Form, forms_on, posting_pages
from tests.intruders.ledger import our_models
from tests.journeys import test_fifty_submits
from tests.parallel import at_once
from tests.rounds import rounds

COUNT = rounds("PARALLEL_FORMS", 3)
OF_THE_DOOR = {AccessRecord, Session, LoginFailure}
BUTTONS = {"save"}  # what a button sends is no field of its form
# Secrets are drawn at random; and a job that is taken back was never published.
NOT_COMPARED = {"password", "code_hash", "token_hash", "token", "seal", "seed", "published_at"}


def stored() -> dict[tuple[str, Any], dict[str, Any]]:
    """{(table, key): {column: value}} of everything; a line of the trail goes by its action."""
    models = [model for model in our_models() if model not in {*OF_THE_DOOR, AuditEntry}]
    found = {
        (model.__name__, row["pk"]): row for model in models for row in model.objects.values("pk", *columns(model))
    }
    return found | {(f"line {line.action}", line.pk): {} for line in AuditEntry.objects.only("action")}


def columns(model) -> list[str]:
    """Keys of other rows are left out: a row that was taken back has used up its number."""
    return [one.name for one in model._meta.concrete_fields if one.name not in NOT_COMPARED and not one.is_relation]


def effect(before: dict) -> dict[str, Any]:
    """How many rows each table has more and less, and the new values of rows that were there."""
    after = stored()
    found = Counter(f"+ {table}" for table, _key in after.keys() - before.keys())
    found.update(f"- {table}" for table, _key in before.keys() - after.keys())
    changed = {
        f"{table} {key} {name}": value
        for (table, key), row in after.items()
        for name, value in row.items()
        if (table, key) in before and before[table, key][name] != value
    }
    return {**found, **changed}


class Sender:
    """Somebody who fills in a form as its page shows it, a minute before it is sent."""

    def __init__(self, person: str, time_machine) -> None:
        self.person, self.time_machine = person, time_machine
        time_machine.move_to(NOW, tick=False)
        self.world = make_world(person)

    def client(self) -> Client:
        window = Client(raise_request_exception=False)
        if self.world.user is None:
            return window
        self.world.user.refresh_from_db()
        return sign_in(window, self.world.user)

    def filled(self, page: str, form: Sent) -> tuple[str, dict[str, Any]]:
        """The address, and the fields of the page with what is typed over them."""
        form.before(self.world)
        self.time_machine.move_to(SHOWN, tick=False)
        url = address_of(page, self.world.own)
        found = sorted(forms_on(self.client(), url), key=lambda one: one.page != page)
        typed_over = {name for name in form.typed if name.isidentifier()} - BUTTONS
        shown = next((one for one in found if one.fields.keys() | one.files >= typed_over), Form(page, url))
        self.time_machine.move_to(SENT, tick=False)
        fields = dict(shown.fields)
        for name, value in form.typed.items():
            typed = value(self.world) if callable(value) else value
            typed = shown.choices[name][-1] if value is LAST else typed
            fields[name.format(member=self.world.own["rated_member"]["member"])] = typed
        return (shown.url if shown.page == page else url), fields

    def alone(self, url: str, fields: dict) -> dict[str, Any]:
        """What the form does when it is sent once; it is taken back."""
        window, before = self.client(), stored()
        with transaction.atomic():
            window.post(url, opened(fields))
            done = effect(before)
            transaction.set_rollback(True)
        return done

    def together(self, url: str, fields: dict) -> tuple[dict[str, Any], Counter]:
        """The same sent many times at once, each from a window of its own; what was done, and the answers."""
        cookies, before = self.client().cookies, stored()

        def send() -> int:
            window = Client(raise_request_exception=False)
            window.cookies.update(cookies)
            return window.post(url, opened(fields)).status_code

        met = Counter(at_once([send] * COUNT))
        return effect(before), met


def opened(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value.opened() if isinstance(value, Upload) else value for name, value in fields.items()}


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("person", FORMS)
def test_a_form_sent_many_times_has_the_effect_of_one(person, time_machine):
    sender, wrong, met = Sender(person, time_machine), {}, Counter()
    for page, form in FORMS[person].items():
        url, fields = sender.filled(page, form)
        one = sender.alone(url, fields)
        many, answers = sender.together(url, fields)
        met += answers
        if page in EACH_TIME:
            one[EACH_TIME[page]] *= COUNT
        if many != one or bool(one) == (page in NOTHING_STORED) or any(status >= 500 for status in answers):
            wrong[page] = (one, many, dict(answers))
    app.control.purge()
    print(f"\n{person}: {len(FORMS[person])} addresses, {COUNT} times at once each: {dict(sorted(met.items()))}")
    assert wrong == {}, "\n".join(f"{page}: {found}" for page, found in wrong.items())


def test_every_address_that_takes_a_form_is_sent_to():
    """Each stands in FORMS, or its name in a test of the fifty known by heart."""
    source = inspect.getsource(test_fifty_submits)
    by_heart = {page for page in posting_pages() if f'"{page}"' in source}
    here = list(chain.from_iterable(FORMS.values()))
    assert sorted([*here, *by_heart]) == sorted(posting_pages())
