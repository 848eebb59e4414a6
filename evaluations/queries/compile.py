"""What goes into a ranking: who is in the pool, and what was submitted about him in each month?

Six queries for all branches that ask for the same purpose and months, however many people they have, and the few of
each further source that one of their schemes counts: see `read` and observations.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import F, Q

from evaluations.deadlines import months_between
from evaluations.models import Cycle, ScoringScheme
from evaluations.periods import pool_day
from evaluations.purposes import Purpose
from evaluations.queries import schemes
from evaluations.queries.observations import Asked, Wanted, find, told
from evaluations.refusals import Refused
from members.models import Branch, Member
from members.stages import Stage

POOLS: dict[str, tuple[Stage, ...]] = {
    Purpose.CANDIDATE: (Stage.ACTIVIST,),
    Purpose.CONVERSION: (Stage.PROBATIONARY,),
    Purpose.APPRAISAL: (Stage.PROBATIONARY, Stage.FULL),
}


@dataclass(frozen=True)
class PersonData:
    """One person of the pool with everything that the scheme asks about him."""

    member: Member
    stage: Stage
    inputs: dict[str, Any]  # as in the bundle
    evidence: dict[str, Any]  # what the figures rest on, by component and gate input: see observations.py


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
    wanted = Wanted.of([scheme for some in candidates.values() for scheme in some], purpose, first, last)
    found = find([member.pk for pool in pools.values() for member in pool], cycles, wanted)
    readings: dict[int, Material | Refused] = {}
    kept: dict[tuple, Asked] = {}  # most branches ask the same
    for branch in branches:
        try:
            scheme = schemes.over_period(candidates[branch.pk], branch, first, last)
        except Refused as refusal:
            readings[branch.pk] = refusal
            continue
        off = {month for _pk, month, is_off, root in cycles if is_off and root == branch.ancestor_paths()[0]}
        months = tuple(month for month in months_between(first, last) if month not in off)
        asked = kept.get((scheme.pk, months)) or kept.setdefault((scheme.pk, months), Asked.of(scheme, months, last))
        people = [PersonData(member, member.stage_on(day), *told(asked, found, member)) for member in pools[branch.pk]]
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
