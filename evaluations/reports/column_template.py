"""How does the sheet look into which an office writes figures about its people?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from branchportal.spreadsheets.writing import Column, SheetSpec, notes_sheet, write_workbook
from evaluations.column_file import mark_of_branch
from evaluations.score_file import mark_sheet
from members.models import Branch, Member

USUAL_HEADS = ("绩点", "挂科门数")


def template(branch: Branch, heads: Sequence[str]) -> bytes:
    """Everybody of the branch with number, name and class, and an empty column for each of these heads."""
    columns = (
        Column("学号", 18, value=lambda member: member.number),
        Column("姓名", 14, value=lambda member: member.name),
        Column("班级", 16, value=lambda member: member.class_name),
        *(Column(head, 16, value=lambda member: None) for head in heads or USUAL_HEADS),
    )
    title = f"{branch.name}  {_('Figures from Excel')}"
    people: Any = branch.members.filter(ended_on=None, kind=Member.Kind.STUDENT).in_roster_order()
    sheet = SheetSpec(_("Figures from Excel"), columns, people, title=title, printed=title)
    return write_workbook([sheet, notes_sheet("说明", _notes()), mark_sheet(mark_of_branch(branch.code))])


def _notes() -> list[tuple[str, object]]:
    return [
        (
            _("How to fill in"),
            _("A number in each cell; leave it empty where there is none. The head of a column is its name: schemes "
              "find it by that. You may rename, add and delete columns."),
        ),
        (_("Upload"), _("On the page “Figures from Excel”. The file is checked first; nothing is lost.")),
    ]  # fmt: skip
