"""Who was drawn for a spot check of a month, what was found, and below which branches may somebody draw?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Prefetch, QuerySet

from evaluations.deadlines import month_of
from evaluations.models import Cycle, Due, SpotCheck, SpotCheckDraw
from evaluations.queries import months
from members.access import access_of
from members.models import Branch, Member, User
from members.roles import Permission

MONTHS_SHOWN = 12


@dataclass(frozen=True)
class Sample:
    """The draw of one month below one branch; `draw` is None until somebody drew."""

    branch: Branch
    cycle: Cycle
    draw: SpotCheckDraw | None
    checks: list[SpotCheck]
    drawable_from: datetime

    @property
    def open_count(self) -> int:
        return sum(not check.finding for check in self.checks)


def branches_of(user: User) -> list[Branch]:
    """The branches below which this person draws: where he holds the office itself."""
    held = {grant.branch.pk: grant.branch for grant in access_of(user).granting(Permission.SPOT_CHECK)}
    return sorted(held.values(), key=lambda branch: branch.path)


def pool(cycle: Cycle, branch: Branch) -> QuerySet[Due]:
    """Who was due in the month below the branch: among them lots are drawn."""
    return Due.objects.filter(cycle=cycle, branch__path__startswith=branch.path)


def samples_of(user: User, month: date, known: Iterable[Cycle] = ()) -> list[Sample]:
    """The samples of one month (its first day) that this person draws; none where the committee has it switched off.

    `known` are cycles of this month that have been read already.
    """
    found, read = [], {cycle.committee.path: cycle for cycle in known}
    for branches in months.by_committee(branches_of(user)):
        cycle = read.get(branches[0].ancestor_paths()[0]) or months.cycle_of(branches[0], month)
        if cycle is not None and not cycle.is_off:
            found += _samples(cycle, branches)
    return found


def months_of(user: User, *, now: datetime) -> list[date]:
    """The last twelve months (each as its first day) that have begun where this person draws, the newest first."""
    tops = {branch.ancestor_paths()[0] for branch in branches_of(user)}
    cycles = Cycle.objects.filter(committee__path__in=tops, month__lte=month_of(now), is_off=False)
    return list(cycles.order_by("-month").values_list("month", flat=True).distinct()[:MONTHS_SHOWN])


def _samples(cycle: Cycle, branches: list[Branch]) -> list[Sample]:
    """One sample per branch, in the order given."""
    checks = SpotCheck.objects.select_related("member", "branch", "checked_by")
    found = SpotCheckDraw.objects.filter(cycle=cycle, branch__in=branches).select_related("drawn_by")
    draws = {draw.branch_id: draw for draw in found.prefetch_related(Prefetch("checks", checks))}
    return [
        Sample(
            branch,
            cycle,
            draws.get(branch.pk),
            list(draws[branch.pk].checks.all()) if branch.pk in draws else [],
            drawable_from(cycle, branch),
        )
        for branch in branches
    ]


def drawable_from(cycle: Cycle, branch: Branch) -> datetime:
    """Lots are drawn once self-reviews have ended in every branch below, so that nobody knows before."""
    windows = months.windows_of(cycle, Branch.objects.below(branch).party_branches())
    return max((window.reviews_end for window in windows.values()), default=months.window_of(cycle, branch).reviews_end)


def findings(member: Member, cycle: Cycle) -> QuerySet[SpotCheck]:
    """What spot checks of this month found about somebody, the newest first."""
    checks = SpotCheck.objects.filter(member=member, draw__cycle=cycle).exclude(finding="")
    return checks.select_related("draw__branch", "checked_by").order_by("-checked_at")
