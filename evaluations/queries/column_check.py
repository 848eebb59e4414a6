"""What would a sheet of free columns change: which figures are new, which stand otherwise, what is wrong?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_noop as _

from branchportal.spreadsheets.errors import CellError
from branchportal.spreadsheets.reading import Sheet, read_file
from branchportal.spreadsheets.rows import Reading, numbers_in
from evaluations.column_file import SOURCE, ColumnRow, Columns, columns_of, read_columns
from evaluations.models import ColumnFigure
from evaluations.queries.score_check import people_by_number, taken_elsewhere
from evaluations.refusals import Refused
from evaluations.score_file import mark_of
from members.models import Branch, Member, User
from members.queries.own_matters import own_people


@dataclass(frozen=True)
class Days:
    """Which days the figures are about."""

    first: date
    last: date


@dataclass
class ColumnCheck:
    """What a sheet would do: its rows and errors, and the figures that stand, by (number, key of the column)."""

    sheets: list[Sheet]
    columns: Columns
    reading: Reading
    people: dict[str, Member]
    standing: dict[tuple[str, str], ColumnFigure]
    before: dict[tuple[str, str], str]  # their values when this was checked

    @property
    def created(self) -> list[ColumnRow]:
        """Rows of whom no figure of these columns stood before."""
        return [row for row in self.changed if not self._stood(row)]

    @property
    def updated(self) -> list[ColumnRow]:
        return [row for row in self.changed if self._stood(row)]

    @property
    def changed(self) -> list[ColumnRow]:
        return [row for row in self.reading.accepted if self.changes(row)]

    def changes(self, row: ColumnRow) -> dict[str, str]:
        """{key: figure} of what the row says otherwise than it stands."""
        return {key: figure for key, figure in row.figures.items() if figure != self.value(row, key)}

    def value(self, row: ColumnRow, key: str) -> str:
        """The figure as it stands, "" where there is none."""
        return self.before.get((row.number, key), "")

    def as_dict(self) -> dict[str, Any]:
        """The figures of the check as pages of imports show them."""
        reading = self.reading
        return {
            "rows": reading.rows,
            "accepted": len(reading.accepted),
            "created": len(self.created),
            "updated": len(self.updated),
            "unchanged": len(reading.accepted) - len(self.changed),
            "left": reading.left,
            "failed": reading.rows - reading.left - len(reading.accepted),
            "ignored": reading.ignored,
            "error_count": len(reading.errors),
        }

    def _stood(self, row: ColumnRow) -> bool:
        return any(self.value(row, key) for key in row.figures)


def check_columns(*, content: bytes, file_name: str, branch: Branch, days: Days, by: User, today: date) -> ColumnCheck:
    """Compare a sheet with what stands; writes nothing. Raises SpreadsheetError or Refused.

    Nobody brings in a figure about himself, or about somebody for whom he stands in.
    """
    sheets = read_file(content, file_name)
    _check_mark(sheets, branch)
    columns = columns_of(sheets)
    people = people_by_number(branch)
    reading = read_columns(
        sheets,
        columns,
        people={number: member.number for number, member in people.items()},
        taken=taken_elsewhere(numbers_in(sheets, columns.headers, ("number",)), branch),
    )
    standing = _standing(branch, columns, days)
    before = {place: figure.value for place, figure in standing.items()}
    found = ColumnCheck(sheets, columns, reading, people, standing, before)
    _refuse_own(found, own_people(by, today))
    return found


def _check_mark(sheets: list[Sheet], branch: Branch) -> None:
    """Refuse a sheet that was downloaded here for something else."""
    mark = mark_of(sheets)
    if mark is None:
        return
    if mark.source != SOURCE:
        raise Refused(_("This sheet holds self-reviews or branch ratings: upload it on the page of its month."))
    if mark.branch != branch.code:
        raise Refused(
            _("This sheet was downloaded for another branch (%(code)s). Download the one of this branch instead."),
            code=mark.branch,
        )


def _standing(branch: Branch, columns: Columns, days: Days) -> dict[tuple[str, str], ColumnFigure]:
    figures = ColumnFigure.objects.filter(
        column__branch=branch, column__key__in=columns.heads, column__first_on=days.first, column__last_on=days.last
    ).select_related("column", "member")
    return {(figure.member.number, figure.column.key): figure for figure in figures}


def _refuse_own(found: ColumnCheck, own: frozenset[int]) -> None:
    reading, kept = found.reading, []
    for row in reading.accepted:
        if found.people[row.number].user_id not in own or not found.changes(row):
            kept.append(row)
            continue
        text = _("This row is about yourself, or about somebody for whom you stand in: let another officer import it.")
        header, index = row.number_column
        reading.errors.append(CellError(row.sheet, row.row, header, "unknown_value", text, {}, index))
    reading.accepted[:] = kept
    reading.errors.sort(key=lambda error: (error.sheet, error.row, error.index))
