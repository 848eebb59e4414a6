"""What does this scoring scheme say?

`parse_scheme` turns a `branchportal.scheme/1` document into frozen records with every default filled in,
or names the place that is wrong. The arithmetic is in `scoring.py`, the order of people in `ranking.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from evaluations.documents import Field, Number, SchemeError, _

FORMAT = "branchportal.scheme/1"
MOST_DECIMALS = 100

WEIGHTED, ADDITIVE = "weighted", "additive"
REDISTRIBUTE, ZERO, EXCLUDE = "redistribute", "zero", "exclude"
CONSTANT = "constant"
AGGREGATES = ("mean", "median", "sum", "max", "last", CONSTANT)
COMPARISONS = ("<=", ">=", "<", ">", "==")
TOTAL = "total"
COMPONENT_PREFIX = "component:"

COMPONENT_REQUIRED = ("code", "label", "role", "aggregate")
COMPONENT_OPTIONAL = (
    *("dimensions", "drop_high", "drop_low", "drop_from", "min_count"),
    *("normalise", "floor", "cap", "missing"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a conversion table: these points from `bound` up (a `min`) or down to it (a `top` share)."""

    bound: Number
    points: Number


@dataclass(frozen=True, slots=True)
class Normalise:
    """How an aggregate becomes points. The rows of a `table` come highest `min` first, others as given."""

    kind: str = "direct"
    maximum: Number | None = None
    rows: tuple[Row, ...] = ()
    otherwise: Number | None = None


@dataclass(frozen=True, slots=True)
class Component:
    """One part of the total. `weight` is None for additive ones, `value` None for all but constants."""

    code: str
    label: str
    role: str
    aggregate: str
    weight: Number | None = None
    factor: Number = 1
    value: Number | None = None
    dimensions: tuple[tuple[str, Number], ...] = ()
    divisor: Number = 1  # what an observation's weighed sum over its dimensions is divided by
    drop_high: int = 0
    drop_low: int = 0
    drop_from: int = 5
    min_count: int = 1
    normalise: Normalise = Normalise()
    floor: Number | None = None
    cap: Number | None = None
    missing: str = REDISTRIBUTE


@dataclass(frozen=True, slots=True)
class Gate:
    """A condition for being ranked. `component` is the code in `component:CODE`, else None."""

    code: str
    label: str
    input: str
    op: str
    value: Number
    citation: str = ""
    missing: str = "fail"

    @property
    def component(self) -> str | None:
        return self.input.removeprefix(COMPONENT_PREFIX) if self.input.startswith(COMPONENT_PREFIX) else None

    @property
    def reads_input(self) -> bool:
        """Whether it looks at an input of the person rather than at a computed figure."""
        return self.input != TOTAL and self.component is None


@dataclass(frozen=True, slots=True)
class Band:
    label: str
    minimum: Number
    max_share: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Scheme:
    name: str
    version: str
    decimals: int
    components: tuple[Component, ...]
    gates: tuple[Gate, ...] = ()
    tie_break: tuple[str, ...] = ()
    bands: tuple[Band, ...] = ()


def parse_scheme(document: object, place: str = "scheme") -> Scheme:
    """The scheme in this document. Raises SchemeError naming a place that begins with `place`."""
    fields = Field(document, place, SchemeError).members(
        ("format", "name", "version", "decimals", "components"), ("gates", "tie_break", "bands")
    )
    fields["format"].word(FORMAT)
    components = _components(fields["components"])
    return Scheme(
        name=fields["name"].text(),
        version=fields["version"].text(),
        decimals=fields["decimals"].count(most=MOST_DECIMALS),
        components=components,
        gates=_optional(fields, "gates", lambda field: _gates(field, components), ()),
        tie_break=_optional(fields, "tie_break", lambda field: _tie_break(field, components), ()),
        bands=_optional(fields, "bands", lambda field: tuple(_band(item) for item in field.items()), ()),
    )


def parse_component(item: object, place: str) -> Component:
    """One component, whatever the rest of its document says. Raises SchemeError naming a place that begins so."""
    return _component(Field(item, place, SchemeError))


def _optional(fields: dict[str, Field], key: str, read: Callable, default: object) -> Any:
    return read(fields[key]) if key in fields else default


def _components(field: Field) -> tuple[Component, ...]:
    components = tuple(_component(item) for item in field.items())
    if not components:
        field.fail(_("must hold at least one component"))
    _refuse_repeated_codes(field)
    weights = [component.weight for component in components if component.role == WEIGHTED]
    if weights and sum(weights) != 100:
        field.fail(_("have weights that sum to %(sum)s, not to 100"), sum=_plain(sum(weights)))
    return components


def _component(field: Field) -> Component:
    entries = field.entries()
    optional = COMPONENT_OPTIONAL
    required = COMPONENT_REQUIRED
    if "role" in entries and entries["role"].word(WEIGHTED, ADDITIVE) == WEIGHTED:
        required += ("weight",)
    else:
        optional += ("factor",)
    if "aggregate" in entries and entries["aggregate"].word(*AGGREGATES) == CONSTANT:
        required += ("value",)
    fields = field.members(required, optional)
    component = Component(**{key: READERS[key](value) for key, value in fields.items()})
    if component.dimensions:
        return replace(component, divisor=sum(weight for _name, weight in component.dimensions))
    return component


def _dimensions(field: Field) -> tuple[tuple[str, Number], ...]:
    dimensions = tuple((name, weight.number()) for name, weight in field.entries().items())
    if sum(weight for _name, weight in dimensions) <= 0:
        field.fail(_("must have weights with a sum above 0"))
    return dimensions


def _normalise(field: Field) -> Normalise:
    entries = field.entries()
    if "kind" not in entries:
        field.at("kind", None).fail(_("is missing"))
    kind = entries["kind"].word("direct", "ratio", "table", "rank_table")
    if kind == "direct":
        field.members(("kind",))
        return Normalise()
    if kind == "ratio":
        return Normalise(kind, maximum=field.members(("kind", "max"))["max"].positive())
    fields = field.members(("kind", "rows", "else"))
    bound = "min" if kind == "table" else "top"
    rows = tuple(_row(item, bound) for item in fields["rows"].items())
    if kind == "table":
        rows = _highest_first(fields["rows"], rows)
    return Normalise(kind, rows=rows, otherwise=fields["else"].number())


def _row(field: Field, bound: str) -> Row:
    fields = field.members((bound, "points"))
    return Row(fields[bound].number(), fields["points"].number())


def _highest_first(field: Field, rows: tuple[Row, ...]) -> tuple[Row, ...]:
    bounds = [row.bound for row in rows]
    for index, item in enumerate(field.items()):
        if bounds[index] in bounds[:index]:
            item.fail(_("has the same min as a row before it"))
    return tuple(sorted(rows, key=lambda row: row.bound, reverse=True))


READERS = {
    "code": Field.text,
    "label": Field.text,
    "role": Field.text,
    "aggregate": Field.text,
    "weight": Field.positive,
    "factor": Field.number,
    "value": Field.number,
    "dimensions": _dimensions,
    "drop_high": Field.count,
    "drop_low": Field.count,
    "drop_from": Field.count,
    "min_count": Field.count,
    "normalise": _normalise,
    "floor": Field.number,
    "cap": Field.number,
    "missing": lambda field: field.word(REDISTRIBUTE, ZERO, EXCLUDE),
}


def _gates(field: Field, components: tuple[Component, ...]) -> tuple[Gate, ...]:
    gates = tuple(_gate(item, components) for item in field.items())
    _refuse_repeated_codes(field)
    return gates


def _gate(field: Field, components: tuple[Component, ...]) -> Gate:
    fields = field.members(("code", "label", "input", "op", "value"), ("citation", "missing"))
    gate = Gate(
        code=fields["code"].text(),
        label=fields["label"].text(),
        input=fields["input"].text(),
        op=fields["op"].word(*COMPARISONS),
        value=fields["value"].number(),
        citation=_optional(fields, "citation", Field.text, ""),
        missing=_optional(fields, "missing", lambda word: word.word("fail", "pass"), "fail"),
    )
    _check_gate_input(fields["input"], gate, components)
    return gate


def _check_gate_input(field: Field, gate: Gate, components: tuple[Component, ...]) -> None:
    if gate.component is not None and gate.component not in [component.code for component in components]:
        field.fail(_("names no component of this scheme"))
    lists = [component.code for component in components if component.aggregate != CONSTANT]
    if gate.input in lists and gate.reads_input:
        field.fail(_("is a component, write component:%(code)s"), code=gate.input)


def _tie_break(field: Field, components: tuple[Component, ...]) -> tuple[str, ...]:
    known = [component.code for component in components]
    codes: list[str] = []
    for item in field.items():
        code = item.text()
        if code not in known:
            item.fail(_("names no component of this scheme"))
        if code in codes:
            item.fail(_("is listed twice"))
        codes.append(code)
    return tuple(codes)


def _band(field: Field) -> Band:
    fields = field.members(("label", "min"), ("max_share",))
    share = _optional(fields, "max_share", Field.share, None)
    return Band(fields["label"].text(), fields["min"].number(), share)


def _refuse_repeated_codes(field: Field) -> None:
    seen = set()
    for item in field.items():
        code = item.entries()["code"]
        if code.value in seen:
            code.fail(_("is used twice"))
        seen.add(code.value)


def _plain(value: Number) -> str:
    return str(Decimal(value.numerator) / Decimal(value.denominator))
