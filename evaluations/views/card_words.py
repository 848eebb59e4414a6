"""How is a card said in words: its answers, its deadlines, last month beside it?"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from evaluations.deadlines import SHANGHAI, next_month
from evaluations.dimensions import DIMENSIONS
from evaluations.labels import DIMENSION_LABELS, points_label
from evaluations.models import Cycle
from evaluations.models.reviews import WHOLE_CARD
from evaluations.queries.self_reviews import Card


def answer_lines(cycle: Cycle, points: dict[str, int | None], notes: dict[str, str]) -> list[tuple[Any, str, str]]:
    """[(dimension, points as people read them, note), …] in the order of the card; last what paper says of it all."""
    answers = [
        (DIMENSION_LABELS[dimension], points_text(cycle, points.get(dimension)), notes.get(dimension, ""))
        for dimension in DIMENSIONS
    ]
    whole = notes.get(WHOLE_CARD, "")
    return [*answers, (_("Whole card"), whole, "")] if whole else answers


def points_text(cycle: Cycle, points: int | None) -> str:
    return str(points_label(points, in_grades=cycle.scale == Cycle.Scale.GRADES))


def beside_last_month(card: Card) -> list[tuple[Any, str, str, str, str]]:
    """[(dimension, points, note, points last time, note last time), …] of what counts; the last two may be ""."""
    before = {}
    if card.previous is not None:
        lines = answer_lines(card.previous.cycle, card.previous.points, card.previous.notes)
        before = {str(label): (points, note) for label, points, note in lines}
    lines = answer_lines(card.cycle, card.review.points, card.review.notes)
    return [(label, points, note, *before.get(str(label), ("", ""))) for label, points, note in lines]


def last_title(card: Card) -> str:
    """Over the column of last time: "Last month", or the month it was; "" without one."""
    if card.previous is None:
        return ""
    if _is_the_month_before(card):
        return pgettext("heading of a column", "Last month")
    return date_format(card.previous.cycle.month, _("F Y"))


def last_text(card: Card, dimension: str) -> str:
    """What one dimension got last time, with the month it was; "" without an earlier review."""
    if card.previous is None:
        return ""
    points = points_text(card.previous.cycle, getattr(card.previous, dimension))
    if _is_the_month_before(card):
        return _("last month: %(points)s") % {"points": points}
    return _("%(month)s: %(points)s") % {"month": date_format(card.previous.cycle.month, _("F")), "points": points}


def last_minute(end: datetime) -> str:
    """The last minute before this midnight, as people say it: "15 November 23:59"."""
    last = (end - timedelta(minutes=1)).astimezone(SHANGHAI)
    return _("%(day)s 23:59") % {"day": date_format(last, _("j F"))}


def _is_the_month_before(card: Card) -> bool:
    return next_month(card.previous.cycle.month) == card.cycle.month
