import pytest

from evaluations.ranking import assign_bands, rank
from evaluations.scheme import parse_scheme
from tests.evaluations.documents import component, person, scheme


def ranked(document, *people):
    """(id, rank, tied) of everyone ranked, in the order of the result."""
    result = rank(parse_scheme(document), list(people))
    return [(entry["id"], entry["rank"], entry["tied"]) for entry in result["ranked"]]


def refused(document, *people):
    result = rank(parse_scheme(document), list(people))
    return {entry["id"]: entry["reasons"] for entry in result["not_ranked"]}


def gate(code, where, op, value, **parts):
    return {"code": code, "label": code, "input": where, "op": op, "value": value} | parts


def test_equals_share_a_place_and_the_next_place_is_skipped():
    people = [person("d", a=["70"]), person("c", a=["80"]), person("b", a=["80"]), person("a", a=["90"])]
    assert ranked(scheme(), *people) == [("a", 1, False), ("b", 2, True), ("c", 2, True), ("d", 4, False)]


def test_people_are_equal_when_their_shown_totals_are():
    people = [person("1", a=["80.004"]), person("2", a=["79.995"]), person("3", a=["79.994"])]
    assert ranked(scheme(), *people) == [("1", 1, True), ("2", 1, True), ("3", 3, False)]


def test_tie_breaks_compare_rounded_points_with_the_missing_last():
    document = scheme(
        component("a"),
        component("x", role="additive", factor="0", cap="90"),
        component("y", role="additive", factor="0"),
        decimals=1,
        tie_break=["x", "y"],
    )
    people = [
        person("none", a=["80"]),
        person("low", a=["80"], x=["-5"]),
        person("capped", a=["80"], x=["99"], y=["1"]),
        person("top", a=["80"], x=["90"], y=["2"]),
        person("near1", a=["80"], x=["70.04"]),
        person("near2", a=["80"], x=["69.95"]),
    ]
    assert ranked(document, *people) == [
        ("top", 1, False),
        ("capped", 2, False),
        ("near1", 3, True),
        ("near2", 3, True),
        ("low", 5, False),
        ("none", 6, False),
    ]


def test_a_zero_filled_component_is_missing_for_ties_and_gates():
    document = scheme(
        component("a", weight="50"),
        component("z", weight="50", missing="zero"),
        tie_break=["z"],
        gates=[gate("has_z", "component:z", ">=", "-100")],
    )
    assert ranked(document | {"gates": []}, person("1", a=["80"]), person("2", a=["85"], z=["-5"])) == [
        ("2", 1, False),
        ("1", 2, False),
    ]
    assert refused(document, person("1", a=["80"]), person("2", a=["80"], z=["-5"])) == {"1": ["has_z"]}


@pytest.mark.parametrize(
    ("op", "failing"),
    [("<=", ["3"]), ("<", ["2", "3"]), (">=", ["1"]), (">", ["1", "2"]), ("==", ["1", "3"])],
)
def test_gate_comparisons(op, failing):
    document = scheme(gates=[gate("g", "n", op, "12.0")])
    people = [person(number, a=["80"], n=n) for number, n in (("1", "11.99"), ("2", "12"), ("3", "12.01"))]
    assert refused(document, *people) == {number: ["g"] for number in failing}


def test_a_missing_gate_input_fails_unless_the_scheme_lets_it_pass():
    document = scheme(gates=[gate("strict", "n", ">=", "1"), gate("mild", "n", ">=", "1", missing="pass")])
    assert refused(document, person("1", a=["80"]), person("2", a=["80"], n="0")) == {
        "1": ["strict"],
        "2": ["strict", "mild"],
    }


def test_gates_see_points_after_the_clamp_and_the_total_as_shown():
    document = scheme(
        component(cap="90"),
        gates=[gate("points", "component:a", "<=", "90"), gate("total", "total", ">=", "60")],
    )
    people = [person("1", a=["99"]), person("2", a=["59.995"]), person("3", a=["59.994"])]
    assert refused(document, *people) == {"3": ["total"]}


def test_gates_see_exact_points_of_a_component():
    document = scheme(gates=[gate("g", "component:a", ">=", "60")])
    assert refused(document, person("1", a=["59.999999"])) == {"1": ["g"]}


def test_every_reason_is_listed_in_the_order_of_the_contract():
    document = scheme(
        component("a", weight="50", missing="exclude"),
        component("b", weight="50", missing="exclude"),
        component("c", role="additive", missing="exclude"),
        gates=[
            gate("z_gate", "total", ">=", "0"),
            gate("a_gate", "n", ">=", "1"),
            gate("kind", "total", ">=", "0", missing="pass"),
        ],
    )
    assert refused(document, person("2", c=["1"], n="0"), person("1", b=["90"], n="1")) == {
        "1": ["z_gate", "missing:a", "missing:c"],
        "2": ["z_gate", "a_gate", "missing:a", "missing:b", "no_data"],
    }


def test_conversion_by_place_counts_people_who_fail_a_gate():
    rule = {"kind": "rank_table", "rows": [{"top": "0.5", "points": "100"}], "else": "10"}
    document = scheme(component(normalise=rule), gates=[gate("g", "n", ">=", "1")])
    people = [person("1", a=["90"], n="0"), person("2", a=["80"], n="1"), person("3", n="1")]
    result = rank(parse_scheme(document), people)
    assert [(entry["id"], entry["total"]) for entry in result["ranked"]] == [("2", "10.00")]
    assert result["not_ranked"] == [{"id": "1", "reasons": ["g"]}, {"id": "3", "reasons": ["no_data"]}]


def test_the_parts_of_a_total_show_the_weight_really_used():
    document = scheme(
        component("a", weight="50"),
        component("gone", weight="20"),
        component("zero", weight="30", missing="zero"),
        component("minus", role="additive", aggregate="sum", factor="-1", cap="2"),
    )
    [entry] = rank(parse_scheme(document), [person("1", a=["80", "85"], minus=["5"])])["ranked"]
    assert entry == {
        "id": "1",
        "total": "49.56",
        "rank": 1,
        "tied": False,
        "components": {
            "a": {"value": "82.5000", "points": "82.5000", "weight": "62.5000", "contribution": "51.5625"},
            "minus": {"value": "5.0000", "points": "2.0000", "contribution": "-2.0000"},
        },
    }


def bands(*bands_, groups, decimals=0):
    """The labels of groups of equals given as (total, people)."""
    parts = [
        {"label": label, "min": minimum} | ({"max_share": share} if share else {}) for label, minimum, share in bands_
    ]
    read = parse_scheme(scheme(decimals=decimals, bands=parts))
    return assign_bands(read, groups)


def test_bands_follow_their_minimum_and_are_absent_below_all():
    labels = bands(("A", "90", None), ("B", "60", None), groups=[(95, 1), (90, 1), (89, 1), (60, 2), (59, 1)])
    assert labels == ["A", "A", "B", "B", None]


def test_a_band_with_a_share_takes_whole_groups_only():
    # Nine ranked: a third is three people. The pair no longer fits, nor does anyone after it.
    labels = bands(("A", "80", "1/3"), ("B", "60", None), groups=[(95, 2), (90, 2), (85, 1), (70, 4)])
    assert labels == ["A", "B", "B", "B"]


def test_a_share_is_rounded_down():
    assert bands(("A", "0", "1/3"), ("B", "0", None), groups=[(9, 1), (8, 1), (7, 1), (6, 1), (5, 1)]) == [
        "A",
        "B",
        "B",
        "B",
        "B",
    ]


def test_where_every_band_is_full_nobody_below_gets_one():
    assert bands(("A", "0", "1/3"), groups=[(9, 2), (8, 1)]) == [None, None]


def test_band_minimum_is_compared_with_the_shown_total():
    assert bands(("A", "89.5", None), groups=[(895, 1), (894, 1)], decimals=1) == ["A", None]


def test_without_bands_no_entry_has_one():
    [entry] = rank(parse_scheme(scheme()), [person("1", a=["80"])])["ranked"]
    assert "band" not in entry


def test_nobody_gives_an_empty_ranking():
    assert rank(parse_scheme(scheme()), []) == {"ranked": [], "not_ranked": []}
