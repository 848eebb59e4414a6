"""What is in the monthly summary of one or many branches: who filed, which points, who is missing?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from evaluations.models import BranchReview, Due, SelfReview
from members.models import Branch, Member


@dataclass(frozen=True)
class MonthLine:
    """One person in one month; a review is None until it is submitted."""

    member: Member
    is_due: bool
    own: SelfReview | None
    branch: BranchReview | None


@dataclass(frozen=True)
class BranchMonth:
    """One branch in one month, people in roster order."""

    branch: Branch
    lines: list[MonthLine]

    @property
    def due(self) -> list[MonthLine]:
        return [line for line in self.lines if line.is_due]

    @property
    def missing(self) -> list[MonthLine]:
        return [line for line in self.due if line.own is None]


def branch_months(branches: Iterable[Branch], month: date) -> list[BranchMonth]:
    """The summaries of these branches, in the order given; three queries, whatever their number."""
    branches = list(branches)
    due, members = _due(branches, month)
    own = _submitted(SelfReview, branches, month, members)
    rated = _submitted(BranchReview, branches, month, members)
    return [_branch_month(branch, members[branch.pk], due, own, rated) for branch in branches]


def _due(branches: list[Branch], month: date) -> tuple[set[tuple[int, int]], dict[int, dict[int, Member]]]:
    rows = Due.objects.filter(branch__in=branches, cycle__month=month, cycle__is_off=False).select_related("member")
    members: dict[int, dict[int, Member]] = defaultdict(dict)
    due = set()
    for row in rows:
        members[row.branch_id][row.member_id] = row.member
        due.add((row.branch_id, row.member_id))
    return due, members


def _submitted(model: type, branches: list[Branch], month: date, members: dict[int, dict[int, Member]]) -> dict:
    """Submitted rows by (branch, member); whoever filed without being due joins `members`."""
    submitted = model.objects.submitted().filter(branch__in=branches, cycle__month=month, cycle__is_off=False)
    found: dict[tuple[int, int], Any] = {}
    for row in submitted.select_related("member"):
        members[row.branch_id].setdefault(row.member_id, row.member)
        found[row.branch_id, row.member_id] = row
    return found


def _branch_month(branch: Branch, members: dict[int, Member], due: set, own: dict, rated: dict) -> BranchMonth:
    lines = [
        MonthLine(member, (branch.pk, key) in due, own.get((branch.pk, key)), rated.get((branch.pk, key)))
        for key, member in members.items()
    ]
    return BranchMonth(branch, sorted(lines, key=lambda line: (line.member.pinyin, line.member.number)))
