"""How is the database written into one file as it was at one moment, and read back from it?

PostgreSQL with its own tools and a snapshot that both they and the portal read; SQLite with its online backup, which
takes one consistent copy while others write.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import DatabaseError, connection, transaction
from django.db.backends.sqlite3._functions import register
from django.db.models import FileField
from django.utils.translation import gettext as _

from branchportal.backup.errors import BackupError
from branchportal.models import AuditEntry

ASIDE = "before_restore"  # the schema with what stood before, while a restore runs
LOCK_WAIT = "30s"  # a restore waits so long for whoever still uses the tables
TLS = {"sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT", "sslcert": "PGSSLCERT", "sslkey": "PGSSLKEY"}
KEYS = {"HOST": "PGHOST", "PORT": "PGPORT", "USER": "PGUSER", "PASSWORD": "PGPASSWORD", "NAME": "PGDATABASE"}


@dataclass(frozen=True)
class Moment:
    """What stands in the database at one moment: names of stored files, migrations, the audit trail.

    `dump()` writes the database as it is at that moment, as long as the context is open.
    """

    files: list[str]
    migrations: list[list[str]]
    sealed_up_to: int
    lines: int
    dump: Callable[[], None]


def engine() -> str:
    """What the manifest calls the present database."""
    return connection.vendor


def holds_data() -> bool:
    """Whether anybody uses this portal already; a database without tables, or only with them, is empty."""
    if AuditEntry._meta.db_table not in connection.introspection.table_names():
        return False
    return AuditEntry.objects.exists() or get_user_model().objects.exists()


@contextmanager
def moment(target: Path) -> Iterator[Moment]:
    """One moment, to be dumped into the file `target`. Raises BackupError."""
    with _moment_of_postgresql(target) if connection.vendor == "postgresql" else _moment_of_sqlite(target) as found:
        yield found


def stored_files() -> list[str]:
    """Names of the stored files that the database names now."""
    with connection.cursor() as cursor:
        return _names(cursor)


def undo_interrupted_restore() -> None:
    """Bring back what stood before a restore that was killed in the middle, if there was one."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [ASIDE])
        interrupted = cursor.fetchone()
    if interrupted:
        _bring_old_tables_back()


def restore(source: Path) -> None:
    """Put the database back as it is in the file; all of it or nothing. Raises BackupError."""
    if connection.vendor == "postgresql":
        _restore_postgresql(source)
    else:
        _restore_sqlite(source)


@contextmanager
def _moment_of_postgresql(target: Path) -> Iterator[Moment]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        [name] = cursor.fetchone()
        arguments = (
            "--format=custom", "--no-owner", "--no-privileges", f"--exclude-schema={ASIDE}", f"--snapshot={name}",
            f"--file={target}",
        )  # fmt: skip
        yield _moment(cursor, lambda: _run("pg_dump", *arguments))


def _restore_postgresql(source: Path) -> None:
    with _old_tables_aside():
        connection.close()
        _run(
            "pg_restore", "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error",
            f"--dbname={connection.settings_dict['NAME']}", str(source),
        )  # fmt: skip


@contextmanager
def _old_tables_aside() -> Iterator[None]:
    """What stands is kept in another schema until the new tables are there, and comes back if they do not come."""
    fresh = ("CREATE SCHEMA public", "ALTER SCHEMA public OWNER TO pg_database_owner")
    _execute(f"ALTER SCHEMA public RENAME TO {ASIDE}", *fresh)
    try:
        yield
    except BaseException:
        _bring_old_tables_back()
        raise
    _execute(f"DROP SCHEMA {ASIDE} CASCADE")


def _bring_old_tables_back() -> None:
    _execute("DROP SCHEMA public CASCADE", f"ALTER SCHEMA {ASIDE} RENAME TO public")


def _execute(*statements: str) -> None:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_WAIT}'")
            for statement in statements:
                cursor.execute(statement)
    except DatabaseError as error:
        text = _("The database can't be replaced (%(error)s): stop the portal, then try again.")
        raise BackupError(text % {"error": str(error).splitlines()[0]}) from error


@contextmanager
def _moment_of_sqlite(target: Path) -> Iterator[Moment]:
    """The copy is the moment: nothing more is to be done when it is dumped."""
    target.unlink(missing_ok=True)
    connection.ensure_connection()
    with closing(sqlite3.connect(target)) as copy:
        try:
            connection.connection.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
            register(copy)  # functions that some constraints call
            if copy.execute("PRAGMA quick_check").fetchone() != ("ok",):
                raise BackupError(_("The database file is damaged: restore the last backup that is whole."))
            found = _moment(copy.cursor(), lambda: None)
        except sqlite3.Error as error:
            raise BackupError(_("The database can't be copied: %(error)s.") % {"error": error}) from error
    yield found


def _restore_sqlite(source: Path) -> None:
    connection.ensure_connection()
    try:
        with closing(sqlite3.connect(source)) as copy:
            copy.backup(connection.connection)
    except sqlite3.Error as error:
        text = _("The database can't be replaced (%(error)s): stop the portal, then try again.")
        raise BackupError(text % {"error": error}) from error
    finally:
        connection.close()


def _moment(cursor: Any, dump: Callable[[], None]) -> Moment:
    files = _names(cursor)
    cursor.execute("SELECT app, name FROM django_migrations ORDER BY id")
    migrations = [list(row) for row in cursor.fetchall()]
    cursor.execute(f"SELECT COALESCE(MAX(sequence), 0), COUNT(*) FROM {AuditEntry._meta.db_table}")  # noqa: S608
    [(sealed_up_to, lines)] = cursor.fetchall()
    return Moment(files, migrations, sealed_up_to, lines, dump)


def _names(cursor: Any) -> list[str]:
    names = []
    for query in _file_queries():
        cursor.execute(query)
        names += [name for (name,) in cursor.fetchall()]
    return names


def _file_queries() -> list[str]:
    """A query for each column that holds names of stored files."""
    quote = connection.ops.quote_name
    return [
        f"SELECT DISTINCT {quote(field.column)} FROM {quote(model._meta.db_table)} "  # noqa: S608
        f"WHERE {quote(field.column)} <> '' ORDER BY 1"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, FileField)
    ]


def _run(program: str, *arguments: str) -> None:
    done = subprocess.run(
        [_path_of(program), *arguments], env=_environment(), check=False, capture_output=True, text=True
    )
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.strip()] or [str(done.returncode)]
        raise BackupError(_("%(program)s: %(error)s") % {"program": program, "error": lines[-1]})


def _path_of(program: str) -> str:
    """The newest one on this machine: it must not be older than the server."""
    versions = sorted(
        Path("/usr/lib/postgresql").glob(f"*/bin/{program}"), key=lambda path: float(path.parts[-3]), reverse=True
    )
    found = str(versions[0]) if versions else shutil.which(program)
    if found is None:
        text = _("%(program)s is not installed: apt-get install postgresql-client, in the server's version or newer.")
        raise BackupError(text % {"program": program})
    return found


def _environment() -> dict[str, str]:
    """How libpq reaches the portal's database; the password stands in no command line."""
    given = connection.settings_dict
    found = {name: str(given[key]) for key, name in KEYS.items() if given.get(key)}
    found |= {name: str(given["OPTIONS"][key]) for key, name in TLS.items() if given.get("OPTIONS", {}).get(key)}
    return {**os.environ, **found, "PGOPTIONS": f"-c lock_timeout={LOCK_WAIT}", "LC_MESSAGES": "C"}
