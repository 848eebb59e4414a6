"""How are a row's dots and a person's sum laid out for a template?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from activities.models.duties import KIND_LABELS
from branchportal.pictures import dots
from branchportal.pictures.marks import shape_of
from branchportal.wording import sentences
from evaluations import freezing_wording, ranking_wording, scheme_wording
from evaluations.explaining import plain
from evaluations.labels import DIMENSION_LABELS, RATERS, SOURCE_LABELS, days_of
from evaluations.models import RankingEntry
from evaluations.queries import rankings
from evaluations.queries.rankings import Cell, Row
from evaluations.scheme import WEIGHTED, Component, Scheme
from evaluations.sources import COLUMN, DEFENCE, DUTIES, PEER_RATING, POINTS
from evaluations.views.totals import component_lines


def column_keys(scheme: Scheme) -> list[dict[str, Any]]:
    """The head of each component's column: label, weight, and the shape of its dots (None: not drawn)."""
    shapes = {component.code: shape_of(place) for place, component in enumerate(_drawn(scheme.components))}
    return [
        {
            "label": component.label,
            "weight": plain(component.weight) if component.role == WEIGHTED else "",
            "shape": shapes.get(component.code),
        }
        for component in scheme.components
    ]


def dot_plot(row: Row, low: int, high: int) -> dict[str, Any]:
    """The dots of one person's weighted components between `low` and `high`, in a picture of 160 × 20 units."""
    cells = _weighted_cells(row)
    return {
        "dots": [
            {"x": dots.along(cell.points, low, high), "shape": shape_of(place)}
            for place, cell in enumerate(cells)
            if cell.points is not None
        ],
        "text": ranking_wording.spoken((cell.component.label, cell.text) for cell in cells if cell.text),
    }


def explanation_context(entry: RankingEntry, others: Sequence[Row] = (), *, is_own: bool = False) -> dict[str, Any]:
    """Everything that the page 怎么来的 shows of one person in one run; `others` are drawn beside him, unnamed.

    `is_own`: he reads it himself.
    """
    run, scheme = entry.run, rankings.scheme_of(entry.run)
    explained = rankings.explanation(entry)
    sources = run.scheme.sources
    return {
        "entry": entry,
        "run": run,
        "superseded_by": getattr(run, "superseded_by", None),
        "standing": freezing_wording.standing(run.freezing),
        "components": component_lines(explained.parts, others),
        "not_closed": ranking_wording.not_closed_sentence(rankings.not_closed([run])[run.pk]),
        "parts": [
            {
                "part": part,
                "sum_sentence": ranking_wording.part_sentence(part),
                "rater": RATERS.get(sources["components"].get(part.component.code), ""),
                "source": SOURCE_LABELS.get(sources["components"].get(part.component.code), ""),
                "headers": [(DIMENSION_LABELS.get(name, name), weight) for name, weight in _weights(part)],
                "months": _months(entry, part),
                "is_of_duties": sources["components"].get(part.component.code) == DUTIES,
                "duties": _duties(entry, part),
                "is_of_defence": sources["components"].get(part.component.code) == DEFENCE,
                "defence": _kept(entry, part).get("defence"),
                "is_of_columns": sources["components"].get(part.component.code) == COLUMN,
                "figures": _figures(_kept(entry, part), part.observations),
                "is_of_points": sources["components"].get(part.component.code) == POINTS,
                "entries": _entries(entry, part),
                "is_of_classmates": sources["components"].get(part.component.code) == PEER_RATING,
                "unrated": [KIND_LABELS[kind] for kind in _kept(entry, part).get("unrated", ())],
                "steps": ranking_wording.part_steps(part),
                "weight_sentence": scheme_wording.weight_sentence(part.component),
            }
            for part in explained.parts
        ],
        "checks": [
            {
                "gate": check.gate,
                "sentence": ranking_wording.check_sentence(check, scheme, sources["inputs"], is_own=is_own),
                "passed": check.passed,
                "figures": _figures(entry.evidence.get(check.gate.input, {}) if check.gate.reads_input else {}),
            }
            for check in explained.checks
        ],
        "total_sentence": ranking_wording.total_sentence(explained, scheme),
        "total_step": ranking_wording.total_step(explained, scheme) if explained.total is not None else "",
        "tie_sentence": sentences([_tie(entry, others), scheme_wording.tie_sentence(scheme)]) if entry.tied else "",
        "reasons": ranking_wording.reasons(scheme, entry.reasons),
    }


def _tie(entry: RankingEntry, others: Sequence[Row]) -> str:
    """Who shares the place; without `others` only how many do: a page of one's own names nobody and no other total."""
    if not others:
        people = entry.run.entries.filter(rank=entry.rank).count()
        return ranking_wording.shared_place(entry.rank, entry.total, people)
    ranked = [row.entry for row in others]
    names = [other.name for other in ranked if other.rank == entry.rank]
    above = next(((other.name, other.total) for other in reversed(ranked) if other.rank < entry.rank), None)
    below = next(((other.name, other.total) for other in ranked if other.rank > entry.rank), None)
    return ranking_wording.shared_with(entry.rank, entry.total, names, above, below)


def _weighted_cells(row: Row) -> list[Cell]:
    drawn = _drawn([cell.component for cell in row.cells])
    return [cell for cell in row.cells if cell.component in drawn]


def _drawn(components: Iterable[Component]) -> list[Component]:
    """Weighted components share a scale; bonuses and deductions don't."""
    return [component for component in components if component.role == WEIGHTED]


def _weights(part: Any) -> list[tuple[str, str]]:
    return [(mark.dimension, mark.weight) for mark in part.observations[0].marks] if part.observations else []


def _kept(entry: RankingEntry, part: Any) -> dict[str, Any]:
    """What the component of this person rests on, as it was sealed."""
    return entry.evidence.get(part.component.code, {})


def _duties(entry: RankingEntry, part: Any) -> list[dict[str, Any]]:
    """Each rating of a duty that counted, with its observation."""
    rated = _kept(entry, part).get("duties", [])
    return [
        {**one, "label": KIND_LABELS[one["kind"]], "observation": observation}
        for one, observation in zip(rated, part.observations, strict=False)
    ]


def _figures(kept: dict[str, Any], observations: Sequence[Any] = ()) -> list[dict[str, Any]]:
    """Each figure from Excel with its days and who brought it in; in a component with its observation."""
    found = kept.get("columns", [])
    beside = observations or [None] * len(found)
    return [
        {**one, "days": days_of(*(date.fromisoformat(one[key]) for key in ("first", "last"))), "observation": other}
        for one, other in zip(found, beside, strict=False)
    ]


def _entries(entry: RankingEntry, part: Any) -> list[dict[str, Any]]:
    """Each bonus or deduction with its observation."""
    found = _kept(entry, part).get("entries", [])
    return [{**one, "observation": other} for one, other in zip(found, part.observations, strict=False)]


def _months(entry: RankingEntry, part: Any) -> list[dict[str, Any]]:
    """Counted and missing months in their order; a counted one with its observation."""
    found = rankings.months_of(entry, part.component.code)
    counted = zip(found["months"], part.observations, strict=False)
    lines = [
        {"month": month, "observation": observation, "is_due": True, "is_late": month in found["late"]}
        for month, observation in counted
    ]
    for kind, is_due in (("missing", True), ("not_due", False)):
        lines += [{"month": month, "observation": None, "is_due": is_due, "is_late": False} for month in found[kind]]
    return sorted(lines, key=lambda line: line["month"])
