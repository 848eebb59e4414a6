"""How are the tables emptied after a test that committed rows, and how do the rows of migrations come back?

By deleting the few rows that are there and copying the migrated ones back, in one transaction: truncating sixty tables
would take PostgreSQL, and writing the rows one by one would take Django, most of a short test's time.
"""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

KEPT = "kept_{}"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Keep a copy of every table in which migrations have left rows."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        filled = [table for table in connection.introspection.django_table_names() if _has_rows(cursor, table)]
        for table in filled:
            cursor.execute(f"CREATE TABLE {KEPT.format(table)} AS SELECT * FROM {table}")
    emptying = _emptying_of(connection.vendor, filled)
    type(connection.ops).sql_flush = lambda _ops, _style, tables, **_options: emptying(tables)
    for holder in (connection, BaseDatabaseWrapper):  # the browser's driver runs in a loop with connections of its own
        holder._test_serialized_contents = "[]"  # Django need not write them anew, nor call post_migrate


def _has_rows(cursor, table: str) -> bool:
    cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {table})")
    return bool(cursor.fetchone()[0])


def _emptying_of(vendor: str, filled: list[str]):
    """The statements that leave `tables` as migrations left them; who still writes is waited for."""
    back = [f"INSERT INTO {table} SELECT * FROM {KEPT.format(table)}" for table in filled]

    def statements(tables) -> list[str]:
        first = [
            f"LOCK TABLE {', '.join(tables)} IN ACCESS EXCLUSIVE MODE",
            "SET LOCAL session_replication_role = replica",  # in any order: no foreign key is looked at
        ]
        return [*(first if vendor == "postgresql" else []), *(f"DELETE FROM {table}" for table in tables), *back]

    return statements
