"""How is an uploaded sheet of free columns kept, shown before it is written, and written once?"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from branchportal.spreadsheets.annotating import annotate, failing_rows
from evaluations.column_file import REQUIRED, mark_of_branch
from evaluations.queries.column_check import ColumnCheck, Days, check_columns
from evaluations.score_file import mark_sheet
from evaluations.services.column_import import write_columns
from evaluations.services.score_batches import PREVIEW_ROWS, SHOWN_ERRORS
from members.models import Branch, ImportBatch, User


def keep_batch(*, content: bytes, file_name: str, branch: Branch, days: Days, by: User, now: datetime) -> ImportBatch:
    """Check an upload and keep it with its report until it is confirmed; raises SpreadsheetError or Refused."""
    today = timezone.localdate(now)
    found = check_columns(content=content, file_name=file_name, branch=branch, days=days, by=by, today=today)
    return ImportBatch.objects.create(
        kind=ImportBatch.Kind.COLUMNS,
        branch=branch,
        uploaded_by=by,
        file_name=file_name[:200],
        content=content,
        arguments={"first_on": days.first.isoformat(), "last_on": days.last.isoformat()},
        report=_report(found),
        created_at=now,
    )


@transaction.atomic
def write_batch(*, batch: ImportBatch, by: User, now: datetime) -> bool:
    """Write a checked batch; False when it was written before. Raises SpreadsheetError or Refused."""
    batch = ImportBatch.objects.select_for_update().select_related("branch").get(pk=batch.pk)
    if batch.state == ImportBatch.State.WRITTEN:
        return False
    found = write_columns(
        content=bytes(batch.content), file_name=batch.file_name, branch=batch.branch, days=days_of(batch), by=by,
        now=now,
    )  # fmt: skip
    batch.state, batch.report = ImportBatch.State.WRITTEN, _report(found)
    batch.save(update_fields=["state", "report"])
    return True


def marked_file(*, batch: ImportBatch, by: User, now: datetime) -> bytes:
    """The sender's own file with every wrong cell filled and commented."""
    found = _again(batch, by, now)
    return annotate(bytes(batch.content), found.sheets, found.reading.errors)


def failing_file(*, batch: ImportBatch, by: User, now: datetime, error_header: str) -> bytes:
    """Only the rows with errors, to correct and upload again; it still says of which branch it is."""
    found = _again(batch, by, now)
    return failing_rows(
        found.sheets, found.reading.errors, found.columns.headers, REQUIRED, error_header=error_header,
        more=[mark_sheet(mark_of_branch(batch.branch.code))],
    )  # fmt: skip


def days_of(batch: ImportBatch) -> Days:
    """Which days the figures of a kept file are about."""
    return Days(*(date.fromisoformat(batch.arguments[key]) for key in ("first_on", "last_on")))


def _again(batch: ImportBatch, by: User, now: datetime) -> ColumnCheck:
    return check_columns(
        content=bytes(batch.content), file_name=batch.file_name, branch=batch.branch, days=days_of(batch), by=by,
        today=timezone.localdate(now),
    )  # fmt: skip


def _report(found: ColumnCheck) -> dict[str, Any]:
    """What the page shows; long lists are cut, their lengths are kept."""
    return {
        **found.as_dict(),
        "errors": [error.stored() for error in found.reading.errors[:SHOWN_ERRORS]],
        "columns": list(found.columns.names.values()),
        "preview": _preview(found),
    }


def _preview(found: ColumnCheck) -> list[dict[str, Any]]:
    """[{number, name, cells: [[figure, figure that stands], …] in the order of the columns}, …], as in the file."""
    keys = list(found.columns.heads)
    return [
        {
            "number": row.number,
            "name": found.people[row.number].name,
            "cells": [[row.figures.get(key, ""), found.value(row, key)] for key in keys],
        }
        for row in found.changed[:PREVIEW_ROWS]
    ]
