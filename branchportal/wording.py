"""How do names, sentences and sentences that were stored read in the reader's language?"""

import json
from collections.abc import Iterable

from django.utils.translation import gettext, pgettext


def listed(names: Iterable[object]) -> str:
    """The names in one line, with the sign between them that the language uses."""
    return pgettext("between names", ", ").join(str(name) for name in names)


def sentences(said: Iterable[object]) -> str:
    """Whole sentences one after the other, with the space between them that the language uses."""
    two = pgettext("two sentences", "%(first)s %(second)s")
    text = ""
    for sentence in said:
        text = two % {"first": text, "second": sentence} if text else str(sentence)
    return text


def stored_sentence(stored: str) -> str:
    """A sentence that was stored as {"text": English, "params": …}; any other text as it is."""
    try:
        sentence = json.loads(stored)
        return gettext(sentence["text"]) % sentence["params"]
    except (ValueError, TypeError, KeyError):
        return stored


def with_lists(params: dict) -> dict:
    """The values of a sentence; those that are lists become one line in the reader's language."""
    return {key: listed(value) if isinstance(value, list | tuple) else value for key, value in params.items()}
