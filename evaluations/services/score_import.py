"""How is what is good of a sheet of scores written, once?"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from branchportal import audit
from branchportal.spreadsheets.reading import read_file
from evaluations.dimensions import DIMENSIONS
from evaluations.models import Cycle, Due
from evaluations.queries.score_check import SOURCES, ScoreCheck, compare, is_submitted, notes_after, source_of
from evaluations.score_file import ScoreRow
from evaluations.services import months, scheme_sealing
from evaluations.services.review_answers import note_resubmission
from members.models import Branch, Member, User

STORED = [*DIMENSIONS, "notes", "draft", "submitted_at", "submitted_by", "from_paper", "saved_at", "version"]


def write_scores(
    *, content: bytes, file_name: str, branch: Branch, cycle: Cycle, source: str, by: User | None, now: datetime
) -> ScoreCheck:
    """Check again and write every good row in one transaction; the same sheet twice changes nothing.

    Raises SpreadsheetError, or Refused once the month is closed (see months.hold_for_sheets).
    """
    sheets = read_file(content, file_name)
    source = source_of(sheets, branch, cycle, source)

    def write() -> ScoreCheck:
        with transaction.atomic():
            months.hold_for_sheets(cycle=cycle, branch=branch, now=now)
            list(
                SOURCES[source].objects.filter(cycle=cycle, member__branch=branch).select_for_update().values_list("pk")
            )
            found = compare(sheets, branch=branch, cycle=cycle, source=source, by=by)
            _write(found, file_name, branch=branch, cycle=cycle, source=source, by=by, now=now)
        return found

    try:
        return write()
    except IntegrityError:  # somebody filed for the first time in between: the second check sees it
        return write()


def cycle_for_import(*, branch: Branch, month: date, now: datetime) -> Cycle:
    """Return the month of the branch's committee, made if needed: paper may be older than the portal."""
    committee = Branch.objects.get(path=branch.ancestor_paths()[0])
    return months.ensure_past_month(committee=committee, month=month, now=now)


def _write(
    found: ScoreCheck, file_name: str, *, branch: Branch, cycle: Cycle, source: str, by: User | None, now: datetime
) -> None:
    changed = found.created + found.updated
    if not changed:
        return
    before = [_points_of(found.reviews.get(row.number)) for row in changed]
    branches = _due_branches(cycle, [found.people[row.number] for row in changed])
    reviews = [_filled(row, found, branches, branch=branch, cycle=cycle, source=source) for row in changed]
    _store(reviews, source=source, by=by, now=now)
    lines = [
        {"subject": review, "branch": review.branch, "before": earlier, "after": review.points, "reason": file_name}
        for review, earlier in zip(reviews, before, strict=True)
    ]
    audit.record_many(f"scores.imported_{source}", by=by, lines=lines)
    scheme_sealing.seal_first_rating(branch=branch, month=cycle.month, now=now)


def _points_of(review: Any) -> dict[str, int | None]:
    return review.points if is_submitted(review) else {}


def _due_branches(cycle: Cycle, members: list[Member]) -> dict[int, Branch]:
    """{person's id: the branch in which he was due that month}: an earlier one, if he was transferred since."""
    dues = Due.objects.filter(cycle=cycle, member__in=members).select_related("branch")
    return {due.member_id: due.branch for due in dues}


def _filled(
    row: ScoreRow, found: ScoreCheck, branches: dict[int, Branch], *, branch: Branch, cycle: Cycle, source: str
) -> Any:
    """The review as it will stand: a member's draft stays beside it, a draft of the branch's rating is replaced."""
    review = found.reviews.get(row.number)
    if review is None:
        member = found.people[row.number]
        review = SOURCES[source](cycle=cycle, member=member, branch=branches.get(member.pk, branch), version=0)
    notes = notes_after(row, review, source)
    for dimension in DIMENSIONS:
        setattr(review, dimension, row.scores[dimension])
    review.notes = notes
    if source == "branch":
        review.draft = None
    return review


def _store(reviews: list[Any], *, source: str, by: User | None, now: datetime) -> list[Any]:
    for review in reviews:
        review.submitted_at, review.submitted_by, review.saved_at = now, by, now
        review.from_paper = True
        review.version += 1
    model = SOURCES[source]
    if source == "self":
        note_resubmission([review for review in reviews if review.pk], now=now)
    known = [review for review in reviews if review.pk]
    model.objects.bulk_update(known, STORED, batch_size=200)
    model.objects.bulk_create([review for review in reviews if not review.pk], batch_size=200)
    return reviews
