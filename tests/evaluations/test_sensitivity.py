"""Is the line tried with each weight a tenth higher and lower and each judge left out, and exactly so?"""

from fractions import Fraction

import pytest

from evaluations.inputs import read_people
from evaluations.scheme import parse_scheme
from evaluations.sensitivity import Change, above, reruns

JUDGES = ("王", "李", "赵")


def scheme(*components, **more):
    return parse_scheme(
        {"format": "branchportal.scheme/1", "name": "试", "version": "1", "decimals": 2, "components": list(components)}
        | more
    )


def part(code, weight, **more):
    return {"code": code, "label": code, "role": "weighted", "weight": weight, "aggregate": "mean"} | more


@pytest.fixture
def two_parts():
    return scheme(part("self", "40"), part("defence", "60"))


@pytest.fixture
def three(two_parts):
    """a: 36 + 48 = 84.00; b: 32 + 51.60 = 83.60; c: 28 + 42 = 70.00."""
    return read_people(
        two_parts,
        [
            {"id": "a", "inputs": {"self": ["90"], "defence": ["80", "80", "80"]}},
            {"id": "b", "inputs": {"self": ["80"], "defence": ["90", "90", "78"]}},
            {"id": "c", "inputs": {"self": ["70"], "defence": ["70", "70", "70"]}},
        ],
    )


def test_each_weight_is_tried_a_tenth_lower_and_higher(two_parts, three):
    found = reruns(two_parts, three, 1, {})

    assert [one.change for one in found] == [
        Change("self", share=Fraction(75, 2)),  # 36 of 96
        Change("self", share=Fraction(550, 13)),  # 44 of 104
        Change("defence", share=Fraction(2700, 47)),  # 54 of 94
        Change("defence", share=Fraction(3300, 53)),  # 66 of 106
    ]
    # The lead of a is 10 points of the self-review against 6 of the defence: at 37.5 % against 62.5 % both are 3.75.
    assert [(set(one.above), set(one.up), set(one.down), one.is_same) for one in found] == [
        ({"a", "b"}, {"b"}, set(), False),
        ({"a"}, set(), set(), True),
        ({"a"}, set(), set(), True),
        ({"a"}, set(), set(), True),
    ]


def test_each_judge_is_left_out_once(two_parts, three):
    given = {"defence": {person.id: JUDGES for person in three}}

    found = [one for one in reruns(two_parts, three, 1, given) if one.change.judge]

    # Without 王 or 李 b has 84 in the defence: 82.40 against 84.00. Without 赵 it has 90: 86.00.
    assert [(one.change, set(one.up), set(one.down)) for one in found] == [
        (Change("defence", judge="李"), set(), set()),
        (Change("defence", judge="王"), set(), set()),
        (Change("defence", judge="赵"), {"b"}, {"a"}),
    ]


def test_a_judge_who_stood_aside_for_somebody_is_left_out_elsewhere_only(two_parts):
    people = read_people(
        two_parts,
        [
            {"id": "a", "inputs": {"self": ["80"], "defence": ["80", "90"]}},
            {"id": "b", "inputs": {"self": ["80"], "defence": ["84"]}},
        ],
    )
    given = {"defence": {"a": ("王", "李"), "b": ("王",)}}

    without = {one.change.judge: one for one in reruns(two_parts, people, 1, given) if one.change.judge}

    assert without["李"].down == {"a"}  # 80 against 84
    assert without["王"].is_same  # 90; b has no defence left and keeps the 80 of the self-review


def test_nothing_is_tried_where_there_is_one_weight():
    bonus = {"code": "bonus", "label": "bonus", "role": "additive", "aggregate": "sum"}
    only = scheme(part("self", "100"), bonus)
    people = read_people(only, [{"id": "a", "inputs": {"self": ["80"]}}, {"id": "b", "inputs": {"self": ["70"]}}])

    assert reruns(only, people, 1, {}) == []


def test_a_gate_keeps_its_say():
    gated = scheme(
        part("self", "50"),
        part("defence", "50"),
        gates=[{"code": "total", "label": "及格", "input": "total", "op": ">=", "value": "80"}],
    )
    people = read_people(
        gated,
        [
            {"id": "a", "inputs": {"self": ["90"], "defence": ["88"]}},
            {"id": "b", "inputs": {"self": ["90"], "defence": ["70"]}},  # 80.00; 79.47 where the defence counts more
        ],
    )

    assert [set(one.down) for one in reruns(gated, people, 2, {})] == [{"b"}, set(), set(), {"b"}]


@pytest.mark.parametrize(
    ("line", "who"), [(0, set()), (1, {"a", "b"}), (2, {"a", "b"}), (3, {"a", "b", "c"}), (9, {"a", "b", "c"})]
)
def test_all_who_share_the_last_place_stand_above_the_line(line, who):
    one = scheme(part("self", "100"))
    people = read_people(
        one, [{"id": person, "inputs": {"self": [own]}} for person, own in (("a", "9"), ("b", "9"), ("c", "8"))]
    )

    assert above(one, people, line) == who
