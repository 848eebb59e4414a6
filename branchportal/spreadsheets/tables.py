"""Where is the table in this sheet, which column is which, and which rows count? Pure; shared by every import."""

from dataclasses import dataclass

from branchportal.spreadsheets.errors import SpreadsheetError
from branchportal.spreadsheets.values import header_of, is_blank

TOTALS = frozenset({"合计", "总计", "小计"})


@dataclass(frozen=True)
class TableColumn:
    """A known column: its key, its 0-based place and its header as the file writes it."""

    key: str
    index: int
    header: str


@dataclass(frozen=True)
class Table:
    """The table of one sheet: `columns` by key, headers that nobody knows, rows that count (number, cells).

    `names` are the headers of all columns as the file writes them.
    """

    sheet: str
    names: list
    columns: dict
    ignored: tuple
    rows: list

    def cell(self, cells, key):
        """The cell of a known column in a row, "" when the column or the cell is absent."""
        column = self.columns.get(key)
        return cells[column.index] if column and column.index < len(cells) else ""


def find_tables(sheets, headers, required):
    """The tables of all sheets that have one; raises SpreadsheetError("no_header").

    `headers`: {key: (header, alias, …)}; the header row is the first that holds every key of `required`.
    """
    keys = {header_of(header): key for key, names in headers.items() for header in names}
    own = {header_of(names[0]) for names in headers.values()}
    tables = [table for sheet in sheets if (table := _find_table(sheet, keys, own, required))]
    if not tables:
        raise SpreadsheetError("no_header", headers=[headers[key][0] for key in required])
    return tables


def _find_table(sheet, keys, own, required):
    for place, (number, cells) in enumerate(sheet.rows):
        found = {keys.get(header_of(cell)) for cell in cells if isinstance(cell, str)}
        if not found.issuperset(required):
            continue
        below = sheet.rows[place + 1 :]
        names = [cell if isinstance(cell, str) else "" for cell in cells]
        if below and _is_second_header(below[0], number, names, keys, required):
            names = _joined(names, below[0][1])
            below = below[1:]
        columns, ignored = _columns(names, keys, own)
        return Table(sheet.name, names, columns, ignored, [row for row in below if _counts(row[1])])
    return None


def _is_second_header(row, number, names, keys, required):
    """A row right below that only names columns left open by merged cells above, such as dates under one title."""
    if row[0] != number + 1:
        return False
    filled = [(index, cell) for index, cell in enumerate(row[1]) if not is_blank(cell)]
    if not all(isinstance(cell, str) and header_of(cell) in keys for _, cell in filled):
        return False
    taken = {index for index, name in enumerate(names) if keys.get(header_of(name)) in required}
    return not any(index in taken for index, _ in filled)


def _joined(upper, lower):
    width = max(len(upper), len(lower))
    upper, lower = (row + [""] * (width - len(row)) for row in (upper, lower))
    return [low if not is_blank(low) else up for up, low in zip(upper, lower, strict=True)]


def _columns(names, keys, own):
    """({key: TableColumn}, ignored headers); a column's own name wins over an alias, else the first."""
    columns = {}
    for exact in (True, False):
        for index, name in enumerate(names):
            plain = header_of(name)
            key = keys.get(plain)
            if key and key not in columns and (plain in own) is exact:
                columns[key] = TableColumn(key, index, name)
    used = {column.index for column in columns.values()}
    ignored = tuple(
        " ".join(name.split()) for index, name in enumerate(names) if index not in used and not is_blank(name)
    )
    return columns, ignored


def _counts(cells):
    """Blank rows and rows of totals do not count."""
    first = next((cell for cell in cells if not is_blank(cell)), None)
    if not isinstance(first, str):
        return first is not None
    return first.isascii() or header_of(first).rstrip(":") not in TOTALS
