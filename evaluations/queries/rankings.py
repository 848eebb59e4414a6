"""What does a page show of compiled rankings: the runs, one run's rows, one person's figures, who moved?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models
from django.db.models import QuerySet

from branchportal.prepared import prepared
from evaluations import explaining, scoring
from evaluations.bundle import FORMAT
from evaluations.deadlines import Window, months_between, parse_month
from evaluations.documents import Number
from evaluations.explaining import Explanation
from evaluations.inputs import read_people
from evaluations.models import Cycle, RankingEntry, RankingRun
from evaluations.queries.freezings import TOLD_WITH_AN_ENTRY
from evaluations.scheme import WEIGHTED, Component, Scheme, parse_scheme
from evaluations.scoring import Score, figure, rounded
from members.models import User

MONTH_KINDS = ("months", "late", "missing", "not_due")


@dataclass(frozen=True)
class Cell:
    """One component's points of one person, as shown; `text` is "" where the component is missing."""

    component: Component
    text: str
    points: Number | None


@dataclass(frozen=True)
class Row:
    """One person on the ranking page."""

    entry: RankingEntry
    cells: tuple[Cell, ...]
    is_last_above_the_line: bool = False


@dataclass(frozen=True)
class Move:
    """One person in two runs; an entry is None where he is not in that run."""

    name: str
    class_name: str
    before: RankingEntry | None
    after: RankingEntry | None

    @property
    def places_up(self) -> int | None:
        """How many places up (negative: down); None where one of the two places is missing."""
        ranks = [entry.rank if entry else None for entry in (self.before, self.after)]
        return None if None in ranks else ranks[0] - ranks[1]

    @property
    def places_down(self) -> int | None:
        return None if self.places_up is None else -self.places_up

    @property
    def is_unchanged(self) -> bool:
        if self.before is None or self.after is None:
            return False
        return (self.before.rank, self.before.total, self.before.reasons) == (
            self.after.rank, self.after.total, self.after.reasons,
        )  # fmt: skip


def newest_runs(runs: QuerySet[RankingRun]) -> QuerySet[RankingRun]:
    """Only runs that no later one supersedes, with what a list shows."""
    return runs.filter(superseded_by=None).select_related("branch", "scheme")


def scheme_of(run: RankingRun) -> Scheme:
    """The scheme as it was when the run was compiled."""
    return parse_scheme(run.scheme_document)


def rows(run: RankingRun, entries: Sequence[RankingEntry], *, places: int = 0) -> list[Row]:
    """The ranked people in their order with their points, computed again from the sealed inputs.

    `places`: draw the line below so many people; below all who are tied there.
    """
    scheme = scheme_of(run)
    scores = exact_scores(scheme, entries)
    ranked = [entry for entry in entries if entry.rank is not None]
    last = last_above_the_line(ranked, places)
    return [
        Row(
            entry,
            tuple(_cell(scheme, component, scores[entry.number]) for component in scheme.components),
            entry is last,
        )
        for entry in ranked
    ]


def exact_scores(scheme: Scheme, entries: Sequence[RankingEntry]) -> dict[str, Score]:
    """Everybody's exact arithmetic, by number."""
    people = [{"id": entry.number, "inputs": entry.inputs} for entry in entries]
    return {score.person.id: score for score in scoring.score_people(scheme, read_people(scheme, people))}


def weighted_range(table: Sequence[Row]) -> tuple[int, int]:
    """The tens that hold all weighted points of a ranking: the ends of its dot plots."""
    points = [
        cell.points
        for row in table
        for cell in row.cells
        if cell.points is not None and cell.component.role == WEIGHTED
    ]
    if not points:
        return 0, 100
    low, high = int(min(points) // 10) * 10, -int(-max(points) // 10) * 10
    return low, high if high > low else low + 10


def last_above_the_line(ranked: Sequence[RankingEntry], places: int) -> RankingEntry | None:
    """The last person who is above a line below `places` people; ties at the line stand above it together."""
    if not 0 < places < len(ranked):
        return None
    rank = ranked[places - 1].rank
    above = [entry for entry in ranked if entry.rank <= rank]
    return above[-1] if len(above) < len(ranked) else None


def tied_at_the_line(ranked: Sequence[RankingEntry], places: int) -> list[RankingEntry]:
    """Those who share the place that the line would cut through; empty where it cuts between two places."""
    if not 0 < places < len(ranked) or ranked[places - 1].rank != ranked[places].rank:
        return []
    return [entry for entry in ranked if entry.rank == ranked[places].rank]


def explanation(entry: RankingEntry) -> Explanation:
    """How this person's figure was made; months stand for the observations' numbers."""
    scheme = scheme_of(entry.run)
    entries = entry.run.entries.all() if explaining.needs_everybody(scheme) else [entry]
    people = [{"id": one.number, "inputs": one.inputs} for one in entries]
    return explaining.explain(scheme, people, entry.number, entry.reasons)


def not_closed(runs: Sequence[RankingRun]) -> dict[int, list[date]]:
    """{run id: months of its period that had not closed in its branch when it was compiled}; one query for all.

    Months that are switched off don't count; a month that nobody planned has the usual days.
    """
    if not runs:
        return {}
    period = (min(run.first_month for run in runs), max(run.last_month for run in runs))
    planned: dict[tuple[str, date], dict[str, tuple[bool, int]]] = defaultdict(dict)
    for root, month, is_off, day, path, own_day in _days_of(first=period[0], last=period[1]):
        planned[root, month].setdefault(root, (is_off, day))
        if path:
            planned[root, month][path] = (is_off, own_day)
    return {run.pk: [month for month in _months(run) if _is_open(run, month, planned)] for run in runs}


@prepared(first=models.DateField(), last=models.DateField())
def _days_of(first, last):
    return Cycle.objects.filter(month__range=(first, last)).order_by().values_list(
        "committee__path", "month", "is_off", "rating_day", "deadlines__branch__path", "deadlines__rating_day"
    )  # fmt: skip


def months_of(entry: RankingEntry, code: str) -> Mapping[str, list[date]]:
    """The months of one component: {"months": counted, "late": of these, "missing": due but not filed, …}."""
    evidence = entry.evidence.get(code, {})
    return {key: [parse_month(text) for text in evidence.get(key, [])] for key in MONTH_KINDS}


def moves(run: RankingRun) -> list[Move]:
    """Everybody in this run or in the one that it supersedes: by the new place, then those who are ranked no more."""
    before = {entry.member_id: entry for entry in run.supersedes.entries.all()} if run.supersedes else {}
    after = {entry.member_id: entry for entry in run.entries.all()}
    found = [
        Move(entry.name, entry.class_name, before.get(member), after.get(member))
        for member, entry in {**before, **after}.items()
    ]
    return sorted(found, key=_move_order)


def own_entries(user: User) -> QuerySet[RankingEntry]:
    """The signed-in person's own rows in the newest runs, the latest period first."""
    own = RankingEntry.objects.filter(member__user=user, run__superseded_by=None)
    own = own.select_related("run__branch", "run__scheme").prefetch_related(TOLD_WITH_AN_ENTRY)
    return own.order_by("-run__last_month", "-run__compiled_at", "-pk")


def bundle_of(run: RankingRun) -> dict[str, Any]:
    """The sealed bundle of a run, from what was stored."""
    entries = sorted(run.entries.all(), key=lambda entry: entry.number)
    ranked = sorted((entry for entry in entries if entry.rank is not None), key=lambda entry: entry.rank)
    return {
        "format": FORMAT,
        "scheme": run.scheme_document,
        "people": [{"id": entry.number, "inputs": entry.inputs} for entry in entries],
        "result": {
            "ranked": [_ranked(entry) for entry in ranked],
            "not_ranked": [{"id": entry.number, "reasons": entry.reasons} for entry in entries if entry.rank is None],
        },
        "fingerprint": run.fingerprint,
    }


def _months(run: RankingRun) -> list[date]:
    return months_between(run.first_month, run.last_month)


def _is_open(run: RankingRun, month: date, planned: Mapping[tuple[str, date], Mapping[str, tuple[bool, int]]]) -> bool:
    paths = run.branch.ancestor_paths()
    days = planned.get((paths[0], month), {})
    is_off, day = False, Cycle(month=month).rating_day
    for path in paths:  # the top first: the nearest has the last word
        is_off, day = days.get(path, (is_off, day))
    return not is_off and run.compiled_at < Window(month, day, day).ratings_end


def _ranked(entry: RankingEntry) -> dict[str, Any]:
    row = {"id": entry.number, "total": entry.total, "rank": entry.rank, "tied": entry.tied}
    if entry.band:
        row["band"] = entry.band
    return row | {"components": entry.components}


def _cell(scheme: Scheme, component: Component, score: Score) -> Cell:
    points = score.points.get(component.code)
    text = "" if points is None else figure(rounded(points, scheme.decimals), scheme.decimals)
    return Cell(component, text, points)


def _move_order(move: Move) -> tuple[int, int, str]:
    entry = move.after or move.before
    if move.after is not None and move.after.rank is not None:
        return (0, move.after.rank, entry.number)
    return (1 if move.after is not None else 2, 0, entry.number)
