"""What does an office see of a month: one branch in full, or all branches in scope at a glance?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, QuerySet

from evaluations.deadlines import Phase, Window, month_of
from evaluations.models import Cycle, RankingRun
from evaluations.queries import months
from members.models import Branch, Member
from members.stages import ORDER, Stage


@dataclass(frozen=True)
class BranchLine:
    """One branch in the table of a month."""

    branch: Branch
    progress: months.Progress
    window: Window
    phase: Phase
    stages: dict[Stage, int]  # people who belong to it today, in the order of the path
    latest_run: RankingRun | None

    @property
    def members(self) -> int:
        return sum(self.stages.values())


@dataclass(frozen=True)
class RatingsLeft:
    """Branches (ids) that have not finished rating while it can be done, and those of them that have not begun."""

    unfinished: frozenset[int]
    not_begun: frozenset[int]


def ratings_left(found: Iterable[tuple[int, Phase, months.Progress]]) -> RatingsLeft:
    """What of these (branch id, phase, progress) is left to rate: the to-do and the page behind it count alike."""
    running = [(pk, progress) for pk, phase, progress in found if phase in {Phase.FILING, Phase.RATING}]
    return RatingsLeft(
        unfinished=frozenset(pk for pk, progress in running if progress.unrated),
        not_begun=frozenset(pk for pk, progress in running if progress.due and not progress.rated),
    )


def branch_lines(cycle: Cycle, branches: Iterable[Branch], *, now: datetime) -> list[BranchLine]:
    """Return one line per branch, in the order given. Four queries, whatever the number of branches."""
    branches = list(branches)
    windows = months.windows_of(cycle, branches)
    progress = months.progress_by_branch(cycle, branches)
    stages = stages_of(branches)
    runs = newest_runs(branches)
    return [
        BranchLine(
            branch, progress[branch.pk], windows[branch.pk], windows[branch.pk].phase(now),
            stages[branch.pk], runs.get(branch.pk),
        )
        for branch in branches
    ]  # fmt: skip


def how_far_behind(line: BranchLine) -> tuple[int, int, str]:
    """To sort lines whose counts are at hand, as months.furthest_behind_first: missing self-reviews, then ratings."""
    return -line.progress.missing, -line.progress.unrated, line.branch.path


def latest_runs(branches: Iterable[Branch], *, month: date) -> dict[int, RankingRun]:
    """Return {branch id: the newest ranking whose period covers this month}, in one query."""
    runs = RankingRun.objects.filter(
        branch__in=list(branches), first_month__lte=month, last_month__gte=month, superseded_by=None
    ).order_by("compiled_at", "pk")
    return {run.branch_id: run for run in runs}


def newest_runs(branches: Iterable[Branch]) -> dict[int, RankingRun]:
    """Return {branch id: the ranking of the latest period that stands}, in one query."""
    runs = RankingRun.objects.filter(branch__in=list(branches), superseded_by=None)
    return {run.branch_id: run for run in runs.order_by("last_month", "compiled_at", "pk")}


def stages_of(branches: Iterable[Branch]) -> dict[int, dict[Stage, int]]:
    """Return {branch id: {stage: people who belong to it today}} in the order of the path, in one query."""
    branches = list(branches)
    counted = Member.objects.current().filter(branch__in=branches).values("branch", "stage").order_by()
    found = {(line["branch"], line["stage"]): line["people"] for line in counted.annotate(people=Count("pk"))}
    return {
        branch.pk: {stage: found[branch.pk, stage] for stage in ORDER if (branch.pk, stage) in found}
        for branch in branches
    }


def months_shown(committee: Branch, *, now: datetime) -> QuerySet[Cycle]:
    """The months of a top committee that have begun, the newest first."""
    return Cycle.objects.filter(committee=committee, month__lte=month_of(now), is_off=False)
