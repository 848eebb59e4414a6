"""Does one of two people who change the same record at the same moment ever overwrite the other unseen?

`EDITS=1000 bin/test faults/test_two_editors.py -n0 -s` is the long run. Both have opened the page; both send, a random
moment apart. One is taken; the other is told, with what he typed still on the page.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from lxml import html

from activities.models import Award, Minutes
from evaluations.models import SelfReview
from members.models import Member
from members.roles import Role
from tests.access.world import NOW, make_world
from tests.factories import make_user, sign_in
from tests.parallel import at_once
from tests.rounds import rounds

EDITS = rounds("EDITS", 25)
APART = 0.03  # seconds
GRADES = {"thought": "excellent", "study": "good", "life": "good", "work": "fair", "conduct": "passable"}


@dataclass
class Record:
    """A record with two editors: its page, which field they change, and what is stored in it."""

    page: str
    things: dict[str, Any]
    field: str
    stored: Callable[[], str]
    editors: tuple
    more: dict[str, str]

    def open(self) -> dict[str, str]:
        """The form as its page shows it now, without what is stored nowhere."""
        tree = html.fromstring(sign_in(Client(), self.editors[0]).get(self.url()).text)
        form = tree.xpath("//form[.//*[@name='version']]")[0]
        return {name: value or "" for name, value in form.form_values() if name != "csrfmiddlewaretoken"} | self.more

    def url(self) -> str:
        return reverse(self.page, kwargs=self.things)


@pytest.fixture
def records(transactional_db, time_machine) -> dict[str, Record]:
    time_machine.move_to(NOW, tick=False)
    world = make_world("secretary")
    own, branch = world.own, world.user.role_assignments.get().branch
    office = (world.user, make_user(Role.SECRETARY, branch))
    person = Member.objects.get(pk=own["member"]["pk"])
    minutes = Minutes.objects.get(activity=own["draft_minutes"]["pk"])
    award = Award.objects.get(pk=own["award"]["pk"])
    author = make_user(Role.MEMBER, branch)
    Award.objects.filter(pk=award.pk).update(member=author.member)
    return {
        "person": Record("members:person_edit", own["member"], "class_name", _value(person, "class_name"), office, {}),
        "minutes": Record(
            "activities:minutes_edit", own["draft_minutes"], "topic", lambda: _fresh(minutes).items[0]["topic"], office,
            {"spoken": "", "decided": "通过"},
        ),
        "award": Record("activities:award_edit", own["award"], "title", _value(award, "title"), (author, author), {}),
        "self-review": Record(
            "evaluations:review_of_month", own["own_month"], "thought_note",
            lambda: SelfReview.objects.get(member=author.member).notes["thought"], (author, author), GRADES,
        ),
    }  # fmt: skip


def _fresh(row: Any) -> Any:
    return type(row).objects.get(pk=row.pk)


def _value(row: Any, name: str) -> Callable[[], str]:
    return lambda: getattr(_fresh(row), name)


def both_send(record: Record, forms: list[dict[str, str]], dice: random.Random) -> list:
    """The answers to the two forms."""

    def sender(place: int, wait: float):
        def send():
            time.sleep(wait)
            window = sign_in_again[place]
            return window.post(record.url(), forms[place])

        return send

    sign_in_again = [sign_in(Client(raise_request_exception=False), editor) for editor in record.editors]
    first, second = (0, dice.uniform(0, APART)) if dice.random() < 0.5 else (dice.uniform(0, APART), 0)
    return at_once([sender(0, first), sender(1, second)])


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_nobody_overwrites_the_other_unseen(records):
    dice, met, wrong = random.Random(2026), Counter(), []
    for number in range(EDITS):
        name = list(records)[number % len(records)]
        record = records[name]
        opened = record.open()
        typed = [f"甲{number}班", f"乙{number}班"]
        answers = both_send(record, [{**opened, record.field: words, "page": words} for words in typed], dice)
        codes = [answer.status_code for answer in answers]
        met[name, *sorted(codes)] += 1
        if sorted(codes) != [302, 409]:
            wrong.append((name, codes))
            continue
        winner = codes.index(302)
        told = answers[1 - winner].text
        if record.stored() != typed[winner] or typed[1 - winner] not in told or typed[winner] not in told:
            wrong.append((name, record.stored(), typed[winner]))
    print(f"\n{EDITS} times two editors: {dict(met)}")
    assert wrong == []


def test_control_a_form_that_does_not_say_what_it_was_made_from_overwrites(records):
    """The twin: the second form names the version of the moment, as one without a guard would; the first is gone."""
    record = records["person"]
    window = sign_in(Client(), record.editors[0])
    for words in ("甲班", "乙班"):
        assert window.post(record.url(), {**record.open(), record.field: words}).status_code == 302
    assert record.stored() == "乙班"
