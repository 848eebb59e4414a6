"""How does a scheme document lie on a form of plain text fields, and what document do the typed fields make?

A sheet holds exactly what was typed. A field left empty is not in the document, and what the document named stays
named even where it is the usual: one that nobody changed comes back the same.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from evaluations.documents import LONGEST_NUMBER, child
from evaluations.scheme import ADDITIVE, CONSTANT, FORMAT, WEIGHTED

COMPONENT, GATE, TIE, BAND = "component", "gate", "tie", "band"
LISTS = {COMPONENT: "components", GATE: "gates", TIE: "tie_break", BAND: "bands"}  # kind of row → key of the document
MOST_ROWS = 40  # of a kind
MOST_STEPS = 40  # rows of one table of points
DIMENSION = "dimension-"

COMPONENT_TEXTS = ("code", "label", "role", "aggregate", "missing")
COMPONENT_FIGURES = ("floor", "cap")
COMPONENT_COUNTS = ("min_count", "drop_high", "drop_low", "drop_from")
GATE_TEXTS = ("code", "label", "citation", "input", "op", "missing")
BOUNDS = {"table": "min", "rank_table": "top"}

Row = dict[str, str]
Sources = Mapping[str, Mapping[str, str]]  # {"components": {code: source}, "inputs": {name: source}}


@dataclass
class Sheet:
    """What stands in the fields: the head, and the rows of each kind in their order."""

    head: Row = field(default_factory=dict)
    rows: dict[str, list[Row]] = field(default_factory=lambda: {kind: [] for kind in LISTS})

    def fields(self) -> dict[str, str]:
        """Every field by its name on the form."""
        named = dict(self.head)
        for kind, rows in self.rows.items():
            named[f"{kind}-count"] = str(len(rows))
            for index, row in enumerate(rows):
                named |= {f"{kind}-{index}-{key}": text for key, text in row.items()}
        return named

    def add(self, kind: str, row: Row) -> int:
        """Put a row at the end; where it stands."""
        if len(self.rows[kind]) < MOST_ROWS:
            self.rows[kind].append(row)
        return len(self.rows[kind]) - 1

    def remove(self, kind: str, index: int) -> None:
        """Take a row away; one that is not there is gone already."""
        del self.rows[kind][index : index + 1]

    def move(self, kind: str, index: int, by: int) -> int:
        """Let a row change places with its neighbour; where it stands now. The first and the last stay."""
        rows, to = self.rows[kind], index + by
        if not (0 <= index < len(rows) and 0 <= to < len(rows)):
            return index
        rows[index], rows[to] = rows[to], rows[index]
        return to


@dataclass
class Written:
    """The document that a sheet makes. `names`: the form's field for each place of the document."""

    document: dict[str, Any]
    sources: dict[str, dict[str, str]]  # only those that were chosen
    names: dict[str, str]


def of_document(document: Mapping[str, Any], sources: Sources) -> Sheet:
    """The sheet of a well-formed document."""
    head = {key: str(document[key]) for key in ("name", "version", "decimals")}
    head["lists"] = " ".join(key for key in LISTS.values() if key in document)
    inputs = sources.get("inputs", {})
    rows = {
        COMPONENT: [_component_row(one, sources.get("components", {})) for one in document["components"]],
        GATE: [{**gate, "source": inputs.get(gate["input"], "")} for gate in document.get("gates", [])],
        TIE: [{"code": code} for code in document.get("tie_break", [])],
        BAND: [dict(band) for band in document.get("bands", [])],
    }
    return Sheet(head, rows)


def of_fields(fields: Mapping[str, str]) -> Sheet:
    """The sheet in the fields of a form that was sent."""
    head = {key: fields.get(key, "") for key in ("name", "version", "decimals", "lists")}
    return Sheet(head, {kind: _sent_rows(fields, kind) for kind in LISTS})


def write(sheet: Sheet) -> Written:
    """The document that the sheet makes, well-formed or not."""
    written = Written({"format": FORMAT}, {"components": {}, "inputs": {}}, {})
    head = _Writer(written, "scheme", "", sheet.head, written.document)
    head.texts("name", "version")
    head.counts("decimals")
    given = sheet.head.get("lists", "").split()
    for kind, key in LISTS.items():
        items = _WRITERS[kind](written, sheet.rows[kind])
        if items or key in given or kind == COMPONENT:
            written.document[key] = items
    return written


def free_code(taken: list[str], stem: str) -> str:
    """The first of stem_1, stem_2, … that no row has."""
    return next(code for number in range(1, len(taken) + 2) if (code := f"{stem}_{number}") not in taken)


def next_version(version: str, taken: set[str]) -> str:
    """The version after this one that nothing has: 2026-1 gives 2026-2, 2016 gives 2016-2."""
    stem, _dash, last = version.rpartition("-")
    counts = stem and last.isdecimal() and len(last) < 4
    stem, number = (stem, int(last)) if counts else (version, 1)
    return next(found for step in range(1, len(taken) + 2) if (found := f"{stem}-{number + step}") not in taken)


def _component_row(component: Mapping[str, Any], sources: Mapping[str, str]) -> Row:
    row = {key: str(value) for key, value in component.items() if key not in ("dimensions", "normalise")}
    row["source"] = sources.get(component["code"], "")
    row |= {DIMENSION + name: weight for name, weight in component.get("dimensions", {}).items()}
    rule = component.get("normalise", {})
    row |= {key: rule[key] for key in ("kind", "max", "else") if key in rule}
    for index, step in enumerate(rule.get("rows", [])):
        row |= {f"bound-{index}": step[BOUNDS[rule["kind"]]], f"points-{index}": step["points"]}
    return row


def _sent_rows(fields: Mapping[str, str], kind: str) -> list[Row]:
    sent = fields.get(f"{kind}-count", "")
    count = min(int(sent), MOST_ROWS) if sent.isdecimal() and len(sent) < 4 else 0
    rows: list[Row] = [{} for _index in range(count)]
    for name, text in fields.items():
        first, _dash, rest = name.partition("-")
        index, _dash, key = rest.partition("-")
        if first == kind and key and index.isdecimal() and len(index) < 4 and int(index) < count:
            rows[int(index)][key] = text
    return rows


class _Writer:
    """Puts the fields of one row into one object of the document."""

    def __init__(self, written: Written, place: str, prefix: str, row: Row, target: dict[str, Any]) -> None:
        self.written, self.place, self.prefix, self.row, self.target = written, place, prefix, row, target

    def name(self, key: str, field_of: str) -> None:
        self.written.names[child(self.place, key)] = self.prefix + field_of

    def texts(self, *keys: str) -> None:
        for key in keys:
            self._put(key, self.row.get(key, ""))

    def figures(self, *keys: str) -> None:
        for key in keys:
            self._put(key, half_width(self.row.get(key, "")))

    def counts(self, *keys: str) -> None:
        for key in keys:
            text = half_width(self.row.get(key, ""))
            is_count = text.isdecimal() and len(text) <= LONGEST_NUMBER
            self._put(key, int(text) if is_count else text)

    def _put(self, key: str, value: Any) -> None:
        self.name(key, key)
        if value != "":
            self.target[key] = value


def _components(written: Written, rows: list[Row]) -> list[dict]:
    return [_component(written, index, row) for index, row in enumerate(rows)]


def _component(written: Written, index: int, row: Row) -> dict:
    place, prefix = f"scheme.components[{index}]", f"{COMPONENT}-{index}-"
    component: dict[str, Any] = {}
    written.names[place] = f"{prefix}label"
    writer = _Writer(written, place, prefix, row, component)
    writer.texts(*COMPONENT_TEXTS)
    if row.get("role") == WEIGHTED:
        writer.figures("weight")
    elif row.get("role") == ADDITIVE:
        writer.figures("factor")
    if row.get("aggregate") == CONSTANT:
        writer.figures("value")
    elif row.get("source"):
        written.sources["components"][row.get("code", "")] = row["source"]
    if dimensions := _dimensions(written, place, prefix, row):
        component["dimensions"] = dimensions
    writer.counts(*COMPONENT_COUNTS)
    if row.get("kind"):
        component["normalise"] = _normalise(written, child(place, "normalise"), prefix, row)
    writer.figures(*COMPONENT_FIGURES)
    return component


def _dimensions(written: Written, place: str, prefix: str, row: Row) -> dict[str, str]:
    place = child(place, "dimensions")
    names = [key.removeprefix(DIMENSION) for key in row if key.startswith(DIMENSION)]
    written.names[place] = f"{prefix}{DIMENSION}{names[0] if names else 'thought'}"
    written.names |= {child(place, name): f"{prefix}{DIMENSION}{name}" for name in names}
    weights = {name: half_width(row[DIMENSION + name]) for name in names}
    return {name: weight for name, weight in weights.items() if weight}


def _normalise(written: Written, place: str, prefix: str, row: Row) -> dict[str, Any]:
    rule: dict[str, Any] = {}
    writer = _Writer(written, place, prefix, row, rule)
    written.names[place] = f"{prefix}kind"
    writer.texts("kind")
    if row["kind"] == "ratio":
        writer.figures("max")
    elif row["kind"] in BOUNDS:
        rule["rows"] = _steps(written, child(place, "rows"), prefix, row, BOUNDS[row["kind"]])
        writer.figures("else")
    return rule


def _steps(written: Written, place: str, prefix: str, row: Row, bound: str) -> list[dict[str, str]]:
    """The rows of a table of points; empty lines of the form are none."""
    written.names[place] = f"{prefix}kind"
    steps: list[dict[str, str]] = []
    for index in range(MOST_STEPS):
        typed = {
            key: half_width(row.get(f"{name}-{index}", "")) for key, name in ((bound, "bound"), ("points", "points"))
        }
        if not any(typed.values()):
            continue
        own = child(place, len(steps))
        written.names |= {
            own: f"{prefix}bound-{index}",
            child(own, bound): f"{prefix}bound-{index}",
            child(own, "points"): f"{prefix}points-{index}",
        }
        steps.append({key: text for key, text in typed.items() if text})
    return steps


def _gates(written: Written, rows: list[Row]) -> list[dict]:
    gates = []
    for index, row in enumerate(rows):
        gate: dict[str, Any] = {}
        writer = _Writer(written, f"scheme.gates[{index}]", f"{GATE}-{index}-", row, gate)
        writer.texts(*GATE_TEXTS)
        writer.figures("value")
        if row.get("source"):
            written.sources["inputs"][row.get("input", "")] = row["source"]
        gates.append(gate)
    return gates


def _ties(written: Written, rows: list[Row]) -> list[str]:
    codes: list[str] = []
    for index, row in enumerate(rows):
        if code := row.get("code", ""):
            written.names[f"scheme.tie_break[{len(codes)}]"] = f"{TIE}-{index}-code"
            codes.append(code)
    return codes


def _bands(written: Written, rows: list[Row]) -> list[dict]:
    bands = []
    for index, row in enumerate(rows):
        band: dict[str, Any] = {}
        writer = _Writer(written, f"scheme.bands[{index}]", f"{BAND}-{index}-", row, band)
        writer.texts("label")
        writer.figures("min", "max_share")
        bands.append(band)
    return bands


def half_width(text: str) -> str:
    """A figure as a document writes it: Chinese input methods type wide digits."""
    return unicodedata.normalize("NFKC", text).strip()


_WRITERS = {COMPONENT: _components, GATE: _gates, TIE: _ties, BAND: _bands}
