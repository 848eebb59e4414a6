"""What if the database returns rows in another order than we are used to? Queries without an order come shuffled."""

import pytest
from django.db.models import OrderBy
from django.db.models.functions import Random
from django.db.models.sql import Query
from django.db.models.sql.compiler import SQLCompiler

_order_by = SQLCompiler.get_order_by


@pytest.fixture(autouse=True)
def _unordered_rows_come_in_any_order(monkeypatch):
    monkeypatch.setattr(SQLCompiler, "get_order_by", _shuffled)


def _shuffled(compiler):
    order = _order_by(compiler)
    for part in compiler.query.combined_queries:
        part.is_part = True  # SQLite takes no order inside of a union; the whole may have one
    if order or type(compiler.query) is not Query or _order_means_something(compiler.query):
        return order
    chance = OrderBy(Random()).resolve_expression(compiler.query, allow_joins=True, reuse=None)
    return [(chance, (*compiler.compile(chance), None))]


def _order_means_something(query) -> bool:
    """Tell whether an added order would change the rows themselves, or the order in which locks are taken."""
    return bool(
        query.subquery
        or query.combinator
        or getattr(query, "is_part", False)
        or query.distinct
        or query.group_by is not None
        or query.select_for_update
        or any(getattr(annotation, "contains_aggregate", False) for annotation in query.annotations.values())
    )
