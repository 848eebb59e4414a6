"""What does each source say about the people of a pool, and what does that rest on?

Every source is asked once for everybody, and only where a scheme counts it. What is said of a person becomes his
inputs (as the bundle has them) and his evidence, both by component and gate input. Evidence:

    reviews, ratings   {"months": […], "missing": […], "not_due": […]}, and "late" if any
    duties             {"duties": [{"kind", "first", "last", "points", "done", "due", "duty"}], "unrated": [kind]}
    defence            {"defence": {"session", "title", "held_on"} or None}
    columns            {"columns": [{"name", "first", "last", "value", "by", "at", "file"}], "sought": name}
    points             {"entries": [{"entry", "on", "points", "what", "source", "file", "by", "at"}]}
    classmates         {"not_released": True}
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

from django.db.models import Value
from django.utils import timezone

from branchportal.months import last_day_of
from evaluations import sources as known
from evaluations.dimensions import DIMENSIONS
from evaluations.documents import number
from evaluations.explaining import plain
from evaluations.models import BranchReview, Due, ScoringScheme, SelfReview
from evaluations.queries import columns, defences, duty_ratings, points
from evaluations.queries.columns import Figure, Figures
from evaluations.queries.defences import Heard
from evaluations.queries.duty_ratings import RatedDuty
from evaluations.queries.points import Entries
from evaluations.scheme import Component, parse_scheme
from members.models import Member

REVIEW_MODELS = {known.SELF_REVIEW: SelfReview, known.BRANCH_RATING: BranchReview}

Filed = dict[int, dict[date, tuple[int, ...]]]  # {member: {month: points in the order of DIMENSIONS}}
Told = tuple[Any, dict[str, Any]]  # an input, and what it rests on


@dataclass(frozen=True)
class Wanted:
    """What the schemes that may apply count, for which purpose and months."""

    sources: frozenset[str]
    column_keys: frozenset[str]
    purpose: str
    first: date
    last: date

    @classmethod
    def of(cls, schemes: Iterable[ScoringScheme], purpose: str, first: date, last: date) -> Wanted:
        kinds = [scheme.sources.get(kind, {}) for scheme in schemes for kind in ("components", "inputs")]
        keys = [key for scheme in schemes for some in _keys_of(scheme).values() for key in some]
        counted = frozenset(source for kind in kinds for source in kind.values())
        return cls(counted, frozenset(keys), purpose, first, last_day_of(last))


@dataclass(frozen=True)
class Found:
    """What was submitted by and about everybody who is in a pool, and who was due."""

    filed: dict[str, Filed]  # by source
    late: set[tuple[int, date]]
    due: set[tuple[int, date]]
    duties: dict[int, tuple[list[RatedDuty], list[str]]] = field(default_factory=dict)  # what is rated, what is not
    heard: Mapping[int, Heard] = field(default_factory=dict)  # the newest closed defence
    figures: Figures = field(default_factory=dict)
    entries: Entries = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    """What one scheme wants to know of the people of one branch."""

    components: list[tuple[str, Callable[[Found, Member], Told]]]  # each with what tells it
    inputs: list[tuple[str, Callable[[Found, Member], Told]]]

    @classmethod
    def of(cls, scheme: ScoringScheme, months: tuple[date, ...], last: date) -> Asked:
        chosen, keys, day = scheme.sources, _keys_of(scheme), last_day_of(last)
        components = known.needed_components(parse_scheme(scheme.document))
        return cls(
            [(one.code, _teller(one, chosen["components"][one.code], keys, months)) for one in components],
            [(name, _input_teller(name, source, keys, day)) for name, source in chosen["inputs"].items()],
        )


def find(ids: list[int], cycles: Sequence[tuple[int, date, bool, str]], wanted: Wanted) -> Found:
    """Ask every source that is counted about these people; `cycles`: (id, month, is off, committee's path)."""
    first, last = wanted.first, wanted.last
    asked = wanted.sources.__contains__
    return Found(
        *_reviews(ids, cycles),
        duty_ratings.counting(ids, first, last.replace(day=1)) if asked(known.DUTIES) else {},
        defences.heard_for(wanted.purpose, ids, first, last) if asked(known.DEFENCE) else {},
        columns.counting(ids, wanted.column_keys, first, last) if asked(known.COLUMN) else {},
        points.counting(ids, first, last) if asked(known.POINTS) else {},
    )


def told(asked: Asked, found: Found, member: Member) -> tuple[dict[str, Any], dict[str, Any]]:
    """One person's inputs and evidence; an input that nobody knows is left out."""
    inputs: dict[str, Any] = {}
    evidence: dict[str, Any] = {}
    for code, tell in asked.components:
        inputs[code], evidence[code] = tell(found, member)
    for name, tell in asked.inputs:
        figure, rests_on = tell(found, member)
        if figure is not None:
            inputs[name] = figure
        if rests_on:
            evidence[name] = rests_on
    return inputs, evidence


def _reviews(ids: list[int], cycles: Sequence[tuple[int, date, bool, str]]) -> tuple[dict[str, Filed], set, set]:
    """What was submitted in these months, with a query for each kind of rater, what came late, and who was due.

    That a self-review came late is only said, its points are the same.
    """
    month_of = {pk: month for pk, month, _is_off, _root in cycles}
    on = [pk for pk, _month, is_off, _root in cycles if not is_off]
    filed: dict[str, Filed] = {}
    late = set()
    for source, model in REVIEW_MODELS.items():
        own: Filed = defaultdict(dict)
        is_late = "is_late" if model is SelfReview else Value(False)
        submitted = model.objects.submitted().filter(member__in=ids, cycle__in=on)
        for member, cycle, came_late, *given in submitted.values_list("member", "cycle", is_late, *DIMENSIONS):
            own[member][month_of[cycle]] = tuple(given)
            if came_late:
                late.add((member, month_of[cycle]))
        filed[source] = own
    due = Due.objects.filter(member__in=ids, cycle__in=list(month_of)).values_list("member", "cycle")
    return filed, late, {(member, month_of[cycle]) for member, cycle in due}


def _keys_of(scheme: ScoringScheme) -> dict[str, tuple[str, ...]]:
    """{component or gate input that is read from a column: the keys under which it finds one}."""
    labels = {item["code"]: item["label"] for item in scheme.document["components"]}
    found = {}
    for kind, called in (("components", labels), ("inputs", {})):
        for name, source in scheme.sources.get(kind, {}).items():
            if source == known.COLUMN:
                found[name] = known.column_keys(name, called.get(name, ""))
    return found


def _teller(
    component: Component, source: str, keys: Mapping[str, tuple[str, ...]], months: tuple[date, ...]
) -> Callable[[Found, Member], Told]:
    if source in REVIEW_MODELS:
        texts = {month: f"{month:%Y-%m}" for month in months}
        return partial(_of_reviews, source, known.observer(component), texts)
    if source == known.COLUMN:
        return partial(_of_columns, keys[component.code], component.label)
    if source == known.POINTS:
        return partial(_of_points, component.code)
    return {known.DUTIES: _of_duties, known.DEFENCE: _of_defence, known.PEER_RATING: _of_classmates}[source]


def _input_teller(
    name: str, source: str, keys: Mapping[str, tuple[str, ...]], day: date
) -> Callable[[Found, Member], Told]:
    if source == known.COLUMN:
        return partial(_newest_of_columns, keys[name], name)
    return lambda found, member: (known.months_as_activist(member.activist_on, day), {})


def _of_reviews(source: str, observe: Callable, texts: Mapping[date, str], found: Found, member: Member) -> Told:
    """One observation for each month."""
    own = found.filed[source].get(member.pk, {})
    filed = [month for month in texts if month in own]
    absent = [month for month in texts if month not in own]
    evidence = {
        "months": [texts[month] for month in filed],
        "missing": [texts[month] for month in absent if (member.pk, month) in found.due],
        "not_due": [texts[month] for month in absent if (member.pk, month) not in found.due],
    }
    if source == known.SELF_REVIEW:
        late = [texts[month] for month in filed if (member.pk, month) in found.late]
        evidence |= {"late": late} if late else {}
    return [observe(own[month]) for month in filed], evidence


def _of_duties(found: Found, member: Member) -> Told:
    """One observation for each rating."""
    rated, unrated = found.duties.get(member.pk, ([], []))
    shown = [
        {
            "kind": one.kind, "first": f"{one.first:%Y-%m}", "last": f"{one.last:%Y-%m}", "points": one.points,
            "done": one.done, "due": one.due, "duty": one.duty,
        }
        for one in rated
    ]  # fmt: skip
    return [str(one.points) for one in rated], {"duties": shown, "unrated": unrated}


def _of_defence(found: Found, member: Member) -> Told:
    """One observation for each judge, from the lowest on: the order tells nothing about who gave it."""
    heard = found.heard.get(member.pk)
    if heard is None:
        return [], {"defence": None}
    shown = {"session": heard.session, "title": heard.title, "held_on": heard.held_on.isoformat()}
    return sorted(heard.scores, key=number), {"defence": shown}


def _of_classmates(found: Found, member: Member) -> Told:
    """Nothing before a result is released: then the scheme says what is missing."""
    return [], {"not_released": True}


def _of_columns(keys: tuple[str, ...], called: str, found: Found, member: Member) -> Told:
    """One observation for each sheet, the newest last."""
    figures = _figures(keys, found, member)
    return [one.value for one in figures], {"columns": [_shown(one) for one in figures], "sought": called}


def _newest_of_columns(keys: tuple[str, ...], called: str, found: Found, member: Member) -> Told:
    figures = _figures(keys, found, member)[-1:]
    evidence = {"columns": [_shown(one) for one in figures], "sought": called}
    return (figures[0].value if figures else None), evidence


def _figures(keys: tuple[str, ...], found: Found, member: Member) -> list[Figure]:
    own = found.figures.get(member.pk, {})
    return next((own[key] for key in keys if key in own), [])


def _shown(figure: Figure) -> dict[str, str]:
    return {
        "name": figure.name, "first": figure.first.isoformat(), "last": figure.last.isoformat(),
        "value": figure.value, "by": figure.by, "at": _day(figure.at), "file": figure.file,
    }  # fmt: skip


def _of_points(category: str, found: Found, member: Member) -> Told:
    """One observation for each entry."""
    entries = found.entries.get(member.pk, {}).get(category, [])
    shown = [
        {
            "entry": one.pk, "on": one.on.isoformat(), "points": plain(number(str(one.points))), "what": one.what,
            "source": one.source, "file": one.evidence.file_name if one.evidence else "",
            "by": one.recorded_by.name, "at": _day(one.recorded_at),
        }
        for one in entries
    ]  # fmt: skip
    return [one["points"] for one in shown], {"entries": shown}


def _day(moment: Any) -> str:
    return timezone.localdate(moment).isoformat()
