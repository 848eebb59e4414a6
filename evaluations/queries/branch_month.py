"""Where does each person of a branch stand in a month: review, answer, rating; and who is still to be looked after?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from evaluations.models import Cycle
from evaluations.queries.answers import ReviewLine, review_lines
from evaluations.queries.ratings import RatingRow, rows_of
from members.models import Branch, Member, User


class Show(StrEnum):
    """Which people the list of a month shows."""

    MISSING = "missing"
    RETURNED = "returned"
    WAITING = "waiting"  # for an answer
    UNRATED = "unrated"


@dataclass(frozen=True)
class PersonLine:
    """One person of a month; `rating` is None for somebody who was not due and only began to write."""

    review: ReviewLine
    rating: RatingRow | None

    @property
    def member(self) -> Member:
        return self.review.member

    @property
    def is_missing(self) -> bool:
        return self.rating is not None and not self.review.is_submitted

    @property
    def is_unrated(self) -> bool:
        return self.rating is not None and not self.rating.is_given

    def is_shown(self, show: Show) -> bool:
        return {
            Show.MISSING: self.is_missing,
            Show.RETURNED: self.review.returned is not None,
            Show.WAITING: self.review.waits and not self.review.is_own,
            Show.UNRATED: self.is_unrated,
        }[show]


def person_lines(cycle: Cycle, branch: Branch, *, reader: User) -> list[PersonLine]:
    """Everybody of the month in roster order. Four queries, whatever their number."""
    lines = review_lines(cycle, branch, reader=reader)
    rated = [line.member for line in lines if line.member.is_due or line.is_submitted]
    ratings = {row.member.pk: row for row in rows_of(rated, cycle, branch, rater=reader)}
    return [PersonLine(line, ratings.get(line.member.pk)) for line in lines]


def counts(lines: Iterable[PersonLine]) -> dict[Show, int]:
    """How many people each filter leaves."""
    lines = list(lines)
    return {show: sum(line.is_shown(show) for line in lines) for show in Show}
