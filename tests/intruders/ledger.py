"""What did one request change: in which tables, whose rows, and does the audit trail say so?"""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import contextmanager
from functools import cache

from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import connection, models
from django.db.models import Q

from branchportal import bulk
from branchportal.models import AccessRecord, AuditEntry, JobRun, MailPreference, Notification
from members.models import Branch, LoginFailure, User

OUR_APPS = ("branchportal", "members", "activities", "evaluations")
WRITTEN = re.compile(r'^\s*(?:INSERT(?: OR \w+)? INTO|UPDATE|DELETE FROM)\s+"?(\w+)', re.IGNORECASE)
DEEPEST = 4  # foreign keys from a row to its branch


def our_models() -> list[type[models.Model]]:
    """Every table of the portal's own."""
    return [model for label in OUR_APPS for model in apps.get_app_config(label).get_models()]


@cache
def ways_to_branch(model: type[models.Model]) -> tuple[str, ...]:
    """The shortest ways from a row of the model to the branches that it belongs to, as lookups."""
    if model is Branch:
        return ("",)
    if model is User:
        return ("member__branch", "role_assignments__branch")
    ways, reached = [""], []
    for _step in range(DEEPEST):
        longer = []
        for way in ways:
            for key in _keys(model, way):
                step = f"{way}__{key.name}" if way else key.name
                (reached if key.related_model is Branch else longer).append(step)
        if reached:
            return tuple(reached)
        ways = longer
    return ()


def _keys(model, way: str) -> list:
    for name in way.split("__") if way else ():
        model = model._meta.get_field(name).related_model
    return [
        key for key in model._meta.concrete_fields if key.is_relation and key.related_model not in {None, model, User}
    ]


class Ledger:
    """The rows as they were when it was last asked; `watched` are paths of branches that must stay as they are."""

    def __init__(self, watched: Iterable[str], *, unaudited: set[type[models.Model]]) -> None:
        self.watched, self.unaudited = tuple(watched), unaudited
        self.tables = {model._meta.db_table: model for model in our_models()}
        self.touched: set[type] = set()
        self.changed: set[type] = set()
        self.remember()

    def remember(self) -> None:
        """Take the rows as they are now for right."""
        self.rows = {model: _rows(model.objects.all()) for model in our_models()}
        self.theirs = {model: self._theirs(model) for model in our_models()}

    @contextmanager
    def listening(self):
        """Note the tables that are written to meanwhile."""
        self.touched = set()
        copy = bulk._copy  # on PostgreSQL many rows are written past the statements that Django shows

        def noted(model, rows):
            self.touched.add(model)
            return copy(model, rows)

        bulk._copy = noted
        try:
            with connection.execute_wrapper(self._note):
                yield
        finally:
            bulk._copy = copy

    def faults(
        self, *, silent: set[type[models.Model]] = frozenset(), reaches: type[models.Model] | None = None
    ) -> list[str]:
        """What is wrong with what was written since; then it is taken for right.

        `silent` needs no line of audit, and rows of `reaches` may name another branch.
        """
        changed = {model for model in self.touched if _rows(model.objects.all()) != self.rows[model]}
        foreign = {model for model in changed if self._theirs(model) != self.theirs[model]} - {reaches}
        unsaid = changed - self.unaudited - silent if AuditEntry not in changed else set()
        for model in changed:
            self.rows[model], self.theirs[model] = _rows(model.objects.all()), self._theirs(model)
        self.changed = changed
        return [
            *(f"changes {model.__name__} of another branch" for model in sorted(foreign, key=str)),
            *(f"changes {model.__name__} without a line of audit" for model in sorted(unsaid, key=str)),
        ]

    def _theirs(self, model: type[models.Model]) -> list:
        condition = Q(pk__in=[])
        for way in ways_to_branch(model):
            for path in self.watched:
                condition |= Q(**{f"{way}__path__startswith" if way else "path__startswith": path})
        return _rows(model.objects.filter(condition).distinct()) if self.watched else []

    def _note(self, execute, sql, params, many, context):
        table = WRITTEN.match(sql)
        if table and table[1] in self.tables:
            self.touched.add(self.tables[table[1]])
        return execute(sql, params, many, context)


# Drafts, looks, messages read or made, and what the clock or the door keeps: a reader of the trail misses none of it.
WITHOUT_AUDIT = {AccessRecord, JobRun, MailPreference, Notification, LoginFailure, Session}


def _rows(queryset) -> list:
    return sorted(queryset.order_by().values_list(), key=lambda row: str(row[0]))
