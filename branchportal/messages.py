"""In which words is a notification told, and which kinds belong together? Each app answers for its own.

`NOTIFICATIONS`: kind → function of the context. `NOTIFICATION_GROUPS`: what a person switches on and off by e-mail.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from branchportal.models import Notification


@dataclass(frozen=True)
class Group:
    """Kinds of messages that are switched off by e-mail together, or never (`always`)."""

    code: str
    label: Any
    note: Any
    kinds: tuple[str, ...]
    always: bool = False


def text_of(notification: Notification) -> str:
    """Return the message in the present language."""
    for path in settings.NOTIFICATIONS:
        if words := import_string(path).get(notification.kind):
            return words(notification.context)
    return _("A message of a kind that this version of the portal does not know.")


@cache
def groups() -> tuple[Group, ...]:
    """All groups in the order of the apps; whatever can't be switched off comes first."""
    found = [group for path in settings.NOTIFICATION_GROUPS for group in import_string(path)]
    return tuple(sorted(found, key=lambda group: not group.always))


def kinds_of(codes: Iterable[str]) -> set[str]:
    """The kinds of these groups."""
    return {kind for group in groups() if group.code in set(codes) for kind in group.kinds}


def is_always_mailed(kind: str) -> bool:
    return any(group.always and kind in group.kinds for group in groups())
