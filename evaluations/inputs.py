"""What do people's inputs say, in the words of the scheme?"""

from collections.abc import Callable
from dataclasses import dataclass

from evaluations.documents import BundleError, Field, Number, _, number
from evaluations.scheme import CONSTANT, Component, Scheme


@dataclass(frozen=True, slots=True)
class Person:
    """One person's inputs as exact numbers.

    `observations` holds a list per component; with dimensions each is `Σ w·v`, still to be divided by
    `component.divisor`. `facts` holds the inputs that gates look at; what is missing is absent.
    """

    id: str
    observations: dict[str, list[Number]]
    facts: dict[str, Number]


def read_people(scheme: Scheme, people: object, place: str = "people") -> list[Person]:
    """The people of a bundle, in the order given. Raises BundleError naming the place (below `place`)."""
    readers = _readers(scheme)
    persons = []
    seen = set()
    for field in Field(people, place, BundleError).items():
        person = _person(field, readers)
        if person.id in seen:
            field.at("id", person.id).fail(_("is used twice"))
        seen.add(person.id)
        persons.append(person)
    return persons


@dataclass(frozen=True, slots=True)
class _Readers:
    """The inputs that the scheme uses; all others may be anything."""

    lists: dict[str, Callable[[Field], list[Number]]]
    facts: frozenset[str]


def _readers(scheme: Scheme) -> _Readers:
    observed = [component for component in scheme.components if component.aggregate != CONSTANT]
    return _Readers(
        lists={component.code: _observations_of(component) for component in observed},
        facts=frozenset(gate.input for gate in scheme.gates if gate.reads_input),
    )


def _person(field: Field, readers: _Readers) -> Person:
    parts = field.members(("id", "inputs"))
    observations = {}
    facts = {}
    for name, entry in parts["inputs"].entries().items():
        if name in readers.lists:
            observations[name] = readers.lists[name](entry)
        if name in readers.facts:
            facts[name] = entry.number()
    return Person(parts["id"].text(), observations, facts)


def _observations_of(component: Component) -> Callable[[Field], list[Number]]:
    if component.dimensions:
        return lambda field: _weighed(component.dimensions, field)
    return _plain


def _plain(field: Field) -> list[Number]:
    if isinstance(field.value, list):
        try:
            return [number(text) for text in field.value]
        except (TypeError, ValueError):
            pass  # read again below, slowly, to name the place
    return [item.number() for item in field.items()]


def _weighed(dimensions: tuple[tuple[str, Number], ...], field: Field) -> list[Number]:
    if isinstance(field.value, list):
        try:
            return [_weigh(dimensions, observation) for observation in field.value]
        except (TypeError, ValueError, KeyError):
            pass  # read again below, slowly, to name the place
    names = tuple(name for name, _weight in dimensions)
    sums = []
    for item in field.items():
        marks = item.members(names)
        sums.append(sum(weight * marks[name].number() for name, weight in dimensions))
    return sums


def _weigh(dimensions: tuple[tuple[str, Number], ...], observation: dict) -> Number:
    if len(observation) != len(dimensions):
        raise KeyError
    total = 0
    for name, weight in dimensions:
        total += weight * number(observation[name])
    return total
