"""Which people, pages and things does the quick search find? Each app answers through a dotted path in the settings.

`SEARCH = ["members.search.find", …]`: each a function(request, words) -> iterable of Hit, only what the person may
open, a handful at most. Nothing of a search is kept or logged.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

SHORTEST, LONGEST = 2, 80
MOST = 6  # of each group


class Group(Enum):
    """Under which heading a hit stands, in the order of the page."""

    PEOPLE = pgettext_lazy("search", "People")
    PAGES = pgettext_lazy("search", "Pages")
    MONTHS = _("Months")
    RANKINGS = _("Rankings")
    ACTIVITIES = _("Activities")
    BRANCHES = _("Branches")
    HELP = _("Help")


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found: where it stands, what it is called, where it leads, and a few words to tell it from others."""

    group: Group
    label: str
    url: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A page that an app offers to the search: who may open it, its address and label, other words for it."""

    permission: Any
    url_name: str
    label: str | Promise
    also: tuple[str | Promise, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """The hits under one heading."""

    label: str | Promise
    hits: list[Hit]


def tidy(text: str) -> str:
    """What was typed, with single spaces and not too long."""
    return " ".join(text.split())[:LONGEST]


def is_long_enough(words: str) -> bool:
    """Two characters, or a single Chinese one: a surname."""
    return len(words) >= SHORTEST or any(unicodedata.category(sign) == "Lo" for sign in words)


def says(words: str, *texts: str | Promise) -> bool:
    """Does one of the texts hold all of the words, in any order, small or capital?"""
    wanted = words.casefold().split()
    return any(all(word in str(text).casefold() for word in wanted) for text in texts)


def search(request: HttpRequest, words: str) -> list[Found]:
    """Everything found, by group; nothing for words that are not long enough."""
    if not is_long_enough(words):
        return []
    groups: dict[Group, dict[str, Hit]] = {group: {} for group in Group}
    for path in settings.SEARCH:
        for hit in import_string(path)(request, words):
            groups[hit.group].setdefault(hit.url, hit)
    return [Found(group.value, list(hits.values())[:MOST]) for group, hits in groups.items() if hits]


def pages(words: str, offered: Iterable[Page]) -> Iterator[Hit]:
    """Those of the offered pages whose label or other words fit."""
    for page in offered:
        if says(words, page.label, *page.also):
            yield Hit(Group.PAGES, str(page.label), reverse(page.url_name))
