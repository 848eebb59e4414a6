"""How far is the attendance of an activity recorded in each of the branches below it?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from activities.models import Activity, Attendance, SignUp
from members.models import Branch, Member

State = Attendance.State


@dataclass(frozen=True)
class BranchFigures:
    """One branch: how many belonged to it on that day, signed up (with a place), and are marked with each state."""

    branch: Branch
    people: int
    signed_up: int
    present: int
    excused: int
    absent: int

    @property
    def is_begun(self) -> bool:
        return bool(self.present or self.excused or self.absent)


def branches_of(activity: Activity) -> QuerySet[Branch]:
    """The branches whose people an activity from above may have had."""
    return Branch.objects.below(activity.branch).party_branches().order_by("path")


def figures(activity: Activity, branches: Iterable[Branch]) -> list[BranchFigures]:
    """What is known in each of these branches, in their order. Three queries."""
    branches = list(branches)
    day = timezone.localdate(activity.starts_at)
    people = _counted(Member.objects.belonging_on(day).filter(branch__in=branches), "branch")
    of_activity = {"activity": activity, "member__branch__in": branches}
    signed_up = _counted(SignUp.objects.filter(has_place=True, **of_activity), "member__branch")
    marks = Attendance.objects.filter(**of_activity).order_by().values("member__branch")
    states = {
        row["member__branch"]: {state.value: row[state.value] for state in State}
        for row in marks.annotate(**{state.value: Count("pk", filter=Q(state=state)) for state in State})
    }
    nothing = dict.fromkeys(State.values, 0)
    return [
        BranchFigures(one, people.get(one.pk, 0), signed_up.get(one.pk, 0), **states.get(one.pk, nothing))
        for one in branches
    ]


def _counted(rows: QuerySet, branch: str) -> dict[int, int]:
    return dict(rows.order_by().values_list(branch).annotate(Count("pk")))
