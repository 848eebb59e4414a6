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

import errno
import io
import os
import re
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from dataclasses import dataclass

from lxml.etree import SerialisationError
from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._writer import ALL_TEMP_FILES
from openpyxl.worksheet.datavalidation import DataValidation

from branchportal.spreadsheets.cells import (
    BOLD,
    DATE,
    DECIMAL,
    FORMATS,
    INTEGER,
    MOMENT,
    MUTED,
    TEXT,
    TITLE,
    Formula,
    Pen,
    Wrong,
    cells_as_they_are,
    safe_text,
    single_cell,
)

__all__ = [
    "CONTENT_TYPE", "DATE", "DECIMAL", "INTEGER", "MOMENT", "TEXT", "Column", "Formula", "SheetSpec", "Wrong",
    "get_column_letter", "notes_sheet", "safe_text", "write_workbook",
]  # fmt: skip

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
A4 = "9"
SHEET_NAME = re.compile(r"[\\/*?:\[\]\x00-\x1f]")


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
    workbook, names, out = Workbook(write_only=True), set(), io.BytesIO()
    with _whole_or_nothing(workbook):
        for spec in sheets:
            _write_sheet(workbook, spec, names)
        workbook.save(out)
    return out.getvalue()


@contextmanager
def _whole_or_nothing(workbook):
    """Leave no temporary file of a workbook that was broken off; a full disk is an OSError, as everywhere else."""
    try:
        yield
    except Exception as error:
        for writer in filter(None, (sheet._writer for sheet in workbook.worksheets)):
            if writer.out in ALL_TEMP_FILES:
                writer.cleanup()
        if isinstance(error, SerialisationError) and "ENOSPC" in str(error):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from error
        raise


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
        sheet.append([single_cell(sheet, spec.title, font=TITLE)])
    for note in spec.notes:
        sheet.append([single_cell(sheet, note, font=MUTED)])
    if spec.example is not None:
        sheet.append(
            [single_cell(sheet, column.value(spec.example), column=column, font=MUTED) for column in spec.columns]
        )
    number = spec.header_row
    if has_header:
        sheet.append([single_cell(sheet, column.header, font=BOLD, head=True) for column in spec.columns])
    else:
        number -= 1
    sheet._values_to_row = cells_as_they_are
    pens = [Pen(sheet, column) for column in spec.columns]
    for row in spec.rows:
        number += 1
        sheet.append([pen.cell(row, number) for pen in pens])
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
        sheet.append([single_cell(sheet, text, font=MUTED)])


def _add_rule(sheet, column, letter, first, last):
    if column.choices:
        rule = {"type": "list", "formula1": f'"{",".join(column.choices)}"'}
    else:
        lowest, highest = column.whole
        rule = {"type": "whole", "operator": "between", "formula1": str(lowest), "formula2": str(highest)}
    validation = DataValidation(**rule, allow_blank=True, showErrorMessage=True)
    validation.add(f"{letter}{first}:{letter}{max(first, last)}")
    sheet.data_validations.append(validation)
