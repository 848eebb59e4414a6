"""What would a sheet of scores change: which rows are good, what stands already, and what is wrong with the others?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_noop as _

from branchportal.spreadsheets.errors import CellError
from branchportal.spreadsheets.reading import Sheet, read_file
from branchportal.spreadsheets.rows import Reading
from evaluations.dimensions import DIMENSIONS
from evaluations.models import BranchReview, Cycle, SelfReview
from evaluations.models.reviews import WHOLE_CARD
from evaluations.refusals import Refused
from evaluations.score_file import ScoreRow, mark_of, numbers_in, read_scores
from members.models import Branch, FormerNumber, Member, User

SOURCES: dict[str, type[SelfReview] | type[BranchReview]] = {"self": SelfReview, "branch": BranchReview}
ONLINE_TEXTS = {
    "self": _("%(name)s filed this month online. Delete the row: paper never replaces an own review."),
    "branch": _(
        "%(name)s already has a rating that was given on the page of the branch ratings, and this row says something "
        "else. A sheet doesn't change it: change it on that page and give it again, or delete the row."
    ),
}


@dataclass
class ScoreCheck:
    """What a sheet would do: its rows and errors, and for each good row the review as it stands (or None).

    `replaced` are the numbers of those whose typed and not yet given rating gives way to the sheet.
    """

    source: str
    sheets: list[Sheet]
    reading: Reading
    people: dict[str, Member]
    reviews: dict[str, Any]
    created: list[ScoreRow]
    updated: list[ScoreRow]
    replaced: frozenset[str] = frozenset()

    def note_of(self, row: ScoreRow) -> str:
        """The remark as it will stand."""
        return notes_after(row, self.reviews.get(row.number), self.source).get(WHOLE_CARD, "")

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

    Paper never replaces what was filed or rated online, and nobody imports the branch's rating of himself.
    `source` may be "" for a sheet that was downloaded here; raises Refused where the sheet is of something else.
    """
    sheets = read_file(content, file_name)
    return compare(sheets, branch=branch, cycle=cycle, source=source_of(sheets, branch, cycle, source), by=by)


def planned_cycle(*, branch: Branch, month: date) -> Cycle:
    """Return the month if it exists, else an unsaved one like it: enough for a check that writes nothing."""
    committee = Branch.objects.get(path=branch.ancestor_paths()[0])
    known = Cycle.objects.filter(committee=committee, month=month).first()
    return known or Cycle(committee=committee, month=month)


def source_of(sheets: list[Sheet], branch: Branch, cycle: Cycle, source: str) -> str:
    """Whose scores the sheet holds: as it says itself, else as was chosen."""
    mark = mark_of(sheets)
    if mark is None:
        if source:
            return source
        raise Refused(_("This file does not say whose scores it holds. Choose it, then check the file again."))
    if mark.branch != branch.code:
        raise Refused(
            _("This sheet was downloaded for another branch (%(code)s). Download the one of this branch instead."),
            code=mark.branch,
        )
    if mark.month != str(cycle):
        raise Refused(
            _("This sheet was downloaded for the month %(month)s. Upload it there, or download the one of this month."),
            month=mark.month,
        )
    if mark.source not in SOURCES or source not in {"", mark.source}:
        raise Refused(_("This sheet holds other scores than you chose. Leave the choice to the sheet."))
    return mark.source


def compare(sheets: list[Sheet], *, branch: Branch, cycle: Cycle, source: str, by: User | None) -> ScoreCheck:
    """What the rows of a file that was read would do to what stands."""
    people = people_by_number(branch)
    numbers = {number: member.number for number, member in people.items()}
    reading = read_scores(sheets, people=numbers, taken=taken_elsewhere(numbers_in(sheets), branch))
    reviews = _reviews(cycle, branch, source)
    _refuse_rows(reading, people, reviews, source=source, by=by)
    created = [row for row in reading.accepted if not is_submitted(reviews.get(row.number))]
    known = [row for row in reading.accepted if is_submitted(reviews.get(row.number))]
    updated = [row for row in known if _differs(reviews[row.number], row, source)]
    changed = [row for row in created + updated if source == "branch"]
    replaced = frozenset(row.number for row in changed if _replaces_draft(reviews.get(row.number), row))
    return ScoreCheck(source, sheets, reading, people, reviews, created, updated, replaced)


def is_submitted(review: Any) -> bool:
    """Whether a review stands and was given."""
    return review is not None and review.submitted_at is not None


def notes_after(row: ScoreRow, review: Any, source: str) -> dict[str, str]:
    """The notes as they will stand: a remark about a rating that the sheet leaves blank stays as it is."""
    notes = {dimension.value: text for dimension, text in row.notes.items()}
    remark = row.note or (_kept_remark(review) if source == "branch" else "")
    return notes | ({WHOLE_CARD: remark} if remark else {})


def people_by_number(branch: Branch) -> dict[str, Member]:
    """{present or former number: person} of the branch."""
    members = {member.number: member for member in Member.objects.filter(branch=branch)}
    former = FormerNumber.objects.filter(member__branch=branch).values_list("number", "member__number")
    return members | {number: members[present] for number, present in former}


def taken_elsewhere(file_numbers: Iterable[str], branch: Branch) -> frozenset[str]:
    """Those of the file's numbers that belong to another branch."""
    numbers = sorted(file_numbers)
    taken: set[str] = set()
    for start in range(0, len(numbers), 500):
        elsewhere = Member.objects.filter(number__in=numbers[start : start + 500]).exclude(branch=branch)
        taken.update(elsewhere.values_list("number", flat=True))
    return frozenset(taken)


def _reviews(cycle: Cycle, branch: Branch, source: str) -> dict[str, Any]:
    """{number: review} of this month; of an earlier branch too, for somebody who was transferred in between."""
    if cycle.pk is None:
        return {}
    reviews = SOURCES[source].objects.filter(cycle=cycle, member__branch=branch).select_related("member", "branch")
    return {review.member.number: review for review in reviews}


def _refuse_rows(
    reading: Reading, people: dict[str, Member], reviews: dict[str, Any], *, source: str, by: User | None
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
        text = _("This is your own row: nobody rates himself. Let another officer import it.")
        return _row_error(row, "unknown_value", text)
    if _is_online(review) and _differs(review, row, source):
        return _row_error(row, "duplicate", ONLINE_TEXTS[source], name=member.name)
    return None


def _row_error(row: ScoreRow, code: str, text: str, **params: str) -> CellError:
    header, index = row.number_column
    return CellError(row.sheet, row.row, header, code, text, params, index)


def _is_online(review: Any) -> bool:
    return is_submitted(review) and review.submitted_by_id is not None and not review.from_paper


def _differs(review: Any, row: ScoreRow, source: str) -> bool:
    return review.points != _points(row) or review.notes != notes_after(row, review, source)


def _replaces_draft(review: Any, row: ScoreRow) -> bool:
    """Whether something was typed on the page and not given that says other than what will stand."""
    if review is None or review.draft is None:
        return False
    typed, notes = review.draft["points"], review.draft.get("notes", {})
    standing = notes_after(row, review, "branch").get(WHOLE_CARD, "")
    has_points = any(points is not None for points in typed.values())
    return (has_points and typed != _points(row)) or notes.get(WHOLE_CARD, standing) != standing


def _points(row: ScoreRow) -> dict[str, int]:
    return {dimension.value: row.scores[dimension] for dimension in DIMENSIONS}


def _kept_remark(review: Any) -> str:
    """What was given, else what was typed so far."""
    if review is None:
        return ""
    typed = None if is_submitted(review) else review.draft
    return (typed or {}).get("notes", review.notes).get(WHOLE_CARD, "")
