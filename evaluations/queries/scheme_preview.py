"""What would a draft make of the figures of the newest ranking, and who would change places?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from evaluations import sources as known
from evaluations.dimensions import DIMENSIONS
from evaluations.models import RankingEntry, RankingRun, ScoringScheme
from evaluations.queries.rankings import newest_runs
from evaluations.ranking import rank
from evaluations.scheme import Component, parse_scheme

Sources = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Placed:
    """One person as the ranking stands, and as the draft would have it (None: not ranked)."""

    entry: RankingEntry
    rank: int | None
    total: str
    band: str


@dataclass
class Preview:
    """Everybody in the draft's order; `absent`: labels of what the ranking holds no figures for."""

    people: list[Placed]
    absent: list[str] = field(default_factory=list)


def runs_for(draft: ScoringScheme, runs: QuerySet[RankingRun]) -> QuerySet[RankingRun]:
    """Of these runs the newest ones to which the draft could apply, the latest first."""
    below = runs.filter(purpose=draft.purpose, branch__path__startswith=draft.branch.path)
    return newest_runs(below).order_by("-last_month", "branch__path", "-first_month")


def preview(run: RankingRun, draft: ScoringScheme) -> Preview:
    """The draft over the stored figures of one run; nothing is written. One query."""
    scheme = parse_scheme(draft.document)
    entries = {entry.number: entry for entry in run.entries.all()}
    codes = {kind: _codes(run.scheme.sources, draft.sources, kind) for kind in ("components", "inputs")}
    components = known.needed_components(scheme)
    names = known.needed_inputs(scheme)
    people = [
        {"id": number, "inputs": _inputs(entry.inputs, components, names, codes)} for number, entry in entries.items()
    ]
    result = rank(scheme, people)
    placed = [
        Placed(entries[row["id"]], row["rank"], row["total"], row.get("band", "")) for row in result["ranked"]
    ] + [Placed(entries[row["id"]], None, "", "") for row in result["not_ranked"]]
    held = {name for person in people for name, figures in person["inputs"].items() if figures}
    labels = [(one.code, one.label) for one in components] + [(name, name) for name in names]
    return Preview(placed, [label for name, label in labels if name not in held])


def _codes(old: Sources, new: Sources, kind: str) -> dict[str, str]:
    """What each component or input of the draft was called in the ranking; by where its figures come from.

    Several may come from one source: the same name is the same one, for another name the first one speaks. Columns
    and entries are told apart by their names alone.
    """
    called: dict[tuple[str, str], list[str]] = defaultdict(list)
    for code, source in old.get(kind, {}).items():
        called[_origin(source, code)].append(code)
    origins = {code: _origin(source, code) for code, source in new.get(kind, {}).items()}
    return {
        code: code if code in called[origin] else called[origin][0]
        for code, origin in origins.items()
        if origin in called
    }


def _origin(source: str, code: str) -> tuple[str, str]:
    if source == known.COLUMN:
        return source, known.column_keys(code)[0]
    return source, code if source == known.POINTS else ""


def _inputs(
    stored: Mapping[str, Any], components: Sequence[Component], names: Sequence[str], codes: dict[str, dict[str, str]]
) -> dict[str, Any]:
    inputs: dict[str, Any] = {}
    for component in components:
        observations = stored.get(codes["components"].get(component.code, ""), [])
        told = [_told(component, one) for one in observations]
        inputs[component.code] = [one for one in told if one is not None]
    for name in names:
        figure = stored.get(codes["inputs"].get(name, ""))
        if figure is not None:
            inputs[name] = figure
    return inputs


def _told(component: Component, observation: Any) -> Any:
    """An observation as the draft asks for it; None where the ranking did not keep it so."""
    if not isinstance(observation, dict):
        return None if component.dimensions else observation
    if all(name in observation for name in DIMENSIONS):
        return known.observer(component)(tuple(int(observation[name]) for name in DIMENSIONS))
    own = {name: observation[name] for name, _weight in component.dimensions if name in observation}
    return own if own and len(own) == len(component.dimensions) else None
