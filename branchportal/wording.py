"""How do names stand in a row in the reader's language: “a, b” or “a、b”?"""

from collections.abc import Iterable

from django.utils.translation import pgettext


def listed(names: Iterable[object]) -> str:
    """The names in one line, with the sign between them that the language uses."""
    return pgettext("between names", ", ").join(str(name) for name in names)


def with_lists(params: dict) -> dict:
    """The values of a sentence; those that are lists become one line in the reader's language."""
    return {key: listed(value) if isinstance(value, list | tuple) else value for key, value in params.items()}
