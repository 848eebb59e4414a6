"""Is the portal English throughout when English was chosen, and Chinese throughout when nothing was?"""

from __future__ import annotations

import json
import re

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from lxml import html

from branchportal import maintenance
from branchportal.maintenance import Notice
from evaluations import score_file
from evaluations.column_names import USUAL_NAMES
from evaluations.scheme_templates import templates
from members import roster_file
from tests.access.matrix import BY_ADDRESS, PUBLIC
from tests.access.test_matrix import MATRIX, address
from tests.access.world import NOW, make_world
from tests.factories import sign_in
from tests.journeys.test_payloads import OUR_APPS, infest, is_page, opened_by, upload

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

CHINESE = re.compile(r"[\u3400-\u9fff]+")
OWN_NAME = re.compile("简体中文")  # each language is named in itself
HEADERS = {
    header
    for headers in (*roster_file.HEADERS.values(), *score_file.HEADERS.values(), *USUAL_NAMES)
    for header in headers
}
READY = {word for one in templates() for word in CHINESE.findall(json.dumps(one.document, ensure_ascii=False))}
IN_FILES = {*READY, *HEADERS, *score_file.GRADE_WORDS, *roster_file.TEMPLATE_STAGES}
FILE_WORDS = re.compile("|".join(["简体中文", "、", *map(re.escape, sorted(IN_FILES, key=len, reverse=True))]))
ABOUT_FILES = {
    "members:roster_import", "members:roster_import_result", "evaluations:score_import", "evaluations:score_batch",
    "evaluations:column_import", "evaluations:column_batch", "evaluations:scheme_add",
}  # fmt: skip
OFFICIAL_PAPERS = {"members:transfer_letter"}  # printed for another office, in Chinese whatever the clerk reads
SPOKEN = "//text() | //@title | //@aria-label | //@placeholder | //@alt | //@data-label"


def chinese_on(page: str, allowed: re.Pattern = OWN_NAME) -> list[str]:
    """Every Chinese text, also in spoken attributes, of a page; the `allowed` words aside."""
    tree = html.fromstring(page)
    for code in tree.xpath("//script | //style"):
        code.drop_tree()
    texts = {" ".join(piece.split()) for piece in tree.xpath(SPOKEN)}
    return sorted(text for text in texts if CHINESE.search(allowed.sub("", text)))


def empty_of_chinese() -> None:
    """What minutes, the audit trail and messages keep as documents is data too."""
    for label in OUR_APPS:
        for model in apps.get_app_config(label).get_models():
            for field in (one for one in model._meta.concrete_fields if isinstance(one, models.JSONField)):
                for row in model._base_manager.all():
                    plain = in_latin(getattr(row, field.name))
                    model._base_manager.filter(pk=row.pk).update(**{field.name: plain})


def in_latin(value):
    if isinstance(value, dict):
        return {key: in_latin(one) for key, one in value.items()}
    if isinstance(value, list):
        return [in_latin(one) for one in value]
    return CHINESE.sub("data", value) if isinstance(value, str) else value


@pytest.fixture
def client():
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


@pytest.mark.parametrize("person", ["member", "secretary", "counselor", "reviewer", "administrator"])
def test_no_page_speaks_chinese(person, client, time_machine):
    """In a portal whose data are Latin letters, so that every Chinese character is the portal's own."""
    time_machine.move_to(NOW, tick=False)
    with override("en"):  # what a check found is kept in the words of its time
        world = make_world(person)
        upload(world, "data")
    infest("data")
    empty_of_chinese()
    sign_in(client, world.user)
    rows = opened_by(person)
    answers = {row.page: client.get(address(row, world.own)) for row in rows}
    pages = {name: answer.text for name, answer in answers.items() if is_page(answer) and name not in OFFICIAL_PAPERS}
    spoken = {name: chinese_on(page, FILE_WORDS if name in ABOUT_FILES else OWN_NAME) for name, page in pages.items()}
    assert {name: texts for name, texts in spoken.items() if texts} == {}


def test_no_public_page_speaks_chinese(client):
    names = sorted(PUBLIC - {"health", "set_language", "members:logout", "activities:calendar_file", *BY_ADDRESS})
    assert {name: chinese_on(client.get(reverse(name)).text) for name in names} == {name: [] for name in names}


def test_the_same_pages_speak_chinese_by_default(client):
    client.cookies.clear()
    assert "学号" in str(chinese_on(client.get(reverse("members:login")).text))


REFUSALS = {
    "/nowhere/": 404,
    "/people/add/": 403,
    "/search/?q=nobody": 200,
    "/search/?q=november": 200,
    "/search/": 200,
}


@pytest.mark.parametrize(("url", "status"), sorted(REFUSALS.items()))
def test_no_refusal_and_no_search_speaks_chinese(url, status, client, time_machine):
    time_machine.move_to(NOW, tick=False)
    with override("en"):
        world = make_world("counselor")
    infest("data")
    sign_in(client, world.user)
    answer = client.get(url)
    assert (answer.status_code, chinese_on(answer.text)) == (status, [])


def test_a_closed_portal_and_an_ended_session_speak_english(client, settings, tmp_path):
    expired = client.post(reverse("members:email"), {"email": "a@example.edu"}, headers={"Accept": "text/html"})
    assert (expired.status_code, chinese_on(expired.text)) == (401, [])
    settings.UPLOAD_LIMIT = 10
    refused = client.post(reverse("members:login"), {"number": "x" * 20})
    assert (refused.status_code, chinese_on(refused.text)) == (413, [])
    settings.DATA_DIR = tmp_path
    maintenance.begin(Notice())
    assert chinese_on(client.get("/").text) == []


ENGLISH = re.compile(r"\b[A-Za-z][a-z]+(?:[ ,’']+[A-Za-z]?[a-z]+){2,}")  # three words in a row


def english_on(page: str) -> list[str]:
    """Every text of at least three English words on a page."""
    tree = html.fromstring(page)
    for code in tree.xpath("//script | //style | //*[@lang='en']"):
        code.drop_tree()
    texts = {" ".join(piece.split()) for piece in tree.xpath(SPOKEN)}
    return sorted(text for text in texts if ENGLISH.search(text))


@pytest.mark.parametrize("person", ["member", "secretary", "counselor", "reviewer", "administrator"])
def test_no_page_speaks_english_by_default(person, client, time_machine):
    time_machine.move_to(NOW, tick=False)
    client.cookies.clear()
    world = make_world(person)
    sign_in(client, world.user)
    rows = [row for row in MATRIX.values() if row.opens == 200 and row.signs[person] == "+"]
    answers = {row.page: client.get(address(row, world.own)) for row in rows}
    spoken = {name: english_on(answer.text) for name, answer in answers.items() if is_page(answer)}
    assert {name: texts for name, texts in spoken.items() if texts} == {}


def test_no_public_page_speaks_english_by_default(client):
    client.cookies.clear()
    names = sorted(PUBLIC - {"health", "set_language", "members:logout", "activities:calendar_file", *BY_ADDRESS})
    assert {name: english_on(client.get(reverse(name)).text) for name in names} == {name: [] for name in names}
