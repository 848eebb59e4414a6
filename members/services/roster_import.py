"""How does a roster file get into a branch? Check, keep for a week, write the good rows once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from branchportal import audit, bulk
from branchportal.spreadsheets.annotating import annotate, failing_rows
from branchportal.spreadsheets.reading import read_file
from members.models import Branch, ImportBatch, Member, User
from members.pinyin import spell
from members.queries.roster_plan import Change, Plan, plan_import
from members.roster_file import HEADERS, REQUIRED

KEPT_DAYS = 7
ROWS_AT_ONCE = 500


class ChangedSinceCheckError(Exception):
    """The roster was changed after the check: the preview that was confirmed is no longer what would be written."""


def check_roster(*, branch: Branch, content: bytes, file_name: str, today: date, by: User | None = None) -> Plan:
    """What the file would change if `by` sent it; writes nothing. Raises SpreadsheetError."""
    return plan_import(branch, read_file(content, file_name), today=today, by=by)


def write_roster(
    *,
    branch: Branch,
    content: bytes,
    file_name: str,
    by: User | None,
    today: date,
    joined_on: date | None = None,
    expected: str = "",
) -> Plan:
    """Write all good rows in one transaction; raises SpreadsheetError.

    New people belong to the branch from `joined_on` (today). With `expected`, the fingerprint of the plan that was
    confirmed, anything else raises ChangedSinceCheckError and writes nothing.
    """
    sheets = read_file(content, file_name)

    def write() -> Plan:
        Branch.objects.select_for_update().get(pk=branch.pk)
        list(Member.objects.filter(branch=branch).select_for_update().values_list("pk"))
        plan = plan_import(branch, sheets, today=today, by=by)
        if expected and plan.fingerprint != expected:
            raise ChangedSinceCheckError
        _write(plan, file_name, by, joined_on or today)
        return plan

    return _twice(write)


def _twice(write: Callable[[], Plan]) -> Plan:
    """A number that another branch took in the meantime fails once; the second plan names it as an error."""
    try:
        with transaction.atomic():
            return write()
    except IntegrityError:
        with transaction.atomic():
            return write()


def _write(plan: Plan, file_name: str, by: User | None, joined_on: date) -> None:
    if not plan.created and not plan.updated:
        return
    bulk.insert_values(Member, (_new_member(plan.branch, change, joined_on) for change in plan.created))
    keys = dict(Member.objects.filter(branch=plan.branch).values_list("number", "pk"))
    changed = [_changed_member(change) for change in plan.updated]
    fields = {key for change in plan.updated for key in change.after} | {"version"}
    if "name" in fields:
        fields |= {"pinyin", "initials"}
    Member.objects.bulk_update(changed, sorted(fields), batch_size=ROWS_AT_ONCE)
    _rename_accounts(plan)
    audit.record_many(
        "member.added",
        by=by,
        lines=[
            {
                "subject": audit.Subject(Member._meta.label_lower, str(keys[change.row.number]), change.row.name),
                "branch": plan.branch,
                "after": change.after,
                "reason": file_name,
            }
            for change in plan.created
        ],
    )
    audit.record_many(
        "member.edited",
        by=by,
        lines=[
            {
                "subject": change.member,
                "branch": plan.branch,
                "before": change.before,
                "after": change.after,
                "reason": file_name,
            }
            for change in plan.updated
        ],
    )
    after = {key: value for key, value in plan.as_dict().items() if key != "errors"}
    audit.record("roster.imported", by=by, subject=plan.branch, branch=plan.branch, after=after, reason=file_name)


def _new_member(branch: Branch, change: Change, joined_on: date) -> dict[str, Any]:
    """The columns of a new person."""
    pinyin, initials = spell(change.row.name)
    return {
        "branch_id": branch.pk,
        "number": change.row.number,
        "pinyin": pinyin,
        "initials": initials,
        "joined_on": joined_on,
        **change.after,
    }


def _changed_member(change: Change) -> Member:
    member = change.member
    for key, value in change.after.items():
        setattr(member, key, value)
    member.pinyin, member.initials = spell(member.name)
    member.version += 1
    return member


def _rename_accounts(plan: Plan) -> None:
    for change in plan.updated:
        if "name" in change.after and change.member.user_id:
            User.objects.filter(pk=change.member.user_id).update(name=change.after["name"])


def keep_batch(
    *, branch: Branch, content: bytes, file_name: str, by: User, now: datetime, today: date, joined_on: date
) -> ImportBatch:
    """Check an upload and keep it with its report until it is confirmed; raises SpreadsheetError."""
    plan = check_roster(branch=branch, content=content, file_name=file_name, today=today, by=by)
    return ImportBatch.objects.create(
        kind=ImportBatch.Kind.ROSTER,
        branch=branch,
        uploaded_by=by,
        file_name=file_name[:200],
        content=content,
        arguments={"today": today.isoformat(), "joined_on": joined_on.isoformat()},
        report=plan.as_page(),
        created_at=now,
    )


def write_batch(*, batch: ImportBatch, by: User, today: date) -> bool:
    """Write a checked batch; False when it was written before.

    When the roster has changed since the check, the new preview is kept and ChangedSinceCheckError raised.
    """
    with transaction.atomic():
        batch = ImportBatch.objects.select_for_update().get(pk=batch.pk)
        if batch.state == ImportBatch.State.WRITTEN:
            return False
        options: dict[str, Any] = {
            "branch": batch.branch,
            "content": bytes(batch.content),
            "file_name": batch.file_name,
            "today": today,
            "by": by,
        }
        try:
            plan = write_roster(
                joined_on=date.fromisoformat(batch.arguments["joined_on"]),
                expected=batch.report["fingerprint"],
                **options,
            )
        except ChangedSinceCheckError:
            batch.report = check_roster(**options).as_page()
            batch.arguments["today"] = today.isoformat()
            batch.save(update_fields=["report", "arguments"])
            changed = True
        else:
            batch.state, batch.report, changed = ImportBatch.State.WRITTEN, plan.as_page(), False
            batch.save(update_fields=["state", "report"])
    if changed:
        raise ChangedSinceCheckError
    return True


def marked_file(*, batch: ImportBatch) -> bytes:
    """The sender's own file with every wrong cell filled and commented."""
    content = bytes(batch.content)
    sheets = read_file(content, batch.file_name)
    return annotate(content, sheets, _errors(batch, sheets))


def failing_file(*, batch: ImportBatch, error_header: str) -> bytes:
    """Only the rows with errors, to correct and upload again."""
    sheets = read_file(bytes(batch.content), batch.file_name)
    return failing_rows(sheets, _errors(batch, sheets), HEADERS, REQUIRED, error_header=error_header)


def _errors(batch: ImportBatch, sheets: list) -> list:
    today = date.fromisoformat(batch.arguments["today"])
    return plan_import(batch.branch, sheets, today=today).reading.errors
