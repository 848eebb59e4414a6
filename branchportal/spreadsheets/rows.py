"""How is a table of people read row by row: which number stands in it, which text, and what is wrong? Pure.

A reader of one kind of file is a `RowReader` with a `read` of its own; its words are English until somebody reads them.
"""

from dataclasses import dataclass, field

from django.utils.translation import gettext_noop as _

from branchportal.spreadsheets.errors import CellError
from branchportal.spreadsheets.reading import Fault
from branchportal.spreadsheets.tables import find_tables
from branchportal.spreadsheets.values import BadNumberError, number_of, text_of

NUMBER_LENGTH = 32
SHOWN_LENGTH = 40


@dataclass
class Reading:
    """`rows` counts every row that counts; `accepted` are those without an error; `ignored` names unused columns.

    `left` counts rows that say nothing and are passed over.
    """

    rows: int = 0
    accepted: list = field(default_factory=list)
    errors: list = field(default_factory=list)
    ignored: list = field(default_factory=list)
    left: int = 0


def read_rows(sheets, headers, required, reader):
    """What `reader` makes of every row of all tables; raises SpreadsheetError when there is none."""
    reading = Reading()
    for table in find_tables(sheets, headers, required):
        reading.ignored.extend(header for header in table.ignored if header not in reading.ignored)
        for number, cells in table.rows:
            reader.begin(table, number, cells)
            reading.rows += 1
            if reader.is_left():
                reading.left += 1
                continue
            row = reader.read()
            if reader.errors:
                reading.errors.extend(sorted(reader.errors, key=lambda error: error.index))
            else:
                reading.accepted.append(row)
    return reading


def numbers_in(sheets, headers, required):
    """All readable numbers of the file, to look up only those people."""
    numbers = set()
    for table in find_tables(sheets, headers, required):
        for _row, cells in table.rows:
            try:
                numbers.add(number_of(table.cell(cells, "number")))
            except BadNumberError:
                continue
    return numbers - {""}


class RowReader:
    """Reads row after row; `errors` are those of the row just read."""

    def __init__(self):
        self.seen = {}
        self.errors = []

    def begin(self, table, row, cells):
        self.table, self.row, self.cells, self.errors = table, row, cells, []

    def is_left(self):
        """Whether the row says nothing and is passed over."""
        return False

    def read(self):
        raise NotImplementedError

    def cell(self, key):
        return self.table.cell(self.cells, key)

    def fail(self, key, code, text, **params):
        column = self.table.columns[key]
        params = {"column": " ".join(column.header.split()), **params}
        self.errors.append(CellError(self.table.sheet, self.row, column.header, code, text, params, column.index))

    def number(self, present):
        """The number as written and the person's present one (by `present`), or ("", "") where it can't be taken."""
        cell = self.cell("number")
        try:
            number = number_of(cell)
        except BadNumberError:
            number = None
        if number == "":
            self.fail("number", "missing", _("%(column)s is empty. Enter the student or staff number."))
            return "", ""
        if number is None or len(number) > NUMBER_LENGTH:
            text = _(
                "%(column)s “%(value)s” is no complete number. Format the column as text and type the number in full."
            )
            self.fail("number", "bad_number", text, value=short(cell))
            return "", ""
        person = present.get(number, number)
        if person in self.seen:
            self._fail_twice(number, *self.seen[person])
            return "", ""
        self.seen[person] = (self.table.sheet, self.row)
        return number, person

    def text(self, key, limit, plain=str):
        """The text of a cell (as `plain` makes it), "" with an error noted where it can't be read or is too long."""
        cell = self.cell(key)
        if isinstance(cell, bool | Fault):
            return self.fail_unreadable(key, cell)
        text = plain(text_of(cell))
        if len(text) > limit:
            self.fail(
                key, "unknown_value", _("%(column)s is longer than %(limit)s characters. Shorten it."), limit=limit
            )
            return ""
        return text

    def fail_unreadable(self, key, cell):
        text = _("%(column)s “%(value)s” is not a text that can be read. Type it in.")
        self.fail(key, "unknown_value", text, value=short(cell))
        return ""

    def _fail_twice(self, number, sheet, row):
        text = _("%(column)s %(number)s already stands in row %(row)s. Keep one row for each person.")
        if sheet != self.table.sheet:
            text = _(
                "%(column)s %(number)s already stands in row %(row)s of the sheet %(sheet)s. "
                "Keep one row for each person."
            )
        self.fail("number", "duplicate", text, number=number, sheet=sheet, row=row)


def short(cell):
    """A cell as an error quotes it."""
    text = text_of(cell)
    return text if len(text) <= SHOWN_LENGTH else f"{text[:SHOWN_LENGTH]}…"
