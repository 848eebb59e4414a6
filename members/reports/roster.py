"""How does the roster look as a workbook: the people of branches, and the empty template to fill in?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from types import SimpleNamespace

from django.utils.translation import gettext as _

from branchportal.spreadsheets.writing import DATE, Column, SheetSpec, notes_sheet, write_workbook
from branchportal.wording import listed
from members.models import Branch, Member
from members.roster_file import TEMPLATE_STAGES
from members.stages import ORDER, Stage

STAGE_WORDS = dict(zip(ORDER, TEMPLATE_STAGES, strict=True))
SHEET, NOTES = "花名册", "说明"
SPARE_ROWS = 500

COLUMNS = (
    Column("党支部", 24, value=lambda member: member.branch.name),
    Column("学号", 16, value=lambda member: member.number),
    Column("姓名", 14, value=lambda member: member.name),
    Column("班级", 16, value=lambda member: member.class_name),
    Column("专业", 20, value=lambda member: member.major),
    Column("年级", 10, value=lambda member: member.grade),
    Column("学制", 8, value=lambda member: member.schooling),
    Column("联系电话", 16, value=lambda member: member.contact),
    Column("发展阶段", 14, value=lambda member: STAGE_WORDS[Stage(member.stage)], choices=TEMPLATE_STAGES),
    Column("申请入党时间", 16, DATE, value=lambda member: member.applied_on),
    Column("确定积极分子时间", 18, DATE, value=lambda member: member.activist_on),
    Column("确定发展对象时间", 18, DATE, value=lambda member: member.candidate_on),
    Column("接收预备党员时间", 18, DATE, value=lambda member: member.probationary_on),
    Column("转正时间", 14, DATE, value=lambda member: member.full_on),
    Column("培养联系人", 18, value=lambda member: member.cultivation_contact),
)

EXAMPLE = SimpleNamespace(
    branch=SimpleNamespace(name="示例：学生第一党支部"),
    number="20230101001",
    name="张三",
    class_name="数媒2301",
    major="数字媒体技术",
    grade="2023级",
    schooling="4年",
    contact="13800000000",
    stage=Stage.CANDIDATE,
    applied_on="2023-09-10",
    activist_on="2024-03-15",
    candidate_on="2025年4月",
    probationary_on="",
    full_on="",
    cultivation_contact="李老师",
)


def roster_workbook(members: Iterable[Member], *, title: str, today: date) -> bytes:
    """The people as an .xlsx file that can be imported again; `members` come with their branches selected."""
    sheet = SheetSpec(SHEET, COLUMNS, members, title=title, printed=title)
    lines = [
        (_("Roster"), title),
        (_("As of"), today.isoformat()),
        (_("Use"), _("For the work of the branch only. Delete the file when it is no longer needed.")),
    ]
    return write_workbook([sheet, notes_sheet(NOTES, lines)])


def template_workbook(branch: Branch | None = None) -> bytes:
    """The empty roster with drop-downs and an example above the header, where the import does not read it.

    Dates are texts here, so that 2023.9 stays as typed.
    """
    columns = tuple(replace(column, kind="text") for column in COLUMNS)
    sheet = SheetSpec(
        SHEET,
        columns,
        title=_("Roster of %(branch)s") % {"branch": branch.name} if branch else _("Roster"),
        notes=(_("Fill in below the header. The grey line above it is an example and is not read."),),
        example=EXAMPLE,
        spare=SPARE_ROWS,
    )
    return write_workbook([sheet, notes_sheet(NOTES, _rules())])


def _rules() -> list[tuple[str, str]]:
    return [
        ("学号", _("Required. Text, so that Excel keeps every digit. One row for each person.")),
        ("姓名", _("Required, in full.")),
        ("党支部", _("The branch is the one chosen on the import page; you are warned where a row names another one.")),
        ("发展阶段", _("One of: %(words)s.") % {"words": listed(TEMPLATE_STAGES)}),
        ("申请入党时间 – 转正时间", _("2023-09-01, 2023.9.1 or 20230901; 2023.9 is the first of the month.")),
        ("", _("A step must not lie before an earlier step, nor after today. An empty cell changes nothing.")),
        ("", _("Sex, ethnicity, birthday and identity card number are not kept.")),
    ]
