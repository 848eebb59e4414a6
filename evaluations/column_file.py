"""What does a sheet of free columns say: which columns are figures, which rows are good, what is wrong with a cell?

Pure: tables in, rows and errors out; who belongs to the branch is an argument. 学号 is needed. Every other column
that holds a number somewhere is read under its own head, but for 姓名 and 班级; columns without any number are left
aside. An empty cell says nothing. Codes as for scores.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_noop as _

from branchportal.spreadsheets import rows
from branchportal.spreadsheets.reading import Fault, Sheet
from branchportal.spreadsheets.rows import Reading, short
from branchportal.spreadsheets.tables import Table, find_tables
from branchportal.spreadsheets.values import half_width, is_blank, text_of
from evaluations.column_names import LONGEST_NAME, key_of
from evaluations.documents import DECIMAL
from evaluations.refusals import Refused
from evaluations.score_file import HEADERS as SCORE_HEADERS
from evaluations.score_file import Mark, PeopleReader

KNOWN = {key: SCORE_HEADERS[key] for key in ("number", "name", "class_name")}
REQUIRED = ("number",)
SOURCE = "columns"  # what a downloaded sheet says of itself (see score_file.Mark)
MOST_COLUMNS = 20
MOST_DIGITS, DECIMALS = 9, 6  # before and after the point
OWN = "="  # before the key of a free column: nobody mixes it up with those of KNOWN
COUNTS = frozenset({"failed_courses", "votes", "reports"})  # whole numbers, never below 0


class NotAFigure(ValueError):
    """The cell is filled and holds no number."""


class TooExact(ValueError):
    """The number is longer than anybody would read."""


@dataclass(frozen=True)
class ColumnRow:
    """The figures of one person: {key of the column: decimal text}.

    `number_column` is the number's (header, place), for errors that only the caller can find.
    """

    sheet: str
    row: int
    number: str
    figures: dict[str, str]
    number_column: tuple[str, int]


@dataclass(frozen=True)
class Columns:
    """The columns with figures of a file, by key; each sheet may write its head otherwise, the first is its name."""

    heads: dict[str, tuple[str, ...]]

    @property
    def names(self) -> dict[str, str]:
        return {key: heads[0] for key, heads in self.heads.items()}

    @property
    def headers(self) -> dict[str, tuple[str, ...]]:
        """As tables are searched."""
        return KNOWN | {OWN + key: heads for key, heads in self.heads.items()}


def columns_of(sheets: Sequence[Sheet]) -> Columns:
    """Which columns hold figures; raises SpreadsheetError("no_header") without 学号, or Refused without any figure."""
    heads: dict[str, tuple[str, ...]] = {}
    for table in find_tables(sheets, KNOWN, REQUIRED):
        for key, head in _heads_of_figures(table).items():
            heads[key] = tuple(dict.fromkeys((*heads.get(key, ()), head)))
    if not heads:
        raise Refused(_("No column beside 学号 holds a number. Write the figures below a head of their own."))
    if len(heads) > MOST_COLUMNS:
        raise Refused(
            _("This file has more than %(most)s columns of figures: upload them in parts."), most=MOST_COLUMNS
        )
    too_long = next((head for some in heads.values() for head in some if len(head) > LONGEST_NAME), None)
    if too_long:
        text = _("The head “%(head)s” has more than %(longest)s characters. Shorten it: schemes find the column by it.")
        raise Refused(text, head=short(too_long), longest=LONGEST_NAME)
    return Columns(heads)


def read_columns(
    sheets: Sequence[Sheet], columns: Columns, *, people: Mapping[str, str], taken: frozenset[str] = frozenset()
) -> Reading:
    """Check all sheets. `people`: {number or former number: present number}; `taken`: numbers of other branches."""
    return rows.read_rows(sheets, columns.headers, REQUIRED, _Reader(people, taken, columns))


def mark_of_branch(code: str) -> Mark:
    """What a sheet that is downloaded for this branch says of itself."""
    return Mark(SOURCE, code, SOURCE)


def figure_of(cell: Any) -> str:
    """A cell as an exact decimal text, "" where it is blank. Raises NotAFigure or TooExact.

    A fraction that Excel computed is taken with the fifteen digits that Excel keeps.
    """
    if is_blank(cell):
        return ""
    if isinstance(cell, bool | Fault | date):
        raise NotAFigure
    text = f"{cell:.15g}" if isinstance(cell, float) else half_width(text_of(cell))
    if isinstance(cell, float) and "e" in text:
        text = f"{Decimal(text):f}"
    if not DECIMAL.fullmatch(text) or len(text) > 40:
        raise NotAFigure
    exact = Decimal(text).normalize()
    plain = "0" if exact == 0 else f"{exact:f}"
    whole, _point, decimals = plain.lstrip("-").partition(".")
    if len(whole) > MOST_DIGITS or len(decimals) > DECIMALS:
        raise TooExact
    return plain


class _Reader(PeopleReader):
    """Reads a row of figures."""

    def __init__(self, people: Mapping[str, str], taken: frozenset[str], columns: Columns) -> None:
        super().__init__(people, taken)
        self.keys = list(columns.heads)

    def is_left(self) -> bool:
        """Somebody who stands in the sheet without a figure."""
        return all(is_blank(self.cell(OWN + key)) for key in self.keys)

    def read(self) -> ColumnRow:
        person = self.person()
        figures = {key: figure for key in self.keys if (figure := self._figure(key))}
        column = self.table.columns["number"]
        return ColumnRow(self.table.sheet, self.row, person, figures, (column.header, column.index))

    def _figure(self, key: str) -> str:
        cell = self.cell(OWN + key)
        try:
            figure = figure_of(cell)
        except NotAFigure:
            text = _("%(column)s “%(value)s” is no number. Write one such as 3.75, or leave the cell empty.")
            return self._wrong(key, text)
        except TooExact:
            text = _(
                "%(column)s “%(value)s” has more than %(digits)s digits or %(decimals)s decimals. Round it in the "
                "sheet, so that everybody sees the figure that counts."
            )
            return self._wrong(key, text, digits=MOST_DIGITS, decimals=DECIMALS)
        if figure and key in COUNTS and ("." in figure or figure.startswith("-")):
            return self._wrong(key, _("%(column)s “%(value)s” is no count. Write a whole number, 0 or more."))
        return figure

    def _wrong(self, key: str, text: str, **params: int) -> str:
        self.fail(OWN + key, "unknown_value", text, value=short(self.cell(OWN + key)), **params)
        return ""


def _heads_of_figures(table: Table) -> dict[str, str]:
    """{key: head}; raises Refused where two columns of one sheet mean the same."""
    used = {column.index for column in table.columns.values()}
    heads: dict[str, str] = {}
    for index, name in enumerate(table.names):
        if index in used or is_blank(name):
            continue
        if not any(_is_figure(cells[index]) for _number, cells in table.rows if index < len(cells)):
            continue
        head = " ".join(text_of(name).split())
        if (known := heads.setdefault(key_of(head), head)) != head or table.names.count(name) > 1:
            raise Refused(
                _("The columns %(one)s and %(other)s mean the same figure: keep one of them."), one=known, other=head
            )
    return heads


def _is_figure(cell: Any) -> bool:
    try:
        return figure_of(cell) != ""
    except TooExact:
        return True
    except NotAFigure:
        return False
