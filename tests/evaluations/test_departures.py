"""Where does a decision need a reason because it departs from the order of the ranking?"""

import random

import pytest

from evaluations.departures import Decided, Departure, departures

OVER, PASSED, EQUALS, NOT_RANKED = Departure


def found(text: str) -> dict[int, Departure]:
    """Of "1+ 2- 2? -+": a place (- for not ranked) and + selected, - not, ? undecided; people are numbered from 1."""
    outcome = {"+": True, "-": False, "?": None}
    return departures(
        Decided(person, None if word[:-1] == "-" else int(word[:-1]), outcome[word[-1]])
        for person, word in enumerate(text.split(), start=1)
    )


@pytest.mark.parametrize(
    ("decided", "departing"),
    [
        ("", {}),
        ("1? 2? 3?", {}),
        ("1+ 2+ 3+", {}),
        ("1- 2- 3-", {}),
        ("1+ 2+ 3- 4-", {}),
        ("1+ 2- 3+ 4-", {2: PASSED, 3: OVER}),
        ("1- 2- 3+", {1: PASSED, 2: PASSED, 3: OVER}),
        ("1- 2+ 3+", {1: PASSED, 2: OVER, 3: OVER}),
        ("1? 2+ 3-", {}),
        ("1- 2? 3+", {1: PASSED, 3: OVER}),
    ],
)
def test_order(decided, departing):
    assert found(decided) == departing


@pytest.mark.parametrize(
    ("decided", "departing"),
    [
        ("1+ 2+ 2+ 4-", {}),
        ("1+ 2- 2- 4-", {}),
        ("1+ 2+ 2- 4-", {2: EQUALS, 3: EQUALS}),
        ("1+ 2+ 2- 2?", {2: EQUALS, 3: EQUALS}),
        ("1+ 2+ 2- 4+", {2: EQUALS, 3: PASSED, 4: OVER}),
        ("1- 2+ 2- 4-", {1: PASSED, 2: OVER, 3: EQUALS}),
        ("1+ 1- 3+", {1: EQUALS, 2: PASSED, 3: OVER}),
    ],
)
def test_ties(decided, departing):
    assert found(decided) == departing


@pytest.mark.parametrize(
    ("decided", "departing"),
    [
        ("1+ 2+ -- --", {}),
        ("1+ 2- -? --", {}),
        ("1+ 2+ -+", {3: NOT_RANKED}),
        ("1+ 2- -+", {2: PASSED, 3: NOT_RANKED}),
        ("-+ --", {1: NOT_RANKED}),
    ],
)
def test_not_ranked(decided, departing):
    assert found(decided) == departing


def test_it_is_what_every_pair_says():
    """Compared with the plain definition, over 2000 drawn decisions: pairs in which the lower one is preferred."""
    dice = random.Random(2026)
    for _round in range(2000):
        people = [
            Decided(person, dice.choice([None, 1, 2, 2, 3, 4]), dice.choice([True, False, None]))
            for person in range(dice.randint(0, 7))
        ]
        expected = set()
        for one in people:
            for other in people:
                behind = one.rank is None or (other.rank is not None and one.rank >= other.rank)
                if one.selected and other.selected is False and other.rank is not None and behind:
                    expected |= {one.person, other.person}
            if one.selected and one.rank is None:
                expected.add(one.person)
        assert set(departures(people)) == expected


def test_the_order_of_asking_changes_nothing():
    people = [Decided(1, 1, False), Decided(2, 2, True), Decided(3, 2, False), Decided(4, None, True)]
    assert departures(people) == departures(reversed(people)) == {1: PASSED, 2: OVER, 3: PASSED, 4: NOT_RANKED}
