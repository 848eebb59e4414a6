"""Where does a decision depart from the order of a ranking, so that it needs a reason?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from math import inf


class Departure(StrEnum):
    """In which way a decision about one person does not follow from his place."""

    OVER_BETTER = "over_better"  # selected, although somebody further up was not
    PASSED_OVER = "passed_over"  # not selected, although somebody further down was
    AMONG_EQUALS = "among_equals"  # decided otherwise than somebody on the same place: the order does not part them
    NOT_RANKED = "not_ranked"  # selected without a place


@dataclass(frozen=True)
class Decided:
    """One person: the place in the ranking (None: not ranked) and whether he was selected (None: not decided yet)."""

    person: int
    rank: int | None
    selected: bool | None


def departures(decided: Iterable[Decided]) -> dict[int, Departure]:
    """{person: in which way the decision about him departs from the order}; whoever follows the order is left out.

    Whoever is not ranked stands below everybody who is. Not selected and postponed are the same here, and who is
    not decided yet counts for nothing.
    """
    decided = list(decided)
    chosen = {_place(one) for one in decided if one.selected}
    passed = {one.rank for one in decided if one.selected is False and one.rank is not None}
    lowest_chosen, best_passed = max(chosen, default=-inf), min(passed, default=inf)
    found = {}
    for one in decided:
        if one.selected:
            found[one.person] = _of_selected(one, best_passed, passed)
        elif one.selected is False and one.rank is not None:
            found[one.person] = _of_passed(one, lowest_chosen, chosen)
    return {person: departure for person, departure in found.items() if departure}


def _place(one: Decided) -> float:
    return inf if one.rank is None else one.rank


def _of_selected(one: Decided, best_passed: float, passed: set[int]) -> Departure | None:
    if one.rank is None:
        return Departure.NOT_RANKED
    if best_passed < one.rank:
        return Departure.OVER_BETTER
    return Departure.AMONG_EQUALS if one.rank in passed else None


def _of_passed(one: Decided, lowest_chosen: float, chosen: set[float]) -> Departure | None:
    if lowest_chosen > one.rank:
        return Departure.PASSED_OVER
    return Departure.AMONG_EQUALS if one.rank in chosen else None
