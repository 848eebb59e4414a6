"""What is wrong with a scheme document, all of it at once and not only the first thing?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from evaluations.documents import SchemeError
from evaluations.scheme import ADDITIVE, FORMAT, Component, parse_component, parse_scheme

HEAD = {"format": FORMAT, "name": "-", "version": "-", "decimals": 0}


def problems(document: Mapping[str, Any]) -> list[SchemeError]:
    """The first problem of every part that breaks the format; [] for a well-formed document.

    `document` has lists where a document has them, as those that scheme_sheet.py writes.
    """
    try:
        parse_scheme(document)
    except SchemeError as problem:
        return _each_once([*_in_parts(document), problem])
    return []


def component_alone(item: Mapping[str, Any]) -> Component | None:
    """One component of a document that may be wrong elsewhere; None where it is wrong itself."""
    try:
        return parse_component(item, "")
    except SchemeError:
        return None


def _in_parts(document: Mapping[str, Any]) -> Iterator[SchemeError]:
    head = {key: value for key, value in document.items() if key in HEAD}
    yield from _of_part(head | {"components": [_stand_in("-")]})
    for index, item in enumerate(document["components"]):
        try:
            parse_component(item, f"scheme.components[{index}]")
        except SchemeError as problem:
            yield problem
    codes = {item["code"] for item in document["components"] if item.get("code", "").strip()}
    known = HEAD | {"components": [_stand_in(code) for code in sorted(codes) or ["-"]]}
    for key in ("gates", "tie_break", "bands"):
        for index, item in enumerate(document.get(key, [])):
            yield from _of_part(known | {key: [item]}, f"scheme.{key}[0]", f"scheme.{key}[{index}]")


def _of_part(part: dict[str, Any], here: str = "", place: str = "") -> Iterator[SchemeError]:
    """The problem of a document that holds one part, at the place of that part in the whole."""
    try:
        parse_scheme(part)
    except SchemeError as problem:
        yield SchemeError(place + problem.place.removeprefix(here), problem.text, problem.params)


def _each_once(found: list[SchemeError]) -> list[SchemeError]:
    return list({problem.place: problem for problem in reversed(found)}.values())[::-1]


def _stand_in(code: str) -> dict[str, str]:
    return {"code": code, "label": "-", "role": ADDITIVE, "aggregate": "mean"}
