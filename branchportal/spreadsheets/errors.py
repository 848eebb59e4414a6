"""What can be wrong with an uploaded file, and how is it said?

`SpreadsheetError` is about the whole file (nothing could be read); `CellError` is about one cell.
"""

from dataclasses import dataclass

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from branchportal.wording import with_lists

FILE_MESSAGES = {
    "empty": _("The file is empty. Choose the workbook you filled in."),
    "too_large": _("The file is larger than %(limit)s MB. Delete pictures and unused sheets, then try again."),
    "not_workbook": _("This is not an Excel workbook or a CSV file. Open it in Excel or WPS and save it as .xlsx."),
    "encrypted": _("The workbook is protected by a password. Remove the password, then upload it again."),
    "damaged": _("The workbook is damaged or incomplete. Open it in Excel or WPS, save it as .xlsx and try again."),
    "entities": _("The workbook contains document type declarations, which are not allowed. Save it again as .xlsx."),
    "too_many_parts": _("The workbook has more than %(limit)s parts. Copy the rows into a new workbook."),
    "unpacked_too_large": _(
        "The workbook is too large once unpacked (limit %(limit)s MB). Copy the filled rows into a new workbook."
    ),
    "too_heavy": _("The workbook takes too much time or memory to read. Copy the filled rows into a new workbook."),
    "too_many_rows": _("The file has more than %(limit)s filled rows. Split it into several files."),
    "too_many_columns": _("The file has filled cells beyond column %(limit)s. Delete them, then try again."),
    "encoding": _("The characters of the CSV file cannot be read. Save it as UTF-8 or GBK, or as .xlsx."),
    "no_header": _("No sheet has a row with the headers %(headers)s. Use the template, or add a header row."),
}


class SpreadsheetError(Exception):
    """The file as a whole cannot be used; `code` names why, `str()` is a sentence for the user."""

    def __init__(self, code, **params):
        super().__init__(code)
        self.code = code
        self.params = params

    def __str__(self):
        return str(FILE_MESSAGES[self.code]) % with_lists(self.params)


@dataclass(frozen=True)
class CellError:
    """One wrong cell: `row` as in the sheet (1-based), `column` the header as the file writes it.

    `text % params` says in English what is wrong and what to do. `index` is the column's 0-based place in the sheet,
    used to mark the cell; it is not shown.
    """

    sheet: str
    row: int
    column: str
    code: str
    text: str
    params: dict
    index: int

    @property
    def message(self):
        """What is wrong and what to do, in the language of whoever reads it."""
        return gettext(self.text) % with_lists(self.params)

    def as_dict(self):
        """The five published fields."""
        return {
            "sheet": self.sheet,
            "row": self.row,
            "column": self.column,
            "code": self.code,
            "message": self.message,
        }

    def stored(self):
        """The same for `read_later`: without a language."""
        return {
            "sheet": self.sheet,
            "row": self.row,
            "column": self.column,
            "code": self.code,
            "text": self.text,
            "params": self.params,
        }


def read_later(errors):
    """Stored errors with their message in the language of whoever reads them now."""
    return [
        {**error, "message": gettext(error["text"]) % with_lists(error["params"])} if "text" in error else error
        for error in errors
    ]
