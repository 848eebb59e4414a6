"""How do the "three ones" of a branch look as a workbook, with completion that Excel computes?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _

from activities.models import DutyEntry
from activities.queries.duties import Standing, for_whom
from branchportal.spreadsheets.writing import DATE, INTEGER, Column, Formula, SheetSpec, notes_sheet, write_workbook
from branchportal.wording import listed
from members.models import Branch

SHEET, ENTRIES, NOTES = "三个一", "记录", "说明"
KIND_WORDS = {"activists": "联系积极分子", "dormitory": "联系宿舍", "class": "联系班级"}
TOPIC_WORDS = {
    "thought": "思想", "study": "学习", "life": "生活", "work": "工作",
    "tidiness": "内务卫生", "atmosphere": "学习氛围", "safety": "安全纪律", "solved": "解决实际问题",
    "talk": "谈心谈话", "class_meeting": "主题班会", "one_to_one": "一对一帮扶", "other": "其他",
}  # fmt: skip

COLUMNS = (
    Column("学号", 16, value=lambda one: one.duty.member.number),
    Column("姓名", 14, value=lambda one: one.duty.member.name),
    Column("类别", 16, value=lambda one: KIND_WORDS[one.duty.kind]),
    Column("联系对象", 30, value=lambda one: for_whom(one.duty), wrap=True),
    Column("起始月份", 12, value=lambda one: f"{one.duty.first_month:%Y-%m}"),
    Column("截止月份", 12, value=lambda one: f"{one.duty.last_month:%Y-%m}"),
    Column("每月次数", 10, INTEGER, value=lambda one: one.duty.per_month),
    Column("应完成", 10, INTEGER, value=lambda one: one.progress.due),
    Column("已完成", 10, INTEGER, value=lambda one: one.progress.done),
    Column("完成率", 10, number_format="0%", value=lambda one: Formula('=IF(H{row}=0,"",I{row}/H{row})')),
    Column("逾期月份", 24, value=lambda one: listed(f"{month.month:%Y-%m}" for month in one.late_months), wrap=True),
    Column("记录总数", 10, INTEGER, value=lambda one: one.progress.written),
)
ENTRY_COLUMNS = (
    Column("学号", 16, value=lambda entry: entry.duty.member.number),
    Column("姓名", 14, value=lambda entry: entry.duty.member.name),
    Column("类别", 16, value=lambda entry: KIND_WORDS[entry.duty.kind]),
    Column("日期", 12, DATE, value=lambda entry: entry.on),
    Column("主题", 14, value=lambda entry: TOPIC_WORDS[entry.topic]),
    Column("内容", 48, value=lambda entry: entry.text, wrap=True),
    Column("佐证材料", 20, value=lambda entry: entry.evidence.file_name if entry.evidence else ""),
    Column("撤回原因", 24, value=lambda entry: entry.withdrawn_because),
)


def duties_workbook(
    standings: Iterable[Standing], entries: Iterable[DutyEntry], *, branch: Branch, today: date
) -> bytes:
    """One row for each duty, a sheet with every entry, and what the columns mean."""
    title = f"{branch.name} {SHEET}"
    notes = (_("As of %(day)s") % {"day": today.isoformat()},)
    lines = [
        (_("Branch"), branch.name),
        (_("As of"), today.isoformat()),
        ("应完成", _("Entries that the months that are over expected.")),
        ("已完成", _("How many of those are written; more than expected in one month helps no other month.")),
        ("完成率", _("A live formula: done of those due so far.")),
        (_("Use"), _("For the work of the branch only. Delete the file when it is no longer needed.")),
    ]
    duties = SheetSpec(SHEET, COLUMNS, standings, title=title, notes=notes, printed=title)
    written = SheetSpec(ENTRIES, ENTRY_COLUMNS, entries, title=title, notes=notes, printed=title)
    return write_workbook([duties, written, notes_sheet(NOTES, lines)])
