"""Which parts of the help does the quick search find?"""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from branchportal.help.glossary import GLOSSARY
from branchportal.help.guides import GUIDES
from branchportal.search import Group, Hit, says


def find(request: HttpRequest, words: str) -> Iterator[Hit]:
    """The sections of the guides and the terms of the glossary whose titles fit."""
    if says(words, _("Help"), _("Guide")):
        yield Hit(Group.HELP, _("Help"), reverse("help"))
    for guide in GUIDES:
        for section in guide.sections:
            if says(words, section.title):
                url = f"{reverse(guide.url_name)}#{section.anchor}"
                yield Hit(Group.HELP, str(section.title), url, str(guide.title))
    for _title, terms in GLOSSARY:
        for term in terms:
            if says(words, term.term):
                yield Hit(Group.HELP, str(term.term), f"{reverse('glossary')}#{term.anchor}", _("Glossary"))
