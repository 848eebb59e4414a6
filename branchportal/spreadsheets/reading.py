"""What cells does this untrusted upload hold? Never fails other than with a `SpreadsheetError`.

Workbooks are parsed in a child process with limits on memory and time; CSV files are plain text and read here.
"""

import csv
import datetime
import io
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from branchportal.spreadsheets.errors import SpreadsheetError

MAX_MB = 10
MAX_ROWS = 50_000
MAX_COLUMNS = 256
SECONDS = 30
PARSER = Path(__file__).with_name("parser.py")
ZIP, EMPTY_ZIP, OLE = b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
FOREIGN = (
    b"%PDF",
    b"\x89PNG",
    b"GIF8",
    b"\xff\xd8\xff",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
    b"{\\rtf",
    b"<",
)
WORKBOOK_ENDINGS = (".xlsx", ".xlsm", ".xls", ".et", ".doc", ".docx", ".png", ".jpg", ".jpeg", ".pdf", ".zip")
DELIMITERS = (",", ";", "\t")


@dataclass(frozen=True)
class Fault:
    """A cell that holds an error value (#N/A) or a formula without a stored result."""

    text: str


@dataclass(frozen=True)
class Sheet:
    """One sheet: `rows` are (1-based number, cells from column A on); blank rows are left out.

    A cell is str, int, float, bool, date or Fault; an empty cell is "".
    """

    name: str
    rows: list


def read_file(content, filename):
    """The sheets of an upload, type decided by content; raises SpreadsheetError. A CSV file is one sheet named ""."""
    if not content.strip():
        raise SpreadsheetError("empty")
    if len(content) > MAX_MB * 1024 * 1024:
        raise SpreadsheetError("too_large", limit=MAX_MB)
    if content.startswith((ZIP, OLE)):
        return _read_workbook(content)
    if content.startswith((EMPTY_ZIP, *FOREIGN)) or filename.lower().endswith(WORKBOOK_ENDINGS):
        raise SpreadsheetError("not_workbook")
    return [Sheet("", _read_csv(decode(content)))]


def run_child(script, content, *, seconds=SECONDS):
    """Standard output of a limited child process that reads `content`; raises SpreadsheetError("too_heavy")."""
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(script)],
            input=content,
            capture_output=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise SpreadsheetError("too_heavy") from None
    if done.returncode != 0:
        raise SpreadsheetError("too_heavy")
    return done.stdout


def _read_workbook(content):
    answer = json.loads(run_child(PARSER, content))
    if "error" in answer:
        raise SpreadsheetError(answer["error"], limit=answer["limit"])
    return [_sheet(**sheet) for sheet in answer["sheets"]]


def _sheet(name, numbers, rows, dates, faults):
    """One sheet as parser.py tells it: days and faults come as text, with their places beside."""
    _replace(rows, dates, datetime.date.fromisoformat)
    _replace(rows, faults, Fault)
    return Sheet(name, list(zip(numbers, rows, strict=True)))


def _replace(rows, places, make):
    for column, found in places.items():
        place = int(column)
        for row in found:
            rows[row][place] = make(rows[row][place])


def decode(content):
    """The text of a CSV file: UTF-8 or UTF-16 (with a mark), else GB18030, which contains GBK."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _decode(content, "utf-16")
    if b"\x00" in content:
        raise SpreadsheetError("not_workbook")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _decode(content, "gb18030")


def _decode(content, encoding):
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise SpreadsheetError("encoding") from None


def _read_csv(text):
    delimiter = max(DELIMITERS, key=lambda candidate: _width(text, candidate))
    rows = []
    for number, cells in enumerate(_records(text, delimiter), start=1):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > MAX_COLUMNS and any(cell.strip() for cell in cells[MAX_COLUMNS:]):
            raise SpreadsheetError("too_many_columns", limit=MAX_COLUMNS)
        rows.append((number, [_unwrap(cell) for cell in cells[:MAX_COLUMNS]]))
        if len(rows) > MAX_ROWS:
            raise SpreadsheetError("too_many_rows", limit=MAX_ROWS)
    return rows


def _records(text, delimiter):
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    except csv.Error:
        raise SpreadsheetError("damaged") from None


def _width(text, delimiter):
    """The widest of the first records, which the right delimiter makes widest."""
    records = _records(text[:20_000], delimiter)
    return max((len(record) for record, _ in zip(records, range(20), strict=False)), default=0)


def _unwrap(cell):
    """`="2022001"` is how programs keep Excel from turning a number into 2.0E+06."""
    if cell.startswith('="') and cell.endswith('"') and len(cell) > 3:
        return cell[2:-1]
    return cell
