"""What does a roster file say: which rows are good, and what is wrong with each other cell?

Pure: tables in, rows and errors out; `today` and what the portal knows about numbers are arguments.
The rules stand in docs/import.md; codes are missing, duplicate, bad_date, future_date, unknown_value,
date_order, other_branch and bad_number.
"""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_noop as _

from branchportal.spreadsheets import rows
from branchportal.spreadsheets.reading import Fault
from branchportal.spreadsheets.rows import short
from branchportal.spreadsheets.values import SCIENTIFIC, BadDateError, date_of, half_width, is_blank, text_of
from members.stages import STAGE_DATE_FIELDS, Stage

HEADERS = {
    "number": ("学号", "学生学号"),
    "name": ("姓名", "学生姓名"),
    "branch": ("党支部", "所在党支部", "所属党支部"),
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
RECURRING = frozenset({str, date})
LENGTHS = {
    "name": 80,
    "class_name": 60,
    "major": 60,
    "grade": 20,
    "schooling": 20,
    "contact": 80,
    "cultivation_contact": 80,
}


@dataclass(frozen=True)
class RosterRow:
    """One good row. `values` holds the filled cells only, by field name; `born_on` is for checks, never stored.

    `branch` is what the row says of it; the branch that was chosen decides.
    """

    sheet: str
    row: int
    number: str
    name: str
    values: dict
    branch: str = ""


@dataclass(frozen=True)
class _Step:
    """A step on its day; `is_kept`: not from the file, but what the portal knows already."""

    key: str
    day: date
    is_kept: bool


def read_roster(sheets, *, today, taken=frozenset(), owners=None, kept=None):
    """Check all sheets; raises SpreadsheetError when none has a roster.

    `taken`: numbers (former ones too) of people in other branches. `owners`: {former number: present number} of the
    people in this branch, so that one person under two numbers is a duplicate. `kept`: {number: {field: date}} of the
    steps that the portal knows of them.
    """
    return rows.read_rows(sheets, HEADERS, REQUIRED, _Reader(today, taken, owners or {}, kept or {}))


def numbers_in(sheets):
    """All readable numbers of the file, to look up only those people."""
    return rows.numbers_in(sheets, HEADERS, REQUIRED)


class _Reader(rows.RowReader):
    """Reads a row of people; the rules stand in docs/import.md."""

    def __init__(self, today, taken, owners, kept):
        super().__init__()
        self.today, self.taken, self.owners, self.kept = today, taken, owners, kept
        self.known = {key: {} for key in HEADERS}

    def read(self):
        number = self._number()
        values = {}
        for key in self.table.columns:
            if key != "number" and (value := self._known_value(key, self.cell(key))):
                values[key] = value
        self._order(values, self.kept.get(number, {}))
        name, branch = values.pop("name", ""), values.pop("branch", "")
        return RosterRow(self.table.sheet, self.row, number, name, values, branch)

    def _number(self):
        number, _person = self.number(self.owners)
        if number in self.taken:
            text = _(
                "%(column)s %(number)s belongs to another branch. Correct it, or ask for a transfer of the membership."
            )
            self.fail("number", "other_branch", text, number=number)
        return number

    def _known_value(self, key, cell):
        """Classes, days and stages recur by the thousand: a text or day that was good once is good again."""
        if type(cell) not in RECURRING:
            return self._value(key, cell)
        known = self.known[key]
        if cell in known:
            return known[cell]
        errors = len(self.errors)
        value = self._value(key, cell)
        if len(self.errors) == errors:
            known[cell] = value
        return value

    def _value(self, key, cell):
        if key in DATES:
            return self._date(key, cell)
        if key == "branch":
            return "" if isinstance(cell, bool | Fault) else text_of(cell)
        if isinstance(cell, bool | Fault) or (key == "name" and isinstance(cell, date)):
            return self.fail_unreadable(key, cell)
        if key == "stage":
            return self._stage(text_of(cell))
        if key == "name" and is_blank(cell):
            return self.fail("name", "missing", _("%(column)s is empty. Enter the full name."))
        text = self.text(key, LENGTHS[key], half_width if key == "contact" else str)
        if key == "contact" and SCIENTIFIC.fullmatch(text):
            message = _("%(column)s “%(value)s” has lost digits. Format the column as text and type it in full.")
            return self.fail(key, "bad_number", message, value=short(cell))
        return text

    def _stage(self, text):
        if not text:
            return ""
        if stage := STAGE_WORDS.get(half_width(text)):
            return stage
        message = _("%(column)s “%(value)s” is not a known stage. Choose one of: %(known)s.")
        return self.fail("stage", "unknown_value", message, value=short(text), known=list(TEMPLATE_STAGES))

    def _date(self, key, cell):
        try:
            day = date_of(cell)
        except BadDateError:
            message = _("%(column)s “%(value)s” is not a full date. Write it like 2023-09-01.")
            return self.fail(key, "bad_date", message, value=short(cell))
        if day and day > self.today:
            message = _("%(column)s %(value)s lies after today. Enter the day on which it happened.")
            return self.fail(key, "future_date", message, value=day.isoformat())
        return day

    def _order(self, values, kept):
        """Mark a step before an earlier one; a kept date counts where the file has none, and is never marked itself."""
        days = [values[key] for key in STEPS if key in values]
        if not kept and days == sorted(days):
            return
        latest, marked = None, set()
        for key in STEPS:
            is_kept = key not in values and key in kept and self._is_empty(key)
            day = kept[key] if is_kept else values.get(key)
            if not day:
                continue
            if latest is None or day >= latest.day:
                latest = _Step(key, day, is_kept)
            elif not is_kept:
                self._fail_before(_Step(key, day, False), latest)
            elif not latest.is_kept and latest.key not in marked:
                marked.add(latest.key)
                self._fail_after(latest, _Step(key, day, True))

    def _is_empty(self, key):
        return key not in self.table.columns or is_blank(self.cell(key))

    def _fail_before(self, step, earlier):
        message = _("%(column)s %(value)s lies before %(earlier)s (%(earlier_day)s). Correct one of the two.")
        if earlier.is_kept:
            message = _(
                "%(column)s %(value)s lies before %(earlier)s (%(earlier_day)s), which the portal keeps. Correct one "
                "of the two."
            )
        self.fail(
            step.key, "date_order", message,
            value=step.day.isoformat(), earlier=self._called(earlier), earlier_day=earlier.day.isoformat(),
        )  # fmt: skip

    def _fail_after(self, step, later):
        message = _(
            "%(column)s %(value)s lies after %(later)s (%(later_day)s), which the portal keeps. Correct one of the two."
        )
        self.fail(
            step.key, "date_order", message,
            value=step.day.isoformat(), later=self._called(later), later_day=later.day.isoformat(),
        )  # fmt: skip

    def _called(self, step):
        """A step as the file's header calls it, or as rosters usually do."""
        return HEADERS[step.key][0] if step.is_kept else " ".join(self.table.columns[step.key].header.split())


TEMPLATE_STAGES = ("群众", "入党申请人", "入党积极分子", "发展对象", "预备党员", "正式党员")
