"""Would the line have fallen elsewhere with slightly other weights, or with one judge fewer?

A place near the line should not hang on a figure that somebody might as well have chosen otherwise. Each weight is
tried a tenth higher and a tenth lower while the others keep their proportions, and each judge is left out once. Nothing
of this is stored or counts anywhere; it tells people how much they may read into the line.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from evaluations.documents import Number
from evaluations.inputs import Person
from evaluations.ranking import places
from evaluations.scheme import WEIGHTED, Scheme

SHIFTS = (Fraction(9, 10), Fraction(11, 10))

Judges = Mapping[str, Mapping[str, Sequence[str]]]  # {component: {person's id: who gave each observation}}


@dataclass(frozen=True, slots=True)
class Change:
    """What a re-run does otherwise: this component has `share` % of the weight, or is counted without this judge."""

    component: str
    share: Number | None = None
    judge: str = ""


@dataclass(frozen=True, slots=True)
class Rerun:
    """A ranking with one change: everybody's place, who stands above the line, who came up or fell below it; ids."""

    change: Change
    places: Mapping[str, int]
    above: frozenset[str]
    up: frozenset[str]
    down: frozenset[str]

    @property
    def is_same(self) -> bool:
        return not self.up and not self.down


def reruns(scheme: Scheme, people: list[Person], line: int, judges: Judges) -> list[Rerun]:
    """The ranking once more for every change; `line` is how many places stand above it, ties at the line included."""
    before = above(scheme, people, line)
    found = []
    for change, changed_scheme, changed_people in _changes(scheme, people, judges):
        stand = places(changed_scheme, changed_people)
        after = _above(stand, line)
        found.append(Rerun(change, stand, after, after - before, before - after))
    return found


def above(scheme: Scheme, people: list[Person], line: int) -> frozenset[str]:
    """Who stands above a line below the first `line` people; all who share the last of these places do."""
    return _above(places(scheme, people), line)


def _above(stand: Mapping[str, int], line: int) -> frozenset[str]:
    last = sorted(stand.values())[:line][-1:]
    return frozenset(person for person, place in stand.items() if [place] <= last)


def _changes(scheme: Scheme, people: list[Person], judges: Judges) -> Iterator[tuple[Change, Scheme, list[Person]]]:
    for code in _weighted(scheme):
        for factor in SHIFTS:
            shifted = _with_weight(scheme, code, factor)
            yield Change(code, share=_share(shifted, code)), shifted, people
    for code, given in judges.items():
        for judge in sorted({judge for names in given.values() for judge in names}):
            yield Change(code, judge=judge), scheme, [_without(person, code, given, judge) for person in people]


def _weighted(scheme: Scheme) -> list[str]:
    """Components whose weight can be compared with another one's."""
    codes = [component.code for component in scheme.components if component.role == WEIGHTED]
    return codes if len(codes) > 1 else []


def _with_weight(scheme: Scheme, code: str, factor: Fraction) -> Scheme:
    """A total is divided by the sum of the weights, so the others keep their proportions without being touched."""
    components = tuple(
        replace(component, weight=component.weight * factor) if component.code == code else component
        for component in scheme.components
    )
    return replace(scheme, components=components)


def _share(scheme: Scheme, code: str) -> Number:
    weights = {component.code: component.weight for component in scheme.components if component.role == WEIGHTED}
    return 100 * weights[code] / sum(weights.values())


def _without(person: Person, code: str, given: Mapping[str, Sequence[str]], judge: str) -> Person:
    names = given.get(person.id, ())
    if judge not in names:
        return person
    kept = [one for one, name in zip(person.observations[code], names, strict=True) if name != judge]
    return replace(person, observations={**person.observations, code: kept})
