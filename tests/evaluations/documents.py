"""Short schemes and people for the tests of the scoring core."""


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
