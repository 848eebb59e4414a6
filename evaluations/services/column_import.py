"""How is what is good of a sheet of free columns written once, and how is a column taken back?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from branchportal import audit
from evaluations.models import ColumnFigure, FigureColumn
from evaluations.queries.column_check import ColumnCheck, Days, check_columns
from evaluations.services.scheme_sealing import seal_first_figure
from members.models import Branch, User
from members.queries.own_matters import own_people
from members.roles import Permission
from members.services.own_matters import refuse_own_matter


@transaction.atomic
def write_columns(
    *, content: bytes, file_name: str, branch: Branch, days: Days, by: User, now: datetime
) -> ColumnCheck:
    """Check again and write every good row; the same sheet twice changes nothing. Raises SpreadsheetError or Refused.

    A figure that stands is replaced; the audit trail keeps what it was.
    """
    _one_at_a_time(branch)
    today = timezone.localdate(now)
    found = check_columns(content=content, file_name=file_name, branch=branch, days=days, by=by, today=today)
    changed = found.changed
    if not changed:
        return found
    columns = _columns(found, branch, days)
    figures, lines = [], []
    for row in changed:
        for key, value in found.changes(row).items():
            figure = found.standing.get((row.number, key)) or ColumnFigure(
                column=columns[key], member=found.people[row.number]
            )
            lines.append({"subject": figure, "branch": branch, "reason": file_name[:200], **_change(figure, value)})
            figure.value, figure.imported_by, figure.imported_at = value, by, now
            figure.file_name = file_name[:200]
            figures.append(figure)
    stored = ["value", "imported_by", "imported_at", "file_name"]
    ColumnFigure.objects.bulk_update([one for one in figures if one.pk], stored, batch_size=200)
    ColumnFigure.objects.bulk_create([one for one in figures if not one.pk], batch_size=200)
    audit.record_many("figures.imported", by=by, lines=lines)
    seal_first_figure(branch=branch, month=days.last.replace(day=1), now=now)
    return found


@transaction.atomic
def take_back_column(*, column: FigureColumn, reason: str, by: User, now: datetime) -> bool:
    """Remove a column with all its figures; the audit trail keeps them. False where it is gone already.

    Raises OwnMatter where a figure is about `by`, or about somebody for whom he stands in.
    """
    _one_at_a_time(column.branch)
    row = FigureColumn.objects.select_for_update(of=("self",)).select_related("branch").filter(pk=column.pk).first()
    if row is None:
        return False
    figures = row.figures.select_related("member__branch", "column").order_by("pk")
    _refuse_own(row, figures, by, timezone.localdate(now))
    lines = [
        {"subject": one, "branch": row.branch, "before": _facts(one) | {"value": one.value}, "reason": reason}
        for one in figures
    ]
    audit.record_many("figures.taken_back", by=by, lines=lines)
    row.delete()
    return True


def _one_at_a_time(branch: Branch) -> None:
    """Of two sheets at once the second one waits, and sees what the first one wrote."""
    Branch.objects.select_for_update(no_key=True).get(pk=branch.pk)


def _refuse_own(column: FigureColumn, figures: Iterable[ColumnFigure], by: User, today: date) -> None:
    own = own_people(by, today)
    for figure in figures:
        if figure.member.user_id in own:
            refuse_own_matter(figure.member, Permission.IMPORT_SCORES, by=by, today=today, branch=column.branch)


def _columns(found: ColumnCheck, branch: Branch, days: Days) -> dict[str, FigureColumn]:
    """The columns of the sheet for these days, by key, made where they are new."""
    about = {"branch": branch, "first_on": days.first, "last_on": days.last}
    known = {column.key: column for column in FigureColumn.objects.filter(key__in=found.columns.heads, **about)}
    filled = {key for row in found.changed for key in found.changes(row)}
    missing = [
        FigureColumn(name=name, key=key, **about)
        for key, name in found.columns.names.items()
        if key in filled - known.keys()
    ]
    return known | {column.key: column for column in FigureColumn.objects.bulk_create(missing)}


def _change(figure: ColumnFigure, value: str) -> dict[str, Any]:
    before = {"value": figure.value} if figure.pk else {}
    return {"before": before, "after": _facts(figure) | {"value": value}}


def _facts(figure: ColumnFigure) -> dict[str, Any]:
    column = figure.column
    return {
        "person": figure.member.name,
        "column": column.name,
        "first_on": column.first_on,
        "last_on": column.last_on,
    }
