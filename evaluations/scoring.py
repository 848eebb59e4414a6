"""How are a person's points computed?

Exact from end to end: integers and `Fraction`, rounded once where a figure is shown. `parse_scheme` reads the
scheme, `score_people` does the arithmetic, `rounded` and `figure` show it.
"""

from dataclasses import dataclass
from fractions import Fraction

from evaluations.documents import Number
from evaluations.inputs import Person
from evaluations.scheme import (
    ADDITIVE,
    CONSTANT,
    EXCLUDE,
    WEIGHTED,
    ZERO,
    Component,
    Normalise,
    Scheme,
    SchemeError,
    parse_scheme,
)

__all__ = ["Scheme", "SchemeError", "Score", "figure", "parse_scheme", "rounded", "score_people"]

FIGURE_DECIMALS = 4


@dataclass(frozen=True, slots=True)
class Score:
    """One person's arithmetic. `values` and `points` have an entry for each component that is not missing.

    `values` are aggregates, `points` the same after normalising and clamping, `added` what they add to the total,
    with `weights` sharing the 100 %. `total` is in units of 10^-decimals, and None for a person who is excluded or
    has no data.
    """

    person: Person
    values: dict[str, Number]
    points: dict[str, Number]
    weights: Number
    added: dict[str, Number]
    excluded_by: tuple[str, ...]
    has_data: bool
    total: int | None


def score_people(scheme: Scheme, people: list[Person]) -> list[Score]:
    """Every person's score, in the order given. Conversion by place looks at all of them."""
    values = [_values(scheme, person) for person in people]
    standings = {
        component.code: points_by_place(component.normalise, [v[component.code] for v in values if component.code in v])
        for component in scheme.components
        if component.normalise.kind == "rank_table"
    }
    return [_score(scheme, person, own, standings) for person, own in zip(people, values, strict=True)]


def _values(scheme: Scheme, person: Person) -> dict[str, Number]:
    values = {}
    for component in scheme.components:
        value = aggregate(component, person.observations.get(component.code, []))
        if value is not None:
            values[component.code] = value
    return values


def _score(scheme: Scheme, person: Person, values: dict[str, Number], standings: dict) -> Score:
    points = {}
    for component in scheme.components:
        code = component.code
        if code in values:
            value = normalise(component.normalise, values[code], standings.get(code))
            points[code] = clamp(component, value)
    excluded_by = tuple(c.code for c in scheme.components if c.missing == EXCLUDE and c.code not in points)
    weighted = [c for c in scheme.components if c.role == WEIGHTED]
    has_data = not weighted or any(c.code in points for c in weighted)
    countable = has_data and not excluded_by
    weights = counted_weight(scheme, points)
    added = contributions(scheme, points, weights)
    total = rounded(sum(added.values()), scheme.decimals) if countable else None
    return Score(person, values, points, weights, added, excluded_by, has_data, total)


def aggregate(component: Component, observations: list[Number]) -> Number | None:
    """Steps 2 to 4: enough observations, the highest and lowest dropped, the rest made one. None: missing."""
    if component.aggregate == CONSTANT:
        return component.value
    if len(observations) < component.min_count:
        return None
    kept = _drop(component, observations)
    if not kept:
        return None
    amount, count = (observations[-1], 1) if component.aggregate == "last" else AGGREGATES[component.aggregate](kept)
    return Fraction(amount, count * component.divisor)


def _drop(component: Component, observations: list[Number]) -> list[Number]:
    high, low = component.drop_high, component.drop_low
    if len(observations) < component.drop_from or not (high or low):
        return observations
    if high + low >= len(observations):
        return []
    return sorted(observations)[low : len(observations) - high]


def _median(numbers: list[Number]) -> tuple[Number, int]:
    ordered = sorted(numbers)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle], 1
    return ordered[middle - 1] + ordered[middle], 2


AGGREGATES = {  # each gives an amount and what it is still to be divided by
    "mean": lambda numbers: (sum(numbers), len(numbers)),
    "median": _median,
    "sum": lambda numbers: (sum(numbers), 1),
    "max": lambda numbers: (max(numbers), 1),
}


def normalise(rule: Normalise, value: Number, standing: dict[Number, Number] | None = None) -> Number:
    """Step 5: the points of an aggregate. `standing` is what `points_by_place` gave for a `rank_table`."""
    if rule.kind == "ratio":
        return Fraction(100 * value, rule.maximum)
    if rule.kind == "table":
        return next((row.points for row in rule.rows if row.bound <= value), rule.otherwise)
    if rule.kind == "rank_table":
        return standing[value]
    return value


def points_by_place(rule: Normalise, values: list[Number]) -> dict[Number, Number]:
    """The points of every value among these: equal values share the place of the first of them."""
    points: dict[Number, Number] = {}
    for place, value in enumerate(sorted(values, reverse=True), start=1):
        if value not in points:
            rows = (row.points for row in rule.rows if place <= row.bound * len(values))
            points[value] = next(rows, rule.otherwise)
    return points


def clamp(component: Component, value: Number) -> Number:
    """Step 6: first `floor`, then `cap`."""
    if component.floor is not None:
        value = max(value, component.floor)
    if component.cap is not None:
        value = min(value, component.cap)
    return value


def counted_weight(scheme: Scheme, points: dict[str, Number]) -> Number:
    """The weights that share the 100 %: of the components with points and of those counted as zero."""
    return sum(
        component.weight
        for component in scheme.components
        if component.role == WEIGHTED and (component.code in points or component.missing == ZERO)
    )


def contribution(component: Component, points: Number, weights: Number) -> Number:
    """What a component with these points adds to the total."""
    if component.role == ADDITIVE:
        return component.factor * points
    return Fraction(component.weight * points, weights)


def contributions(scheme: Scheme, points: dict[str, Number], weights: Number) -> dict[str, Number]:
    """What each component with points adds to the total."""
    return {
        component.code: contribution(component, points[component.code], weights)
        for component in scheme.components
        if component.code in points
    }


def total_of(scheme: Scheme, points: dict[str, Number]) -> Number:
    """The exact total of somebody with these points by component."""
    return sum(contributions(scheme, points, counted_weight(scheme, points)).values())


def rounded(value: Number, decimals: int) -> int:
    """The value in units of 10^-decimals, halves away from zero."""
    numerator = value.numerator * 10**decimals
    magnitude = (2 * abs(numerator) + value.denominator) // (2 * value.denominator)
    return -magnitude if numerator < 0 else magnitude


def figure(units: int, decimals: int) -> str:
    """A rounded value as it is shown: `figure(8743, 2)` is "87.43". Zero has no sign."""
    sign = "-" if units < 0 else ""
    digits = f"{abs(units):0{decimals + 1}d}"
    return f"{sign}{digits[:-decimals]}.{digits[-decimals:]}" if decimals else sign + digits
