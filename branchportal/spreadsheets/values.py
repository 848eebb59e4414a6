"""Which text, number or date does this cell mean? Pure; what is ambiguous is refused, never guessed.

Each function takes a cell as `reading` gives it. "" and None stand for a blank cell.
"""

import datetime
import re
import unicodedata

from branchportal.spreadsheets.reading import Fault

FIRST_YEAR = 1900
SERIALS = range(10_000, 100_000)  # 1927-05-18 to 2173-10-13; smaller numbers are years or mistakes
EPOCH = datetime.date(1899, 12, 30)
EXACT = 10**15  # Excel keeps fifteen digits of a number
INVISIBLE = re.compile("[\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]")
SCIENTIFIC = re.compile(r"[+-]?\d(\.\d*)?[eE][+-]?\d+")
IDENTIFIER = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]*")
DATES = (
    re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})"),
    re.compile(r"(\d{4})(年)(\d{1,2})月(\d{1,2})日"),
    re.compile(r"(\d{4})()(\d{2})(\d{2})"),
)
MONTHS = re.compile(r"(\d{4})(?:[-/.](\d{1,2})|年(\d{1,2})月)")
MIDNIGHT = re.compile(r"[ T]0{1,2}:00(:00(\.0+)?)?$")


class BadDateError(ValueError):
    """The cell is filled but is no date in a known form."""


class BadNumberError(ValueError):
    """The cell is filled but the identifying number in it is lost or impossible."""


def is_blank(cell):
    """White space alone is blank."""
    return cell is None or (isinstance(cell, str) and not text_of(cell))


def text_of(cell):
    """Text without control and invisible characters, NBSP and outer white space; numbers in full digits."""
    if type(cell) is str and cell.isprintable():  # neither control characters nor NBSP nor anything invisible
        return cell.strip()
    if cell is None:
        return ""
    if isinstance(cell, Fault):
        return cell.text
    if isinstance(cell, datetime.date):
        return cell.isoformat()
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int):
        return str(cell)
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < EXACT else repr(cell)
    text = INVISIBLE.sub("", cell.replace("\xa0", ""))
    text = "".join(
        " " if character in "\t\r\n\x0b\x0c" else character
        for character in text
        if character in "\t\r\n\x0b\x0c" or unicodedata.category(character) not in ("Cc", "Cs")
    )
    return text.strip()


def half_width(text):
    """Full-width digits, letters and punctuation as their ordinary forms."""
    return unicodedata.normalize("NFKC", text)


def header_of(cell):
    """A header as it is compared: half width, no white space."""
    return "".join(half_width(text_of(cell)).split())


def number_of(cell):
    """A student or staff number as text, "" for a blank cell; raises BadNumberError."""
    if type(cell) is str and cell.isascii() and cell.isdigit():
        return cell
    if isinstance(cell, bool | Fault | datetime.date):
        raise BadNumberError
    if isinstance(cell, int | float):
        if not 0 < cell < EXACT or cell != int(cell):
            raise BadNumberError
        return str(int(cell))
    text = "".join(half_width(text_of(cell)).split()).lstrip("'")
    if not text:
        return ""
    if SCIENTIFIC.fullmatch(text) or not IDENTIFIER.fullmatch(text):
        raise BadNumberError
    return text


def date_of(cell):
    """A date, None for a blank cell; raises BadDateError.

    A number is a serial day or YYYYMMDD. A decimal such as 2023.1 is refused: January or October?
    """
    if is_blank(cell):
        return None
    if isinstance(cell, bool | Fault):
        raise BadDateError
    if isinstance(cell, datetime.date):
        return _checked(cell.year, cell.month, cell.day)
    if isinstance(cell, int | float):
        return _date_of_number(cell)
    return _date_of_text("".join(MIDNIGHT.sub("", half_width(text_of(cell))).split()))


def _date_of_number(number):
    if not 0 < number < EXACT:
        raise BadDateError
    if int(number) in SERIALS:
        return EPOCH + datetime.timedelta(days=int(number))
    if number != int(number):
        raise BadDateError
    return _date_of_text(str(int(number)))


def _date_of_text(text):
    for form in DATES:
        if match := form.fullmatch(text):
            return _checked(int(match[1]), int(match[3]), int(match[4]))
    if match := MONTHS.fullmatch(text):
        return _checked(int(match[1]), int(match[2] or match[3]), 1)
    if re.fullmatch(r"\d{5}", text):
        return _date_of_number(int(text))
    raise BadDateError


def _checked(year, month, day):
    if year < FIRST_YEAR:
        raise BadDateError
    try:
        return datetime.date(year, month, day)
    except ValueError:
        raise BadDateError from None
