"""Which schemes and people does the differential test try? Drawn from a seed, valid, and full of corners."""

from random import Random

DIMENSIONS = ("thought", "study", "life", "work", "conduct")
# Few different numbers: ties, halves and table bounds are then met all the time.
MARKS = ("0", "55", "60", "65", "74.5", "75", "80", "80.05", "85", "90", "95", "100", "99.995", "-3", "-0.005", "0.1")


def bundle_inputs(seed: int, most: int = 9) -> tuple[dict, list[dict]]:
    """A scheme document and a list of at most so many people, the same for the same seed."""
    draw = Random(seed)
    made = scheme(draw)
    people = [
        {"id": f"{draw.randint(0, 9)}{index:03}", "inputs": inputs(draw, made)}
        for index in range(draw.randint(0, most))
    ]
    return made, people


def tied_inputs(seed: int) -> tuple[dict, list[dict]]:
    """A scheme and people who can hardly help being equal: two components, two marks each, ties asked in any order."""
    draw = Random(seed)
    codes = draw.sample(("self", "branch", "defence"), 3)
    components = [
        {"code": code, "label": code, "role": "weighted", "weight": weight, "aggregate": "mean"}
        for code, weight in zip(codes, draw.choice((("50", "50"), ("25", "75"))), strict=False)
    ]
    made = {
        "format": "branchportal.scheme/1",
        "name": "并列",
        "version": "1",
        "decimals": draw.choice((0, 1, 2)),
        "components": components,
        "tie_break": draw.sample(codes[:2], draw.randint(0, 2)),
        "bands": [
            {"label": "优秀", "min": "0", "max_share": draw.choice(("1/3", "1/2", "1/4"))},
            {"label": "合格", "min": "0"},
        ],
    }
    people = [
        {"id": f"{draw.randint(0, 9)}{index:03}", "inputs": {code: [draw.choice(("80", "90"))] for code in codes[:2]}}
        for index in range(draw.randint(2, 24))
    ]
    return made, people


def scheme(draw: Random) -> dict:
    weighted = draw.randint(0, 4)
    additive = draw.randint(0 if weighted else 1, 3)
    codes = draw.sample(("self", "branch", "peer", "duties", "defence", "bonus", "共建", "a b"), weighted + additive)
    components = [component(draw, code) for code in codes]
    for each, weight in zip(components, weights(draw, weighted), strict=False):
        each |= {"role": "weighted", "weight": weight}
    for each in components[weighted:]:
        each["role"] = "additive"
        maybe(draw, each, "factor", ("1", "-1", "0.1", "0", "-0.5"))
    made = {
        "format": "branchportal.scheme/1",
        "name": "对照",
        "version": str(draw.randint(1, 9)),
        "decimals": draw.choice((0, 1, 2, 2, 3)),
        "components": draw.sample(components, len(components)),
    }
    if draw.random() < 0.6:
        made["gates"] = [gate(draw, f"g{index}", codes) for index in range(draw.randint(0, 2))]
    if draw.random() < 0.6:
        made["tie_break"] = draw.sample(codes, draw.randint(0, len(codes)))
    if draw.random() < 0.7:
        made["bands"] = [band(draw, index) for index in range(draw.randint(0, 4))]
    return made


def weights(draw: Random, count: int) -> list[str]:
    """That many weights above 0 that sum to exactly 100, some with decimals."""
    if not count:
        return []
    cuts = sorted(draw.sample(range(1, 1000), count - 1))
    tenths = [high - low for low, high in zip([0, *cuts], [*cuts, 1000], strict=True)]
    return [f"{tenth // 10}.{tenth % 10}" if tenth % 10 else str(tenth // 10) for tenth in tenths]


def component(draw: Random, code: str) -> dict:
    aggregate = draw.choice(("mean", "mean", "median", "sum", "max", "last", "constant"))
    made = {"code": code, "label": f"分项 {code}", "role": "", "aggregate": aggregate}
    if aggregate == "constant":
        made["value"] = draw.choice(MARKS)
    elif draw.random() < 0.4:
        names = draw.sample(DIMENSIONS, draw.randint(1, 5))
        made["dimensions"] = {name: draw.choice(("20", "0", "10", "33.3", "1")) for name in names}
        made["dimensions"][names[0]] = "20"
    for key in ("drop_high", "drop_low"):
        maybe(draw, made, key, (0, 1, 1, 2))
    maybe(draw, made, "drop_from", (0, 1, 3, 5))
    maybe(draw, made, "min_count", (0, 1, 2, 3))
    maybe(draw, made, "floor", ("0", "40", "60.5"))
    maybe(draw, made, "cap", ("95", "100", "50"))
    maybe(draw, made, "missing", ("redistribute", "zero", "exclude"))
    if draw.random() < 0.5:
        made["normalise"] = normalise(draw)
    return made


def normalise(draw: Random) -> dict:
    kind = draw.choice(("direct", "ratio", "table", "rank_table"))
    if kind == "direct":
        return {"kind": kind}
    if kind == "ratio":
        return {"kind": kind, "max": draw.choice(("100", "73", "5.0", "0.3"))}
    bound, bounds = ("min", MARKS) if kind == "table" else ("top", ("0.05", "0.2", "0.25", "0.5", "0.3333", "1"))
    rows = [{bound: each, "points": draw.choice(MARKS)} for each in draw.sample(bounds, draw.randint(0, 4))]
    return {"kind": kind, "rows": rows, "else": draw.choice(MARKS)}


def gate(draw: Random, code: str, codes: list[str]) -> dict:
    made = {
        "code": code,
        "label": "条件",
        "input": draw.choice(("total", "months", "failed", f"component:{draw.choice(codes)}")),
        "op": draw.choice(("<=", ">=", ">=", ">=", "<", ">", "==")),
        "value": draw.choice(MARKS),
    }
    maybe(draw, made, "missing", ("pass", "fail"))
    maybe(draw, made, "citation", ("支部约定",))
    return made


def band(draw: Random, index: int) -> dict:
    made = {"label": f"档{index}", "min": draw.choice(MARKS)}
    maybe(draw, made, "max_share", ("1/3", "1/2", "1/4", "0/1", "3/2"))
    return made


def inputs(draw: Random, made: dict) -> dict:
    given: dict = {}
    for each in made["components"]:
        if draw.random() < 0.2:
            continue
        count = draw.choice((0, 1, 1, 2, 3, 4, 5, 6))
        names = each.get("dimensions")
        given[each["code"]] = [
            {name: draw.choice(MARKS) for name in names} if names else draw.choice(MARKS) for _ in range(count)
        ]
    for name in ("months", "failed", "unused"):
        maybe(draw, given, name, MARKS)
    return given


def maybe(draw: Random, made: dict, key: str, values: tuple) -> None:
    """Half of the time the default is left to the core."""
    if draw.random() < 0.5:
        made[key] = draw.choice(values)
