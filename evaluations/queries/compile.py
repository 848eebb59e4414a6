"""What goes into a ranking: who is in the pool, and what was submitted about him in each month?

Six queries for all branches that ask for the same purpose and months, however many people they have, and two more
where one of their schemes counts duties, one where it counts defences: see `read`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import F, Q, Value

from branchportal.months import last_day_of
from evaluations import sources as known
from evaluations.deadlines import months_between
from evaluations.dimensions import DIMENSIONS
from evaluations.documents import number
from evaluations.models import BranchReview, Cycle, Due, ScoringScheme, SelfReview
from evaluations.periods import pool_day
from evaluations.purposes import Purpose
from evaluations.queries import defences, duty_ratings, schemes
from evaluations.queries.defences import Heard
from evaluations.queries.duty_ratings import RatedDuty
from evaluations.refusals import Refused
from evaluations.scheme import Component, parse_scheme
from members.models import Branch, Member
from members.stages import Stage

POOLS: dict[str, tuple[Stage, ...]] = {
    Purpose.CANDIDATE: (Stage.ACTIVIST,),
    Purpose.CONVERSION: (Stage.PROBATIONARY,),
    Purpose.APPRAISAL: (Stage.PROBATIONARY, Stage.FULL),
}
REVIEW_MODELS = {known.SELF_REVIEW: SelfReview, known.BRANCH_RATING: BranchReview}

Filed = dict[int, dict[date, tuple[int, ...]]]  # {member: {month: points in the order of DIMENSIONS}}


@dataclass(frozen=True)
class PersonData:
    """One person of the pool with everything that the scheme asks about him."""

    member: Member
    stage: Stage
    inputs: dict[str, Any]  # as in the bundle
    evidence: dict[str, Any]  # {component: {"months": […], "missing": […], "not_due": […]}}, and "late" if any;
    # of a defence {"defence": {"session", "title", "held_on"} or None}
    # of duties {"duties": [{"kind", "first", "last", "points", "done", "due", "duty"}], "unrated": [kind]}


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
class _Found:
    """What was submitted by and about everybody who is in a pool, and who was due."""

    filed: dict[str, Filed]  # by source
    late: set[tuple[int, date]]
    due: set[tuple[int, date]]
    duties: dict[int, tuple[list[RatedDuty], list[str]]]  # by person: what is rated, and the kinds that are not
    heard: Mapping[int, Heard]  # by person: the newest closed defence


@dataclass(frozen=True)
class _Asked:
    """What one scheme wants to know of the people of one branch."""

    sources: dict[str, dict[str, str]]
    components: list[tuple[Component, Callable]]  # each with what makes its observations
    months: tuple[date, ...]
    texts: dict[date, str]  # the months as "2026-10"
    period_end: date


def read(
    *, branches: Sequence[Branch], purpose: str, first: date, last: date, today: date
) -> dict[int, Material | Refused]:
    """Read the material of a ranking of each of these branches: {branch id: material}. Call it in one snapshot.

    Refused stands for a branch for which no single scheme applies.
    """
    day = pool_day(last, today)
    candidates = schemes.published_by_branch(branches, purpose)
    pools = pools_of(branches, purpose, day)
    cycles = list(
        Cycle.objects.filter(month__range=(first, last)).values_list("pk", "month", "is_off", "committee__path")
    )
    ids = [member.pk for pool in pools.values() for member in pool]
    heard = _heard(candidates, purpose, ids, first, last)
    found = _found(ids, cycles, _duties(candidates, ids, first, last), heard)
    readings: dict[int, Material | Refused] = {}
    kept: dict[tuple, _Asked] = {}  # most branches ask the same
    for branch in branches:
        try:
            scheme = schemes.over_period(candidates[branch.pk], branch, first, last)
        except Refused as refusal:
            readings[branch.pk] = refusal
            continue
        off = {month for _pk, month, is_off, root in cycles if is_off and root == branch.ancestor_paths()[0]}
        months = tuple(month for month in months_between(first, last) if month not in off)
        asked = kept.get((scheme.pk, months)) or kept.setdefault((scheme.pk, months), _asked(scheme, months, last))
        people = [_person(asked, found, member, day) for member in pools[branch.pk]]
        readings[branch.pk] = Material(branch, purpose, first, last, scheme, day, people)
    return readings


def pool(branch: Branch, purpose: str, day: date) -> list[Member]:
    """Students who belonged to the branch on that day and stood at the stage that the purpose is about; one query."""
    return pools_of([branch], purpose, day)[branch.pk]


def pools_of(branches: Sequence[Branch], purpose: str, day: date) -> dict[int, list[Member]]:
    """The same for many branches: {branch id: people}; one query."""
    students = Member.objects.filter(kind=Member.Kind.STUDENT).order_by()
    here = students.filter(Q(ended_on=None) | Q(ended_on__gt=day), branch__in=branches, joined_on__lte=day)
    earlier = students.filter(
        former_memberships__branch__in=branches,
        former_memberships__joined_on__lte=day,
        former_memberships__left_on__gt=day,
    )
    belonged = here.annotate(home=F("branch_id")).union(earlier.annotate(home=F("former_memberships__branch_id")))
    pools: dict[int, list[Member]] = {branch.pk: [] for branch in branches}
    for member in belonged.in_roster_order():  # each half by its own index; one condition would scan everybody
        if member.stage_on(day) in POOLS[purpose]:
            pools[member.home].append(member)
    return pools


def months_on(branch: Branch, first: date, last: date) -> list[date]:
    """The months of the period that are not switched off; a month that nobody planned is on."""
    root = branch.ancestor_paths()[0]
    off = set(
        Cycle.objects.filter(committee__path=root, month__range=(first, last), is_off=True).values_list(
            "month", flat=True
        )
    )
    return [month for month in months_between(first, last) if month not in off]


def _duties(candidates: dict, ids: list[int], first: date, last: date) -> dict[int, tuple[list[RatedDuty], list[str]]]:
    """What is rated of these people's duties; nothing is asked where no scheme counts them."""
    schemes_asked = [scheme for found in candidates.values() for scheme in found]
    if not any(known.DUTIES in scheme.sources.get("components", {}).values() for scheme in schemes_asked):
        return {}
    return duty_ratings.counting(ids, first, last)


def _heard(candidates: dict, purpose: str, ids: list[int], first: date, last: date) -> Mapping[int, Heard]:
    """The defences of these people; nothing is asked where no scheme counts them."""
    schemes_asked = [scheme for found in candidates.values() for scheme in found]
    if not any(known.DEFENCE in scheme.sources.get("components", {}).values() for scheme in schemes_asked):
        return {}
    return defences.heard_for(purpose, ids, first, last_day_of(last))


def _found(
    ids: list[int], cycles: list[tuple[int, date, bool, str]], duties: dict, heard: Mapping[int, Heard]
) -> _Found:
    """What was submitted for these people in these months, with a query for each kind of rater, and who was due.

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
        for member, cycle, came_late, *points in submitted.values_list("member", "cycle", is_late, *DIMENSIONS):
            own[member][month_of[cycle]] = tuple(points)
            if came_late:
                late.add((member, month_of[cycle]))
        filed[source] = own
    due = Due.objects.filter(member__in=ids, cycle__in=list(month_of)).values_list("member", "cycle")
    return _Found(filed, late, {(member, month_of[cycle]) for member, cycle in due}, duties, heard)


def _asked(scheme: ScoringScheme, months: tuple[date, ...], last: date) -> _Asked:
    components = [
        (component, known.observer(component)) for component in known.needed_components(parse_scheme(scheme.document))
    ]
    return _Asked(scheme.sources, components, months, {month: f"{month:%Y-%m}" for month in months}, last_day_of(last))


def _of_duties(found: _Found, member: Member) -> tuple[list[str], dict[str, Any]]:
    """One observation for each rating, and what it rests on."""
    rated, unrated = found.duties.get(member.pk, ([], []))
    shown = [
        {
            "kind": one.kind, "first": f"{one.first:%Y-%m}", "last": f"{one.last:%Y-%m}", "points": one.points,
            "done": one.done, "due": one.due, "duty": one.duty,
        }
        for one in rated
    ]  # fmt: skip
    return [str(one.points) for one in rated], {"duties": shown, "unrated": unrated}


def _of_defence(found: _Found, member: Member) -> tuple[list[str], dict[str, Any]]:
    """One observation for each judge, from the lowest on: the order tells nothing about who gave it."""
    heard = found.heard.get(member.pk)
    if heard is None:
        return [], {"defence": None}
    shown = {"session": heard.session, "title": heard.title, "held_on": heard.held_on.isoformat()}
    return sorted(heard.scores, key=number), {"defence": shown}


def _person(asked: _Asked, found: _Found, member: Member, day: date) -> PersonData:
    inputs: dict[str, Any] = {}
    evidence: dict[str, Any] = {}
    texts = asked.texts
    for component, observe in asked.components:
        source = asked.sources["components"][component.code]
        if source == known.DUTIES:
            inputs[component.code], evidence[component.code] = _of_duties(found, member)
            continue
        if source == known.DEFENCE:
            inputs[component.code], evidence[component.code] = _of_defence(found, member)
            continue
        own = found.filed[source].get(member.pk, {})
        filed = [month for month in asked.months if month in own]
        absent = [month for month in asked.months if month not in own]
        inputs[component.code] = [observe(own[month]) for month in filed]
        evidence[component.code] = {
            "months": [texts[month] for month in filed],
            "missing": [texts[month] for month in absent if (member.pk, month) in found.due],
            "not_due": [texts[month] for month in absent if (member.pk, month) not in found.due],
        }
        if source == known.SELF_REVIEW:
            late = [texts[month] for month in filed if (member.pk, month) in found.late]
            evidence[component.code] |= {"late": late} if late else {}
    for name in asked.sources["inputs"]:  # so far there is one source of such inputs
        figure = known.months_as_activist(member.activist_on, asked.period_end)
        if figure is not None:
            inputs[name] = figure
    return PersonData(member, member.stage_on(day), inputs, evidence)
