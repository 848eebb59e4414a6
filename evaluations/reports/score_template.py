"""How does the sheet look into which an office types paper cards?"""

from __future__ import annotations

from django.utils.translation import gettext as _

from branchportal.spreadsheets.writing import Column, SheetSpec, notes_sheet, write_workbook
from evaluations.dimensions import GRADE_POINTS, Dimension
from evaluations.models import Cycle
from evaluations.queries.ratings import rated_people
from evaluations.score_file import GRADE_WORDS, WORDS
from members.models import Branch

COLUMNS = (
    Column("学号", 18, value=lambda member: member.number),
    Column("姓名", 14, value=lambda member: member.name),
    *(Column(WORDS[dimension], 10, value=lambda member: "", choices=tuple(GRADE_WORDS)) for dimension in Dimension),
    Column("说明", 40, value=lambda member: "", wrap=True),
)


def workbook(branch: Branch, cycle: Cycle) -> bytes:
    """The empty sheet with number and name of everybody who is rated in this month."""
    title = f"{branch.name} {cycle}"
    sheet = SheetSpec("自评卡", COLUMNS, rated_people(cycle, branch), printed=title)
    return write_workbook([sheet, notes_sheet("说明", _notes(title))])


def _notes(title: str) -> list[tuple[str, object]]:
    grades = [(word, GRADE_POINTS[grade]) for word, grade in GRADE_WORDS.items()]
    return [
        (_("Sheet"), title),
        (
            _("How to fill in"),
            _("A grade word or a whole number from 0 to 100 per cell. Leave out who has no card."),
        ),
        *grades,
    ]
