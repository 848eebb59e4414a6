"""Which month is it for a branch, until when does it run there, and how far is it?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import models
from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from branchportal.prepared import prepared
from evaluations.deadlines import Phase, Window, month_of
from evaluations.models import BranchReview, Cycle, CycleDeadline, CycleEvent, Due, SelfReview
from members.access import access_of
from members.models import Branch, Member, User
from members.roles import Permission

RULES = ("is_off", "review_day", "rating_day", "scale", "version")
OWN_DAYS = ("deadlines__branch__path", "deadlines__review_day", "deadlines__rating_day")


@dataclass(frozen=True)
class Progress:
    """How many of a branch were due in a month, and of those: filed the self-review, were rated by the branch."""

    due: int = 0
    filed: int = 0
    rated: int = 0

    @property
    def missing(self) -> int:
        return self.due - self.filed

    @property
    def unrated(self) -> int:
        return self.due - self.rated


def cycle_of(branch: Branch, month: date) -> Cycle | None:
    """Return the cycle of this month (its first day) of the branch's top committee, or None."""
    return cycles_of(branch, month, month).get(month)


def cycles_of(branch: Branch, first: date, last: date) -> dict[date, Cycle]:
    """Return {month: cycle} of the branch's top committee for the planned months from first to last, in one query.

    Each carries the days that branches have of their own, and `is_opened`: whether it was opened in this branch.
    """
    found = _together(_planned(committee=branch.ancestor_paths()[0], branch=branch.pk, first=first, last=last))
    return {cycle.month: cycle for cycle in found}


@prepared(
    committee=models.CharField(), branch=models.BigIntegerField(), first=models.DateField(), last=models.DateField()
)
def _planned(committee, branch, first, last):
    opened = CycleEvent.objects.filter(cycle=OuterRef("pk"), branch=branch, kind=CycleEvent.Kind.OPENED)
    cycles = Cycle.objects.filter(committee__path=committee, month__range=(first, last))
    return _beside_own_days(cycles.annotate(is_opened=Exists(opened)))


def with_own_days(cycles: QuerySet[Cycle]) -> list[Cycle]:
    """Read these months, each with the days that branches have of their own: {path: (review day, rating day)}."""
    return _together(_beside_own_days(cycles))


def _beside_own_days(cycles: QuerySet[Cycle]) -> QuerySet[Cycle]:
    """A month comes once for each branch with days of its own."""
    path, first, last = OWN_DAYS
    return cycles.select_related("committee").annotate(own_path=F(path), first_day=F(first), last_day=F(last))


def _together(rows: Iterable[Cycle]) -> list[Cycle]:
    """Each month once, with all the days that branches have of their own."""
    found: dict[int, Cycle] = {}
    for row in rows:
        cycle = found.setdefault(row.pk, row)
        cycle.own_days = cycle.own_days or {}
        if row.own_path:
            cycle.own_days[row.own_path] = (row.first_day, row.last_day)
    return list(found.values())


def committees_of(user: User, permission: Permission) -> list[Branch]:
    """Return the top committees under which somebody holds the permission, in the order of their codes. One query."""
    tops = {grant.branch.ancestor_paths()[0] for grant in access_of(user).granting(permission)}
    return list(Branch.objects.filter(path__in=tops).order_by("path"))


def by_committee(branches: Iterable[Branch]) -> list[list[Branch]]:
    """Return the branches of each top committee together, in the order given: each committee has months of its own."""
    together: dict[str, list[Branch]] = {}
    for branch in branches:
        together.setdefault(branch.ancestor_paths()[0], []).append(branch)
    return list(together.values())


def current_cycle(branch: Branch, now: datetime) -> Cycle | None:
    """Return the cycle of the month in which `now` lies in Shanghai, switched off or not; None before the first."""
    return cycle_of(branch, month_of(now))


def next_cycle(branch: Branch, now: datetime) -> Cycle | None:
    """Return the first later month that is not switched off, or None."""
    later = Cycle.objects.filter(committee__path=branch.ancestor_paths()[0], month__gt=month_of(now), is_off=False)
    return later.order_by("month").first()


def last_closed_month(branch: Branch) -> date | None:
    """Return the latest month that has closed in the branch, or None."""
    closed = CycleEvent.objects.filter(branch=branch, kind=CycleEvent.Kind.CLOSED, cycle__is_off=False)
    return closed.aggregate(latest=Max("cycle__month"))["latest"]


def window_of(cycle: Cycle, branch: Branch) -> Window:
    """Return until when the month runs in this branch: the days set nearest above it."""
    return windows_of(cycle, [branch])[branch.pk]


def windows_of(cycle: Cycle, branches: Iterable[Branch]) -> dict[int, Window]:
    """Return {branch id: window} for many branches of the cycle; one query, none where its own days came with it."""
    own_days = _own_days(cycle) if cycle.own_days is None else cycle.own_days
    return {branch.pk: _window(cycle, branch, own_days) for branch in branches}


def read_again(cycle: Cycle, branch: Branch) -> tuple[bool, Window]:
    """Give `cycle` its rules as they stand now; tell whether it has closed there, and its window; one query."""
    rows = _rules(cycle=cycle.pk, branch=branch.pk)
    for name in RULES:
        setattr(cycle, name, rows[0][name])
    path, *days = OWN_DAYS
    cycle.own_days = {row[path]: tuple(row[day] for day in days) for row in rows}
    return rows[0]["is_closed"], window_of(cycle, branch)


@prepared(cycle=models.BigIntegerField(), branch=models.BigIntegerField())
def _rules(cycle, branch):
    closed = CycleEvent.objects.filter(cycle=OuterRef("pk"), branch=branch, kind=CycleEvent.Kind.CLOSED)
    found = Cycle.objects.filter(pk=cycle).annotate(is_closed=Exists(closed)).order_by()
    return found.values("is_closed", *RULES, *OWN_DAYS)


def accepts_sheets(cycle: Cycle, branch: Branch, now: datetime) -> bool:
    """Are sheets of scores taken: as long as the page takes ratings, and later only where the month lived on paper?"""
    window = window_of(cycle, branch)
    if window.phase(now) != Phase.CLOSED:
        return window.accepts_ratings(now)
    return not ran_here(cycle, branch)


def ran_here(cycle: Cycle, branch: Branch) -> bool:
    """Was the month opened in the branch before it ended? Otherwise it is older than the portal there."""
    window = window_of(cycle, branch)
    opened = CycleEvent.objects.filter(cycle=cycle, branch=branch, kind=CycleEvent.Kind.OPENED)
    return opened.filter(at__lt=window.ratings_end).exists()


def progress_of(cycle: Cycle, branch: Branch) -> Progress:
    """Return how far one branch is."""
    return progress_by_branch(cycle, [branch])[branch.pk]


def progress_by_branch(cycle: Cycle, branches: Iterable[Branch]) -> dict[int, Progress]:
    """Return {branch id: Progress} for many branches, in one query."""
    wanted = [branch.pk for branch in branches]
    rows = (
        with_marks(Due.objects.filter(cycle=cycle, branch__in=wanted))
        .values("branch_id")
        .annotate(
            due=Count("pk"), filed=Count("pk", filter=Q(has_filed=True)), rated=Count("pk", filter=Q(is_rated=True))
        )
        .order_by()
    )
    found = {row["branch_id"]: Progress(row["due"], row["filed"], row["rated"]) for row in rows}
    return {branch_id: found.get(branch_id, Progress()) for branch_id in wanted}


def furthest_behind_first(branches: QuerySet[Branch], cycle: Cycle) -> QuerySet[Branch]:
    """The branches with the most missing self-reviews first, then those with the most missing ratings.

    The rule of overview.how_far_behind for a list of which the database gives one page.
    """
    here = with_marks(Due.objects.filter(cycle=cycle, branch=OuterRef("pk"))).order_by().values("branch")

    def most(**without: bool) -> Coalesce:
        counted = here.filter(**without).annotate(people=Count("pk")).values("people")
        return Coalesce(Subquery(counted), 0).desc()

    return branches.order_by(most(has_filed=False), most(is_rated=False), "path")


def missing_members(cycle: Cycle, branch: Branch) -> QuerySet[Member]:
    """Return who was due in the branch and has not submitted a self-review, in roster order."""
    missing = with_marks(Due.objects.filter(cycle=cycle, branch=branch)).filter(has_filed=False)
    return Member.objects.filter(pk__in=missing.values("member_id")).in_roster_order()


def due_members(cycle: Cycle, branch: Branch) -> QuerySet[Member]:
    """Return who was due in the branch on the opening day, in roster order."""
    return Member.objects.filter(dues__cycle=cycle, dues__branch=branch).in_roster_order()


def with_marks(dues: QuerySet[Due]) -> QuerySet[Due]:
    """Add `has_filed` and `is_rated` to each person who was due."""

    def submitted(model: type[SelfReview] | type[BranchReview]) -> Exists:
        return Exists(model.objects.submitted().filter(cycle=OuterRef("cycle"), member=OuterRef("member")))

    return dues.annotate(has_filed=submitted(SelfReview), is_rated=submitted(BranchReview))


def _own_days(cycle: Cycle) -> dict[str, tuple[int, int]]:
    rows = CycleDeadline.objects.filter(cycle=cycle).values_list("branch__path", "review_day", "rating_day")
    return {path: tuple(days) for path, *days in rows}


def _window(cycle: Cycle, branch: Branch, own_days: dict[str, tuple[int, int]]) -> Window:
    days = (cycle.review_day, cycle.rating_day)
    for path in branch.ancestor_paths():  # the top first: the nearest has the last word
        days = own_days.get(path, days)
    return Window(cycle.month, *days, is_off=cycle.is_off)
