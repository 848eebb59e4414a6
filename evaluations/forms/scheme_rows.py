"""Which fields has each part of a scheme, and how are they called?

No field is checked here: what may stand in it is said by the document's format alone (scheme.py), and its problems
are put to the fields by scheme_editor.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from evaluations.dimensions import DIMENSIONS
from evaluations.labels import COLUMN_LABELS, DIMENSION_LABELS, SOURCE_LABELS
from evaluations.scheme import ADDITIVE, COMPONENT_PREFIX, CONSTANT, EXCLUDE, REDISTRIBUTE, TOTAL, WEIGHTED, ZERO
from evaluations.scheme_sheet import DIMENSION, Row
from evaluations.sources import COLUMN, COMPONENT_SOURCES, INPUT_SOURCES

SPARE_STEPS = 2  # empty lines below a table of points

ROLES = [(WEIGHTED, _("a share of 100")), (ADDITIVE, _("added to the total"))]
AGGREGATES = [
    ("mean", _("the mean")), ("median", _("the median")), ("sum", _("the sum")), ("max", _("the best")),
    ("last", _("the last")), (CONSTANT, _("the same number for everybody")),
]  # fmt: skip
MISSING = [
    (REDISTRIBUTE, _("it is left out; the others share its weight")),
    (ZERO, _("it counts as 0")),
    (EXCLUDE, _("the person is not ranked")),
]
CONVERSIONS = [
    ("direct", _("as they are")), ("ratio", _("in per cent of a highest figure")),
    ("table", _("by a table of figures")), ("rank_table", _("by the place among all")),
]  # fmt: skip
COMPARISONS = [
    (">=", _("at least")), ("<=", _("at most")), (">", _("above")), ("<", _("below")), ("==", _("exactly")),
]  # fmt: skip
NO_FIGURE = [("fail", _("does not pass")), ("pass", _("passes"))]


class HeadForm(forms.Form):
    """What the scheme is called and how its total is shown."""

    name = forms.CharField(label=_("Name of the scheme"), required=False, strip=False)
    version = forms.CharField(label=_("Version"), required=False, strip=False)
    decimals = forms.CharField(label=_("Decimals of the total"), required=False)
    lists = forms.CharField(required=False, widget=forms.HiddenInput)

    def place_label(self, key: str) -> Any:
        return self.fields[key].label


class RowForm(forms.Form):
    """One row of a sheet, bound to what stands in it."""

    UNFOLDED: tuple[str, ...] = ()

    def __init__(self, row: Row, prefix: str) -> None:
        super().__init__({f"{prefix}-{key}": text for key, text in row.items()}, prefix=prefix)
        self.row = row

    @property
    def title(self) -> str:
        """What the row is called, if it has a name."""
        return self.row.get("label", "").strip()

    @property
    def is_open(self) -> bool:
        """Whether something is wrong in what lies folded."""
        return any(key not in self.UNFOLDED for key in self.errors)

    def place_label(self, key: str) -> str:
        """How a field is called where its row is not before one's eyes."""
        return f"{self.title} · {self.fields[key].label}" if self.title else str(self.fields[key].label)

    def text(self, key: str, label: Any, help_text: Any = "", *, usual: str = "") -> None:
        """A line to write on; `usual` is what holds where nothing is written."""
        widget = forms.TextInput(attrs={"placeholder": usual} if usual else {})
        self.fields[key] = forms.CharField(label=label, help_text=help_text, required=False, strip=False, widget=widget)

    def figure(self, key: str, label: Any, help_text: Any = "", *, usual: str = "", **attrs: Any) -> None:
        """A line for a number."""
        self.text(key, label, help_text, usual=usual)
        self.fields[key].widget.attrs |= {"inputmode": "decimal", "autocomplete": "off", **attrs}

    def choice(self, key: str, label: Any, choices: Sequence[tuple[str, Any]], help_text: Any = "") -> None:
        """One of these; a word that is none of them stays to be seen."""
        typed = self.row.get(key, "")
        if typed not in [word for word, _label in choices]:
            choices = [*choices, (typed, typed or "—")]
        widget = forms.Select(choices=choices)
        self.fields[key] = forms.CharField(label=label, help_text=help_text, required=False, strip=False, widget=widget)

    def with_usual(self, key: str, label: Any, choices: Sequence[tuple[str, Any]]) -> None:
        """One of these; the first is the usual one and is written down only where it already was."""
        (usual, words), *others = choices
        self.choice(key, label, [(usual if self.row.get(key) == usual else "", words), *others])


class ComponentForm(RowForm):
    """One part of the total."""

    UNFOLDED = ("label", "role", "weight", "factor", "source", "aggregate", "value")

    def __init__(self, row: Row, prefix: str) -> None:
        super().__init__(row, prefix)
        sources = [(code, SOURCE_LABELS[code]) for code in COMPONENT_SOURCES]
        self.text("label", _("Component"))
        self.choice("role", _("It counts as"), ROLES)
        self.figure("weight", _("Weight"), **{"data-weight": ""})
        self.figure("factor", _("Times"), _("-1 takes it off the total."), usual="1")
        self.choice("source", _("Figures from"), [("", "—"), *sources])
        self.choice("aggregate", _("Of several figures counts"), AGGREGATES)
        self.figure("value", _("Number for everybody"))
        self.with_usual("missing", _("Without enough figures"), MISSING)
        self.figure("min_count", _("Enough is from"), usual="1")
        self.figure("drop_high", _("Highest left out"), usual="0")
        self.figure("drop_low", _("Lowest left out"), usual="0")
        self.figure("drop_from", _("Only from so many figures"), usual="5")
        self.with_usual("kind", _("Figures become points"), CONVERSIONS)
        self.figure("max", _("Highest figure"))
        for index in range(self._steps()):
            self.figure(f"bound-{index}", _("From (or first share)"))
            self.figure(f"points-{index}", _("Points"))
        self.figure("else", _("All others"))
        self.figure("floor", _("Counts at least"))
        self.figure("cap", _("Counts at most"))
        for name in self._dimensions():
            self.figure(DIMENSION + name, DIMENSION_LABELS.get(name, name))
        self.text("code", _("Code"), _("Short name in files and in the list of ties, such as “self”."))

    @property
    def else_points(self) -> forms.BoundField:
        return self["else"]

    @property
    def steps(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"bound-{index}"], self[f"points-{index}"]) for index in range(self._steps())]

    @property
    def dimensions(self) -> list[forms.BoundField]:
        return [self[DIMENSION + name] for name in self._dimensions()]

    def _steps(self) -> int:
        used = [
            int(key.partition("-")[2]) for key in self.row if key.startswith(("bound-", "points-")) and self.row[key]
        ]
        return max(used, default=-1) + 1 + SPARE_STEPS

    def _dimensions(self) -> list[str]:
        others = [key.removeprefix(DIMENSION) for key in self.row if key.startswith(DIMENSION)]
        return list(dict.fromkeys([*DIMENSIONS, *others]))


class GateForm(RowForm):
    """One condition for being ranked. `components`: pairs of code and label."""

    UNFOLDED = ("label", "input", "op", "value", "citation")

    def __init__(self, row: Row, prefix: str, components: Sequence[tuple[str, str]]) -> None:
        super().__init__(row, prefix)
        own = [source for source in INPUT_SOURCES.values() if source.code != COLUMN]
        inputs = [(source.usual_names[0], SOURCE_LABELS[source.code]) for source in own] + [*COLUMN_LABELS.items()]
        computed = [(COMPONENT_PREFIX + code, label) for code, label in components]
        sources = [(code, SOURCE_LABELS[code]) for code in INPUT_SOURCES]
        self.text("label", _("Condition"))
        self.choice("input", _("What is looked at"), [*inputs, (TOTAL, _("Total")), *computed])
        self.choice("op", _("It must be"), COMPARISONS)
        self.figure("value", _("Figure"))
        self.text("citation", _("Article that says so"))
        self.with_usual("missing", _("Whoever has no figure"), NO_FIGURE)
        self.choice("source", _("Figure from"), [("", _("as its name says")), *sources])
        self.text("code", _("Code"), _("Short name in files, such as “one_year”."))


class TieForm(RowForm):
    """One component that decides between equal totals."""

    def __init__(self, row: Row, prefix: str, components: Sequence[tuple[str, str]]) -> None:
        super().__init__(row, prefix)
        self.choice("code", _("The higher figure decides in"), [("", "—"), *components])


class BandForm(RowForm):
    """One word for a stretch of totals."""

    def __init__(self, row: Row, prefix: str) -> None:
        super().__init__(row, prefix)
        self.text("label", _("Band"))
        self.figure("min", _("From points"))
        self.text("max_share", _("At most this share"), usual="1/3")
