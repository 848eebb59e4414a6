"""What is in this workbook? Runs as a child process, so that a hostile file can only kill the child.

Standard input: the file. Standard output: one JSON object, `{"sheets": [{"name", "numbers", "rows", "dates",
"faults"}]}` or `{"error", "limit"}`. `numbers` are those of the rows (from 1, blank rows left out), a row is a list of
cells, a cell is a text, number or boolean. `dates` and `faults` are {column: [places of rows]}, both from 0: there
stands the ISO text of a date, or the text of an error value or of a formula without a stored result. Imports nothing of
the portal.
"""

import datetime
import io
import json
import re
import resource
import sys
import zipfile
from xml.parsers import expat

import python_calamine
from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

MAX_PARTS = 200
MAX_UNPACKED_MB = 50
MAX_RATIO = 100
MAX_ROWS = 50_000
MAX_COLUMNS = 256
MAX_CHARACTERS = 30_000_000
JSON = frozenset({str, int, float, bool})
SMALL_PART = 8 * 1024 * 1024
MEMORY = 640 * 1024 * 1024
CPU_SECONDS = 10
WORKBOOK_PART = "xl/workbook.xml"
FAULT = re.compile(rb"""\bt=["']e["']|<(\w+:)?f[\s>/]""")
FAULT_SIGNS = (b'"e"', b"'e'", b"<f", b":f")  # FAULT matches nothing without one of these, which are found far quicker
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
STRICT = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"


class RefusedError(Exception):
    """The file must not or cannot be read; `args` are the code and the limit that was passed."""


class _Stop(Exception):
    pass


def limit_resources(memory=MEMORY, seconds=CPU_SECONDS):
    """Let the kernel end this process instead of letting a file take the machine."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def open_archive(content):
    """The workbook as a ZipFile, its central directory checked before anything is unpacked."""
    archive = zipfile.ZipFile(io.BytesIO(content))
    parts = archive.infolist()
    if len(parts) > MAX_PARTS:
        raise RefusedError("too_many_parts", MAX_PARTS)
    if any(part.flag_bits & 0x1 for part in parts):
        raise RefusedError("encrypted", None)
    if sum(part.file_size for part in parts) > MAX_UNPACKED_MB * 1024 * 1024:
        raise RefusedError("unpacked_too_large", MAX_UNPACKED_MB)
    for part in parts:
        if part.file_size > SMALL_PART and part.file_size > MAX_RATIO * max(part.compress_size, 1):
            raise RefusedError("unpacked_too_large", MAX_UNPACKED_MB)
    names = archive.namelist()
    if WORKBOOK_PART not in names or "[Content_Types].xml" not in names:
        raise RefusedError("not_workbook", None)
    for part in parts:
        if part.filename.endswith((".xml", ".rels", ".vml")):
            _refuse_doctype(archive, part)
    return archive


def _refuse_doctype(archive, part):
    """A document type can only stand before the root element, so reading stops there."""

    def doctype(*_args):
        raise RefusedError("entities", None)

    def element(*_args):
        raise _Stop

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler = element
    with archive.open(part) as stream:
        try:
            while chunk := stream.read(4096):
                parser.Parse(chunk, False)
        except _Stop:
            return


def _sheet_parts(archive):
    """{sheet name: part of the archive}."""
    targets = {}
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    for relation in relations:
        target = relation.get("Target", "")
        targets[relation.get("Id")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    root = ElementTree.fromstring(archive.read(WORKBOOK_PART))
    sheets = [*root.iter(f"{MAIN}sheet"), *root.iter(f"{STRICT}sheet")]
    parts = {}
    for sheet in sheets:
        for name, value in sheet.attrib.items():
            if name.endswith("}id"):
                parts[sheet.get("name")] = targets.get(value)
    return parts


class _FaultFinder:
    """Collects error values and formulas without a stored result, which calamine shows as blank."""

    def __init__(self):
        self.faults = {}
        self.row = self.column = 0
        self.kind = self.text = None
        self.formula = False

    def start(self, name, attributes):
        tag = name.rpartition(":")[2]
        if tag == "row":
            self.row = int(attributes.get("r", self.row + 1))
            self.column = 0
        elif tag == "c":
            match = re.fullmatch(r"([A-Z]{1,3})(\d{1,7})", attributes.get("r", ""))
            self.column = _column_number(match[1]) if match else self.column + 1
            self.kind, self.formula, self.text = attributes.get("t"), False, ""
        elif tag == "f":
            self.formula = True
        elif tag in ("v", "is"):
            self.formula = False

    def data(self, text):
        if self.kind == "e" and len(self.text) < 20:
            self.text += text

    def end(self, name):
        if name.rpartition(":")[2] != "c":
            return
        if self.kind == "e" or self.formula:
            self.faults[self.row, self.column] = self.text or "="
        self.kind, self.formula = None, False


def _column_number(letters):
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def find_faults(archive, part):
    """{(row, column): text} of the cells of one sheet that hold an error instead of a value."""
    if part is None or part not in archive.namelist():
        return {}
    content = archive.read(part)
    if not any(sign in content for sign in FAULT_SIGNS) or not FAULT.search(content):
        return {}
    finder = _FaultFinder()
    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = finder.start, finder.end
    parser.CharacterDataHandler = finder.data
    parser.Parse(content, True)
    return finder.faults


class _Fault(str):
    """The text of an error value, or of a formula without a stored result."""


class _Table:
    """The filled rows of one sheet, as JSON can carry them; `before` counts the empty columns left of all cells."""

    def __init__(self, name, before):
        self.name, self.numbers, self.rows, self.dates, self.faults = name, [], [], {}, {}
        self.blank = [""] * before
        self.characters = 0

    def add(self, number, cells, faults):
        """Cells without trailing blanks; a blank row is left out. `faults`: [(column from 1, text)]"""
        if not faults and not any(not isinstance(cell, str) or cell.strip() for cell in cells):
            return
        cells = self.blank + cells
        for column, text in faults:
            cells.extend([""] * (column - len(cells)))
            cells[column - 1] = _Fault(text)
        while cells and cells[-1] == "":
            cells.pop()
        if len(cells) > MAX_COLUMNS:
            raise RefusedError("too_many_columns", MAX_COLUMNS)
        for column, cell in enumerate(cells):
            if type(cell) is str:
                self.characters += len(cell)
            elif type(cell) not in JSON:
                cells[column] = self._noted(column, cell)
        self.numbers.append(number)
        self.rows.append(cells)

    def _noted(self, column, cell):
        """The cell as text; where a day or a fault stands is kept apart."""
        if isinstance(cell, datetime.date):
            self.dates.setdefault(column, []).append(len(self.rows))
            return cell.isoformat()[: len("2026-11-22")]
        if isinstance(cell, _Fault):
            self.faults.setdefault(column, []).append(len(self.rows))
        return str(cell)

    def as_dict(self):
        return {
            "name": self.name,
            "numbers": self.numbers,
            "rows": self.rows,
            "dates": self.dates,
            "faults": self.faults,
        }


def _read_sheet(sheet, faults, rows_left, characters_left):
    """The table of one sheet; raises RefusedError as soon as it is larger than what is left."""
    table = _Table(sheet.name, before=sheet.start[1] if sheet.start else 0)
    for number, cells, row_faults in _rows(sheet, faults):
        table.add(number, cells, row_faults)
        if len(table.rows) > rows_left:
            raise RefusedError("too_many_rows", MAX_ROWS)
        if table.characters > characters_left:
            raise RefusedError("too_heavy", None)
    return table


def _rows(sheet, faults):
    """(number, cells, faults) of each row, also where only faults stand below the last cell."""
    by_row = {}
    for (row, column), text in faults.items():
        by_row.setdefault(row, []).append((column, text))
    for number, cells in enumerate(sheet.iter_rows(), start=1):  # from row 1, but from the first filled column
        yield number, cells, by_row.pop(number, ())
    for number in sorted(by_row):
        yield number, [], by_row[number]


def read(content):
    """All worksheets of an .xlsx or .xls file, hidden rows and hidden sheets too."""
    archive = open_archive(content) if content.startswith(b"PK") else None
    parts = _sheet_parts(archive) if archive else {}
    workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    sheets, rows_left, characters_left = [], MAX_ROWS, MAX_CHARACTERS
    for meta in workbook.sheets_metadata:
        if meta.typ != python_calamine.SheetTypeEnum.WorkSheet:
            continue
        faults = find_faults(archive, parts.get(meta.name)) if archive else {}
        table = _read_sheet(workbook.get_sheet_by_name(meta.name), faults, rows_left, characters_left)
        rows_left -= len(table.rows)
        characters_left -= table.characters
        sheets.append(table.as_dict())
    return sheets


def main():
    """Read standard input under limits, answer in JSON whatever happens."""
    limit_resources()
    content = sys.stdin.buffer.read()
    try:
        answer = {"sheets": read(content)}
    except RefusedError as refused:
        answer = {"error": refused.args[0], "limit": refused.args[1]}
    except DefusedXmlException:
        answer = {"error": "entities", "limit": None}
    except python_calamine.PasswordError:
        answer = {"error": "encrypted", "limit": None}
    except MemoryError:
        answer = {"error": "too_heavy", "limit": None}
    except Exception:
        answer = {"error": "damaged" if content.startswith(b"PK") else "not_workbook", "limit": None}
    sys.stdout.write(json.dumps(answer, ensure_ascii=True))


if __name__ == "__main__":
    main()
