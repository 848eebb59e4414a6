"""What does a sheet of scores say: which rows are good, and what is wrong with each other cell?

Pure: tables in, rows and errors out; who belongs to the branch is an argument. Columns 学号, 思想, 学习, 生活,
工作, 作风; notes in 说明 (the whole card) or 思想说明 … 作风说明. A score is a whole number from 0 to 100 or one of
the five grade words; a row without any score or note is passed over. Codes as for rosters: missing, duplicate,
bad_number, unknown_value, other_branch.
"""

from dataclasses import dataclass

from django.utils.translation import gettext_noop as _

from branchportal.spreadsheets import rows
from branchportal.spreadsheets.rows import short
from branchportal.spreadsheets.values import half_width, is_blank, text_of
from branchportal.spreadsheets.writing import Column, SheetSpec
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
    "note": ("说明", "备注", "评语"),
    "class_name": ("班级",),  # this and the next one help whoever fills in a downloaded sheet and are not read
    "last": ("上次评定",),
}
REQUIRED = ("number", *(dimension.value for dimension in Dimension))
FILLED = (
    *(dimension.value for dimension in Dimension),
    *(f"{dimension.value}_note" for dimension in Dimension),
    "note",
)
NOTE_LENGTH = 200
MARK = "branchportal.scores/1"  # first cell of the hidden sheet of what was downloaded here


@dataclass(frozen=True)
class Mark:
    """Of what a downloaded sheet is: whose scores ("self", "branch"), the branch's code, the month as 2026-10."""

    source: str
    branch: str
    month: str


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


def read_scores(sheets, *, people, taken=frozenset(), note_length=NOTE_LENGTH):
    """Check all sheets; raises SpreadsheetError("no_header") when none has 学号 and all five dimensions.

    `people`: {number or former number: present number} of the branch. `taken`: numbers of people in other branches.
    """
    return rows.read_rows(sheets, HEADERS, REQUIRED, _Reader(people, taken, note_length))


def numbers_in(sheets):
    """All readable numbers of the file, to look up who they are."""
    return rows.numbers_in(sheets, HEADERS, REQUIRED)


def mark_of(sheets):
    """What a downloaded sheet says of itself, or None for any other file."""
    for sheet in sheets:
        for _number, cells in sheet.rows[:1]:
            if cells[0] == MARK and len(cells) >= 4:
                return Mark(*(text_of(cell) for cell in cells[1:4]))
    return None


def mark_sheet(mark):
    """The hidden sheet that says so."""
    columns = tuple(Column("", value=lambda row, place=place: row[place]) for place in range(4))
    return SheetSpec("branchportal", columns, [(MARK, mark.source, mark.branch, mark.month)], hidden=True)


class PeopleReader(rows.RowReader):
    """Reads rows about people of one branch."""

    def __init__(self, people, taken):
        super().__init__()
        self.people, self.taken = people, taken

    def person(self):
        """The present number of whom the row is about, with an error noted where it is nobody of the branch."""
        number, person = self.number(self.people)
        if number in self.taken:
            text = _("%(column)s %(number)s belongs to another branch. Correct it or delete the row.")
            self.fail("number", "other_branch", text, number=number)
        elif number and number not in self.people:
            text = _("%(column)s %(number)s is not in the roster of this branch. Correct it or add the person first.")
            self.fail("number", "unknown_value", text, number=number)
        return person


class _Reader(PeopleReader):
    """Reads a row of scores."""

    def __init__(self, people, taken, note_length):
        super().__init__(people, taken)
        self.note_length = note_length

    def is_left(self):
        """Somebody who stands in the sheet with a name and nothing else."""
        return all(is_blank(self.cell(key)) for key in FILLED)

    def read(self):
        person = self.person()
        scores = {dimension: self._score(dimension.value) for dimension in Dimension}
        notes = {}
        for dimension in Dimension:
            if text := self.text(f"{dimension.value}_note", self.note_length):
                notes[dimension] = text
        column = self.table.columns["number"]
        place = (column.header, column.index)
        return ScoreRow(self.table.sheet, self.row, person, scores, notes, self.text("note", self.note_length), place)

    def _score(self, key):
        cell = self.cell(key)
        if is_blank(cell):
            text = _("%(column)s is empty. Enter a grade or a whole number from 0 to 100.")
            return self.fail(key, "missing", text)
        score = score_of(cell)
        if score is None:
            text = _("%(column)s “%(value)s” is neither a whole number from 0 to 100 nor one of %(words)s. Correct it.")
            return self.fail(key, "unknown_value", text, value=short(cell), words=list(GRADE_WORDS))
        return score


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
