"""What changed in the branches that somebody oversees, since he last ticked it off?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max

from members.access import access_of
from members.models import User
from members.queries.audit_trail import action_labels, lines_for
from members.roles import Permission

LOOKED_BACK = timedelta(days=30)  # by somebody who has never ticked anything off
# What people do every day is no change to be told: filing, rating, signing in.
DAILY = ("self_review.", "branch_rating.", "account.", "job.", "review.", "reminder.")
GROUPS_SHOWN = 6


@dataclass(frozen=True)
class ChangeGroup:
    """How often one kind of change was made by others, and when last."""

    action: str
    label: Any
    count: int
    newest: datetime


@dataclass(frozen=True)
class Changes:
    """The changes between two moments, the newest kinds first; `total` counts those not shown too."""

    since: datetime
    until: datetime
    groups: list[ChangeGroup]
    total: int


def unseen(user: User, *, now: datetime) -> Changes | None:
    """Return what others changed since then; None for somebody who may not read the audit trail. One query."""
    if not access_of(user).may(Permission.VIEW_AUDIT):
        return None
    since = user.changes_seen_at or now - LOOKED_BACK
    lines = lines_for(user, Permission.VIEW_AUDIT).filter(at__gt=since, at__lte=now).exclude(actor=user)
    for beginning in DAILY:
        lines = lines.exclude(action__startswith=beginning)
    counted = lines.order_by().values("action").annotate(count=Count("pk"), newest=Max("at"))
    rows = sorted(counted, key=lambda row: (row["newest"], row["action"]), reverse=True)
    labels = action_labels()
    groups = [
        ChangeGroup(row["action"], labels.get(row["action"], row["action"]), row["count"], row["newest"])
        for row in rows[:GROUPS_SHOWN]
    ]
    return Changes(since, now, groups, sum(row["count"] for row in rows))
