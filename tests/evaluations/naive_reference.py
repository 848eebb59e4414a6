"""What does a slow, literal reading of the contract give?

A second implementation for comparison only. It shares nothing with the product: no records, no defaults filled
in, no integers, one function per sentence of the contract, every figure a Fraction made from its text.
It trusts its documents: what is malformed is another test's question.
"""

import hashlib
import json
from fractions import Fraction


def seal(scheme, people):
    bundle = {"format": "branchportal.bundle/1", "scheme": scheme, "people": people}
    bundle["result"] = result(scheme, people)
    ordered = {**bundle, "people": sorted(people, key=lambda person: person["id"])}
    text = json.dumps(ordered, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return {**bundle, "fingerprint": hashlib.sha256(text.encode("utf-8")).hexdigest()}


def result(scheme, people):
    table = {person["id"]: person_line(scheme, people, person) for person in people}
    ranked = [line for line in table.values() if not line["reasons"]]
    for line in ranked:
        ahead = [other for other in ranked if is_ahead(scheme, other, line)]
        equal = [o for o in ranked if not is_ahead(scheme, o, line) and not is_ahead(scheme, line, o)]
        line["rank"] = 1 + len(ahead)
        line["tied"] = len(equal) > 1
    give_bands(scheme, ranked)
    shown = ("id", "total", "rank", "tied", "band", "components")
    return {
        "ranked": [
            {key: line[key] for key in shown if key in line}
            for line in sorted(ranked, key=lambda line: (line["rank"], line["id"]))
        ],
        "not_ranked": [
            {"id": line["id"], "reasons": line["reasons"]}
            for line in sorted(table.values(), key=lambda line: line["id"])
            if line["reasons"]
        ],
    }


def person_line(scheme, people, person):
    final = {c["code"]: points_after_clamp(c, people, person) for c in scheme["components"]}
    excluded = [c["code"] for c in scheme["components"] if final[c["code"]] is None and c.get("missing") == "exclude"]
    weighted = [c for c in scheme["components"] if c["role"] == "weighted"]
    no_data = bool(weighted) and all(final[c["code"]] is None for c in weighted)
    components, exact = parts(scheme, people, person, final)
    total = None if excluded or no_data else half_up(exact, scheme["decimals"])
    reasons = []
    for gate in scheme.get("gates", []):
        if not gate_is_met(gate, person, final, total):
            reasons.append(gate["code"])
    reasons += [f"missing:{code}" for code in excluded]
    reasons += ["no_data"] if no_data else []
    return {
        "id": person["id"],
        "total": total,
        "reasons": reasons,
        "components": components,
        "ties": [tie_value(scheme, final[code]) for code in scheme.get("tie_break", [])],
    }


def parts(scheme, people, person, final):
    """The shown components, and the exact total they add up to."""
    in_the_sum = [
        c
        for c in scheme["components"]
        if c["role"] == "weighted" and (final[c["code"]] is not None or c.get("missing") == "zero")
    ]
    divisor = sum((Fraction(c["weight"]) for c in in_the_sum), Fraction(0))
    shown, exact = {}, Fraction(0)
    for c in scheme["components"]:
        points = final[c["code"]]
        if points is None:
            continue
        line = {
            "value": half_up(aggregated(c, person), 4),
            "points": half_up(points, 4),
        }
        if c["role"] == "weighted":
            share = Fraction(c["weight"]) / divisor
            line["weight"] = half_up(share * 100, 4)
            added = share * points
        else:
            added = Fraction(c.get("factor", "1")) * points
        line["contribution"] = half_up(added, 4)
        shown[c["code"]] = line
        exact += added
    return shown, exact


def observations(c, person):
    listed = person["inputs"].get(c["code"], [])
    if "dimensions" not in c:
        return [Fraction(text) for text in listed]
    weights = {name: Fraction(text) for name, text in c["dimensions"].items()}
    return [sum(weights[name] * Fraction(mark[name]) for name in weights) / sum(weights.values()) for mark in listed]


def aggregated(c, person):
    how = c["aggregate"]
    if how == "constant":
        return Fraction(c["value"])
    listed = observations(c, person)
    if len(listed) < c.get("min_count", 1):
        return None
    left = list(listed)
    if len(listed) >= c.get("drop_from", 5):
        for _ in range(c.get("drop_high", 0)):
            if left:
                left.remove(max(left))
        for _ in range(c.get("drop_low", 0)):
            if left:
                left.remove(min(left))
    if not left:
        return None
    if how == "mean":
        return sum(left) / len(left)
    if how == "median":
        while len(left) > 2:
            left.remove(max(left))
            left.remove(min(left))
        return sum(left) / len(left)
    if how == "sum":
        return sum(left)
    return max(left) if how == "max" else listed[-1]


def points_after_clamp(c, people, person):
    value = aggregated(c, person)
    if value is None:
        return None
    points = points_before_clamp(c, people, value)
    if "floor" in c and points < Fraction(c["floor"]):
        points = Fraction(c["floor"])
    if "cap" in c and points > Fraction(c["cap"]):
        points = Fraction(c["cap"])
    return points


def points_before_clamp(c, people, value):
    rule = c.get("normalise", {"kind": "direct"})
    if rule["kind"] == "direct":
        return value
    if rule["kind"] == "ratio":
        return 100 * value / Fraction(rule["max"])
    if rule["kind"] == "table":
        reached = [row for row in rule["rows"] if Fraction(row["min"]) <= value]
        best = max(reached, key=lambda row: Fraction(row["min"]), default={"points": rule["else"]})
        return Fraction(best["points"])
    everyone = [other for other in (aggregated(c, person) for person in people) if other is not None]
    place = 1 + sum(other > value for other in everyone)
    for row in rule["rows"]:
        if Fraction(place, len(everyone)) <= Fraction(row["top"]):
            return Fraction(row["points"])
    return Fraction(rule["else"])


def gate_is_met(gate, person, final, total):
    name = gate["input"]
    if name == "total":
        value = total
    elif name.startswith("component:"):
        value = final[name.split(":", 1)[1]]
    else:
        value = person["inputs"].get(name)
    if value is None:
        return gate.get("missing", "fail") == "pass"
    left, right = Fraction(value), Fraction(gate["value"])
    return {
        "<=": left <= right,
        ">=": left >= right,
        "<": left < right,
        ">": left > right,
        "==": left == right,
    }[gate["op"]]


def tie_value(scheme, points):
    return None if points is None else Fraction(half_up(points, scheme["decimals"]))


def is_ahead(scheme, one, other):
    """Whether `one` stands strictly before `other`."""
    if one["total"] != other["total"]:
        return Fraction(one["total"]) > Fraction(other["total"])
    for mine, theirs in zip(one["ties"], other["ties"], strict=True):
        if mine != theirs:
            return theirs is None or (mine is not None and mine > theirs)
    return False


def give_bands(scheme, ranked):
    bands = scheme.get("bands", [])
    taken = [0] * len(bands)
    above = 0
    for place in sorted({line["rank"] for line in ranked}):
        group = [line for line in ranked if line["rank"] == place]
        fitting = [
            index
            for index, band in enumerate(bands)
            if index >= above
            and Fraction(band["min"]) <= Fraction(group[0]["total"])
            and taken[index] + len(group) <= share(band, len(ranked))
        ]
        above = fitting[0] if fitting else len(bands)
        if fitting:
            taken[above] += len(group)
            for line in group:
                line["band"] = bands[above]["label"]


def share(band, people):
    if "max_share" not in band:
        return people
    p, q = band["max_share"].split("/")
    return people * int(p) // int(q)


def half_up(value, decimals):
    """Text with that many decimals, made digit by digit; halves away from zero, no sign before zero."""
    magnitude = abs(value) + Fraction(1, 2 * 10**decimals)
    whole, rest = divmod(magnitude, 1)
    digits = ""
    for _ in range(decimals):
        digit, rest = divmod(rest * 10, 1)
        digits += str(digit)
    text = str(whole) + ("." + digits if decimals else "")
    return "-" + text if value < 0 and text.strip("0.") else text
