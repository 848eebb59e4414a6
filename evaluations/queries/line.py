"""How firm is a line below the first places of a ranking that is stored?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from evaluations.inputs import read_people
from evaluations.models import RankingEntry, RankingRun
from evaluations.queries.defences import given_by
from evaluations.queries.rankings import last_above_the_line, scheme_of
from evaluations.scheme import Component
from evaluations.sensitivity import Change, Judges, Rerun, reruns

BESIDE = 3  # people on each side of a line


@dataclass(frozen=True)
class ChangedRun:
    """The ranking with one thing changed: what, and who came up above the line or fell below it."""

    change: Change
    component: Component
    judge: str  # his name, where he is left out
    up: list[RankingEntry]
    down: list[RankingEntry]


@dataclass(frozen=True)
class NearTheLine:
    """Somebody who stands above the line in some of the rankings and below it in others."""

    entry: RankingEntry
    is_above: bool  # in the ranking as it counts
    times_above: int  # in how many of the re-runs
    times_below: int


@dataclass(frozen=True)
class Moves:
    """Between which places somebody beside the line moves, the published one included."""

    entry: RankingEntry
    is_above: bool  # in the ranking as it counts
    best: int
    worst: int
    times_unranked: int  # in how many re-runs he is not ranked


@dataclass(frozen=True)
class Line:
    """A line that `above` people stand above; everything was tried in `changed`, the order of the scheme."""

    above: list[RankingEntry]
    beside: list[Moves]  # the nearest on each side
    changed: list[ChangedRun]
    near: list[NearTheLine]

    @property
    def times_same(self) -> int:
        """In how many re-runs the same people stand above the line."""
        return sum(not one.up and not one.down for one in self.changed)

    @property
    def is_firm(self) -> bool:
        return self.times_same == len(self.changed)


def line_of(run: RankingRun, places: int) -> Line | None:
    """Re-rank the stored inputs with each change; None where a line below so many places would divide nobody."""
    entries = list(run.entries.all())
    ranked = [entry for entry in entries if entry.rank is not None]
    last = last_above_the_line(ranked, places)
    if last is None:
        return None
    above = ranked[: ranked.index(last) + 1]
    scheme = scheme_of(run)
    people = read_people(scheme, [{"id": entry.number, "inputs": entry.inputs} for entry in entries])
    judges, names = _judges(entries)
    found = reruns(scheme, people, places, judges)
    components = {component.code: component for component in scheme.components}
    by_number = {entry.number: entry for entry in entries}
    changed = [
        ChangedRun(
            rerun.change,
            components[rerun.change.component],
            names.get(rerun.change.judge, ""),
            _named(rerun.up, by_number),
            _named(rerun.down, by_number),
        )
        for rerun in found
    ]
    nearest = above[-BESIDE:] + ranked[len(above) :][:BESIDE]
    beside = [_moves(entry, entry in above, found) for entry in nearest]
    return Line(above, beside, changed, _near(found, above, by_number))


def _judges(entries: Sequence[RankingEntry]) -> tuple[Judges, dict[str, str]]:
    """Who gave each observation of a defence, and what they are called; nothing is asked where there was none."""
    heard = [
        (code, entry, found["defence"]["session"])
        for entry in entries
        for code, found in entry.evidence.items()
        if found.get("defence")
    ]
    if not heard:
        return {}, {}
    given, names = given_by({session for _code, _entry, session in heard})
    judges: dict[str, dict[str, list[str]]] = defaultdict(dict)
    for code, entry, session in heard:
        judges[code][entry.number] = given[session, entry.member_id]
    return judges, names


def _moves(entry: RankingEntry, is_above: bool, found: Sequence[Rerun]) -> Moves:
    stood = [rerun.places[entry.number] for rerun in found if entry.number in rerun.places]
    return Moves(entry, is_above, min([entry.rank, *stood]), max([entry.rank, *stood]), len(found) - len(stood))


def _named(numbers: frozenset[str], by_number: dict[str, RankingEntry]) -> list[RankingEntry]:
    """By place, those who are not ranked last."""
    found = (by_number[number] for number in numbers)
    return sorted(found, key=lambda entry: (entry.rank is None, entry.rank or 0, entry.number))


def _near(
    found: Sequence[Rerun], above: Sequence[RankingEntry], by_number: dict[str, RankingEntry]
) -> list[NearTheLine]:
    numbers = {entry.number for entry in above}
    moved = frozenset().union(*(rerun.up | rerun.down for rerun in found))
    near = []
    for entry in _named(moved, by_number):
        times = sum(entry.number in rerun.above for rerun in found)
        near.append(NearTheLine(entry, entry.number in numbers, times, len(found) - times))
    return near
