"""What goes into a ranking: who is in the pool, and what was submitted about him in each month?

Seven queries for one branch, whatever the number of people: see `read`.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q, Value

from branchportal.months import last_day_of
from evaluations import sources as known
from evaluations.deadlines import months_between
from evaluations.dimensions import DIMENSIONS
from evaluations.models import BranchReview, Cycle, Due, ScoringScheme, SelfReview
from evaluations.periods import pool_day
from evaluations.purposes import Purpose
from evaluations.queries import schemes
from evaluations.scheme import Component, parse_scheme
from members.models import Branch, Member
from members.stages import Stage

POOLS: dict[str, tuple[Stage, ...]] = {
    Purpose.CANDIDATE: (Stage.ACTIVIST,),
    Purpose.CONVERSION: (Stage.PROBATIONARY,),
    Purpose.APPRAISAL: (Stage.PROBATIONARY, Stage.FULL),
}
REVIEW_MODELS = {known.SELF_REVIEW: SelfReview, known.BRANCH_RATING: BranchReview}

Points = dict[tuple[int, str], dict[date, dict[str, int]]]


@dataclass(frozen=True)
class PersonData:
    """One person of the pool with everything that the scheme asks about him."""

    member: Member
    stage: Stage
    inputs: dict[str, Any]  # as in the bundle
    evidence: dict[str, Any]  # {component: {"months": […], "missing": […], "not_due": […]}}, and "late" if any


@dataclass(frozen=True)
class Material:
    """One consistent reading of everything that a ranking is made of."""

    branch: Branch
    purpose: str
    first: date
    last: date
    scheme: ScoringScheme
    day: date  # on which the pool was drawn
    people: list[PersonData] = field(default_factory=list)


@dataclass(frozen=True)
class _Asked:
    """What the scheme wants to know, and what was found for everybody."""

    sources: dict[str, dict[str, str]]
    components: list[Component]
    months: list[date]
    texts: dict[date, str]  # the months as "2026-10"
    period_end: date
    points: Points
    due: set[tuple[int, date]]
    late: set[tuple[int, date]]


def read(*, branch: Branch, purpose: str, first: date, last: date, today: date) -> Material:
    """Read a ranking's material. Call it in one snapshot. Raises Refused when no single scheme applies."""
    scheme = schemes.for_period(branch, purpose, first, last)
    day = pool_day(last, today)
    members = pool(branch, purpose, day)
    months = months_on(branch, first, last)
    ids = [member.pk for member in members]
    points, late = _points(ids, months)
    due = _due(ids, months)
    components = known.needed_components(parse_scheme(scheme.document))
    texts = {month: f"{month:%Y-%m}" for month in months}
    asked = _Asked(scheme.sources, components, months, texts, last_day_of(last), points, due, late)
    people = [_person(asked, member, day) for member in members]
    return Material(branch, purpose, first, last, scheme, day, people)


def pool(branch: Branch, purpose: str, day: date) -> list[Member]:
    """Students who belonged to the branch on that day and stood at the stage that the purpose is about; one query."""
    students = Member.objects.filter(kind=Member.Kind.STUDENT)
    here = students.filter(Q(ended_on=None) | Q(ended_on__gt=day), branch=branch, joined_on__lte=day)
    earlier = students.filter(
        former_memberships__branch=branch,
        former_memberships__joined_on__lte=day,
        former_memberships__left_on__gt=day,
    )
    found = here.union(earlier).in_roster_order()  # each half by its own index; one condition would scan everybody
    return [member for member in found if member.stage_on(day) in POOLS[purpose]]


def months_on(branch: Branch, first: date, last: date) -> list[date]:
    """The months of the period that are not switched off; a month that nobody planned is on."""
    root = branch.ancestor_paths()[0]
    off = set(
        Cycle.objects.filter(committee__path=root, month__range=(first, last), is_off=True).values_list(
            "month", flat=True
        )
    )
    return [month for month in months_between(first, last) if month not in off]


def _points(ids: list[int], months: list[date]) -> tuple[Points, set[tuple[int, date]]]:
    """Submitted points: {(member, source): {month: {dimension: points}}}; a query for each kind of rater.

    And whose self-review of which month counts although it came late; it is only said, the points are the same.
    """
    points: Points = defaultdict(dict)
    late = set()
    for source, model in REVIEW_MODELS.items():
        submitted = model.objects.submitted().filter(member__in=ids, cycle__month__in=months, cycle__is_off=False)
        is_late = "is_late" if model is SelfReview else Value(False)
        for member, month, came_late, *values in submitted.values_list(
            "member_id", "cycle__month", is_late, *DIMENSIONS
        ):
            points[member, source][month] = dict(zip(DIMENSIONS, values, strict=True))
            if came_late:
                late.add((member, month))
    return points, late


def _due(ids: list[int], months: list[date]) -> set[tuple[int, date]]:
    return set(Due.objects.filter(member__in=ids, cycle__month__in=months).values_list("member_id", "cycle__month"))


def _person(asked: _Asked, member: Member, day: date) -> PersonData:
    inputs: dict[str, Any] = {}
    evidence: dict[str, Any] = {}
    for component in asked.components:
        source = asked.sources["components"][component.code]
        own = asked.points[member.pk, source]
        filed = [month for month in asked.months if month in own]
        absent = [month for month in asked.months if month not in own]
        inputs[component.code] = [known.observation(component, own[month]) for month in filed]
        evidence[component.code] = {
            "months": [asked.texts[month] for month in filed],
            "missing": [asked.texts[month] for month in absent if (member.pk, month) in asked.due],
            "not_due": [asked.texts[month] for month in absent if (member.pk, month) not in asked.due],
        }
        if source == known.SELF_REVIEW:
            late = [asked.texts[month] for month in filed if (member.pk, month) in asked.late]
            evidence[component.code] |= {"late": late} if late else {}
    for name in asked.sources["inputs"]:  # so far there is one source of such inputs
        figure = known.months_as_activist(member.activist_on, asked.period_end)
        if figure is not None:
            inputs[name] = figure
    return PersonData(member, member.stage_on(day), inputs, evidence)
