"""Does the core agree with a second, naive implementation on thousands of schemes nobody thought of?"""

import json

import pytest

from evaluations import bundle
from tests.evaluations import naive_reference
from tests.evaluations.generated import bundle_inputs
from tests.evaluations.vectors import VECTORS

BLOCK = 750


@pytest.mark.parametrize("first", range(0, 8 * BLOCK, BLOCK))
def test_generated_bundles_are_equal_in_both_implementations(first):
    for seed in range(first, first + BLOCK):
        scheme, people = bundle_inputs(seed)
        assert bundle.build(scheme, people) == naive_reference.seal(scheme, people), f"seed {seed}"


def test_the_generated_bundles_meet_every_corner():
    """The comparison above is worth something only if it reaches these."""
    results = [bundle.build(*bundle_inputs(seed))["result"] for seed in range(600)]
    entries = [entry for result in results for entry in result["ranked"]]
    reasons = {reason for result in results for person in result["not_ranked"] for reason in person["reasons"]}
    assert {"g0", "g1", "no_data", "missing:self", "missing:bonus"} <= reasons
    assert {entry["tied"] for entry in entries} == {True, False}
    assert {entry.get("band") for entry in entries} == {None, "档0", "档1", "档2", "档3"}
    assert any(entry["total"].startswith("-") for entry in entries)
    assert any(len(result["ranked"]) > 5 for result in results)


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_the_naive_implementation_reproduces_the_vectors_too(path):
    document = json.loads(path.read_text(encoding="utf-8"))
    assert naive_reference.seal(document["scheme"], document["people"]) == document
