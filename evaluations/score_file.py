"""What does a sheet of paper cards say: which rows are good, and what is wrong with each other cell?

Pure: tables in, rows and errors out; who belongs to the branch is an argument. Columns 学号, 思想, 学习, 生活,
工作, 作风; notes in 说明 (the whole card) or 思想说明 … 作风说明. A score is a whole number from 0 to 100 or one of
the five grade words. Codes as for rosters: missing, duplicate, bad_number, unknown_value, other_branch.
"""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from branchportal.spreadsheets.errors import CellError
from branchportal.spreadsheets.reading import Fault
from branchportal.spreadsheets.tables import find_tables
from branchportal.spreadsheets.values import BadNumberError, half_width, is_blank, number_of, text_of
from evaluations.dimensions import GRADE_POINTS, Dimension, Grade

WORDS = {
    Dimension.THOUGHT: "思想",
    Dimension.STUDY: "学习",
    Dimension.LIFE: "生活",
    Dimension.WORK: "工作",
    Dimension.CONDUCT: "作风",
}
GRADE_WORDS = {
    "优秀": Grade.EXCELLENT,
    "良好": Grade.GOOD,
    "合格": Grade.FAIR,
    "尚可": Grade.PASSABLE,
    "待改进": Grade.WEAK,
}
HEADERS = {
    "number": ("学号", "学生学号"),
    "name": ("姓名", "学生姓名"),
    **{dimension.value: (word, f"{word}分", f"{word}(分)") for dimension, word in WORDS.items()},
    **{f"{dimension.value}_note": (f"{word}说明", f"{word}(说明)") for dimension, word in WORDS.items()},
    "note": ("说明", "备注"),
}
REQUIRED = ("number", *(dimension.value for dimension in Dimension))
NOTE_LENGTH = 200


@dataclass(frozen=True)
class ScoreRow:
    """One good card: `number` is the person's present number, `scores` {Dimension: 0–100}.

    `notes` {Dimension: text} and `note` hold filled notes only. `number_column` is the number's (header, place),
    for errors that only the caller can find.
    """

    sheet: str
    row: int
    number: str
    scores: dict
    notes: dict
    note: str
    number_column: tuple


@dataclass
class ScoreReading:
    """`rows` counts every row that counts; `accepted` are those without an error; `ignored` names unused columns."""

    rows: int = 0
    accepted: list = field(default_factory=list)
    errors: list = field(default_factory=list)
    ignored: list = field(default_factory=list)


def read_scores(sheets, *, people, taken=frozenset(), note_length=NOTE_LENGTH):
    """Check all sheets; raises SpreadsheetError("no_header") when none has 学号 and all five dimensions.

    `people`: {number or former number: present number} of the branch. `taken`: numbers of people in other branches.
    """
    reading, reader = ScoreReading(), _Reader(people, taken, note_length)
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
    """Every number that the file holds, good or not, to look up who they are."""
    numbers = set()
    for table in find_tables(sheets, HEADERS, REQUIRED):
        for _row, cells in table.rows:
            try:
                numbers.add(number_of(table.cell(cells, "number")))
            except BadNumberError:
                continue
    return numbers


class _Reader:
    """Reads row after row; `errors` are those of the row just read."""

    def __init__(self, people, taken, note_length):
        self.people, self.taken, self.note_length = people, taken, note_length
        self.seen = {}
        self.errors = []

    def read(self, table, row, cells):
        self.table, self.row, self.errors = table, row, []
        number = self._number(table.cell(cells, "number"))
        scores = {
            dimension: self._score(dimension.value, table.cell(cells, dimension.value)) for dimension in Dimension
        }
        notes = {}
        for dimension in Dimension:
            if text := self._note(f"{dimension.value}_note", cells):
                notes[dimension] = text
        column = table.columns["number"]
        place = (column.header, column.index)
        return ScoreRow(table.sheet, row, number, scores, notes, self._note("note", cells), place)

    def _fail(self, key, code, message, **params):
        column = self.table.columns[key]
        text = message % {"column": " ".join(column.header.split()), **params}
        self.errors.append(CellError(self.table.sheet, self.row, column.header, code, text, column.index))

    def _number(self, cell):
        try:
            number = number_of(cell)
        except BadNumberError:
            message = _(
                "%(column)s “%(value)s” is no complete number. Format the column as text and type the number in full."
            )
            return self._fail("number", "bad_number", message, value=_short(cell))
        if not number:
            return self._fail("number", "missing", _("%(column)s is empty. Enter the student or staff number."))
        person = self.people.get(number, number)
        if person in self.seen:
            return self._duplicate(number, *self.seen[person])
        self.seen[person] = (self.table.sheet, self.row)
        if number in self.taken:
            message = _("%(column)s %(number)s belongs to another branch. Correct it or delete the row.")
            return self._fail("number", "other_branch", message, number=number)
        if number not in self.people:
            message = _(
                "%(column)s %(number)s is not in the roster of this branch. Correct it or add the person first."
            )
            return self._fail("number", "unknown_value", message, number=number)
        return person

    def _duplicate(self, number, sheet, row):
        message = _("%(column)s %(number)s already stands in row %(row)s. Keep one row for each person.")
        if sheet != self.table.sheet:
            message = _(
                "%(column)s %(number)s already stands in row %(row)s of the sheet %(sheet)s. "
                "Keep one row for each person."
            )
        self._fail("number", "duplicate", message, number=number, sheet=sheet, row=row)

    def _score(self, key, cell):
        if is_blank(cell):
            return self._fail(key, "missing", _("%(column)s is empty. Enter a grade or a whole number from 0 to 100."))
        score = score_of(cell)
        if score is None:
            message = _(
                "%(column)s “%(value)s” is neither a whole number from 0 to 100 nor one of %(words)s. Correct it."
            )
            return self._fail(key, "unknown_value", message, value=_short(cell), words="、".join(GRADE_WORDS))
        return score

    def _note(self, key, cells):
        cell = self.table.cell(cells, key)
        if isinstance(cell, bool | Fault):
            message = _("%(column)s “%(value)s” is not a text that can be read. Type it in.")
            self._fail(key, "unknown_value", message, value=_short(cell))
            return ""
        text = text_of(cell)
        if len(text) > self.note_length:
            message = _("%(column)s is longer than %(limit)s characters. Shorten it.")
            self._fail(key, "unknown_value", message, limit=self.note_length)
            return ""
        return text


def score_of(cell):
    """The points of a cell: a whole number from 0 to 100 or a grade word; None when it is neither."""
    if isinstance(cell, bool):
        return None
    if isinstance(cell, int | float):
        return int(cell) if 0 <= cell <= 100 and cell == int(cell) else None
    text = half_width(text_of(cell))
    if text in GRADE_WORDS:
        return GRADE_POINTS[GRADE_WORDS[text]]
    if text.isascii() and text.isdigit() and len(text) <= 3 and int(text) <= 100:
        return int(text)
    return None


def _short(cell):
    text = text_of(cell)
    return text if len(text) <= 40 else f"{text[:40]}…"
