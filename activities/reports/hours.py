"""How do the hours of people look as a workbook, with totals that Excel computes?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from activities.audiences import counted_as
from activities.models import Activity, Attendance
from branchportal.spreadsheets.writing import DECIMAL, MOMENT, Column, Formula, SheetSpec, notes_sheet, write_workbook
from members.models import Member
from members.reports.roster import STAGE_WORDS
from members.stages import Stage

SHEET, SUMS, NOTES = "学时统计", "分类汇总", "说明"
HOURS_COLUMN = "G"  # of 学时 in COLUMNS
HEADER_ROW = 3  # below the title and one note
HOURS_FORMAT = "0.0"


@dataclass(frozen=True)
class Line:
    """One activity of one person (None: he has none), and the rows of the sheet that are his."""

    member: Member
    attendance: Attendance | None
    first: int
    last: int

    @property
    def total(self) -> Formula:
        return Formula(f"=SUM({HOURS_COLUMN}{self.first}:{HOURS_COLUMN}{self.last})")

    @property
    def stage(self) -> str:
        """On the day of the activity, or now."""
        if self.attendance is None:
            return STAGE_WORDS[Stage(self.member.stage)]
        return STAGE_WORDS[self.member.stage_on(timezone.localdate(self.attendance.activity.starts_at))]


COLUMNS = (
    Column("党支部", 24, value=lambda line: line.member.branch.name),
    Column("学号", 16, value=lambda line: line.member.number),
    Column("姓名", 14, value=lambda line: line.member.name),
    Column("总学时", 10, DECIMAL, number_format=HOURS_FORMAT, value=lambda line: line.total),
    Column("活动名称", 32, value=lambda line: line.attendance.activity.title if line.attendance else None),
    Column("活动时间", 18, MOMENT, value=lambda line: line.attendance.activity.starts_at if line.attendance else None),
    Column(
        "学时",
        8,
        DECIMAL,
        number_format=HOURS_FORMAT,
        value=lambda line: line.attendance.hours if line.attendance else None,
    ),
    Column("身份", 14, value=lambda line: line.stage),
)

SUM_COLUMNS = (
    Column("党支部", 24, value=lambda row: row[0].branch.name),
    Column("学号", 16, value=lambda row: row[0].number),
    Column("姓名", 14, value=lambda row: row[0].name),
    Column("组织生活学时", 14, DECIMAL, number_format=HOURS_FORMAT, value=lambda row: row[1]["inside"]),
    Column("非党员学习学时", 16, DECIMAL, number_format=HOURS_FORMAT, value=lambda row: row[1]["applicants"]),
    Column("公开活动学时", 14, DECIMAL, number_format=HOURS_FORMAT, value=lambda row: row[1]["open"]),
    Column("总学时", 10, DECIMAL, number_format=HOURS_FORMAT, value=lambda row: Formula("=SUM(D{row}:F{row})")),
    Column("参加次数", 10, "integer", value=lambda row: row[2]),
)


def hours_workbook(
    people: list[Member], attendances: Iterable[Attendance], *, title: str, days: tuple[date, date], today: date
) -> bytes:
    """One row for each activity of each person, a sheet of sums by audience, and what they mean.

    `people` come in their order with their branches; `attendances` are what counts on these days.
    """
    of_member: dict[int, list[Attendance]] = {member.pk: [] for member in people}
    for attendance in attendances:
        of_member[attendance.member_id].append(attendance)
    period = _("%(first)s to %(last)s") % {"first": days[0].isoformat(), "last": days[1].isoformat()}
    notes = (period,)
    details = SheetSpec(SHEET, COLUMNS, _lines(people, of_member), title=title, notes=notes, printed=title)
    sums = SheetSpec(SUMS, SUM_COLUMNS, _sums(people, of_member), title=title, notes=notes, printed=title)
    lines = [
        (_("Hours"), title),
        (_("Days"), period),
        (_("As of"), today.isoformat()),
        ("总学时", _("A live formula: the sum of the hours of the person's rows.")),
        ("学时", _("Hours count for those who were present; kinds whose hours do not count are left out.")),
        ("组织生活 / 非党员学习", _("Organisation life of Party members and study for non-members are counted apart.")),
        ("身份", _("The stage on the day of the activity.")),
        (_("Use"), _("For the work of the branch only. Delete the file when it is no longer needed.")),
    ]
    return write_workbook([details, sums, notes_sheet(NOTES, lines)])


def _lines(people: list[Member], of_member: dict[int, list[Attendance]]) -> Iterator[Line]:
    row = HEADER_ROW + 1
    for member in people:
        rows = of_member[member.pk] or [None]
        last = row + len(rows) - 1
        for attendance in rows:
            yield Line(member, attendance, row, last)
        row = last + 1


def _sums(people: list[Member], of_member: dict[int, list[Attendance]]) -> Iterator[tuple]:
    for member in people:
        sums = dict.fromkeys(Activity.Audience.values, 0)
        for attendance in of_member[member.pk]:
            day = timezone.localdate(attendance.activity.starts_at)
            sums[counted_as(attendance.activity.audience, member.stage_on(day))] += attendance.hours
        yield member, sums, len(of_member[member.pk])
