"""When is a scheme sealed, so that nobody exchanges it once figures are known?"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction

from branchportal import audit
from evaluations.models import ScoringScheme
from evaluations.queries import schemes as queries
from evaluations.services import months
from members.models import Branch

State = ScoringScheme.State


def seal_first_rating(*, branch: Branch, month: date, now: datetime) -> int:
    """Seal what applies to this branch and month, at its first submitted rating; return how many. Mostly one query.

    For whoever holds the month already (months.hold_open); all others seal by their first figure.
    """
    return sum(_seal(scheme, branch, month, now) for scheme in queries.unsealed_above(branch, month))


def seal_first_figure(*, branch: Branch, month: date, now: datetime) -> int:
    """The same for figures of no month of its own: nobody publishes another scheme until the transaction ends."""
    months.keep_rules(committee_id(branch))
    return seal_first_rating(branch=branch, month=month, now=now)


def seal_for_rankings(*, schemes: Collection[int], now: datetime) -> set[int]:
    """Seal what is compiled under these; return those still in force, which stay so until the transaction ends."""
    held = ScoringScheme.objects.select_for_update(no_key=True).filter(pk__in=schemes).order_by("pk")
    in_force = [scheme for scheme in held.defer("document", "sources") if scheme.state != State.DRAFT]
    for scheme in in_force:
        if scheme.state == State.PUBLISHED:
            _close(scheme, now)
            audit.record("scheme.seal", by=None, subject=scheme)
    return {scheme.pk for scheme in in_force}


def committee_id(branch: Branch) -> int:
    """The committee whose months and schemes apply to the branch."""
    return Branch.objects.only("pk").get(path=branch.ancestor_paths()[0]).pk


def _seal(scheme: ScoringScheme, branch: Branch, month: date, now: datetime) -> int:
    if queries.for_month(branch, scheme.purpose, month) != scheme:
        return 0
    with transaction.atomic():
        sealed = _close(scheme, now)
        if sealed:
            audit.record("scheme.seal", by=None, subject=scheme, after={"month": f"{month:%Y-%m}"})
    return sealed


def _close(scheme: ScoringScheme, now: datetime) -> int:
    published = ScoringScheme.objects.filter(pk=scheme.pk, state=State.PUBLISHED)
    return published.update(state=State.SEALED, sealed_at=now)
