"""How do figures from Excel and bonus entries get into a test, in a line each?"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

from activities.services.evidence import Upload
from branchportal.spreadsheets.writing import Column, SheetSpec, write_workbook
from evaluations.models import PointsEntry
from evaluations.queries.column_check import ColumnCheck, Days
from evaluations.services import schemes
from evaluations.services.column_batches import keep_batch
from evaluations.services.column_import import write_columns
from evaluations.services.points import record_points
from members.models import Branch, Member, User
from tests.activities.evidence import PDF
from tests.evaluations.ranking_material import make_scheme, ready_document

NOW = datetime(2026, 11, 22, 2, tzinfo=UTC)
DAY = date(2026, 10, 20)
SELF = {"code": "self", "label": "党员自评", "role": "weighted", "weight": "100", "aggregate": "mean"}
BONUS = {"code": "bonus", "label": "竞赛加分", "role": "additive", "aggregate": "max", "cap": "8"}
GATE = {"code": "fail", "label": "无不及格课程", "input": "failed_courses", "op": "<=", "value": "0"}
FIGURES = "学号,绩点\n9999999,3.5\n"
POINTS = {"category": "bonus", "category_label": "加分", "source": "校发〔2026〕8 号"}


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


def publish_points(branch: Branch, first_month: date = date(2026, 1, 1)) -> None:
    """A scheme of the branch that counts the best bonus of each person, and who failed no course."""
    document = ready_document("appraisal", components=[SELF, BONUS], gates=[GATE], tie_break=[], name="考评方案")
    scheme = make_scheme(branch, document, purpose="appraisal")
    schemes.publish(scheme=scheme, first_month=first_month, last_month=None, by=None, now=NOW)


def add_points(
    member: Member, points: str, *, by: User, category: str = "bonus", on: date = DAY, what: str = "竞赛一等奖"
) -> PointsEntry:
    """One entry with a word about what shows it."""
    values = POINTS | {"category": category, "points": Decimal(points), "on": on, "what": what}
    return record_points(branch=member.branch, member=member, entry=uuid4(), values=values, upload=None, by=by, now=NOW)


def figures(branch: Branch, *, by: User, member: Member) -> dict[str, dict]:
    """A column, a file that waits, and an entry with a file, as arguments of addresses."""
    bring_in(branch, {member: 1}, by=by)
    batch = keep_batch(
        content=FIGURES.encode(), file_name="figures.csv", branch=branch, days=Days(DAY, DAY), by=by, now=NOW
    )
    values = POINTS | {"points": Decimal("5"), "on": DAY, "what": "竞赛一等奖", "source": ""}
    entry = record_points(
        branch=branch, member=member, entry=uuid4(), values=values, by=by, now=NOW,
        upload=Upload("奖状.pdf", PDF, "application/pdf"),
    )  # fmt: skip
    return {
        "column": {"pk": branch.figure_columns.get().pk}, "column_batch": {"pk": batch.pk}, "points": {"pk": entry.pk},
    }  # fmt: skip
