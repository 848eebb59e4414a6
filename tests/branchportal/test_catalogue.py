"""Is everything that the portal says said in Chinese too, and is the compiled catalogue the written one?"""

import re
from pathlib import Path

import polib
import pytest

CATALOGUE = Path(__file__).parents[2] / "branchportal/locale/zh_Hans/LC_MESSAGES"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")


@pytest.fixture(scope="module")
def messages():
    return polib.pofile(str(CATALOGUE / "django.po"))


def told(entry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def test_every_message_is_translated(messages):
    assert [entry.msgid for entry in messages if not entry.obsolete and not all(told(entry))] == []
    assert [entry.msgid for entry in messages.fuzzy_entries()] == []


def test_the_compiled_catalogue_is_the_written_one(messages):
    compiled = polib.mofile(str(CATALOGUE / "django.mo"))
    assert {(entry.msgctxt, entry.msgid): told(entry) for entry in compiled} == {
        (entry.msgctxt, entry.msgid): told(entry) for entry in messages if not entry.obsolete
    }


def test_translations_keep_every_placeholder(messages):
    """The Chinese may leave the number of a plural to the first form; nothing else gets lost or invented."""
    changed = [
        (entry.msgid, text)
        for entry in messages
        for text in told(entry)
        if {*PLACEHOLDER.findall(text)}
        not in ({*PLACEHOLDER.findall(entry.msgid)}, {*PLACEHOLDER.findall(entry.msgid_plural)})
    ]
    assert changed == []
