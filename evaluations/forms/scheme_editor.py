"""How is a scheme written on a form: its rows, the buttons that change them, and each problem at its field?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from evaluations import scheme_wording
from evaluations.documents import DocumentError, number
from evaluations.explaining import plain
from evaluations.forms.scheme_rows import BandForm, ComponentForm, GateForm, HeadForm, RowForm, TieForm
from evaluations.scheme import WEIGHTED, Scheme, parse_scheme
from evaluations.scheme_problems import component_alone, problems
from evaluations.scheme_sheet import (
    BAND,
    COMPONENT,
    GATE,
    LISTS,
    MOST_ROWS,
    MOST_STEPS,
    TIE,
    Row,
    Sheet,
    Written,
    free_code,
    half_width,
    of_fields,
    write,
)
from evaluations.sources import COMPONENT_SOURCES, INPUT_SOURCES, needed_components, needed_inputs, usual_sources

MOST_FIELDS = 900  # Django reads a thousand of one form
ROW_ACTION = re.compile(r"(component|gate|tie|band)(?:-([0-9]{1,3}))?")

# What the format says of a file, said of a field.
IN_A_FIELD = {
    "is missing": _("Fill this in."),
    "must be a text that is not empty, not %(found)s": _("Fill this in."),
    'must be a decimal number in quotes, such as "12.5", not %(found)s': _("Write a number such as 12.5."),
    "must be a whole number without quotes, 0 or more, not %(found)s": _("Write a whole number, 0 or more."),
    'must be a share such as "1/3", not %(found)s': _("Write a share such as 1/3."),
    "must be above 0, not %(found)s": _("Write a number above 0."),
    "must be at most %(most)s, not %(found)s": _("Write at most %(most)s."),
    "has more than %(longest)s characters": _("Write at most %(longest)s characters."),
    "is used twice": _("Another one has this code already: choose another."),
    "is listed twice": _("This one is in the list already: choose another or remove the row."),
    "names no component of this scheme": _("There is no such component in this scheme: choose another."),
    "have weights that sum to %(sum)s, not to 100": _("The weights add up to %(sum)s, not to 100."),
    "must hold at least one component": _("Add at least one component."),
    "must have weights with a sum above 0": _("Give at least one dimension a weight above 0."),
    "has the same min as a row before it": _("A row above begins with the same figure."),
}
SECTIONS = {
    "scheme.components": (COMPONENT, _("Components")), "scheme.gates": (GATE, _("Conditions")),
    "scheme.tie_break": (TIE, _("Ties")), "scheme.bands": (BAND, _("Bands")),
}  # fmt: skip


@dataclass(frozen=True)
class Problem:
    """One line above the form: where the place is, how it is called, and what is wrong."""

    anchor: str
    label: Any
    text: str


class SchemeEditor:
    """A sheet on a form, one small form for each row."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.problems: list[Problem] = []
        self.scheme: Scheme | None = None  # what the sheet says, once it was checked and nothing is wrong
        self._build()

    @classmethod
    def sent(cls, fields: Mapping[str, str]) -> SchemeEditor:
        """What was typed into the form."""
        return cls(of_fields(fields))

    @property
    def is_too_long(self) -> bool:
        """Whether the form cannot hold it: such a scheme is changed as a file."""
        rows = self.sheet.rows.values()
        if max(map(len, rows)) > MOST_ROWS or any(f"bound-{MOST_STEPS}" in row for row in self.sheet.rows[COMPONENT]):
            return True
        return sum(len(form.fields) for forms_of in self.rows.values() for form in forms_of) > MOST_FIELDS

    @property
    def document(self) -> dict[str, Any]:
        return self.written.document

    def sources(self) -> dict[str, dict[str, str]]:
        """Where the figures of a checked scheme come from: what was chosen, else what the names say."""
        usual, chosen = usual_sources(self.scheme), self.written.sources
        codes = {
            "components": [one.code for one in needed_components(self.scheme)],
            "inputs": needed_inputs(self.scheme),
        }
        return {
            kind: {code: chosen[kind].get(code) or usual[kind].get(code, "") for code in wanted}
            for kind, wanted in codes.items()
        }

    def check(self) -> bool:
        """Whether the sheet makes a scheme; every problem is put to its field."""
        found = problems(self.document)
        for problem in found:
            self.put(problem)
        if found:
            return False
        self.scheme = parse_scheme(self.document)
        self._ask_for_sources()
        return not self.problems

    def put(self, problem: DocumentError) -> None:
        """Say a problem of the document at the field that stands for its place."""
        text = gettext(str(IN_A_FIELD.get(problem.text, problem.text))) % problem.params
        name = _nearest(problem.place, self.written.names)
        if name:
            self.say(name, text)
            return
        kind, label = SECTIONS.get(problem.place, ("head", _("Scheme")))
        self.problems.append(Problem(f"section-{kind}", label, text))

    def say(self, name: str, text: str) -> None:
        """Put words to one field, by its name on the form."""
        kind, _dash, rest = name.partition("-")
        index, _dash, key = rest.partition("-")
        form = self.rows[kind][int(index)] if kind in LISTS else self.head
        key = key or name
        form.add_error(key, text)
        self.problems.append(Problem(form[key].id_for_label, form.place_label(key), text))

    def refuse(self, text: str) -> None:
        """Words that belong to no field."""
        self.problems.append(Problem("", "", text))

    def change(self, fields: Mapping[str, str]) -> None:
        """Do what the pressed button says to a row: `add`, `remove`, `up` or `down`; others do nothing."""
        for action in ("add", "remove", "up", "down"):
            pressed = ROW_ACTION.fullmatch(fields.get(action, ""))
            if pressed:
                kind, index = pressed[1], int(pressed[2] or 0)
                index = self._changed(action, kind, index)
                self._build()
                self._focus(kind, index)

    def component_rows(self) -> list[tuple[ComponentForm, str, list[str]]]:
        """Each component's form with what it says in words; no words where it is wrong."""
        items = self.document["components"]
        return [(form, *self._words(item)) for form, item in zip(self.rows[COMPONENT], items, strict=True)]

    def weight_sum(self) -> str:
        """The sum of the weights that are numbers, as text."""
        return plain(sum(self._weights(), Fraction(0)))

    def weights_are_right(self) -> bool:
        """Whether they sum to 100; so does no weight at all."""
        return not self._weights() or sum(self._weights()) == 100

    def _weights(self) -> list[Fraction]:
        return [_number(row.get("weight", "")) for row in self.sheet.rows[COMPONENT] if row.get("role") == WEIGHTED]

    def _build(self) -> None:
        self.written: Written = write(self.sheet)
        rows = self.sheet.rows
        known = [(row.get("code", ""), row.get("label", "")) for row in rows[COMPONENT] if row.get("code")]
        self.head = HeadForm(self.sheet.head)
        self.rows: dict[str, list[RowForm]] = {
            COMPONENT: [ComponentForm(row, f"{COMPONENT}-{index}") for index, row in enumerate(rows[COMPONENT])],
            GATE: [GateForm(row, f"{GATE}-{index}", known) for index, row in enumerate(rows[GATE])],
            TIE: [TieForm(row, f"{TIE}-{index}", known) for index, row in enumerate(rows[TIE])],
            BAND: [BandForm(row, f"{BAND}-{index}") for index, row in enumerate(rows[BAND])],
        }

    def _changed(self, action: str, kind: str, index: int) -> int:
        if action == "add":
            return self.sheet.add(kind, self._new_row(kind))
        if action == "remove":
            self.sheet.remove(kind, index)
            return index
        return self.sheet.move(kind, index, -1 if action == "up" else 1)

    def _new_row(self, kind: str) -> Row:
        codes = [row.get("code", "") for row in self.sheet.rows[kind]]
        if kind == COMPONENT:
            return {"code": free_code(codes, "part"), "role": WEIGHTED, "aggregate": "mean"}
        return {"code": free_code(codes, "gate"), "op": ">="} if kind == GATE else {}

    def _focus(self, kind: str, index: int) -> None:
        if self.rows[kind]:
            form = self.rows[kind][min(index, len(self.rows[kind]) - 1)]
            next(iter(form.fields.values())).widget.attrs["autofocus"] = True

    def _ask_for_sources(self) -> None:
        sources = self.sources()
        text = gettext("The portal has to know where these figures come from: choose a source.")
        for index, component in enumerate(self.scheme.components):
            if sources["components"].get(component.code, next(iter(COMPONENT_SOURCES))) not in COMPONENT_SOURCES:
                self.say(f"{COMPONENT}-{index}-source", text)
        for index, gate in enumerate(self.scheme.gates):
            if gate.reads_input and sources["inputs"][gate.input] not in INPUT_SOURCES:
                self.say(f"{GATE}-{index}-source", text)

    def _words(self, item: dict[str, Any]) -> tuple[str, list[str]]:
        component = component_alone(item)
        if component is None:
            return "", []
        sources = usual_sources(Scheme("", "", 0, (component,)))["components"] | self.written.sources["components"]
        return scheme_wording.weight_sentence(component), scheme_wording.component_sentences(component, sources)


def _nearest(place: str, names: Mapping[str, str]) -> str | None:
    """The field of the place, else of what it lies in."""
    while place and place not in names:
        place = place[: max(place.rfind("."), place.rfind("["), 0)]
    return names.get(place)


def _number(text: str) -> Fraction:
    try:
        return Fraction(number(half_width(text)))
    except ValueError:
        return Fraction(0)
