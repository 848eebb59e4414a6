"""How are many rows of one table written at once? By COPY on PostgreSQL, the quickest way."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any

from django.db import DatabaseError, connection, models

ROWS_AT_ONCE = 500
_NULL = r"\N"
_ESCAPED = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


def insert(rows: Sequence[models.Model]) -> None:
    """Write new rows of one model; their keys are not read back. Raises what an INSERT would raise."""
    if not rows:
        return
    if connection.vendor == "postgresql":
        _copy(type(rows[0]), map(vars, rows))
    else:
        type(rows[0])._default_manager.bulk_create(rows, batch_size=ROWS_AT_ONCE)


def insert_values(model: type[models.Model], rows: Iterable[dict[str, Any]]) -> None:
    """Write new rows that are given as {column of the model: value}, a third of the work of making objects of them.

    On PostgreSQL the first rows are stored while later ones are still made: making them must ask it nothing.
    """
    rows = iter(rows)
    first = next(rows, None)
    if first is None:
        return
    rows = chain([first], rows)
    if connection.vendor == "postgresql":
        _copy(model, rows)
    else:
        model._default_manager.bulk_create([model(**row) for row in rows], batch_size=ROWS_AT_ONCE)


def _copy(model: type[models.Model], rows: Iterable[dict[str, Any]]) -> None:
    meta, quote = model._meta, connection.ops.quote_name
    fields = [field for field in meta.concrete_fields if not isinstance(field, models.AutoField)]
    columns = ", ".join(quote(field.column) for field in fields)
    lines = _Lines(_lines(fields, rows))
    try:
        with connection.cursor() as cursor, connection.wrap_database_errors:
            cursor.copy_expert(f"COPY {quote(meta.db_table)} ({columns}) FROM STDIN", lines)
    except DatabaseError as disguise:
        if lines.failure is None:
            raise
        raise lines.failure from disguise


class _Lines:
    """What COPY reads, some rows at a time.

    `failure` is what was raised while rows were made, which psycopg2 shows as a statement that the database cancelled.
    """

    def __init__(self, lines: Iterator[str]) -> None:
        self.lines = lines
        self.failure: BaseException | None = None

    def read(self, _size: int) -> str:
        try:
            return "".join(islice(self.lines, ROWS_AT_ONCE))
        except BaseException as failure:
            self.failure = failure
            raise


def _lines(fields: Sequence[models.Field], rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Each row as COPY reads it."""
    columns = [(field.attname, _writer(field), _default(field)) for field in fields]
    for row in rows:
        yield "\t".join([write(row[name]) if name in row else default() for name, write, default in columns]) + "\n"


def _default(field: models.Field) -> Callable[[], str]:
    """What a row without this column has there; the same for all rows unless it is made anew for each."""
    write = _writer(field)
    if callable(field.default) and not isinstance(field, models.JSONField):
        return lambda: write(field.get_default())
    text = write(field.get_default())
    return lambda: text


def _writer(field: models.Field) -> Callable[[Any], str]:
    if isinstance(field, models.JSONField):
        encode = (field.encoder or json.JSONEncoder)(ensure_ascii=False).encode
        return lambda value: _NULL if value is None else _escaped(encode(value))
    return _plain if isinstance(field, models.IntegerField | models.DateField) else _escaped


def _plain(value: Any) -> str:
    return _NULL if value is None else str(value)


def _escaped(value: Any) -> str:
    if value is None:
        return _NULL
    text = str(value)
    return text if text.isprintable() and "\\" not in text else text.translate(_ESCAPED)
