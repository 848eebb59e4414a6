"""How is a workbook made from a table of columns and one row function?

    COLUMNS = (
        Column("学号", width=16, value=lambda member: member.number),
        Column("总分", kind=DECIMAL, value=lambda entry: entry.total),
    )
    sheet = SheetSpec("名单", COLUMNS, members, title="…", notes=("供支委会研究参考",))
    content = write_workbook([sheet, notes_sheet("说明", lines)])

Every text is stored as a text: only `Formula` makes a live formula. Real numbers and dates, frozen header, filter,
A4 landscape fitted to the width, header repeated on each printed page.
"""

import datetime
import io
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone
from openpyxl import DEFUSEDXML, Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

if not DEFUSEDXML:
    raise ImproperlyConfigured("Install defusedxml: without it openpyxl does not refuse XML bombs.")

TEXT, INTEGER, DECIMAL, DATE, MOMENT = "text", "integer", "decimal", "date", "moment"
FORMATS = {TEXT: "@", INTEGER: "0", DECIMAL: "0.00", DATE: "yyyy-mm-dd", MOMENT: "yyyy-mm-dd hh:mm"}
CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
A4 = "9"
LONGEST_TEXT = 32_767
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")  # Excel would read _x003D_ as "="
SHEET_NAME = re.compile(r"[\\/*?:\[\]\x00-\x1f]")

_BOLD = Font(name="Calibri", size=11, bold=True)
_TITLE = Font(name="Calibri", size=14, bold=True)
_MUTED = Font(name="Calibri", size=11, color="FF6B6B6B")
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


@dataclass(frozen=True)
class Column:
    """One column: its header, width in characters, kind, and the function that takes its value from a row.

    `choices` becomes a drop-down, `whole` (first, last) takes whole numbers only; `number_format` replaces the kind's
    own; `wrap` breaks long texts into lines.
    """

    header: str
    width: float = 12
    kind: str = TEXT
    value: Callable | None = None
    choices: tuple = ()
    whole: tuple = ()
    number_format: str = ""
    wrap: bool = False

    @property
    def format(self) -> str:
        return self.number_format or FORMATS[self.kind]


@dataclass(frozen=True)
class SheetSpec:
    """One sheet: `title` and `notes` stand above the header, `foot` below the rows, `printed` on every page's foot.

    A `hidden` sheet is for the portal alone.

    For templates: `example` is a row that stands above the header, where no import reads it; `spare` is how many rows
    below the table the drop-downs reach.
    """

    name: str
    columns: tuple
    rows: Iterable = ()
    title: str = ""
    notes: tuple = ()
    foot: tuple = ()
    printed: str = ""
    spare: int = 0
    example: object = None
    hidden: bool = False

    @property
    def header_row(self) -> int:
        return 1 + bool(self.title) + len(self.notes) + (self.example is not None)


def notes_sheet(name: str, lines: Iterable[tuple[str, object]]) -> SheetSpec:
    """A 说明 sheet of (what, value) lines without a filter."""
    columns = (
        Column("", width=22, value=lambda line: line[0]),
        Column("", width=90, value=lambda line: line[1], wrap=True),
    )
    return SheetSpec(name, columns, lines)


def write_workbook(sheets: Iterable[SheetSpec]) -> bytes:
    """The finished .xlsx file."""
    workbook = Workbook(write_only=True)
    names = set()
    for spec in sheets:
        _write_sheet(workbook, spec, names)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def safe_text(text: object) -> str:
    """A text that Excel accepts: no control characters, not longer than a cell."""
    clean = FORBIDDEN.sub("", str(text))
    return ESCAPE.sub("_x005F_", clean)[:LONGEST_TEXT]


def _write_sheet(workbook, spec, names):
    sheet = workbook.create_sheet(_free_name(spec.name, names))
    sheet.sheet_state = "hidden" if spec.hidden else "visible"
    has_header = any(column.header for column in spec.columns)
    _set_page(sheet, spec, has_header)
    for place, column in enumerate(spec.columns, start=1):
        dimension = sheet.column_dimensions[get_column_letter(place)]
        dimension.width = column.width
        dimension.number_format = column.format
    if spec.title:
        sheet.append([_cell(sheet, spec.title, font=_TITLE)])
    for note in spec.notes:
        sheet.append([_cell(sheet, note, font=_MUTED)])
    if spec.example is not None:
        sheet.append([_cell(sheet, column.value(spec.example), column=column, font=_MUTED) for column in spec.columns])
    number = spec.header_row
    if has_header:
        sheet.append([_cell(sheet, column.header, font=_BOLD, head=True) for column in spec.columns])
    else:
        number -= 1
    for row in spec.rows:
        number += 1
        sheet.append([_value_cell(sheet, column, row, number) for column in spec.columns])
    _finish(sheet, spec, number, has_header)


def _free_name(name, names):
    base = SHEET_NAME.sub(" ", name).strip("' ")[:31] or "Sheet"
    free, count = base, 1
    while free.lower() in names:
        count += 1
        free = f"{base[: 30 - len(str(count))]} {count}"
    names.add(free.lower())
    return free


def _set_page(sheet, spec, has_header):
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = A4
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.oddFooter.center.text = "&P / &N"
    if spec.printed:
        sheet.oddFooter.left.text = safe_text(spec.printed).replace("&", "&&")
    if has_header:
        sheet.freeze_panes = f"A{spec.header_row + 1}"
        sheet.print_title_rows = f"{spec.header_row}:{spec.header_row}"


def _finish(sheet, spec, number, has_header):
    last = get_column_letter(len(spec.columns))
    if has_header:
        sheet.auto_filter.ref = f"A{spec.header_row}:{last}{max(number, spec.header_row)}"
        for place, column in enumerate(spec.columns, start=1):
            if column.choices or column.whole:
                _add_rule(sheet, column, get_column_letter(place), spec.header_row + 1, number + spec.spare)
    for text in spec.foot:
        sheet.append([_cell(sheet, text, font=_MUTED)])


def _add_rule(sheet, column, letter, first, last):
    if column.choices:
        rule = {"type": "list", "formula1": f'"{",".join(column.choices)}"'}
    else:
        lowest, highest = column.whole
        rule = {"type": "whole", "operator": "between", "formula1": str(lowest), "formula2": str(highest)}
    validation = DataValidation(**rule, allow_blank=True, showErrorMessage=True)
    validation.add(f"{letter}{first}:{letter}{max(first, last)}")
    sheet.data_validations.append(validation)


def _value_cell(sheet, column, row, number):
    value = column.value(row)
    if not isinstance(value, Wrong):
        return _cell(sheet, value, column=column, number=number)
    cell = _cell(sheet, value.value, column=column, number=number)
    cell.fill = _WRONG_FILL
    cell.comment = make_comment(value.message)
    return cell


def make_comment(message: str) -> Comment:
    """A comment wide enough to be read."""
    return Comment(safe_text(message)[:2000], "", height=110, width=320)


def _cell(sheet, value, *, column=None, number=0, font=None, head=False):
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
