"""Who did what, when and why: how is it written down, and how is it made tamper-evident?"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection, models, transaction
from django.db.models import Max
from django.db.models.functions import Cast

from branchportal import bulk
from branchportal.models import AccessRecord, AuditEntry

GENESIS = "0" * 64
READ_AT_ONCE = 2000
SEAL_LOCK = 7_301_540_216  # any constant: PostgreSQL's advisory lock that lets one sealer work at a time


class Subject(NamedTuple):
    """What a line is about, as the line keeps it."""

    type: str = ""
    id: str = ""
    name: str = ""

    @classmethod
    def of(cls, subject: models.Model | Subject | None) -> Subject:
        if subject is None or isinstance(subject, Subject):
            return subject or cls()
        return cls(subject._meta.label_lower, str(subject.pk), str(subject)[:120])


def record(
    action: str,
    *,
    by: Any,
    subject: models.Model | None = None,
    branch: models.Model | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
) -> AuditEntry:
    """Write one line in the caller's transaction. `by` is the acting user, or None for the clock.

    The line names for whom he stood in, if only that gave him the right (see User.stood_in_for).
    """
    return AuditEntry.objects.create(
        **_line(action, by=by, subject=subject, branch=branch, before=before, after=after, reason=reason)
    )


def record_many(action: str, *, by: Any, lines: Iterable[dict[str, Any]]) -> None:
    """Write one line per dict of `record`'s other arguments, in one statement; a subject may be a `Subject`."""
    bulk.insert_values(AuditEntry, [_line(action, by=by, **line) for line in lines])


def note_access(
    action: str, *, by: Any, subject: models.Model | None = None, branch: models.Model | None = None
) -> None:
    """Write down that `by` looked at or took away somebody's data."""
    AccessRecord.objects.create(
        user=by,
        action=action,
        branch=branch,
        subject_type=subject._meta.label_lower if subject else "",
        subject_id=str(subject.pk) if subject else "",
    )


def note_access_many(action: str, *, by: Any, branches: Iterable[models.Model]) -> None:
    """Write down that `by` took away the data of these branches: a line for each, in one statement."""
    AccessRecord.objects.bulk_create(
        [AccessRecord(user=by, action=action, branch=branch) for branch in branches], batch_size=500
    )


def note_access_to_people(action: str, *, by: Any, people: Iterable[models.Model], branch: models.Model) -> None:
    """Write down that `by` looked at the data of these people: a line for each, in one statement."""
    AccessRecord.objects.bulk_create(
        [
            AccessRecord(
                user=by, action=action, branch=branch, subject_type=one._meta.label_lower, subject_id=str(one.pk)
            )
            for one in people
        ],
        batch_size=500,
    )


def changes(before: dict[str, Any], after: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return only the entries that differ, as (before, after)."""
    keys = [key for key in after if before.get(key) != after[key]]
    return {key: before.get(key) for key in keys}, {key: after[key] for key in keys}


def subject_id(pk: Any) -> Cast:
    """The text under which lines name a row with this primary key, for queries over many rows."""
    return Cast(pk, models.CharField())


def seal(limit: int = 5000) -> int:
    """Chain up to `limit` lines that are not sealed yet; return how many. Safe to call from several places at once."""
    with transaction.atomic():
        _one_sealer_at_a_time()
        last = AuditEntry.objects.filter(sequence__isnull=False).order_by("-sequence").first()
        sequence, previous = (last.sequence, last.seal) if last else (0, GENESIS)
        lines = list(AuditEntry.objects.filter(sequence__isnull=True).order_by("id")[:limit])
        for line in lines:
            sequence += 1
            line.sequence = sequence
            line.seal = previous = _digest(previous, line)
        AuditEntry.objects.bulk_update(lines, ["sequence", "seal"], batch_size=200)
    return len(lines)


def first_broken_line(*, alive: Callable[[], None] = lambda: None) -> AuditEntry | None:
    """Return the first sealed line whose seal does not follow from the one before it, or None.

    `alive()` is called after each slice of the chain.
    """
    previous, expected, sealed = GENESIS, 1, AuditEntry.objects.filter(sequence__isnull=False).order_by("sequence")
    lines = list(sealed[:READ_AT_ONCE])
    while lines:
        for line in lines:
            if line.sequence != expected or line.seal != _digest(previous, line):
                return line
            previous, expected = line.seal, expected + 1
        alive()
        lines = list(sealed.filter(sequence__gte=expected)[:READ_AT_ONCE])
    return None


def sealed_up_to() -> int:
    """Return the sequence number of the newest sealed line (0 without any)."""
    return AuditEntry.objects.aggregate(newest=Max("sequence"))["newest"] or 0


def _line(
    action: str,
    *,
    by: Any,
    subject: models.Model | Subject | None = None,
    branch: models.Model | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
) -> dict[str, Any]:
    branch = branch if branch is not None else getattr(subject, "branch", None)
    about = Subject.of(subject)
    return {
        "action": action,
        "actor_id": by.pk if by else None,
        "actor_name": by.name if by else "",
        "stood_in_for": by.stood_in_for(branch) if by else "",
        "branch_id": branch.pk if branch else None,
        "subject_type": about.type,
        "subject_id": about.id,
        "subject_name": about.name,
        "before": _plain(before) if before else {},
        "after": _plain(after) if after else {},
        "reason": reason,
    }


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value if type(value) is str else _plain_value(value) for key, value in values.items()}


def _plain_value(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, models.Model):
        return str(value)
    return value


def _digest(previous: str, line: AuditEntry) -> str:
    content = [
        line.sequence, line.id, line.at.isoformat(), line.actor_id, line.actor_name, line.action, line.branch_id,
        line.subject_type, line.subject_id, line.subject_name, line.before, line.after, line.reason,
    ]  # fmt: skip
    if line.stood_in_for:  # lines from before there were stand-ins keep their seals
        content.append(line.stood_in_for)
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256((previous + text).encode()).hexdigest()


def _one_sealer_at_a_time() -> None:
    """On SQLite every transaction is the only writer already."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SEAL_LOCK])
