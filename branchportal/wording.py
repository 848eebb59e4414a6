"""How do names stand in a row in the reader's language, and how does a sentence that was stored read in it?"""

import json
from collections.abc import Iterable

from django.utils.translation import gettext, pgettext


def listed(names: Iterable[object]) -> str:
    """The names in one line, with the sign between them that the language uses."""
    return pgettext("between names", ", ").join(str(name) for name in names)


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
