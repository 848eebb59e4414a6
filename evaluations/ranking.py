"""Who is ranked where, who is not ranked, and why?"""

import operator
from collections.abc import Iterable
from fractions import Fraction
from itertools import groupby

from evaluations import scoring
from evaluations.documents import Number
from evaluations.inputs import Person, read_people
from evaluations.scheme import TOTAL, WEIGHTED, Band, Gate, Scheme
from evaluations.scoring import FIGURE_DECIMALS, Score, figure, rounded

NO_DATA = "no_data"
MISSING_PREFIX = "missing:"
COMPARE = {"<=": operator.le, ">=": operator.ge, "<": operator.lt, ">": operator.gt, "==": operator.eq}


def rank(scheme: Scheme, people: object) -> dict:
    """The `result` of a bundle: {"ranked": […by rank, then id], "not_ranked": […by id, with every reason]}.

    `people` is the bundle's list of {"id", "inputs"}. Raises BundleError naming the place in it.
    """
    scores = scoring.score_people(scheme, read_people(scheme, people))
    accepted, refused = [], []
    for score in sorted(scores, key=lambda score: score.person.id):
        reasons = reasons_against(scheme, score)
        if reasons:
            refused.append({"id": score.person.id, "reasons": reasons})
        else:
            accepted.append(score)
    return {"ranked": _ranked(scheme, accepted), "not_ranked": refused}


def places(scheme: Scheme, people: list[Person]) -> dict[str, int]:
    """{id: place} of everybody who is ranked, the best first."""
    accepted = [score for score in scoring.score_people(scheme, people) if not reasons_against(scheme, score)]
    found: dict[str, int] = {}
    for group in _groups_of_equals(scheme, accepted):
        found |= dict.fromkeys((score.person.id for score in group), len(found) + 1)
    return found


def reasons_against(scheme: Scheme, score: Score) -> list[str]:
    """Why a person is not ranked, in the order of the contract; empty for a person who is ranked."""
    reasons = [gate.code for gate in scheme.gates if not _passes(gate, _gate_figure(scheme, gate, score))]
    reasons += [MISSING_PREFIX + code for code in score.excluded_by]
    if not score.has_data:
        reasons.append(NO_DATA)
    return reasons


def _gate_figure(scheme: Scheme, gate: Gate, score: Score) -> Number | None:
    if gate.input == TOTAL:
        return None if score.total is None else Fraction(score.total, 10**scheme.decimals)
    if gate.component is not None:
        return score.points.get(gate.component)
    return score.person.facts.get(gate.input)


def _passes(gate: Gate, value: Number | None) -> bool:
    if value is None:
        return gate.missing == "pass"
    return COMPARE[gate.op](value, gate.value)


def _ranked(scheme: Scheme, scores: list[Score]) -> list[dict]:
    """`scores` come by id, and sorting keeps that order among equals."""
    groups = _groups_of_equals(scheme, scores)
    labels = assign_bands(scheme, [(group[0].total, len(group)) for group in groups])
    entries = []
    for group, label in zip(groups, labels, strict=True):
        place = {"rank": len(entries) + 1, "tied": len(group) > 1}
        if label is not None:
            place["band"] = label
        entries += [_entry(scheme, score, place) for score in group]
    return entries


def _groups_of_equals(scheme: Scheme, scores: list[Score]) -> list[list[Score]]:
    """Those who are ranked, the best first; whoever shares a place stands together."""

    def standing(score: Score) -> tuple:
        return _standing(scheme, score)

    return [list(equals) for _key, equals in groupby(sorted(scores, key=standing), key=standing)]


def _standing(scheme: Scheme, score: Score) -> tuple:
    """Sorts the best first: the shown total, then each tie-break with the missing after all others."""
    ties = []
    for code in scheme.tie_break:
        points = score.points.get(code)
        ties.append((1, 0) if points is None else (0, -rounded(points, scheme.decimals)))
    return (-score.total, *ties)


def assign_bands(scheme: Scheme, groups: Iterable[tuple[int, int]]) -> list[str | None]:
    """A band's label, or None, for each group of equals, given as (shown total in units, people), best first.

    Whoever stands lower never gets a better band, so the search goes on from the band of the group above.
    """
    groups = list(groups)
    everyone = sum(people for _total, people in groups)
    room = [_room(band, everyone) for band in scheme.bands]
    labels: list[str | None] = []
    best = 0
    for units, people in groups:
        total = Fraction(units, 10**scheme.decimals)
        while best < len(room) and (scheme.bands[best].minimum > total or room[best] < people):
            best += 1
        if best == len(room):
            labels.append(None)
            continue
        room[best] -= people
        labels.append(scheme.bands[best].label)
    return labels


def _room(band: Band, everyone: int) -> int:
    return everyone if band.max_share is None else int(everyone * band.max_share)


def _entry(scheme: Scheme, score: Score, place: dict) -> dict:
    total = figure(score.total, scheme.decimals)
    return {"id": score.person.id, "total": total, **place, "components": _components(scheme, score)}


def _components(scheme: Scheme, score: Score) -> dict[str, dict[str, str]]:
    """How the total was made: a component that is missing, or only counted as zero, has no entry."""
    components = {}
    for component in scheme.components:
        points = score.points.get(component.code)
        if points is None:
            continue
        entry = {"value": _figure(score.values[component.code]), "points": _figure(points)}
        if component.role == WEIGHTED:
            entry["weight"] = _figure(Fraction(100 * component.weight, score.weights))
        entry["contribution"] = _figure(score.added[component.code])
        components[component.code] = entry
    return components


def _figure(value: Number) -> str:
    return figure(rounded(value, FIGURE_DECIMALS), FIGURE_DECIMALS)
