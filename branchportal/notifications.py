"""How does the portal tell somebody something, once? The e-mail of it follows by itself (see mail.py)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from branchportal.models import Notification


def notify(users: Iterable[Any], kind: str, *, key: str, context: dict[str, Any], url: str = "") -> None:
    """Leave one message per user; the same (user, kind, key) again leaves nothing."""
    Notification.objects.bulk_create(
        [Notification(user=user, kind=kind, key=key, context=context, url=url) for user in users],
        ignore_conflicts=True,
        batch_size=500,
    )


def mark_read(messages: QuerySet[Notification], *, now: datetime) -> int:
    """Mark these messages read; return how many were not."""
    return messages.filter(read_at=None).update(read_at=now)
