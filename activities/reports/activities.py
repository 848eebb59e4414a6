"""How does a list of activities with their attendance look as a workbook, the ledger of meetings and trainings?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _

from activities.models import Activity
from branchportal.spreadsheets.writing import (
    DECIMAL,
    INTEGER,
    MOMENT,
    Column,
    Formula,
    SheetSpec,
    notes_sheet,
    write_workbook,
)

SHEET, NOTES = "活动台账", "说明"
MINUTES_WORDS = {True: "已确认", False: "草稿", None: ""}

COLUMNS = (
    Column("党支部", 24, value=lambda one: one.branch.name),
    Column("活动类型", 16, value=lambda one: one.kind.label),
    Column("活动名称", 32, value=lambda one: one.title),
    Column("活动时间", 18, MOMENT, value=lambda one: one.starts_at),
    Column("地点", 18, value=lambda one: one.place),
    Column("对象", 18, value=lambda one: str(one.get_audience_display())),
    Column("负责人", 12, value=lambda one: one.owner.name if one.owner else ""),
    Column("学时", 8, DECIMAL, number_format="0.0", value=lambda one: one.hours),
    Column("应到", 8, INTEGER, value=lambda one: Formula("=SUM(J{row}:L{row})")),
    Column("实到", 8, INTEGER, value=lambda one: one.came),
    Column("请假", 8, INTEGER, value=lambda one: one.were_excused),
    Column("缺席", 8, INTEGER, value=lambda one: one.were_absent),
    Column("来宾", 8, INTEGER, value=lambda one: one.guests),
    Column("会议记录", 10, value=lambda one: MINUTES_WORDS[one.has_confirmed_minutes]),
    Column("备注", 18, value=lambda one: _("Cancelled") if one.cancelled_at else ""),
)


def activities_workbook(activities: Iterable[Activity], *, title: str, today: date) -> bytes:
    """One row for each activity; `activities` come `with_figures` (see queries/ledger.py)."""
    sheet = SheetSpec(SHEET, COLUMNS, activities, title=title, printed=title)
    lines = [
        (_("Activities"), title),
        (_("As of"), today.isoformat()),
        ("应到", _("A live formula: everybody of whom something is recorded.")),
        ("来宾", _("Guests from outside the branch: a number, no names.")),
        (_("Use"), _("For the work of the branch only. Delete the file when it is no longer needed.")),
    ]
    return write_workbook([sheet, notes_sheet(NOTES, lines)])
