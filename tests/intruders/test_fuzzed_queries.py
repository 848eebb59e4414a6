"""Is any page hurt by what somebody writes behind the question mark of its address?

`FUZZED_QUERIES=1000 bin/test intruders/test_fuzzed_queries.py -s` sends so many to every page; the suite itself sends a
few. Whatever stands there: no error of the portal, no write, nobody of another branch, no more queries than ever.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client

from tests.access.queries import MORE
from tests.access.world import make_world
from tests.factories import sign_in
from tests.intruders.conftest import SEED
from tests.intruders.forms import forms_of, openable
from tests.intruders.hostile import Intruder
from tests.intruders.ledger import OUR_APPS
from tests.intruders.test_fuzzed_forms import cause, ids_of, strangers, told
from tests.rounds import rounds

ROUNDS = rounds("FUZZED_QUERIES", 1)
SENDERS = ("anonymous", "member", "secretary", "reviewer", "administrator")  # each sends to what the earlier don't open
READ = re.compile(r"""GET(?:\.get(?:list)?\(|\[)["'](\w+)["']""")
MOST_QUERIES = max(MORE.values())
LARGEST = 2 * 1024 * 1024  # bytes


@pytest.mark.django_db
@pytest.mark.any_database
@pytest.mark.parametrize("person", SENDERS)
def test_no_page_is_hurt_by_a_hostile_query(person, clock):
    with transaction.atomic():
        world = make_world(person)
        client = Client(raise_request_exception=False)
        if world.user is not None:
            sign_in(client, world.user)
        _forms, asked = forms_of(client, person, world.own)
    pages = openable(person, world.own)
    met, found, people, ids = Counter(), [], strangers(world, person), ids_of(world)
    for page in own_pages(person, pages, world):
        names = sorted({*asked.get(page, ()), *NAMES})
        for number in range(ROUNDS):
            intruder = Intruder(random.Random(f"{SEED}-{page}-{number}"), ids)
            url = f"{pages[page].partition('?')[0]}?{intruder.query(names)}"
            faults, status = look(client, url, people)
            met[status] += 1
            found += [f"{page} {fault} ({url[:300]})" for fault in faults]
    print(f"\n{person}: answers {dict(sorted(met.items()))}")
    assert found == [], "\n".join(found[:40])


def look(client, url: str, people: list[bytes]) -> tuple[list[str], int]:
    """What is wrong with the answer, and its status."""
    path, _mark, query = url.partition("?")
    queries = Counter()

    def count(execute, sql, params, many, context):
        queries[sql.split(" ", 1)[0]] += 1
        return execute(sql, params, many, context)

    point = transaction.savepoint()
    with connection.execute_wrapper(count):
        answer = client.get(path, QUERY_STRING=query)
    if answer.status_code >= 500:
        transaction.savepoint_rollback(point)
        return [f"answers {answer.status_code}: {cause(answer)}"], answer.status_code
    transaction.savepoint_commit(point)
    if answer.streaming:
        return [], answer.status_code
    found = told(answer, people)
    found += [f"makes {queries.total()} queries"] if queries.total() > MOST_QUERIES else []
    if len(answer.content) > LARGEST:
        found.append(f"is {len(answer.content)} bytes long")
    return found, answer.status_code


def own_pages(person: str, pages: dict[str, str], world) -> list[str]:
    """Pages that none of the earlier senders opens."""
    earlier = [openable(one, world.own) for one in SENDERS[: SENDERS.index(person)]]
    return [page for page in pages if not any(page in opened for opened in earlier)]


def names_read() -> set[str]:
    """Every name that some view reads from an address."""
    sources = [path for app in OUR_APPS for path in Path(settings.BASE_DIR, app).rglob("*.py")]
    return {"page"} | {name for path in sources for name in READ.findall(path.read_text(encoding="utf-8"))}


NAMES = names_read()


def test_names_that_views_read_are_found():
    assert {"q", "next", "branch", "month"} <= NAMES
