from fractions import Fraction

import pytest

from evaluations import scoring
from evaluations.inputs import Person, read_people
from evaluations.scheme import Component, Normalise, SchemeError, parse_scheme
from tests.evaluations.documents import component, person, scheme


def read(**parts) -> Component:
    """One component as the core reads it."""
    return parse_scheme(scheme(component(**parts))).components[0]


@pytest.mark.parametrize(
    ("aggregate", "observations", "value"),
    [
        ("mean", [80, 90, 91], 87),
        ("mean", [1, 2], Fraction(3, 2)),
        ("median", [90, 10, 50], 50),
        ("median", [90, 10, 50, 60], 55),
        ("median", [85], 85),
        ("sum", [2, -3, 5], 4),
        ("max", [80, 95, 90], 95),
        ("last", [80, 95, 90], 90),
        ("mean", [], None),
        ("sum", [], None),
    ],
)
def test_aggregates(aggregate, observations, value):
    assert scoring.aggregate(read(aggregate=aggregate), observations) == value


@pytest.mark.parametrize(
    ("parts", "observations", "value"),
    [
        ({"drop_high": 1, "drop_low": 1}, [10, 20, 30, 100], 40),  # fewer than drop_from: nothing dropped
        ({"drop_high": 1, "drop_low": 1}, [10, 20, 30, 40, 100], 30),
        ({"drop_high": 1, "drop_from": 2}, [100, 100, 40], 70),  # one of two equal highest
        ({"drop_high": 1, "drop_low": 1, "drop_from": 2}, [10, 20], None),  # nothing left
        ({"drop_high": 3, "drop_from": 0}, [10, 20], None),
        ({"drop_high": 1, "drop_from": 1, "aggregate": "last"}, [10, 20, 90], 90),  # last listed, though dropped
        ({"drop_high": 1, "drop_from": 1, "aggregate": "last"}, [90], None),
        ({"min_count": 3}, [80, 90], None),
        ({"min_count": 3}, [80, 90, 100], 90),
        ({"min_count": 0}, [], None),
        ({"min_count": 0, "aggregate": "sum"}, [], None),
        ({"min_count": 3, "drop_high": 1, "drop_from": 3}, [80, 90, 100], 85),  # counted before dropping
    ],
)
def test_too_few_and_dropped(parts, observations, value):
    assert scoring.aggregate(read(**parts), observations) == value


def test_a_constant_needs_no_observations_and_is_converted_and_clamped():
    document = scheme(component(aggregate="constant", value="3", normalise={"kind": "ratio", "max": "5"}, cap="50"))
    [score] = score_all(document, person("1"))
    assert (score.values, score.points, score.total) == ({"a": 3}, {"a": 50}, 5000)


def test_dimensions_are_weighed_together():
    document = scheme(component(dimensions={"thought": "20", "study": "10"}))
    marks = [{"thought": "90", "study": "75"}, {"study": "60", "thought": "60"}]
    [score] = score_all(document, person("1", a=marks))
    assert score.values == {"a": Fraction(85 + 60, 2)}


@pytest.mark.parametrize(
    ("rule", "value", "points"),
    [
        ({"kind": "direct"}, 88, 88),
        ({"kind": "ratio", "max": "5.0"}, 4, 80),
        ({"kind": "ratio", "max": "73"}, 25, Fraction(2500, 73)),
    ],
)
def test_normalising(rule, value, points):
    assert scoring.normalise(read(normalise=rule).normalise, value) == points


@pytest.mark.parametrize(
    ("value", "points"), [("59.99", 20), ("60", 65), ("74.9", 65), ("75", 80), ("90", 95), ("120", 95)]
)
def test_a_table_takes_the_highest_min_that_is_reached(value, points):
    rows = [{"min": "60", "points": "65"}, {"min": "90", "points": "95"}, {"min": "75", "points": "80"}]
    rule = read(normalise={"kind": "table", "rows": rows, "else": "20"}).normalise
    assert scoring.normalise(rule, Fraction(value)) == points


def test_points_by_place_take_the_first_row_whose_share_holds_the_place():
    rows = [{"top": "0.2", "points": "100"}, {"top": "0.5", "points": "80"}]
    rule = read(normalise={"kind": "rank_table", "rows": rows, "else": "60"}).normalise
    # Ten people: places 1, 2, 2, 4, 5, 6, 7, 7, 7, 10.
    assert scoring.points_by_place(rule, [99, 95, 95, 90, 85, 80, 70, 70, 70, 10]) == {
        99: 100,
        95: 100,
        90: 80,
        85: 80,
        80: 60,
        70: 60,
        10: 60,
    }
    assert scoring.points_by_place(Normalise("rank_table", otherwise=7), []) == {}


@pytest.mark.parametrize(
    ("floor", "cap", "value", "clamped"),
    [
        ("40", "95", 30, 40),
        ("40", "95", 99, 95),
        ("40", "95", 60, 60),
        (None, "95", -3, -3),
        ("40", None, 200, 200),
        ("80", "60", 70, 60),
    ],
)
def test_first_floor_then_cap(floor, cap, value, clamped):
    assert scoring.clamp(read(floor=floor, cap=cap), value) == clamped


def three_parts(missing):
    return scheme(
        component("a", weight="50"),
        component("b", weight="30", missing=missing),
        component("c", weight="20"),
        component("bonus", role="additive", aggregate="sum"),
    )


@pytest.mark.parametrize(
    ("missing", "total", "weights"), [("redistribute", 8429, 70), ("zero", 5900, 100), ("exclude", None, 70)]
)
def test_what_becomes_of_a_missing_weighted_component(missing, total, weights):
    document = three_parts(missing)
    [score] = score_all(document, person("1", a=["90"], c=["70"]))
    assert score.total == total
    assert score.points == {"a": 90, "c": 70}
    assert scoring.counted_weight(parse_scheme(document), score.points) == weights
    assert score.excluded_by == (("b",) if missing == "exclude" else ())


@pytest.mark.parametrize(("missing", "total"), [("redistribute", 8000), ("zero", 8000), ("exclude", None)])
def test_a_missing_additive_component_adds_nothing_unless_it_excludes(missing, total):
    extra = component("bonus", role="additive", missing=missing)
    [score] = score_all(scheme(component("a"), extra), person("1", a=["80"]))
    assert score.total == total


def test_additive_components_count_with_their_factor():
    minus = component("minus", role="additive", aggregate="sum", factor="-0.5")
    [score] = score_all(scheme(component("a"), minus), person("1", a=["80"], minus=["3", "0.01"]))
    assert score.total == 7850  # 80 - 1.505 = 78.495, a half goes up


def test_zeros_filled_in_are_no_data():
    document = scheme(component("a", missing="zero"), component("b", role="additive", aggregate="sum"))
    [score] = score_all(document, person("1", b=["5"]))
    assert (score.has_data, score.total) == (False, None)


def test_a_scheme_without_weighted_components_always_has_data():
    document = scheme(component("b", role="additive", aggregate="sum"))
    [score] = score_all(document, person("1"))
    assert (score.has_data, score.total) == (True, 0)


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        ("87.425", 2, "87.43"),
        ("87.4249", 2, "87.42"),
        ("-0.125", 2, "-0.13"),
        ("-0.124", 2, "-0.12"),
        ("-0.004", 2, "0.00"),
        ("-0.5", 0, "-1"),
        ("0.5", 0, "1"),
        ("-0.4", 0, "0"),
        ("0", 4, "0.0000"),
        ("0.05", 1, "0.1"),
        ("1234.5", 3, "1234.500"),
        ("99.9999", 2, "100.00"),
    ],
)
def test_halves_go_away_from_zero_and_zero_has_no_sign(value, decimals, text):
    assert scoring.figure(scoring.rounded(Fraction(value), decimals), decimals) == text


def test_thirds_stay_exact_until_they_are_shown():
    parts = [component(code, weight=weight) for code, weight in zip("abc", ("33.33", "33.33", "33.34"), strict=True)]
    [score] = score_all(
        scheme(*parts, decimals=20), person("1", a=["1", "0", "0"], b=["1", "0", "0"], c=["1", "0", "0"])
    )
    assert scoring.figure(score.total, 20) == "0.33333333333333333333"


def test_people_are_read_with_dimensions_weighed_but_not_yet_divided():
    document = scheme(
        component(dimensions={"thought": "3", "study": "1"}),
        gates=[{"code": "g", "label": "g", "input": "months", "op": ">=", "value": "12"}],
    )
    people = [person("7", a=[{"thought": "90", "study": "80.5"}], months="13.5", unused={"any": [1, None]})]
    assert read_people(parse_scheme(document), people) == [
        Person("7", {"a": [Fraction("350.5")]}, {"months": Fraction("13.5")})
    ]


def test_a_scheme_is_read_with_every_default():
    read_scheme = parse_scheme(scheme(component("a", label="自评")))
    assert (read_scheme.gates, read_scheme.tie_break, read_scheme.bands) == ((), (), ())
    assert read_scheme.components == (
        Component(
            code="a",
            label="自评",
            role="weighted",
            aggregate="mean",
            weight=100,
            factor=1,
            value=None,
            dimensions=(),
            drop_high=0,
            drop_low=0,
            drop_from=5,
            min_count=1,
            normalise=Normalise("direct"),
            floor=None,
            cap=None,
            missing="redistribute",
        ),
    )


def test_scoring_answers_for_schemes_too():
    assert scoring.parse_scheme is parse_scheme
    assert scoring.SchemeError is SchemeError


def score_all(document, *people):
    read_scheme = parse_scheme(document)
    return scoring.score_people(read_scheme, read_people(read_scheme, list(people)))
