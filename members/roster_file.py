"""What does a roster file say: which rows are good, and what is wrong with each other cell?

Pure: tables in, rows and errors out; `today` and what the portal knows about numbers are arguments.
The rules stand in docs/import.md; codes are missing, duplicate, bad_date, future_date, unknown_value,
date_order, other_branch and bad_number.
"""

from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from branchportal.spreadsheets.errors import CellError
from branchportal.spreadsheets.reading import Fault
from branchportal.spreadsheets.tables import find_tables
from branchportal.spreadsheets.values import (
    SCIENTIFIC,
    BadDateError,
    BadNumberError,
    date_of,
    half_width,
    number_of,
    text_of,
)
from members.stages import STAGE_DATE_FIELDS, Stage

HEADERS = {
    "number": ("学号", "学生学号"),
    "name": ("姓名", "学生姓名"),
    "born_on": ("出生年月", "出生日期"),
    "class_name": ("班级", "专业班级"),
    "major": ("专业",),
    "grade": ("年级",),
    "schooling": ("学制",),
    "contact": ("联系电话", "联系方式", "手机号"),
    "stage": ("发展阶段", "现阶段", "政治面貌"),
    "applied_on": ("申请入党时间", "递交入党申请书时间"),
    "activist_on": ("确定积极分子时间", "确定为积极分子时间", "列为入党积极分子时间"),
    "candidate_on": ("确定发展对象时间", "列为发展对象时间"),
    "probationary_on": ("接收预备党员时间", "接收为预备党员时间", "入党时间"),
    "full_on": ("转正时间",),
    "cultivation_contact": ("培养联系人",),
}
REQUIRED = ("number", "name")
STAGE_WORDS = {
    "群众": Stage.MASSES,
    "申请入党人": Stage.APPLICANT,
    "入党申请人": Stage.APPLICANT,
    "入党积极分子": Stage.ACTIVIST,
    "积极分子": Stage.ACTIVIST,
    "发展对象": Stage.CANDIDATE,
    "预备党员": Stage.PROBATIONARY,
    "中共预备党员": Stage.PROBATIONARY,
    "正式党员": Stage.FULL,
    "中共党员": Stage.FULL,
    "党员": Stage.FULL,
}
STEPS = tuple(STAGE_DATE_FIELDS.values())
DATES = ("born_on", *STEPS)
LENGTHS = {
    "name": 80,
    "class_name": 60,
    "major": 60,
    "grade": 20,
    "schooling": 20,
    "contact": 80,
    "cultivation_contact": 80,
}
NUMBER_LENGTH = 32


@dataclass(frozen=True)
class RosterRow:
    """One good row. `values` holds the filled cells only, by field name; `born_on` is for checks, never stored."""

    sheet: str
    row: int
    number: str
    name: str
    values: dict


@dataclass
class RosterReading:
    """`rows` counts every row that counts; `accepted` are those without an error; `ignored` names unused columns."""

    rows: int = 0
    accepted: list = field(default_factory=list)
    errors: list = field(default_factory=list)
    ignored: list = field(default_factory=list)


def read_roster(sheets, *, today, taken=frozenset(), owners=None):
    """Check all sheets; raises SpreadsheetError when none has a roster.

    `taken`: numbers (former ones too) of people in other branches. `owners`: {former number: present number} of the
    people in this branch, so that one person under two numbers is a duplicate.
    """
    reading, reader = RosterReading(), _Reader(today, taken, owners or {})
    for table in find_tables(sheets, HEADERS, REQUIRED):
        reading.ignored.extend(header for header in table.ignored if header not in reading.ignored)
        for number, cells in table.rows:
            row = reader.read(table, number, cells)
            reading.rows += 1
            if reader.errors:
                reading.errors.extend(sorted(reader.errors, key=lambda error: error.index))
            else:
                reading.accepted.append(row)
    return reading


def numbers_in(sheets):
    """All readable numbers of the file, to look up only those people."""
    numbers = set()
    for table in find_tables(sheets, HEADERS, REQUIRED):
        for _row, cells in table.rows:
            try:
                numbers.add(number_of(table.cell(cells, "number")))
            except BadNumberError:
                continue
    return numbers - {""}


class _Reader:
    """Reads row after row; `errors` are those of the row just read."""

    def __init__(self, today, taken, owners):
        self.today, self.taken, self.owners = today, taken, owners
        self.seen = {}
        self.errors = []

    def read(self, table, row, cells):
        self.table, self.row, self.errors = table, row, []
        number = self._number(table.cell(cells, "number"))
        values = {}
        for key in table.columns:
            if key != "number" and (value := self._value(key, table.cell(cells, key))):
                values[key] = value
        self._order(values)
        name = values.pop("name", "")
        return RosterRow(table.sheet, row, number, name, values)

    def _fail(self, key, code, message, **params):
        column = self.table.columns[key]
        text = message % {"column": " ".join(column.header.split()), **params}
        self.errors.append(CellError(self.table.sheet, self.row, column.header, code, text, column.index))

    def _number(self, cell):
        try:
            number = number_of(cell)
        except BadNumberError:
            return self._bad_number(cell)
        if not number:
            return self._fail("number", "missing", _("%(column)s is empty. Enter the student or staff number."))
        if len(number) > NUMBER_LENGTH:
            return self._bad_number(cell)
        person = self.owners.get(number, number)
        if person in self.seen:
            return self._duplicate(number, *self.seen[person])
        self.seen[person] = (self.table.sheet, self.row)
        if number in self.taken:
            message = _(
                "%(column)s %(number)s belongs to another branch. Correct it, or ask for a transfer of the membership."
            )
            return self._fail("number", "other_branch", message, number=number)
        return number

    def _duplicate(self, number, sheet, row):
        message = _("%(column)s %(number)s already stands in row %(row)s. Keep one row for each person.")
        if sheet != self.table.sheet:
            message = _(
                "%(column)s %(number)s already stands in row %(row)s of the sheet %(sheet)s. "
                "Keep one row for each person."
            )
        self._fail("number", "duplicate", message, number=number, sheet=sheet, row=row)

    def _bad_number(self, cell):
        message = _(
            "%(column)s “%(value)s” is no complete number. Format the column as text and type the number in full."
        )
        self._fail("number", "bad_number", message, value=_short(cell))

    def _value(self, key, cell):
        if key in DATES:
            return self._date(key, cell)
        text = text_of(cell)
        if isinstance(cell, bool | Fault) or (key == "name" and isinstance(cell, date)):
            message = _("%(column)s “%(value)s” is not a text that can be read. Type it in.")
            return self._fail(key, "unknown_value", message, value=_short(cell))
        if key == "stage":
            return self._stage(text)
        if not text:
            if key == "name":
                self._fail("name", "missing", _("%(column)s is empty. Enter the full name."))
            return ""
        if key == "contact":
            text = half_width(text)
            if SCIENTIFIC.fullmatch(text):
                message = _("%(column)s “%(value)s” has lost digits. Format the column as text and type it in full.")
                return self._fail(key, "bad_number", message, value=_short(cell))
        if len(text) > LENGTHS[key]:
            message = _("%(column)s is longer than %(limit)s characters. Shorten it.")
            return self._fail(key, "unknown_value", message, limit=LENGTHS[key])
        return text

    def _stage(self, text):
        if not text:
            return ""
        if stage := STAGE_WORDS.get(half_width(text)):
            return stage
        message = _("%(column)s “%(value)s” is not a known stage. Choose one of: %(known)s.")
        return self._fail("stage", "unknown_value", message, value=_short(text), known="、".join(TEMPLATE_STAGES))

    def _date(self, key, cell):
        try:
            day = date_of(cell)
        except BadDateError:
            message = _("%(column)s “%(value)s” is not a full date. Write it like 2023-09-01.")
            return self._fail(key, "bad_date", message, value=_short(cell))
        if day and day > self.today:
            message = _("%(column)s %(value)s lies after today. Enter the day on which it happened.")
            return self._fail(key, "future_date", message, value=day.isoformat())
        return day

    def _order(self, values):
        latest = None
        for key in STEPS:
            day = values.get(key)
            if not day:
                continue
            if latest and day < latest[1]:
                message = _("%(column)s %(value)s lies before %(earlier)s (%(earlier_day)s). Correct one of the two.")
                earlier = " ".join(self.table.columns[latest[0]].header.split())
                self._fail(
                    key,
                    "date_order",
                    message,
                    value=day.isoformat(),
                    earlier=earlier,
                    earlier_day=latest[1].isoformat(),
                )
            else:
                latest = (key, day)


TEMPLATE_STAGES = ("群众", "入党申请人", "入党积极分子", "发展对象", "预备党员", "正式党员")


def _short(cell):
    text = text_of(cell)
    return text if len(text) <= 40 else f"{text[:40]}…"
