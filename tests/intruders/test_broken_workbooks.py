"""Does any upload page suffer from a file that is broken or hostile?

`BROKEN_WORKBOOKS=500 bin/test --sqlite intruders/test_broken_workbooks.py -n0 -s` makes so many and sends each to every
page that takes a file; the suite itself sends a few. The long run also holds each answer to ten seconds and the memory
of whatever reads the file to 300 MB.
"""

from __future__ import annotations

import logging
import multiprocessing
import random
import re
import resource
import time
from collections import Counter, defaultdict
from concurrent.futures import ProcessPoolExecutor

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from lxml import html

from branchportal.models import AuditEntry
from tests.access.world import make_world
from tests.factories import sign_in
from tests.intruders.conftest import SEED
from tests.intruders.forms import Form, forms_of
from tests.intruders.test_fuzzed_forms import cause
from tests.intruders.workbooks import FAMILIES, broken_workbook
from tests.rounds import rounds

SHORT = 10
COUNT = rounds("BROKEN_WORKBOOKS", SHORT)
SECONDS, MEGABYTES = 10, 300
ENDINGS = (".xlsx", ".xls", ".csv", ".XLSX", "")
CHINESE = re.compile("[一-鿿]")
UPLOADS = {
    "member": {
        "activities:award_add",
        "activities:award_edit",
        "activities:duty_entry_add",
        "activities:duty_entry_edit",
    },
    "secretary": {
        "members:roster_import",
        "evaluations:score_import",
        "evaluations:scheme_import",
        "evaluations:column_import",
        "evaluations:points_edit",
    },
}


@pytest.fixture
def _no_kept_warnings():
    """pytest keeps what is logged, and Django logs each refusal with its request: all files would stay in memory."""
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(scope="module")
def maker():
    """Files are made in a process of their own: a bomb takes a gigabyte to make, which is not the portal's."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        yield pool


@pytest.mark.any_database
@pytest.mark.long
@pytest.mark.django_db
@pytest.mark.usefixtures("_no_kept_warnings")
@pytest.mark.parametrize("person", UPLOADS)
def test_no_file_hurts_a_page(person, maker, clock):
    forms, client = upload_forms(person)
    assert {form.page for form in forms} == UPLOADS[person]
    met, slowest, found = defaultdict(Counter), (0.0, ""), []
    at_start, own_at_start = megabytes(resource.RUSAGE_CHILDREN), megabytes(resource.RUSAGE_SELF)
    for number in range(COUNT):
        content = maker.submit(broken_workbook, SEED, number).result()
        family, dice = FAMILIES[number % len(FAMILIES)], random.Random(number)
        for form in forms:
            began = time.monotonic()
            outcome, faults = send(client, form, content, f"花名册{dice.choice(ENDINGS)}")
            took = time.monotonic() - began
            slowest = max(slowest, (took, f"{family.__name__} {number} {form.page}"))
            met[form.page][outcome] += 1
            found += [f"{family.__name__} {number} {form.page}: {fault}" for fault in faults]
    children, own = megabytes(resource.RUSAGE_CHILDREN), megabytes(resource.RUSAGE_SELF) - own_at_start
    print(f"\n{person}: slowest {slowest}, readers {children} MB at most, the portal's own process + {own} MB")
    print(*(f"    {page}: {dict(outcomes)}" for page, outcomes in met.items()), sep="\n")
    assert found == [], "\n".join(found)
    if COUNT > SHORT:
        assert slowest[0] <= SECONDS, slowest
        assert children <= max(MEGABYTES, at_start)
        assert own <= MEGABYTES


def send(client, form: Form, content: bytes, name: str) -> tuple[str, list[str]]:
    """What became of the file, and what is wrong with the answer. Nothing stays written."""
    fields = {key: values[0] for key, values in form.fields.items()}
    with transaction.atomic():
        lines = AuditEntry.objects.count()
        upload = SimpleUploadedFile(name, content)
        answer = client.post(form.url, {**fields, **dict.fromkeys(form.files, upload)})
        written = AuditEntry.objects.count() - lines
        transaction.set_rollback(True)
    if answer.status_code >= 500:
        return "error", [f"answers {answer.status_code}: {cause(answer)}"]
    if answer.status_code == 302:
        return "taken", []
    words = reasons(answer.content.decode())
    return f"refused {answer.status_code}", [
        *([] if CHINESE.search(words) else ["gives no reason in Chinese"]),
        *(["leaves a line of audit"] if written else []),
    ]


def reasons(page: str) -> str:
    """The words of the page that say what is wrong."""
    tree = html.fromstring(page)
    marked = tree.xpath(
        "//*[contains(@class,'invalid-feedback') or contains(@class,'alert') or contains(@class,'error')]"
    )
    return " ".join(one.text_content() for one in marked)


def upload_forms(person: str) -> tuple[list[Form], Client]:
    """Every form with a file that this person may send."""
    world = make_world(person)
    client = sign_in(Client(raise_request_exception=False), world.user)
    forms = [form for form in forms_of(client, person, world.own)[0] if form.files]
    for form in forms:
        form.fields |= {name: ["2026-09-01"] for name in form.fields if name.endswith("_on")}
    return forms, client


def megabytes(whose: int) -> int:
    """The largest memory so far of this process, or of any child that has ended."""
    return resource.getrusage(whose).ru_maxrss // 1024


def test_the_same_dice_make_the_same_file(clock):
    for family in FAMILIES:
        assert family(random.Random("a")) == family(random.Random("a"))
