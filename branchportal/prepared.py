"""How is a query that almost every page asks composed once per process, and only run from then on?

Composing SQL costs the ORM more than the database needs to answer it: on the pages of the rush it was the larger half
of the work. PostgreSQL keeps the plan of such a query too, as long as a connection lives. For those queries alone;
elsewhere a plain queryset reads better (docs/decisions.md has the figures).
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from itertools import count
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Expression, Field, QuerySet
from django.db.models.sql.compiler import SQLCompiler
from django.db.transaction import TransactionManagementError

Statement = tuple[str, tuple[Any, ...]]
_numbers = count(1)


class Given(Expression):
    """Stands in a queryset for a value that comes with each run."""

    def __init__(self, name: str, output_field: Field) -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, list[Given]]:
        return "%s", [self]


class Prepared:
    """A query with places for values. Called with them, it returns what the queryset would give, as a list."""

    def __init__(self, compose: Callable[..., QuerySet], fields: dict[str, Field]) -> None:
        self._compose, self._fields = compose, fields
        self._name = f"{compose.__name__.strip('_')}_{next(_numbers)}"
        self._composed: tuple[QuerySet, SQLCompiler, Statement] | None = None

    def __call__(self, **values: Any) -> list[Any]:
        connection = connections[DEFAULT_DB_ALIAS]
        queryset, compiler, statement = self._composed or self._compose_once()
        if queryset.query.select_for_update and not connection.in_atomic_block:  # Django asks when it composes
            raise TransactionManagementError("Rows can be locked inside a transaction only.")
        sent = {
            name: field.get_db_prep_value(values[name], connection=connection) for name, field in self._fields.items()
        }
        if connection.vendor == "postgresql":
            self._plan_once(statement, connection)
            filled = self._execute, tuple(sent.values())
        else:
            sql, parameters = statement
            filled = sql, tuple(sent[value.name] if isinstance(value, Given) else value for value in parameters)
        return _rows(queryset, compiler, filled, connection)

    @property
    def _execute(self) -> str:
        return f"EXECUTE {self._name} ({', '.join(['%s'] * len(self._fields))})"

    def _compose_once(self) -> tuple[QuerySet, SQLCompiler, Statement]:
        queryset = self._compose(**{name: Given(name, field) for name, field in self._fields.items()})
        compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        sql, parameters = compiler.as_sql()
        self._composed = queryset, compiler, (sql, tuple(parameters))
        return self._composed

    def _plan_once(self, statement: Statement, connection: BaseDatabaseWrapper) -> None:
        """PREPARE on this connection, unless it was done; past Django's cursor, so that no page seems to ask it.

        A connection that broke since the last request is replaced here already: the new one knows no plans.
        """
        connection.close_if_health_check_failed()
        connection.ensure_connection()
        planned = _planned_on(connection)
        if self._name in planned:
            return
        sql, parameters = statement
        with connection.wrap_database_errors, connection.connection.cursor() as cursor:
            places = tuple(self._place(value, cursor, connection) for value in parameters)
            cursor.execute(f"PREPARE {self._name} AS {sql % places}")
        planned.add(self._name)

    def _place(self, value: Any, cursor: Any, connection: BaseDatabaseWrapper) -> str:
        """A numbered place with its type for what is given at each run; what never differs stands there itself."""
        if isinstance(value, Given):
            return f"${list(self._fields).index(value.name) + 1}::{value.output_field.db_type(connection)}"
        return cursor.mogrify("%s", [value]).decode()


def prepared(**fields: Field) -> Callable[[Callable[..., QuerySet]], Prepared]:
    """Decorate a function that builds a queryset from expressions; each name is a value given at every run.

    @prepared(branch=models.BigIntegerField())
    def names(branch): return Member.objects.filter(branch=branch).values_list("name", flat=True)

    names(branch=3) → ["…", …]. The function runs once: nothing but its arguments may differ from run to run.
    """
    return lambda compose: Prepared(compose, fields)


def _rows(
    queryset: QuerySet, compiler: SQLCompiler, statement: Statement, connection: BaseDatabaseWrapper
) -> list[Any]:
    """What the statement gives, made as the queryset makes it."""
    running = copy(compiler)
    running.connection = connection
    running.as_sql = lambda *_args, **_kwargs: statement
    rows = queryset.all()
    rows.query.get_compiler = lambda *_args, **_kwargs: running
    return list(rows)


def _planned_on(connection: BaseDatabaseWrapper) -> set[str]:
    """The names of the plans that the server keeps for this very connection; a new one has none."""
    server, planned = connection.__dict__.get("planned_queries", (None, set()))
    if server is not connection.connection:
        planned = set()
        connection.__dict__["planned_queries"] = connection.connection, planned
    return planned
