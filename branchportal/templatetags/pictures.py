"""How does a page put a picture beside its figures? `{% load pictures %}`; docs/look.md shows each tag.

The page gives plain figures; what lies where is in branchportal/pictures/, what it looks like in pictures.css.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from branchportal.pictures import bars, month_days
from branchportal.pictures.marks import SHAPES, marks, shape_of
from branchportal.pictures.month_lines import month_lines
from branchportal.pictures.radar import radar
from branchportal.pictures.scales import Value

register = template.Library()

Series = Mapping[str, Any]  # {"label": text, "values": (a number or None, …)}
SAMPLE_MIDDLE = [("14", "7")]


@register.inclusion_tag("branchportal/pictures/radar.html", name="radar")
def radar_tag(
    title: str, labels: Sequence[str], series: Sequence[Series], *, low: Value, high: Value, rings: int
) -> dict[str, Any]:
    """A few dimensions of one person; the page shows the same figures in a table."""
    drawn = radar(
        [str(label) for label in labels], [line["values"] for line in series], low=low, high=high, rings=rings
    )
    return {
        "title": title,
        "description": _spoken_series(labels, series),
        "radar": drawn,
        "outlines": [(shape_of(place), outline) for place, outline in enumerate(drawn.outlines)],
    }


@register.inclusion_tag("branchportal/pictures/month_lines.html", name="month_lines")
def month_lines_tag(
    title: str,
    months: Sequence[Mapping[str, Any]],
    series: Sequence[Series],
    *,
    low: Value,
    high: Value,
    ticks: Sequence[int],
) -> dict[str, Any]:
    """Lines over months. Each month is {"month": date, "sign": one letter or "", "state": its words or ""}."""
    drawn = month_lines([line["values"] for line in series], low=low, high=high, ticks=ticks)
    return {
        "title": title,
        "description": _spoken_series([_spoken_month(month) for month in months], series),
        "drawn": drawn,
        "columns": list(zip(months, drawn.columns, strict=True)),
        "lines": [(shape_of(place), line) for place, line in enumerate(drawn.lines)],
    }


@register.inclusion_tag("branchportal/pictures/series_key.html")
def series_key(series: Sequence[Series], signs: Iterable[tuple[str, str]] = ()) -> dict[str, Any]:
    """Which line is whose, and what the letters below the months mean: (letter, its words)."""
    return {
        "samples": [
            (shape_of(place), marks(SAMPLE_MIDDLE, shape_of(place)), line["label"]) for place, line in enumerate(series)
        ],
        "signs": list(signs),
    }


@register.inclusion_tag("branchportal/pictures/shapes.html")
def shapes() -> dict[str, Any]:
    """The five marks once on a page whose many rows draw them: `<use href="#m0" x="80" y="10"/>`."""
    return {"shapes": [(shape, marks([("0", "0")], shape)) for shape in range(len(SHAPES))]}


@register.inclusion_tag("branchportal/pictures/rate.html")
def rate(part: int, whole: int) -> dict[str, Any]:
    """How much of a whole is done: the figure with its bar; a dash where nothing was due."""
    return {"part": part, "whole": whole, "width": bars.rate_width(part, whole)}


@register.inclusion_tag("branchportal/pictures/stage_bar.html")
def stage_bar(stages: Iterable[tuple[str, int, str]]) -> dict[str, Any]:
    """How many people stand where: (label, people, address or "") in the order of the path."""
    stages = list(stages)
    segments = bars.stacked([people for _label, people, _url in stages])
    return {
        "segments": segments,
        "rows": [(step, *stage) for step, stage in enumerate(stages)],
        "description": _spoken((label, str(people)) for label, people, _url in stages),
    }


@register.inclusion_tag("branchportal/pictures/month_calendar.html")
def month_calendar(
    month: date, marks: Iterable[Mapping[str, Any]], today: date, *, listed: bool = True
) -> dict[str, Any]:
    """A month's days; each mark is {"day": date, "kind": "deadline" | "activity", "text": str, "url": str or ""}.

    `listed=False` where the page itself lists the marks.
    """
    inside = sorted(
        (mark for mark in marks if (mark["day"].year, mark["day"].month) == (month.year, month.month)),
        key=lambda mark: (mark["day"], month_days.KINDS.index(mark["kind"])),
    )
    return {"month": month, "weeks": month_days.weeks(month, inside), "marks": inside if listed else [], "today": today}


def _spoken(figures: Iterable[tuple[str, str]]) -> str:
    return pgettext("between figures", ", ").join(f"{label} {figure}" for label, figure in figures)


def _spoken_series(labels: Sequence[str], series: Sequence[Series]) -> str:
    """“Self-review: Thought 95, Study no figure. Branch rating: …”."""
    none = _("no figure")
    return " ".join(
        _("%(series)s: %(figures)s.")
        % {
            "series": line["label"],
            "figures": _spoken(
                (str(label), none if value is None else _plain(value))
                for label, value in zip(labels, line["values"], strict=True)
            ),
        }
        for line in series
    )


def _spoken_month(month: Mapping[str, Any]) -> str:
    return f"{month['month']:%Y-%m}" + (f" ({month['state']})" if month["state"] else "")


def _plain(value: Value) -> str:
    return f"{float(value):.1f}".removesuffix(".0")
