"""How do the sheets look into which an office types paper cards, or rates the branch away from the portal?"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from branchportal.spreadsheets.writing import INTEGER, Column, SheetSpec, notes_sheet, write_workbook
from evaluations.dimensions import DIMENSIONS, GRADE_POINTS, Dimension, grade_of
from evaluations.models import BranchReview, Cycle
from evaluations.queries.ratings import RatingRow, given_ratings, last_ratings, rated_people, rating_rows
from evaluations.score_file import GRADE_WORDS, WORDS, Mark, mark_sheet
from members.models import Branch, User

WORD_OF = {grade: word for word, grade in GRADE_WORDS.items()}


def cards_workbook(branch: Branch, cycle: Cycle) -> bytes:
    """The empty sheet of paper cards, with number and name of everybody who is rated in this month."""
    columns = (
        Column("学号", 18, value=lambda member: member.number),
        Column("姓名", 14, value=lambda member: member.name),
        *(_score_column(dimension, cycle, lambda member, dimension: None) for dimension in Dimension),
        Column("说明", 40, value=lambda member: "", wrap=True),
    )
    return _workbook("自评卡", columns, rated_people(cycle, branch), Mark("self", branch.code, str(cycle)), branch)


def ratings_workbook(branch: Branch, cycle: Cycle, *, rater: User) -> bytes:
    """The sheet of the branch's ratings: last month beside, what was given or typed filled in, without the own row.

    What was given goes before what was typed over it since: the sheet never changes it.
    """
    rows = [row for row in rating_rows(cycle, branch, rater=rater) if not row.is_self]
    given = given_ratings(cycle, [row.member.pk for row in rows if row.is_given])
    last = last_ratings(cycle, [row.member.pk for row in rows])
    columns = (
        Column("学号", 18, value=lambda row: row.member.number),
        Column("姓名", 14, value=lambda row: row.member.name),
        Column("班级", 14, value=lambda row: row.member.class_name),
        Column("上次评定", 34, value=lambda row: _in_words(last.get(row.member.pk))),
        *(_score_column(dimension, cycle, partial(_standing, given)) for dimension in Dimension),
        Column(
            "评语", 40, value=lambda row: given[row.member.pk].card_note if row.is_given else row.comment, wrap=True
        ),
    )
    return _workbook("支部总评", columns, rows, Mark("branch", branch.code, str(cycle)), branch)


def _workbook(name: str, columns: tuple, rows: Iterable, mark: Mark, branch: Branch) -> bytes:
    title = f"{branch.name}  {mark.month}  {name}"
    sheet = SheetSpec(name, columns, rows, title=title, printed=title)
    return write_workbook([sheet, notes_sheet("说明", _notes(title)), mark_sheet(mark)])


def _score_column(dimension: Dimension, cycle: Cycle, value: Any) -> Column:
    """A drop-down of the grades, or whole numbers from 0 to 100, as the month has it."""
    if cycle.scale == Cycle.Scale.GRADES:
        rule: dict[str, Any] = {"choices": tuple(GRADE_WORDS), "value": lambda row: _word(value(row, dimension))}
    else:
        rule = {"whole": (0, 100), "kind": INTEGER, "value": lambda row: value(row, dimension)}
    return Column(WORDS[dimension], 10, **rule)


def _standing(given: dict[int, BranchReview], row: RatingRow, dimension: Dimension) -> int | None:
    return given[row.member.pk].points[dimension] if row.is_given else row.points[dimension]


def _in_words(review: Any) -> str:
    """A month and its five grades (or points), for comparison only."""
    if review is None:
        return ""
    return " ".join(
        [f"{review.cycle.month:%Y-%m}", *(str(_word(review.points[dimension])) for dimension in DIMENSIONS)]
    )


def _word(points: int | None) -> str | int | None:
    grade = None if points is None else grade_of(points)
    return WORD_OF[grade] if grade else points


def _notes(title: str) -> list[tuple[str, object]]:
    grades = [(word, GRADE_POINTS[grade]) for word, grade in GRADE_WORDS.items()]
    return [
        (_("Sheet"), title),
        (
            _("How to fill in"),
            _("A grade word or a whole number from 0 to 100 per cell. Leave whole rows empty for later."),
        ),
        (_("Upload"), _("On the page of this month, by “Import scores”. The file is checked first; nothing is lost.")),
        *grades,
    ]
