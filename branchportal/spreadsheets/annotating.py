"""How does a sender get his own file back, with the wrong cells marked, and the failing rows alone?"""

import json
import struct
from pathlib import Path

from branchportal.spreadsheets.errors import SpreadsheetError
from branchportal.spreadsheets.reading import ZIP, Fault, run_child
from branchportal.spreadsheets.tables import find_tables
from branchportal.spreadsheets.values import text_of
from branchportal.spreadsheets.writing import Column, SheetSpec, Wrong, safe_text, write_workbook

MARKER = Path(__file__).with_name("marker.py")
SECONDS = 90
LONGEST_GAP = 1000  # blank rows that are kept so that row numbers stay the sender's
COMMENT_LENGTH = 2000


def annotate(content, sheets, errors):
    """The sender's .xlsx with each wrong cell filled and commented; other kinds of file as an .xlsx of the same cells.

    `sheets` are what `read_file(content)` gave, `errors` CellErrors about them.
    """
    marks = _marks(errors)
    if content.startswith(ZIP):
        try:
            return _mark_workbook(content, marks)
        except SpreadsheetError:
            pass  # too large or too odd to keep its formats: the plain copy below still shows every cell
    return write_workbook(_plain_copy(sheet, marks) for sheet in sheets)


def failing_rows(sheets, errors, headers, required, *, error_header, more=()):
    """A workbook with only the rows that have errors, to correct and upload again.

    `headers` and `required` as for `find_tables`; the messages stand in a last column `error_header`. The sheets of
    `more` follow.
    """
    marks = _marks(errors)
    messages = {}
    for error in errors:
        messages.setdefault((error.sheet, error.row), []).append(str(error.message))
    failing = [
        _failing_sheet(table, marks, messages, error_header)
        for table in find_tables(sheets, headers, required)
        if any(sheet == table.sheet for sheet, _row in messages)
    ]
    return write_workbook([*failing, *more])


def _marks(errors):
    """{(sheet, row, 0-based column): message}."""
    marks = {}
    for error in errors:
        place = (error.sheet, error.row, error.index)
        marks[place] = f"{marks[place]}\n{error.message}" if place in marks else str(error.message)
    return marks


def _mark_workbook(content, marks):
    lines = [
        [sheet, row, index + 1, safe_text(message)[:COMMENT_LENGTH]] for (sheet, row, index), message in marks.items()
    ]
    head = json.dumps(lines).encode()
    return run_child(MARKER, struct.pack("!I", len(head)) + head + content, seconds=SECONDS)


def _plain_copy(sheet, marks):
    width = max((len(cells) for _number, cells in sheet.rows), default=1)
    columns = tuple(Column("", width=16, value=lambda row, place=place: row[place]) for place in range(width))
    return SheetSpec(sheet.name or "Sheet1", columns, _padded(sheet, width, marks))


def _padded(sheet, width, marks):
    """All rows in their old places, blank ones too."""
    blank, next_row = [""] * width, 1
    for number, cells in sheet.rows:
        if number - next_row <= LONGEST_GAP:
            yield from [blank] * (number - next_row)
        yield _marked(sheet.name, number, cells, width, marks)
        next_row = number + 1


def _marked(sheet, number, cells, width, marks):
    row = [_plain(cell) for cell in cells[:width]] + [""] * (width - len(cells))
    for place in range(width):
        if message := marks.get((sheet, number, place)):
            row[place] = Wrong(row[place], message)
    return row


def _plain(cell):
    """Numbers that Excel would show as 2.0E+10 are written as texts in full."""
    if isinstance(cell, Fault):
        return cell.text
    if isinstance(cell, float) and cell.is_integer() and abs(cell) >= 10**10:
        return text_of(cell)
    return cell


def _failing_sheet(table, marks, messages, error_header):
    width = len(table.names)
    columns = [
        Column(name, width=16, value=lambda row, place=place: row[place]) for place, name in enumerate(table.names)
    ]
    columns.append(Column(error_header, width=60, value=lambda row: row[-1], wrap=True))
    rows = []
    for number, cells in table.rows:
        if found := messages.get((table.sheet, number)):
            rows.append([*_marked(table.sheet, number, cells, width, marks), "\n".join(found)])
    return SheetSpec(table.sheet or "Sheet1", tuple(columns), rows)
