"""How do figures from Excel and bonus entries get into a test, in a line each?"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

from branchportal.spreadsheets.writing import Column, SheetSpec, write_workbook
from evaluations.models import PointsEntry
from evaluations.queries.column_check import ColumnCheck, Days
from evaluations.services.column_import import write_columns
from evaluations.services.points import record_points
from members.models import Branch, Member, User

NOW = datetime(2026, 11, 22, 2, tzinfo=UTC)
DAY = date(2026, 10, 20)


def sheet_of(head: tuple[str, ...], *rows: tuple[Any, ...], name: str = "成绩") -> bytes:
    """A workbook of one sheet with this row of heads."""
    columns = tuple(Column(text, value=lambda row, at=at: row[at]) for at, text in enumerate(head))
    return write_workbook([SheetSpec(name, columns, rows)])


def bring_in(
    branch: Branch,
    figures: dict[Member, Any],
    *,
    by: User,
    name: str = "挂科门数",
    on: date = DAY,
    file: str = "成绩.xlsx",
) -> ColumnCheck:
    """One column for these people, imported."""
    content = sheet_of(("学号", "姓名", name), *((one.number, one.name, figure) for one, figure in figures.items()))
    return write_columns(content=content, file_name=file, branch=branch, days=Days(on, on), by=by, now=NOW)


def add_points(
    member: Member, points: str, *, by: User, category: str = "bonus", on: date = DAY, what: str = "竞赛一等奖"
) -> PointsEntry:
    """One entry with a word about what shows it."""
    values = {
        "category": category, "category_label": "加分", "points": Decimal(points), "on": on, "what": what,
        "source": "校发〔2026〕8 号",
    }  # fmt: skip
    return record_points(branch=member.branch, member=member, entry=uuid4(), values=values, upload=None, by=by, now=NOW)
