"""How does a value read that a line of the audit trail keeps: what is it called, and in which words is it said?

`AUDIT_FACTS` in the settings lists each app's own, for what is no field of the line's subject or reads otherwise there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

DIGITS_SHOWN = 12  # of a fingerprint: enough to compare two of them


@dataclass(frozen=True)
class Fact:
    """The name of a value, and the words for what it holds: a table or a function; None: it is said as it is kept."""

    label: Any
    words: Mapping[str, Any] | Callable[[Any], Any] | None = None

    def said(self, value: Any) -> Any:
        if self.words is None:
            return value
        return self.words.get(value, value) if isinstance(self.words, Mapping) else self.words(value)


def fact_of(action: str, key: str) -> Fact | None:
    """What an app says of this value, in lines of this family ("award" of "award.edited") or anywhere."""
    family = action.partition(".")[0]
    return _facts().get(f"{family}.{key}") or _facts().get(key)


def month(value: str) -> str:
    """A month that is kept as its first day."""
    return value[:7]


def shortened(fingerprint: str) -> str:
    """The beginning of a fingerprint."""
    return fingerprint[:DIGITS_SHOWN] + "…"


@cache
def _facts() -> dict[str, Fact]:
    return {key: fact for path in settings.AUDIT_FACTS for key, fact in import_string(path).items()}
