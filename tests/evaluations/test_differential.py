"""Does the core agree with a second, naive implementation on schemes, branches and ties nobody thought of?

The suite tries a few thousand. The long run: `SCHEMES=40000 BRANCHES=10000 TIES=10000 bin/test --sqlite
evaluations/test_differential.py`.
"""

import json
from collections import defaultdict
from decimal import Decimal
from random import Random

import pytest

from evaluations import bundle
from tests.evaluations import naive_reference
from tests.evaluations.generated import bundle_inputs, tied_inputs
from tests.evaluations.vectors import VECTORS
from tests.rounds import rounds

BLOCKS = 4  # so that two processes share the work
SCHEMES = rounds("SCHEMES", 3000)
BRANCHES = rounds("BRANCHES", 200)
TIES = rounds("TIES", 600)
MOST_PEOPLE = 40
SHUFFLES = 100


@pytest.mark.parametrize("block", range(BLOCKS))
def test_generated_schemes_are_equal_in_both_implementations(block):
    for seed in range(block, SCHEMES, BLOCKS):
        scheme, people = bundle_inputs(seed)
        assert bundle.build(scheme, people) == naive_reference.seal(scheme, people), f"seed {seed}"


@pytest.mark.parametrize("block", range(BLOCKS))
def test_generated_branches_are_equal_in_both_implementations(block):
    for seed in range(block, BRANCHES, BLOCKS):
        scheme, people = bundle_inputs(seed, MOST_PEOPLE)
        assert bundle.build(scheme, people) == naive_reference.seal(scheme, people), f"seed {seed}"


@pytest.mark.parametrize("block", range(BLOCKS))
def test_equals_share_place_and_band_and_nobody_else_does(block):
    for seed in range(block, TIES, BLOCKS):
        scheme, people = tied_inputs(seed)
        made = bundle.build(scheme, people)
        assert made == naive_reference.seal(scheme, people), f"seed {seed}"
        places = defaultdict(list)
        for row in made["result"]["ranked"]:
            places[row["total"], *(row["components"][code]["points"] for code in scheme["tie_break"])].append(row)
        before = 0
        for _key, equals in sorted(places.items(), key=lambda item: [-Decimal(part) for part in item[0]]):
            found = {(row["rank"], row["tied"], row.get("band")) for row in equals}
            assert {(rank, tied) for rank, tied, _band in found} == {(before + 1, len(equals) > 1)}, f"seed {seed}"
            assert len(found) == 1, f"seed {seed}"
            before += len(equals)


def test_the_order_in_which_people_stand_changes_no_fingerprint():
    for path in VECTORS:
        given = json.loads(path.read_text(encoding="utf-8"))
        for seed in range(SHUFFLES):
            people = Random(seed).sample(given["people"], len(given["people"]))
            assert bundle.build(given["scheme"], people)["fingerprint"] == given["fingerprint"], f"seed {seed}"


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
