"""What do the pages of an appeal say: the figure, its state, until when, and what came of it?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.formats import get_format
from django.utils.translation import gettext as _

from evaluations import appeal_times
from evaluations.models import Appeal, RankingEntry, RankingRun
from evaluations.queries import appeals, rankings
from evaluations.queries.appeals import Figure
from evaluations.scheme import Scheme
from evaluations.scheme_wording import component_label, input_label
from members.labels import ROLE_LABELS
from members.roles import Role

WHOLE = "-"  # in an address: the whole component, no month or number of it


def told(appeal: Appeal, now: datetime) -> dict[str, Any]:
    """One appeal as a line or the head of a page."""
    answer_by = appeal_times.last_day_to_answer(appeal.filed_at)
    return {
        "appeal": appeal,
        "label": label_of(appeal),
        "answer_by": answer_by,
        "days_left": (answer_by - timezone.localdate(now)).days if appeal.is_waiting else None,
        "office": ROLE_LABELS[Role(appeal.decider_role)] if appeal.decider_role else "",
    }


def label_of(appeal: Appeal) -> str:
    """What the figure is called, as far as the sealed scheme still says so."""
    entry = appeal.entry
    figure = appeals.figure_of(entry, appeal.figure, appeal.place) or Figure(appeal.figure, appeal.place, "")
    return figure_label(figure, rankings.scheme_of(entry.run), entry.run.scheme.sources["inputs"])


def appeal_days(run: RankingRun, now: datetime) -> dict[str, Any]:
    """Until when the run's figures can be appealed against, whether that is still so, and how soon it is answered."""
    return {
        "day": appeals.last_day(run),
        "is_open": appeals.is_open(run, now),
        "days_to_answer": appeal_times.DAYS_TO_ANSWER,
    }


def offer_appeals(context: dict[str, Any], entry: RankingEntry, filed: Iterable[Appeal]) -> None:
    """Put beside each figure of the own page (see views.figures.explanation_context) the way to appeal against it."""
    waiting = {(one.figure, one.place): one for one in filed if one.is_waiting and one.entry_id == entry.pk}
    scheme, inputs = rankings.scheme_of(entry.run), entry.run.scheme.sources["inputs"]
    offers = {
        (one.code, one.place): {
            "figure": one.code,
            "place": one.place or WHOLE,
            "label": figure_label(one, scheme, inputs),
            "waiting": waiting.get((one.code, one.place)),
        }
        for one in appeals.figures_of(entry)
    }
    for line in context["parts"]:
        code = line["part"].component.code
        line["appeal"] = offers.get((code, ""))
        for month in line["months"]:
            month["appeal"] = offers.get((code, f"{month['month']:%Y-%m}"))
        for number, duty in enumerate(line["duties"], start=1):
            duty["appeal"] = offers.get((code, str(number)))
    for check in context["checks"]:
        check["appeal"] = offers.get((check["gate"].input, "")) if check["gate"].reads_input else None


def figure_label(figure: Figure, scheme: Scheme, inputs: Mapping[str, str]) -> str:
    """A component, a month or a number of it, or what a gate looks at; `inputs`: the sources of the gates' inputs."""
    gate = next((gate for gate in scheme.gates if gate.reads_input and gate.input == figure.code), None)
    label = input_label(gate, scheme, inputs) if gate else component_label(scheme, figure.code)
    if figure.month is not None:
        return f"{label} · {date_format(figure.month, get_format('YEAR_MONTH_FORMAT'))}"
    if figure.place:
        return _("%(label)s · figure %(number)s") % {"label": label, "number": figure.place}
    return label
