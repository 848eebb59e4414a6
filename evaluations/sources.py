"""Where does a scheme's component or gate input get its data from? Pure: the rows and the time are arguments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from evaluations.column_names import key_of, usual_keys
from evaluations.dimensions import DIMENSIONS
from evaluations.scheme import CONSTANT, Component, Scheme
from members.stages import whole_months

SELF_REVIEW = "self_review"
BRANCH_RATING = "branch_rating"
DUTIES = "duties"
DEFENCE = "defence"
PEER_RATING = "peer_rating"
COLUMN = "column"
POINTS = "points"
MONTHS_AS_ACTIVIST = "months_as_activist"
MOST_KEPT = 5**5  # as many as five grades in five dimensions can be


@dataclass(frozen=True)
class Source:
    """One thing that the portal knows about a person, named in labels.py; `usual_names`: what schemes call it."""

    code: str
    usual_names: tuple[str, ...]


# One observation per month, with the five dimensions; of duties one per rating, of a defence one per judge, of points
# one per entry, of a column one per sheet of it: plain numbers. Which of them are left out is said by the scheme alone.
# Of classmates' ratings only a released aggregate will ever be read: so far there is none.
COMPONENT_SOURCES: dict[str, Source] = {
    source.code: source
    for source in (
        Source(SELF_REVIEW, ("self", SELF_REVIEW)),
        Source(BRANCH_RATING, ("branch", BRANCH_RATING)),
        Source(DUTIES, (DUTIES,)),
        Source(DEFENCE, (DEFENCE,)),
        Source(PEER_RATING, ("peer", PEER_RATING)),
        Source(POINTS, ("bonus", "deduction", POINTS)),
        Source(COLUMN, usual_keys()),
    )
}
# One number per person: on the last day of the period, or what the newest sheet of a column says.
INPUT_SOURCES: dict[str, Source] = {
    MONTHS_AS_ACTIVIST: Source(MONTHS_AS_ACTIVIST, (MONTHS_AS_ACTIVIST,)),
    COLUMN: Source(COLUMN, usual_keys()),
}


def needed_components(scheme: Scheme) -> list[Component]:
    """The components that need observations, in their order."""
    return [component for component in scheme.components if component.aggregate != CONSTANT]


def needed_inputs(scheme: Scheme) -> list[str]:
    """The inputs of a person that the gates look at, each once, in their order."""
    return list(dict.fromkeys(gate.input for gate in scheme.gates if gate.reads_input))


def usual_sources(scheme: Scheme) -> dict[str, dict[str, str]]:
    """The sources that the names in this scheme speak for; a name that says nothing is left out."""
    components = {component.code: _usual(COMPONENT_SOURCES, component.code) for component in needed_components(scheme)}
    inputs = {name: _usual(INPUT_SOURCES, name) for name in needed_inputs(scheme)}
    return {
        "components": {code: source for code, source in components.items() if source},
        "inputs": {name: source for name, source in inputs.items() if source},
    }


def column_keys(name: str, label: str = "") -> tuple[str, ...]:
    """Under which keys a component or gate input that is read from a column finds it: its code, then its label."""
    return tuple(dict.fromkeys(key_of(text) for text in (name, label) if text))


def unknown_dimensions(component: Component) -> list[str]:
    """The dimensions of a component that no card has."""
    return [name for name, _weight in component.dimensions if name not in DIMENSIONS]


@lru_cache(maxsize=16)
def observer(component: Component) -> Callable[[tuple[int, ...]], dict[str, str] | str]:
    """What makes an observation of one month's five points (in the order of DIMENSIONS), as the bundle wants it.

    By dimension, or their mean where the scheme names none. The same points give the same object: never change it.
    """
    places = [(name, DIMENSIONS.index(name)) for name, _weight in component.dimensions]

    @lru_cache(maxsize=MOST_KEPT)
    def observe(points: tuple[int, ...]) -> dict[str, str] | str:
        if places:
            return {name: str(points[place]) for name, place in places}
        tenths = 2 * sum(points)  # a fifth has one decimal at most
        return str(tenths // 10) if tenths % 10 == 0 else f"{tenths // 10}.{tenths % 10}"

    return observe


def months_as_activist(activist_on: date | None, day: date) -> str | None:
    """Whole months from the day somebody became an activist, as text; None when that day is not known."""
    return None if activist_on is None else str(whole_months(activist_on, day))


def _usual(sources: Mapping[str, Source], name: str) -> str | None:
    names = {name, key_of(name)}
    return next((source.code for source in sources.values() if not names.isdisjoint(source.usual_names)), None)
