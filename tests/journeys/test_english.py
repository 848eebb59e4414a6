"""Is the portal English throughout when English was chosen?"""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from lxml import html

from evaluations import score_file
from members import roster_file
from tests.access.matrix import PUBLIC
from tests.access.test_matrix import MATRIX, address
from tests.access.world import NOW, make_world
from tests.factories import sign_in
from tests.journeys.test_payloads import infest, is_page, upload

pytestmark = pytest.mark.django_db

CHINESE = re.compile(r"[\u3400-\u9fff]+")
OWN_NAME = re.compile("简体中文")  # each language is named in itself
HEADERS = {header for headers in (*roster_file.HEADERS.values(), *score_file.HEADERS.values()) for header in headers}
IN_FILES = {*HEADERS, *score_file.GRADE_WORDS, *roster_file.TEMPLATE_STAGES}
FILE_WORDS = re.compile("|".join(["简体中文", "、", *map(re.escape, sorted(IN_FILES, key=len, reverse=True))]))
ABOUT_FILES = {
    "members:roster_import", "members:roster_import_result", "evaluations:score_import", "evaluations:score_batch",
}  # fmt: skip
SPOKEN = "//text() | //@title | //@aria-label | //@placeholder | //@alt | //@data-label"


def chinese_on(page: str, allowed: re.Pattern = OWN_NAME) -> list[str]:
    """Every Chinese text, also in spoken attributes, of a page; the `allowed` words aside."""
    tree = html.fromstring(page)
    for code in tree.xpath("//script | //style"):
        code.drop_tree()
    texts = {" ".join(piece.split()) for piece in tree.xpath(SPOKEN)}
    return sorted(text for text in texts if CHINESE.search(allowed.sub("", text)))


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
    sign_in(client, world.user)
    rows = [row for row in MATRIX.values() if row.opens == 200 and row.signs[person] == "+"]
    answers = {row.page: client.get(address(row, world.own)) for row in rows}
    pages = {name: answer.text for name, answer in answers.items() if is_page(answer)}
    spoken = {name: chinese_on(page, FILE_WORDS if name in ABOUT_FILES else OWN_NAME) for name, page in pages.items()}
    assert {name: texts for name, texts in spoken.items() if texts} == {}


def test_no_public_page_speaks_chinese(client):
    names = sorted(PUBLIC - {"health", "set_language", "members:logout", "activities:calendar_file"})
    assert {name: chinese_on(client.get(reverse(name)).text) for name in names} == {name: [] for name in names}


def test_the_same_pages_speak_chinese_by_default(client):
    client.cookies.clear()
    assert "学号" in str(chinese_on(client.get(reverse("members:login")).text))
