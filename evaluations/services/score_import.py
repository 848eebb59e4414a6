"""How do paper cards come in: check a sheet of scores, then write what is good of it, once?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from branchportal import audit
from branchportal.spreadsheets.annotating import annotate, failing_rows
from branchportal.spreadsheets.errors import CellError
from branchportal.spreadsheets.reading import Sheet, read_file
from evaluations.dimensions import DIMENSIONS
from evaluations.models import BranchReview, Cycle, SelfReview
from evaluations.score_file import HEADERS, REQUIRED, ScoreReading, ScoreRow, numbers_in, read_scores
from evaluations.services import months, schemes
from members.models import Branch, FormerNumber, ImportBatch, Member, User

SOURCES: dict[str, type[SelfReview] | type[BranchReview]] = {"self": SelfReview, "branch": BranchReview}
WHOLE_CARD = "card"  # the note that belongs to no single dimension
STORED = [*DIMENSIONS, "notes", "submitted_at", "submitted_by", "saved_at", "version"]


@dataclass
class ScoreCheck:
    """What a sheet would do: its rows and errors, and for each good row the review as it stands (or None)."""

    sheets: list[Sheet]
    reading: ScoreReading
    people: dict[str, Member]
    reviews: dict[str, Any]
    created: list[ScoreRow]
    updated: list[ScoreRow]

    def as_dict(self) -> dict[str, Any]:
        """The figures and errors as the command prints them."""
        keys = ("sheet", "row", "column", "code", "message")
        return {
            "rows": self.reading.rows,
            "accepted": len(self.reading.accepted),
            "created": len(self.created),
            "updated": len(self.updated),
            "errors": [{key: getattr(error, key) for key in keys} for error in self.reading.errors],
        }


def check_scores(
    *, content: bytes, file_name: str, branch: Branch, cycle: Cycle, source: str, by: User | None
) -> ScoreCheck:
    """Compare a sheet with what stands; writes nothing. Raises SpreadsheetError.

    Paper never replaces what a member filed online, and nobody imports the branch's rating of himself.
    """
    return _check(read_file(content, file_name), branch=branch, cycle=cycle, source=source, by=by)


def write_scores(
    *, content: bytes, file_name: str, branch: Branch, cycle: Cycle, source: str, by: User | None, now: datetime
) -> ScoreCheck:
    """Check again and write every good row in one transaction; the same sheet twice changes nothing."""
    sheets = read_file(content, file_name)

    def write() -> ScoreCheck:
        with transaction.atomic():
            list(
                SOURCES[source].objects.filter(cycle=cycle, member__branch=branch).select_for_update().values_list("pk")
            )
            found = _check(sheets, branch=branch, cycle=cycle, source=source, by=by)
            _write(found, file_name, branch=branch, cycle=cycle, source=source, by=by, now=now)
        return found

    try:
        return write()
    except IntegrityError:  # somebody filed for the first time in between: the second check sees it
        return write()


def cycle_for_import(*, branch: Branch, month: date) -> Cycle:
    """Return the month of the branch's committee, made if needed: paper may be older than the portal."""
    committee = Branch.objects.get(path=branch.ancestor_paths()[0])
    return months.ensure_month(committee=committee, month=month)


def planned_cycle(*, branch: Branch, month: date) -> Cycle:
    """Return the month if it exists, else an unsaved one like it: enough for a check that writes nothing."""
    committee = Branch.objects.get(path=branch.ancestor_paths()[0])
    known = Cycle.objects.filter(committee=committee, month=month).first()
    return known or Cycle(committee=committee, month=month)


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
        report=found.as_dict(),
        created_at=now,
    )


def write_batch(*, batch: ImportBatch, by: User, now: datetime) -> bool:
    """Write a checked batch; False when it was written before."""
    with transaction.atomic():
        batch = ImportBatch.objects.select_for_update().select_related("branch").get(pk=batch.pk)
        if batch.state == ImportBatch.State.WRITTEN:
            return False
        found = write_scores(content=bytes(batch.content), by=by, now=now, **_what(batch))
        batch.state, batch.report = ImportBatch.State.WRITTEN, found.as_dict()
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


def _check(sheets: list[Sheet], *, branch: Branch, cycle: Cycle, source: str, by: User | None) -> ScoreCheck:
    people = _people(branch)
    numbers = {number: member.number for number, member in people.items()}
    reading = read_scores(sheets, people=numbers, taken=_taken(sheets, branch))
    reviews = _reviews(cycle, branch, source)
    _refuse_rows(reading, people, reviews, source=source, by=by)
    created = [row for row in reading.accepted if not _is_submitted(reviews.get(row.number))]
    known = [row for row in reading.accepted if _is_submitted(reviews.get(row.number))]
    updated = [row for row in known if _differs(reviews[row.number], row)]
    return ScoreCheck(sheets, reading, people, reviews, created, updated)


def _write(
    found: ScoreCheck, file_name: str, *, branch: Branch, cycle: Cycle, source: str, by: User | None, now: datetime
) -> None:
    changed = found.created + found.updated
    if not changed:
        return
    before = [_points_of(found.reviews.get(row.number)) for row in changed]
    reviews = [_filled(row, found, branch=branch, cycle=cycle, source=source) for row in changed]
    _store(reviews, source=source, by=by, now=now)
    lines = [
        {"subject": review, "branch": branch, "before": earlier, "after": review.points, "reason": file_name}
        for review, earlier in zip(reviews, before, strict=True)
    ]
    audit.record_many(f"scores.imported_{source}", by=by, lines=lines)
    schemes.seal_first_rating(branch=branch, month=cycle.month, now=now)


def _people(branch: Branch) -> dict[str, Member]:
    """{present or former number: person} of the branch."""
    members = {member.number: member for member in Member.objects.filter(branch=branch)}
    former = FormerNumber.objects.filter(member__branch=branch).values_list("number", "member__number")
    return members | {number: members[present] for number, present in former}


def _taken(sheets: list[Sheet], branch: Branch) -> frozenset[str]:
    """Those of the file's numbers that belong to another branch."""
    numbers = sorted(numbers_in(sheets))
    taken: set[str] = set()
    for start in range(0, len(numbers), 500):
        elsewhere = Member.objects.filter(number__in=numbers[start : start + 500]).exclude(branch=branch)
        taken.update(elsewhere.values_list("number", flat=True))
    return frozenset(taken)


def _reviews(cycle: Cycle, branch: Branch, source: str) -> dict[str, Any]:
    """{number: review} of this month; of an earlier branch too, for somebody who was transferred in between."""
    if cycle.pk is None:
        return {}
    reviews = SOURCES[source].objects.filter(cycle=cycle, member__branch=branch).select_related("member")
    return {review.member.number: review for review in reviews}


def _refuse_rows(
    reading: ScoreReading, people: dict[str, Member], reviews: dict[str, Any], *, source: str, by: User | None
) -> None:
    kept = []
    for row in reading.accepted:
        problem = _problem(row, people[row.number], reviews.get(row.number), source=source, by=by)
        if problem is None:
            kept.append(row)
        else:
            reading.errors.append(problem)
    reading.accepted[:] = kept
    reading.errors.sort(key=lambda error: (error.sheet, error.row, error.index))


def _problem(row: ScoreRow, member: Member, review: Any, *, source: str, by: User | None) -> CellError | None:
    if source == "branch" and by is not None and member.user_id == by.pk:
        message = _("This is your own row: nobody rates himself. Let another officer import it.")
        return _row_error(row, "unknown_value", message)
    if source == "self" and _filed_online(review, member) and _differs(review, row):
        message = _("%(name)s filed this month online. Delete the row: paper never replaces an own review.")
        return _row_error(row, "duplicate", message % {"name": member.name})
    return None


def _row_error(row: ScoreRow, code: str, message: str) -> CellError:
    header, index = row.number_column
    return CellError(row.sheet, row.row, header, code, message, index)


def _filed_online(review: Any, member: Member) -> bool:
    return _is_submitted(review) and member.user_id is not None and review.submitted_by_id == member.user_id


def _is_submitted(review: Any) -> bool:
    return review is not None and review.submitted_at is not None


def _points_of(review: Any) -> dict[str, int | None]:
    return review.points if _is_submitted(review) else {}


def _differs(review: Any, row: ScoreRow) -> bool:
    points = {dimension.value: row.scores[dimension] for dimension in DIMENSIONS}
    return review.points != points or review.notes != _notes(row)


def _notes(row: ScoreRow) -> dict[str, str]:
    notes = {dimension.value: text for dimension, text in row.notes.items()}
    return notes | ({WHOLE_CARD: row.note} if row.note else {})


def _filled(row: ScoreRow, found: ScoreCheck, *, branch: Branch, cycle: Cycle, source: str) -> Any:
    """The review as it will stand; a draft that somebody is typing stays beside it."""
    review = found.reviews.get(row.number)
    if review is None:
        review = SOURCES[source](cycle=cycle, member=found.people[row.number], branch=branch, version=0)
    for dimension in DIMENSIONS:
        setattr(review, dimension, row.scores[dimension])
    review.notes = _notes(row)
    return review


def _store(reviews: list[Any], *, source: str, by: User | None, now: datetime) -> list[Any]:
    for review in reviews:
        review.submitted_at, review.submitted_by, review.saved_at = now, by, now
        review.version += 1
    model = SOURCES[source]
    known = [review for review in reviews if review.pk]
    model.objects.bulk_update(known, STORED, batch_size=200)
    model.objects.bulk_create([review for review in reviews if not review.pk], batch_size=200)
    return reviews
