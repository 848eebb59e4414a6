"""How was one person's figure made, step by step? Pure: the scheme and the sealed inputs are arguments.

The same core as for the ranking computes it again; nothing here decides anything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from evaluations import scoring
from evaluations.dimensions import DIMENSIONS
from evaluations.documents import Number
from evaluations.inputs import Person, read_people
from evaluations.scheme import CONSTANT, TOTAL, WEIGHTED, ZERO, Component, Gate, Scheme
from evaluations.scoring import FIGURE_DECIMALS, Score, figure, rounded

RANK_TABLE = "rank_table"


@dataclass(frozen=True)
class Mark:
    """What one dimension got, and how much it weighs (None where the scheme names no dimensions)."""

    dimension: str
    points: str
    weight: str | None


@dataclass(frozen=True)
class Observation:
    """One month: its marks, the value made of them, and whether the scheme leaves it out as an extreme.

    `counts`: the result is made of it; of several only one does where the newest or the highest speaks.
    """

    label: str
    marks: tuple[Mark, ...]
    value: str
    dropped: bool
    counts: bool


@dataclass(frozen=True)
class Part:
    """One component of the total. Figures are text; None where the component is missing."""

    component: Component
    observations: tuple[Observation, ...]
    kept: tuple[str, ...]  # the values that were aggregated
    value: str | None
    points: str | None
    weight: str | None  # really used, in per cent
    contribution: str | None
    place: int | None  # for conversion by place
    among: int | None

    @property
    def is_weighted(self) -> bool:
        return self.component.role == WEIGHTED

    @property
    def is_constant(self) -> bool:
        return self.component.aggregate == CONSTANT

    @property
    def counts_as_zero(self) -> bool:
        return self.points is None and self.component.missing == ZERO and self.is_weighted

    @property
    def is_taken_off(self) -> bool:
        """Whether it makes the total smaller."""
        return self.contribution is not None and self.contribution.startswith("-")

    @property
    def is_clamped(self) -> bool:
        return self.component.floor is not None or self.component.cap is not None


@dataclass(frozen=True)
class Check:
    """One gate: what was found (None: nothing known) and whether it lets the person through."""

    gate: Gate
    found: str | None
    passed: bool


@dataclass(frozen=True)
class Explanation:
    """One person's whole sum."""

    parts: tuple[Part, ...]
    checks: tuple[Check, ...]
    total: str | None  # as shown
    reasons: tuple[str, ...]


def explain(scheme: Scheme, people: Sequence[Mapping[str, Any]], person_id: str, reasons: Sequence[str]) -> Explanation:
    """Explain one of these people ({"id", "inputs"} each). Without conversion by place that person alone will do."""
    scores = scoring.score_people(scheme, read_people(scheme, list(people)))
    score = next(score for score in scores if score.person.id == person_id)
    inputs = next(person["inputs"] for person in people if person["id"] == person_id)
    return Explanation(
        parts=tuple(_part(component, score, scores, inputs) for component in scheme.components),
        checks=tuple(Check(gate, _found(scheme, gate, score), gate.code not in reasons) for gate in scheme.gates),
        total=None if score.total is None else figure(score.total, scheme.decimals),
        reasons=tuple(reasons),
    )


def needs_everybody(scheme: Scheme) -> bool:
    """Whether somebody's figure depends on the others'."""
    return any(component.normalise.kind == RANK_TABLE for component in scheme.components)


def plain(value: Number) -> str:
    """An exact value for reading: four decimals at most, no trailing zeros."""
    text = figure(rounded(value, FIGURE_DECIMALS), FIGURE_DECIMALS).rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def counted(aggregate: str, values: Sequence[Number]) -> frozenset[int]:
    """The places of the values that count, of one person's values in their order."""
    if not values:
        return frozenset()
    if aggregate == "max":
        return frozenset({values.index(max(values))})
    return frozenset({len(values) - 1} if aggregate == "last" else range(len(values)))


def in_card_order(component: Component) -> list[tuple[str, Number]]:
    """The dimensions with their weights as a card shows them: a database may keep the document's keys in any order."""
    places = {name: place for place, name in enumerate(DIMENSIONS)}
    return sorted(component.dimensions, key=lambda dimension: places.get(dimension[0], len(places)))


def _part(component: Component, score: Score, scores: Sequence[Score], inputs: Mapping[str, Any]) -> Part:
    observations = _observations(component, score.person, inputs)
    value, points = score.values.get(component.code), score.points.get(component.code)
    place, among = _place(component, value, scores)
    return Part(
        component=component,
        observations=observations,
        kept=tuple(one.value for one in observations if not one.dropped),
        value=_plain_or_none(value),
        points=_plain_or_none(points),
        weight=_weight_used(component, points, score.weights),
        contribution=_plain_or_none(score.added.get(component.code)),
        place=place,
        among=among,
    )


def _weight_used(component: Component, points: Number | None, weights: Number) -> str | None:
    if component.role != WEIGHTED or (points is None and component.missing != ZERO) or not weights:
        return None
    return plain(Fraction(100 * component.weight, weights))


def _observations(component: Component, person: Person, inputs: Mapping[str, Any]) -> tuple[Observation, ...]:
    sums = person.observations.get(component.code, [])
    dropped = _dropped(component, sums)
    kept = [place for place in range(len(sums)) if place not in dropped]
    counting = {kept[place] for place in counted(component.aggregate, [sums[place] for place in kept])}
    given = inputs.get(component.code, []) if sums else []
    return tuple(
        Observation(
            label=str(place + 1),
            marks=_marks(component, one),
            value=plain(Fraction(total, component.divisor)),
            dropped=place in dropped,
            counts=place in counting,
        )
        for place, (one, total) in enumerate(zip(given, sums, strict=True))
    )


def _marks(component: Component, given: Any) -> tuple[Mark, ...]:
    if not component.dimensions:
        return ()
    return tuple(Mark(name, given[name], plain(weight)) for name, weight in in_card_order(component))


def _dropped(component: Component, sums: Sequence[Number]) -> set[int]:
    if len(sums) < component.drop_from or component.aggregate == "last":
        return set()
    order = sorted(range(len(sums)), key=lambda place: sums[place])
    return {*order[: component.drop_low], *order[len(order) - component.drop_high :]}


def _place(component: Component, value: Number | None, scores: Sequence[Score]) -> tuple[int | None, int | None]:
    if component.normalise.kind != RANK_TABLE or value is None:
        return None, None
    values = [score.values[component.code] for score in scores if component.code in score.values]
    return 1 + sum(other > value for other in values), len(values)


def _found(scheme: Scheme, gate: Gate, score: Score) -> str | None:
    if gate.input == TOTAL:
        return None if score.total is None else figure(score.total, scheme.decimals)
    if gate.component is not None:
        return _plain_or_none(score.points.get(gate.component))
    return _plain_or_none(score.person.facts.get(gate.input))


def _plain_or_none(value: Number | None) -> str | None:
    return None if value is None else plain(value)
