"""How is an uploaded sheet of scores kept, shown before it is written, and written once?"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from branchportal.spreadsheets.annotating import annotate, failing_rows
from evaluations.dimensions import DIMENSIONS, grade_of
from evaluations.models import Cycle
from evaluations.queries.score_check import ScoreCheck, check_scores
from evaluations.score_file import HEADERS, REQUIRED, Mark, mark_sheet
from evaluations.services.months import refuse_sheets
from evaluations.services.score_import import write_scores
from members.models import Branch, ImportBatch, User

PREVIEW_ROWS = 100
SHOWN_ERRORS = 1000


def keep_batch(
    *, content: bytes, file_name: str, branch: Branch, cycle: Cycle, source: str, by: User, now: datetime
) -> ImportBatch:
    """Check an upload and keep it with its report until it is confirmed; raises SpreadsheetError or Refused."""
    refuse_sheets(cycle, branch, now)
    found = check_scores(content=content, file_name=file_name, branch=branch, cycle=cycle, source=source, by=by)
    return ImportBatch.objects.create(
        kind=ImportBatch.Kind.SCORES,
        branch=branch,
        uploaded_by=by,
        file_name=file_name[:200],
        content=content,
        arguments={"cycle": cycle.pk, "source": found.source},
        report=_report(found, cycle),
        created_at=now,
    )


def write_batch(*, batch: ImportBatch, by: User, now: datetime) -> bool:
    """Write a checked batch; False when it was written before. Raises Refused once the month is closed."""
    with transaction.atomic():
        batch = ImportBatch.objects.select_for_update().select_related("branch").get(pk=batch.pk)
        if batch.state == ImportBatch.State.WRITTEN:
            return False
        what = _what(batch)
        found = write_scores(content=bytes(batch.content), by=by, now=now, **what)
        batch.state, batch.report = ImportBatch.State.WRITTEN, _report(found, what["cycle"])
        batch.save(update_fields=["state", "report"])
    return True


def marked_file(*, batch: ImportBatch, by: User) -> bytes:
    """The sender's own file with every wrong cell filled and commented."""
    found = check_scores(content=bytes(batch.content), by=by, **_what(batch))
    return annotate(bytes(batch.content), found.sheets, found.reading.errors)


def failing_file(*, batch: ImportBatch, by: User, error_header: str) -> bytes:
    """Only the rows with errors, to correct and upload again; it still says of which branch and month it is."""
    what = _what(batch)
    found = check_scores(content=bytes(batch.content), by=by, **what)
    mark = Mark(found.source, batch.branch.code, str(what["cycle"]))
    return failing_rows(
        found.sheets, found.reading.errors, HEADERS, REQUIRED, error_header=error_header, more=[mark_sheet(mark)]
    )


def _what(batch: ImportBatch) -> dict[str, Any]:
    cycle = Cycle.objects.get(pk=batch.arguments["cycle"])
    return {
        "file_name": batch.file_name,
        "branch": batch.branch,
        "cycle": cycle,
        "source": batch.arguments["source"],
    }


def _report(found: ScoreCheck, cycle: Cycle) -> dict[str, Any]:
    """The command's figures, and what a page shows besides; long lists are cut, their lengths are kept."""
    reading = found.reading
    return {
        **found.as_dict(),
        "errors": [error.stored() for error in reading.errors[:SHOWN_ERRORS]],
        "error_count": len(reading.errors),
        "failed": reading.rows - reading.left - len(reading.accepted),
        "left": reading.left,
        "replaced": len(found.replaced),
        "unchanged": len(reading.accepted) - len(found.created) - len(found.updated),
        "ignored": reading.ignored,
        "preview": _preview(found),
        "no_grades": _no_grades(found, cycle),
    }


def _preview(found: ScoreCheck) -> list[dict[str, Any]]:
    """[{number, name, points in the order of the card, note, is_new, replaces}, …] in the order of the file."""
    new = {row.number for row in found.created}
    written = new | {row.number for row in found.updated}
    rows = [row for row in found.reading.accepted if row.number in written]
    return [
        {
            "number": row.number,
            "name": found.people[row.number].name,
            "points": [row.scores[dimension] for dimension in DIMENSIONS],
            "note": found.note_of(row),
            "is_new": row.number in new,
            "replaces": row.number in found.replaced,
        }
        for row in rows[:PREVIEW_ROWS]
    ]


def _no_grades(found: ScoreCheck, cycle: Cycle) -> int:
    if cycle.scale != Cycle.Scale.GRADES:
        return 0
    return sum(grade_of(points) is None for row in found.reading.accepted for points in row.scores.values())
