"""How do a member's own months become pictures: the radar of one of them, the lines of all of them?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from branchportal.pictures.scales import Value
from evaluations.dimensions import DIMENSIONS
from evaluations.labels import DIMENSION_LABELS, points_label
from evaluations.models import BranchReview, Cycle, SelfReview
from evaluations.queries.own_months import MonthState, OwnMonth
from evaluations.scoring import figure, rounded

OWN, BRANCH = gettext_lazy("Self-review"), gettext_lazy("Branch rating")

# A letter below a month, and what it means.
SIGNS = {
    MonthState.LATE: (pgettext_lazy("sign of a month", "L"), gettext_lazy("filed late")),
    MonthState.RETURNED: (pgettext_lazy("sign of a month", "R"), gettext_lazy("returned, not submitted again")),
    MonthState.MISSED: (pgettext_lazy("sign of a month", "×"), gettext_lazy("not filed")),
    MonthState.OFF: (pgettext_lazy("sign of a month", "–"), gettext_lazy("no self-review in this month")),
    MonthState.NOT_DUE: ("·", gettext_lazy("was not due")),
    MonthState.OPEN: ("…", gettext_lazy("still open")),
    MonthState.FILED: ("", ""),
}
GRADE_RADAR = {"low": 45, "high": 95, "rings": 5}  # each ring is a grade
POINTS_RADAR = {"low": 0, "high": 100, "rings": 5}
GRADE_LINES = {"low": 50, "high": 100, "ticks": (60, 80, 100)}
POINTS_LINES = {"low": 0, "high": 100, "ticks": (0, 50, 100)}


def own_pictures(months: Sequence[OwnMonth], wanted: date | None) -> dict[str, Any] | None:
    """Everything that own_pictures.html draws; None before anything was filed or rated."""
    with_points = [month for month in months if month.own or month.branch]
    if not with_points:
        return None
    chosen = next((month for month in with_points if month.month == wanted), with_points[-1])
    return {
        "choices": [month.month for month in reversed(with_points)],
        "chosen": chosen.month,
        "radar": month_radar(chosen),
        "months": [_column(month) for month in months],
        "signs": [SIGNS[state] for state in SIGNS if SIGNS[state][0] and state in {month.state for month in months}],
        "mean": _chart(_("Mean of the five"), [(_mean(month.own), _mean(month.branch)) for month in months]),
        "charts": _charts(months),
        "scale": _lines_scale(months),
        "key": [{"label": OWN}, {"label": BRANCH}],
        "lines": [_line(month) for month in reversed(months)],
        "first": months[0].month,
        "last": months[-1].month,
    }


def month_radar(month: OwnMonth) -> dict[str, Any]:
    """One month's five dimensions: the arguments of the tag, and the rows of the table beside it."""
    given = [(label, review) for label, review in ((OWN, month.own), (BRANCH, month.branch)) if review]
    in_grades = _in_grades(month)
    return {
        "labels": [DIMENSION_LABELS[dimension] for dimension in DIMENSIONS],
        "series": [{"label": OWN, "values": _values(month.own)}, {"label": BRANCH, "values": _values(month.branch)}],
        "key": [{"label": OWN}, {"label": BRANCH}] if month.branch else [{"label": OWN}],
        "in_grades": in_grades,
        **(GRADE_RADAR if in_grades else POINTS_RADAR),
        "heads": [label for label, _review in given],
        "rows": [
            (DIMENSION_LABELS[dimension], [_cell(label, review, dimension, in_grades) for label, review in given])
            for dimension in DIMENSIONS
        ],
    }


def _cell(label: Any, review: SelfReview | BranchReview, dimension: str, in_grades: bool) -> dict[str, Any]:
    points = review.points[dimension]
    words = points_label(points, in_grades=in_grades)
    return {"label": label, "words": words, "points": "" if str(words) == str(points) else points}


def _values(review: SelfReview | BranchReview | None) -> list[Value | None]:
    return [None] * len(DIMENSIONS) if review is None else list(review.points.values())


def _charts(months: Sequence[OwnMonth]) -> list[dict[str, Any]]:
    """Each dimension: own and branch, one value or None for each month."""
    return [
        _chart(
            DIMENSION_LABELS[dimension],
            [(_values(month.own)[place], _values(month.branch)[place]) for month in months],
        )
        for place, dimension in enumerate(DIMENSIONS)
    ]


def _chart(title: Any, pairs: Sequence[tuple[Value | None, Value | None]]) -> dict[str, Any]:
    own, branch = zip(*pairs, strict=True)
    return {"title": title, "series": [{"label": OWN, "values": own}, {"label": BRANCH, "values": branch}]}


def _line(month: OwnMonth) -> dict[str, Any]:
    """A row of the table of all months: own and branch beside each other in each cell."""
    return {
        "month": month.month,
        "state": SIGNS[month.state][1],
        "cells": [
            {"label": label, "own": own, "branch": branch}
            for label, own, branch in zip(
                [_("Mean"), *DIMENSION_LABELS.values()], _figures(month.own), _figures(month.branch), strict=True
            )
        ],
    }


def _figures(review: SelfReview | BranchReview | None) -> list[str]:
    if review is None:
        return ["–"] * (len(DIMENSIONS) + 1)
    return [figure(rounded(_mean(review), 1), 1), *("–" if value is None else str(value) for value in _values(review))]


def _mean(review: SelfReview | BranchReview | None) -> Fraction | None:
    return None if review is None else Fraction(sum(review.points.values()), len(DIMENSIONS))


def _column(month: OwnMonth) -> Mapping[str, Any]:
    sign, words = SIGNS[month.state]
    return {"month": month.month, "sign": sign, "state": words}


def _in_grades(month: OwnMonth) -> bool:
    return (month.own or month.branch).cycle.scale == Cycle.Scale.GRADES


def _lines_scale(months: Sequence[OwnMonth]) -> dict[str, Any]:
    """Half of the axis is enough where nobody stands below it."""
    values = [value for month in months for review in (month.own, month.branch) for value in _values(review)]
    lowest = min(value for value in values if value is not None)
    return GRADE_LINES if lowest >= GRADE_LINES["low"] else POINTS_LINES
