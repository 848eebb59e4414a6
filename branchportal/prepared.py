"""How is a query that almost every page asks composed once per process, and only run from then on?

Composing SQL costs the ORM more than the database needs to answer it: on the pages of the rush it was the larger half
of the work. PostgreSQL keeps the plan of such a query too, as long as a connection lives. For those queries alone;
elsewhere a plain queryset reads better (docs/decisions.md has the figures).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from typing import Any

from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Expression, Field, QuerySet
from django.db.models.sql.compiler import SQLCompiler
from django.db.transaction import TransactionManagementError

_numbers = count(1)


class Given(Expression):
    """Stands in a queryset for a value that comes with each run."""

    def __init__(self, name: str, output_field: Field) -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, list[Given]]:
        return "%s", [self]


@dataclass(frozen=True)
class Composed:
    """What the ORM makes of a queryset, once: its SQL with the places for values, and how columns become values."""

    queryset: QuerySet
    compiler: SQLCompiler
    sql: str
    parameters: tuple[Any, ...]
    converters: dict[int, Any]


class Prepared:
    """A query with places for values. Called with them, it returns what the queryset would give, as a list."""

    def __init__(self, compose: Callable[..., QuerySet], fields: dict[str, Field]) -> None:
        self._compose, self._fields = compose, fields
        self._name = f"{compose.__name__.strip('_')}_{next(_numbers)}"

    def __call__(self, **values: Any) -> list[Any]:
        connection = connections[DEFAULT_DB_ALIAS]
        if self._composed.queryset.query.select_for_update and not connection.in_atomic_block:
            raise TransactionManagementError("Rows can be locked inside a transaction only.")
        sent = {
            name: field.get_db_prep_value(values[name], connection=connection) for name, field in self._fields.items()
        }
        rows = (
            self._planned_rows(sent, connection) if connection.vendor == "postgresql" else self._rows(sent, connection)
        )
        return _objects(self._composed, rows, connection)

    @cached_property
    def _composed(self) -> Composed:
        queryset = self._compose(**{name: Given(name, field) for name, field in self._fields.items()})
        compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        sql, parameters = compiler.as_sql()
        converters = compiler.get_converters(column for column, _sql, _alias in compiler.select)
        return Composed(queryset, compiler, sql, tuple(parameters), converters)

    def _rows(self, sent: dict[str, Any], connection: BaseDatabaseWrapper) -> list[tuple]:
        places = self._composed.parameters
        filled = [sent[value.name] if isinstance(value, Given) else value for value in places]
        return _fetched(self._composed.sql, filled, connection)

    def _planned_rows(self, sent: dict[str, Any], connection: BaseDatabaseWrapper) -> list[tuple]:
        """What PostgreSQL answers. A request's first question also shows whether its connection lives.

        Django would ask one of its own for that before it, at each request.
        """
        is_first = connection.connection is not None and not connection.health_check_done
        connection.health_check_done = True
        try:
            return self._run(sent, connection)
        except (OperationalError, InterfaceError):
            if not is_first or connection.in_atomic_block or connection.is_usable():
                raise
        connection.close()
        return self._run(sent, connection)

    def _run(self, sent: dict[str, Any], connection: BaseDatabaseWrapper) -> list[tuple]:
        connection.ensure_connection()
        if self._name not in _planned_on(connection):
            self._plan(connection)
        return _fetched(self._execute, tuple(sent.values()), connection)

    @cached_property
    def _execute(self) -> str:
        return f"EXECUTE {self._name} ({', '.join(['%s'] * len(self._fields))})"

    def _plan(self, connection: BaseDatabaseWrapper) -> None:
        """PREPARE on this connection; past Django's cursor, so that no page seems to ask it."""
        with connection.wrap_database_errors, connection.connection.cursor() as cursor:
            places = tuple(self._place(value, cursor, connection) for value in self._composed.parameters)
            cursor.execute(f"PREPARE {self._name} AS {self._composed.sql % places}")
        _planned_on(connection).add(self._name)

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


def _fetched(sql: str, parameters: Sequence[Any], connection: BaseDatabaseWrapper) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def _objects(composed: Composed, rows: list[tuple], connection: BaseDatabaseWrapper) -> list[Any]:
    """What the queryset makes of these rows; the columns of its annotations and joined tables included."""
    answered = copy(composed.compiler)
    answered.connection = connection
    answered.execute_sql = lambda *_args, **_kwargs: [rows]
    answered.get_converters = lambda _columns: composed.converters
    objects = composed.queryset.all()
    objects.query.get_compiler = lambda *_args, **_kwargs: answered
    return list(objects)


def _planned_on(connection: BaseDatabaseWrapper) -> set[str]:
    """The names of the plans that the server keeps for this very connection; a new one has none."""
    server, planned = connection.__dict__.get("planned_queries", (None, set()))
    if server is not connection.connection:
        planned = set()
        connection.__dict__["planned_queries"] = connection.connection, planned
    return planned
