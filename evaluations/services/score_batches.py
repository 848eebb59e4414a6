"""How is an uploaded sheet of paper cards kept, shown before it is written, and written once?"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from branchportal.spreadsheets.annotating import annotate, failing_rows
from evaluations.dimensions import DIMENSIONS, grade_of
from evaluations.models import Cycle
from evaluations.score_file import HEADERS, REQUIRED
from evaluations.services.score_import import ScoreCheck, check_scores, write_scores
from members.models import Branch, ImportBatch, User

PREVIEW_ROWS = 100


def keep_batch(
    *, content: bytes, file_name: str, branch: Branch, cycle: Cycle, source: str, by: User, now: datetime
) -> ImportBatch:
    """Check an upload and keep it with its report until it is confirmed; raises SpreadsheetError."""
    found = check_scores(content=content, file_name=file_name, branch=branch, cycle=cycle, source=source, by=by)
    return ImportBatch.objects.create(
        kind=ImportBatch.Kind.SCORES,
        branch=branch,
        uploaded_by=by,
        file_name=file_name[:200],
        content=content,
        arguments={"cycle": cycle.pk, "source": source},
        report=_report(found, cycle),
        created_at=now,
    )


def write_batch(*, batch: ImportBatch, by: User, now: datetime) -> bool:
    """Write a checked batch; False when it was written before."""
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
    """Only the rows with errors, to correct and upload again."""
    found = check_scores(content=bytes(batch.content), by=by, **_what(batch))
    return failing_rows(found.sheets, found.reading.errors, HEADERS, REQUIRED, error_header=error_header)


def _what(batch: ImportBatch) -> dict[str, Any]:
    cycle = Cycle.objects.get(pk=batch.arguments["cycle"])
    return {
        "file_name": batch.file_name,
        "branch": batch.branch,
        "cycle": cycle,
        "source": batch.arguments["source"],
    }


def _report(found: ScoreCheck, cycle: Cycle) -> dict[str, Any]:
    """The command's figures, the first rows that will be written, and how many figures are no grade."""
    return {**found.as_dict(), "preview": _preview(found), "no_grades": _no_grades(found, cycle)}


def _preview(found: ScoreCheck) -> list[dict[str, Any]]:
    """[{number, name, points in the order of the card, is_new}, …] in the order of the file."""
    new = {row.number for row in found.created}
    written = new | {row.number for row in found.updated}
    rows = [row for row in found.reading.accepted if row.number in written]
    return [
        {
            "number": row.number,
            "name": found.people[row.number].name,
            "points": [row.scores[dimension] for dimension in DIMENSIONS],
            "is_new": row.number in new,
        }
        for row in rows[:PREVIEW_ROWS]
    ]


def _no_grades(found: ScoreCheck, cycle: Cycle) -> int:
    if cycle.scale != Cycle.Scale.GRADES:
        return 0
    return sum(grade_of(points) is None for row in found.reading.accepted for points in row.scores.values())
