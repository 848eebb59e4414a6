"""How far was the audit trail sealed, as a file outside the database remembers it?

Who can write to the database could cut the newest lines off, or make the whole chain anew. The file names the newest
seal that this machine has made: the chain must still hold it.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass

from django.conf import settings

from branchportal.models import AuditEntry


@dataclass(frozen=True)
class Head:
    """The newest sealed line."""

    sequence: int
    seal: str


def remember() -> None:
    """Write the newest seal down, unless what was written down before no longer holds: then it stays for the check."""
    newest = AuditEntry.objects.filter(sequence__isnull=False).order_by("-sequence").first()
    if newest is None or broken_head() is not None:
        return
    path = settings.AUDIT_HEAD
    path.parent.mkdir(parents=True, exist_ok=True)
    own = path.with_name(f"{path.name}.{os.getpid()}")
    with own.open("w", encoding="utf-8") as file:
        json.dump(asdict(Head(newest.sequence, newest.seal)), file)
        file.flush()
        os.fsync(file.fileno())
    own.replace(path)


def broken_head() -> Head | None:
    """Return the remembered line if the chain does not hold it any more, else None; a damaged file counts as broken."""
    head = _remembered()
    if head is None or AuditEntry.objects.filter(sequence=head.sequence, seal=head.seal).exists():
        return None
    return head


def _remembered() -> Head | None:
    try:
        text = settings.AUDIT_HEAD.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    try:
        return Head(**json.loads(text))
    except (ValueError, TypeError):
        return Head(0, "")
