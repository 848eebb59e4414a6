"""How does a month look as a workbook: who filed, which points were given, who is missing; one sheet per branch?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from branchportal.spreadsheets.writing import (
    DECIMAL,
    INTEGER,
    Column,
    Formula,
    SheetSpec,
    get_column_letter,
    notes_sheet,
    write_workbook,
)
from evaluations.dimensions import DIMENSIONS, Dimension
from evaluations.queries.monthly import BranchMonth, MonthLine
from members.reports.roster import STAGE_WORDS

LABEL = "供支委会研究参考"
SUMMARY, NOTES = "汇总", "说明"
DIMENSION_WORDS = dict(zip(DIMENSIONS, ("思想", "学习", "生活", "工作", "作风"), strict=True))


def _state(line: MonthLine) -> str:
    if line.own is not None:
        return "迟交" if line.own.is_late else "已交"
    return "未交" if line.is_due else "不在应交之列"


def _own(dimension: Dimension) -> Column:
    return Column(
        f"自评{DIMENSION_WORDS[dimension]}", 10, INTEGER, value=lambda line: line.own and getattr(line.own, dimension)
    )


def _rated(dimension: Dimension) -> Column:
    return Column(
        f"支部总评{DIMENSION_WORDS[dimension]}",
        12,
        INTEGER,
        value=lambda line: line.branch and getattr(line.branch, dimension),
    )


def _mean(first: int) -> str:
    """The mean of five columns from the 1-based place `first` on."""
    letters = get_column_letter(first), get_column_letter(first + len(DIMENSIONS) - 1)
    return f"=ROUND(AVERAGE({letters[0]}{{row}}:{letters[1]}{{row}}),2)"


COLUMNS = (
    Column("学号", 16, value=lambda line: line.member.number),
    Column("姓名", 14, value=lambda line: line.member.name),
    Column("班级", 16, value=lambda line: line.member.class_name),
    Column("现阶段", 12, value=lambda line: STAGE_WORDS[line.member.stage]),
    Column("自评", 10, value=_state),
    *(_own(dimension) for dimension in DIMENSIONS),
    Column("自评平均", 10, DECIMAL, value=lambda line: Formula(_mean(6)) if line.own else None),
    *(_rated(dimension) for dimension in DIMENSIONS),
    Column("支部总评平均", 13, DECIMAL, value=lambda line: Formula(_mean(12)) if line.branch else None),
    Column("自评卡说明", 30, value=lambda line: line.own and line.own.card_note, wrap=True),
    Column("支部评语", 30, value=lambda line: line.branch and line.branch.card_note, wrap=True),
)

SUMMARY_COLUMNS = (
    Column("党支部", 30, value=lambda found: found.branch.name),
    Column("应交", 8, INTEGER, value=lambda found: len(found.due)),
    Column("已交", 8, INTEGER, value=lambda found: len(found.due) - len(found.missing)),
    Column("未交", 8, INTEGER, value=lambda found: len(found.missing)),
    Column("已评", 8, INTEGER, value=lambda found: sum(line.branch is not None for line in found.due)),
    Column("未交人员", 60, value=lambda found: "、".join(line.member.name for line in found.missing), wrap=True),
)


def monthly_workbook(months: Sequence[BranchMonth], month: date) -> bytes:
    """All these branches in one month: 汇总, a sheet for each, 说明."""
    title = f"{month.year}年{month.month}月考评汇总"
    summary = SheetSpec(SUMMARY, SUMMARY_COLUMNS, months, title=title, notes=(LABEL,))
    sheets = [
        SheetSpec(found.branch.name, COLUMNS, found.lines, title=f"{title}  {found.branch.name}", notes=(LABEL,))
        for found in months
    ]
    return write_workbook([summary, *sheets, notes_sheet(NOTES, _explanations(month))])


def _explanations(month: date) -> list[tuple[str, str]]:
    return [
        ("用途", LABEL),
        ("月份", f"{month:%Y-%m}"),
        ("应交", "当月开始填报那天属于本支部、按规定填报的人；之后加入的人可以填，不填不算未交。"),
        ("迟交", "截止后、总评结束前补交，支部选择接收的才有；分数与按时提交的一样计算。退回后没有重交的算未交。"),
        ("分数", "只列已提交的自评和支部总评，草稿不列。五档对应：优秀95、良好85、合格75、尚可65、待改进55。"),
        ("评语", "支部评语是支部对本人当月写的一句话，可以不写。自评卡说明是纸质卡上写给整张卡的话。"),
        ("平均", "五个方面的平均数，是公式，保留两位小数。"),
    ]
