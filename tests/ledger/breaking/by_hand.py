"""How does a test write behind the portal's back, past its services and its constraints?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from django.db import connection

from branchportal import audit
from branchportal.ledger import place
from branchportal.models import AuditEntry
from members.models import Branch

NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
BREAKS: dict[str, Callable[[], list[str]]] = {}


def breaks(code: str) -> Callable:
    def register(function: Callable) -> Callable:
        BREAKS[code] = function
        return function

    return register


def first(model, **wanted):
    return model.objects.filter(**wanted).order_by("pk")[0]


def change(row, **values) -> list[str]:
    """Write behind the portal's back; return the row's place."""
    type(row).objects.filter(pk=row.pk).update(**values)
    return [place(type(row), row.pk)]


def without_constraints(model) -> str:
    """Put a table without any constraint in the place of the model's; return its name."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"CREATE TABLE bare AS SELECT * FROM {table}")
        cursor.execute(f"DROP TABLE {table}" + (" CASCADE" if connection.vendor == "postgresql" else ""))
        cursor.execute(f"ALTER TABLE bare RENAME TO {table}")
    return table


def double(row) -> None:
    """The same row once more."""
    table = without_constraints(type(row))
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} SELECT * FROM {table} WHERE id = %s", [row.pk])


def drop_line(action: str) -> AuditEntry:
    """Take one line out of the audit trail before it is sealed."""
    line = first(AuditEntry, action=action)
    AuditEntry.objects.filter(pk=line.pk).delete()
    return line


def drop_line_about(model, action: str) -> list[str]:
    return [place(model, drop_line(action).subject_id)]


def branch(code: str) -> Branch:
    return Branch.objects.get(code=code)


def newest_line() -> AuditEntry:
    while audit.seal():
        pass
    return AuditEntry.objects.order_by("-sequence").first()
