"""Does the explanation of a figure follow every step of the sum, with the numbers that were really used?"""

from __future__ import annotations

import json

import pytest

from evaluations import bundle, explaining
from evaluations.scheme import parse_scheme
from tests.evaluations import generated
from tests.evaluations.vectors import VECTORS


def scheme(*components, **more):
    head = {"format": "branchportal.scheme/1", "name": "n", "version": "1", "decimals": 2}
    return head | {"components": list(components)} | more


def explained(document, person, *others):
    people = [{"id": str(place), "inputs": inputs} for place, inputs in enumerate((person, *others))]
    result = bundle.build(document, people)["result"]
    reasons = next((row["reasons"] for row in result["not_ranked"] if row["id"] == "0"), [])
    return explaining.explain(parse_scheme(document), people, "0", reasons)


def component(**changes):
    return {"code": "a", "label": "甲", "role": "weighted", "weight": "100", "aggregate": "mean"} | changes


def test_dropped_extremes_are_marked_once_each():
    (part,) = explained(
        scheme(component(drop_high=1, drop_low=1, drop_from=4)), {"a": ["70", "90", "70", "90", "80"]}
    ).parts

    assert [(one.value, one.dropped) for one in part.observations] == [
        ("70", True), ("90", False), ("70", False), ("90", True), ("80", False),
    ]  # fmt: skip
    assert (part.kept, part.value, part.contribution) == (("90", "70", "80"), "80", "80")


@pytest.mark.parametrize(
    ("changes", "counts"),
    [
        ({"aggregate": "last"}, [False, False, True]),
        ({"aggregate": "max"}, [False, True, False]),
        ({"aggregate": "mean"}, [True, True, True]),
        ({"aggregate": "max", "drop_high": 1, "drop_from": 3}, [False, False, True]),
    ],
)
def test_what_the_result_is_not_made_of_is_told_apart(changes, counts):
    (part,) = explained(scheme(component(**changes)), {"a": ["70", "90", "80"]}).parts
    assert [one.counts for one in part.observations] == counts


def test_dimensions_are_shown_as_a_card_shows_them():
    weights = {"life": "10", "work": "10", "study": "20", "conduct": "20", "thought": "40"}
    marks = {"life": "60", "work": "70", "study": "80", "conduct": "90", "thought": "100"}

    (part,) = explained(scheme(component(dimensions=weights)), {"a": [marks]}).parts

    assert [(mark.dimension, mark.points, mark.weight) for mark in part.observations[0].marks] == [
        ("thought", "100", "40"), ("study", "80", "20"), ("life", "60", "10"),
        ("work", "70", "10"), ("conduct", "90", "20"),
    ]  # fmt: skip
    assert part.observations[0].value == "87"


def test_a_missing_component_leaves_its_weight_to_the_others():
    first, second = component(weight="30"), component(code="b", label="乙", weight="70")

    parts = explained(scheme(first, second), {"b": ["81.005"]}).parts

    assert [(part.points, part.weight, part.contribution, part.counts_as_zero) for part in parts] == [
        (None, None, None, False), ("81.005", "100", "81.005", False),
    ]  # fmt: skip


def test_a_component_that_counts_as_zero_keeps_its_weight():
    first, second = component(weight="30", missing="zero"), component(code="b", label="乙", weight="70")

    parts = explained(scheme(first, second), {"b": ["80"]}).parts

    assert [(part.points, part.weight, part.contribution, part.counts_as_zero) for part in parts] == [
        (None, "30", None, True), ("80", "70", "56", False),
    ]  # fmt: skip


def test_a_place_is_counted_among_all():
    rule = {"kind": "rank_table", "rows": [{"top": "0.5", "points": "20"}], "else": "5"}
    document = scheme(component(normalise=rule))

    (part,) = explained(document, {"a": ["80"]}, {"a": ["90"]}, {"a": ["80"]}, {"a": ["70"]}, {}).parts

    assert (part.place, part.among, part.points) == (2, 4, "20")
    assert explaining.needs_everybody(parse_scheme(document))
    assert not explaining.needs_everybody(parse_scheme(scheme(component())))


def test_gates_show_what_was_found():
    gates = [
        {"code": "t", "label": "总分", "input": "total", "op": ">=", "value": "90"},
        {"code": "c", "label": "甲", "input": "component:a", "op": ">=", "value": "60"},
        {"code": "m", "label": "月", "input": "months", "op": ">=", "value": "12", "missing": "pass"},
    ]

    checks = explained(scheme(component(), gates=gates), {"a": ["80"]}).checks

    assert [(check.gate.code, check.found, check.passed) for check in checks] == [
        ("t", "80.00", False), ("c", "80", True), ("m", None, True),
    ]  # fmt: skip


def test_it_agrees_with_every_sealed_ranking():
    documents = [json.loads(path.read_text(encoding="utf-8")) for path in VECTORS]
    documents += [bundle.build(*generated.bundle_inputs(seed)) for seed in range(200)]
    compared = 0
    for document in documents:
        parsed = parse_scheme(document["scheme"])
        for row in document["result"]["ranked"]:
            found = explaining.explain(parsed, document["people"], row["id"], [])
            assert found.total == row["total"]
            assert {
                part.component.code: (part.value, part.points, part.contribution)
                for part in found.parts
                if part.points is not None
            } == {
                code: tuple(trimmed(entry[key]) for key in ("value", "points", "contribution"))
                for code, entry in row["components"].items()
            }
            compared += 1
    assert compared > 300


def trimmed(figure):
    return figure.rstrip("0").rstrip(".")
