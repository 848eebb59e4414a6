"""Short schemes and people for the tests of the scoring core, and a bundle of them."""

import copy

from evaluations import bundle


def component(code="a", **parts):
    """A weighted component of weight 100 that takes the mean, changed by `parts`; None takes a key away."""
    made = {"code": code, "label": code, "role": "weighted", "weight": "100", "aggregate": "mean"} | parts
    if made["role"] == "additive" and "weight" not in parts:
        del made["weight"]
    return {key: value for key, value in made.items() if value is not None}


def scheme(*components, decimals=2, **parts):
    return {
        "format": "branchportal.scheme/1",
        "name": "试用",
        "version": "1",
        "decimals": decimals,
        "components": list(components) or [component()],
    } | parts


def person(number, **inputs):
    return {"id": number, "inputs": inputs}


def change(document, path, value):
    """The document with the value at this path replaced, or taken away where the value is ...."""
    changed = copy.deepcopy(document)
    inner = changed
    for key in path[:-1]:
        inner = inner[key]
    if value is ...:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return changed


SEALED = bundle.build(
    scheme(
        component(
            "a",
            weight="60",
            dimensions={"thought": "20", "study": "20"},
            normalise={"kind": "table", "rows": [{"min": "60", "points": "65"}], "else": "0"},
        ),
        component("b", weight="40", normalise={"kind": "ratio", "max": "5"}),
        component("c", role="additive", aggregate="constant", value="1", factor="-1"),
        gates=[{"code": "g", "label": "g", "input": "months", "op": ">=", "value": "12"}],
        tie_break=["a"],
        bands=[{"label": "优秀", "min": "90", "max_share": "1/3"}, {"label": "合格", "min": "60"}],
    ),
    [
        person("1", a=[{"thought": "90", "study": "80"}], b=["4", "5"], months="12"),
        person("2", a=[{"thought": "90", "study": "80"}], b=["4"], months="11", extra={"free": [True, None, 3]}),
    ],
)
