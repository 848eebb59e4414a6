"""How does one value become one cell: a text that stays a text, a number, a day, a live formula, a marked mistake?"""

import datetime
import re
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone
from openpyxl import DEFUSEDXML
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

if not DEFUSEDXML:
    raise ImproperlyConfigured("Install defusedxml: without it openpyxl does not refuse XML bombs.")

TEXT, INTEGER, DECIMAL, DATE, MOMENT = "text", "integer", "decimal", "date", "moment"
FORMATS = {TEXT: "@", INTEGER: "0", DECIMAL: "0.00", DATE: "yyyy-mm-dd", MOMENT: "yyyy-mm-dd hh:mm"}
NUMBERS = frozenset({int, float, Decimal})
QUOTED = "quoted"
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
LONGEST_TEXT = 32_767
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")  # Excel would read _x003D_ as "="

BOLD = Font(name="Calibri", size=11, bold=True)
TITLE = Font(name="Calibri", size=14, bold=True)
MUTED = Font(name="Calibri", size=11, color="FF6B6B6B")
_HEAD_FILL = PatternFill("solid", fgColor="FFF3EDE4")
_WRONG_FILL = PatternFill("solid", fgColor="FFFFC7CE")
_LINE = Border(bottom=Side(style="thin", color="FFC9BFB0"))
_WRAP = Alignment(wrap_text=True, vertical="center")
_TOP = Alignment(wrap_text=True, vertical="top")


@dataclass(frozen=True)
class Formula:
    """A live formula such as `=SUM(C{row}:G{row})`; `{row}` becomes the number of its own row."""

    text: str


@dataclass(frozen=True)
class Wrong:
    """A value whose cell is filled red and carries a comment."""

    value: object
    message: str


def safe_text(text: object) -> str:
    """A text that Excel accepts: no control characters, not longer than a cell."""
    text = str(text)
    if text.isprintable() and "_x" not in text:
        return text[:LONGEST_TEXT]
    clean = FORBIDDEN.sub("", text)
    return ESCAPE.sub("_x005F_", clean)[:LONGEST_TEXT]


def make_comment(message: str) -> Comment:
    """A comment wide enough to be read."""
    return Comment(safe_text(message)[:2000], "", height=110, width=320)


def single_cell(sheet, value, *, column=None, number=0, font=None, head=False):
    """One cell; a text is stored as a text whatever it begins with."""
    cell = WriteOnlyCell(sheet)
    if isinstance(value, Formula):
        cell.value = value.text.replace("{row}", str(number))
        cell.number_format = column.format if column else "General"
    elif isinstance(value, bool) or value is None:
        cell.value = value
    elif isinstance(value, int | float | Decimal | datetime.date):
        cell.value = _local(value, column)
        cell.number_format = _number_format(value, column)
    else:
        _set_text(cell, safe_text(value))
    if font:
        cell.font = font
    if head:
        cell.fill, cell.border, cell.alignment = _HEAD_FILL, _LINE, _WRAP
    if column and column.wrap:
        cell.alignment = _TOP
    return cell


def _set_text(cell, text):
    cell.value = text
    cell.data_type = "s"
    cell.number_format = "@"
    if text.startswith(DANGEROUS):
        cell.quotePrefix = True


def _number_format(value, column):
    if column and column.kind != TEXT:
        return column.format
    if isinstance(value, datetime.datetime):
        return FORMATS[MOMENT]
    return FORMATS[DATE] if isinstance(value, datetime.date) else "General"


def _local(value, column):
    """Excel knows no time zones: a moment is shown in the portal's."""
    if not isinstance(value, datetime.datetime):
        return value
    if timezone.is_aware(value):
        value = timezone.localtime(value).replace(tzinfo=None)
    return value.date() if column and column.kind == DATE else value


def cells_as_they_are(cells, number):
    """What a row is made of, instead of openpyxl's own: that takes a value and learns by an error that it is a cell."""
    for place, cell in enumerate(cells, start=1):
        if cell is not None:
            cell.column, cell.row = place, number
            yield cell


class _Stamp(Cell):
    """A cell that serves many rows: its look is found once."""

    style_id = 0

    def fix_look(self):
        self.style_id = super().style_id
        return self


class Pen:
    """Writes one column. A row is in the file as soon as it is appended, so one cell of each look serves all rows.

    A cell and a style for every value would take three times as long.
    """

    def __init__(self, sheet, column):
        self.sheet = sheet
        self.column = column
        self.value_of = column.value
        self.stamps = {}

    def cell(self, row, number):
        """The cell of this row, to be appended before the next one is asked for; None leaves it empty."""
        value = self.value_of(row)
        if type(value) is str:
            return self._text(value)
        if type(value) in NUMBERS:
            return self._filled(NUMBERS, value)
        if value is None:
            return None
        if isinstance(value, Formula):
            return self._filled(Formula, value.text.replace("{row}", str(number)))
        if isinstance(value, datetime.date):
            return self._filled(type(value), _local(value, self.column))
        if isinstance(value, Wrong):
            return self._wrong(value, number)
        return self._filled(bool, value) if isinstance(value, bool) else self._text(str(value))

    def _text(self, text):
        text = safe_text(text)
        cell = self._filled(QUOTED if text.startswith(DANGEROUS) else str, text)
        cell.data_type = "s"
        return cell

    def _wrong(self, value, number):
        cell = single_cell(self.sheet, value.value, column=self.column, number=number)
        cell.fill = _WRONG_FILL
        cell.comment = make_comment(value.message)
        return cell

    def _filled(self, look, value):
        cell = self.stamps.get(look) or self._stamp(look, value)
        cell.value = value
        return cell

    def _stamp(self, look, value):
        """The first cell of a look: a text, a text to be quoted, a number, a formula, a day, a moment, yes or no."""
        cell = self.stamps[look] = _Stamp(self.sheet, row=1, column=1)
        if look in {str, QUOTED}:
            cell.number_format = FORMATS[TEXT]
        elif look is Formula:
            cell.number_format = self.column.format
        elif look is not bool:
            cell.number_format = _number_format(value, self.column)
        cell.quotePrefix = look == QUOTED
        if self.column.wrap:
            cell.alignment = _TOP
        return cell.fix_look()
