"""Which scoring scheme applies to a branch in a month or a period?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from django.db import models
from django.db.models import F
from django.utils.translation import gettext_noop as _

from branchportal.prepared import prepared
from evaluations.deadlines import months_between
from evaluations.models import ScoringScheme
from evaluations.refusals import Refused
from members.models import Branch


def for_period(branch: Branch, purpose: str, first: date, last: date) -> ScoringScheme:
    """The scheme valid on the period's first day: the branch's own, else the nearest one above.

    One query. Raises Refused where there is none, or where another one applies later in the period.
    """
    return over_period(published(branch, purpose), branch, first, last)


def over_period(candidates: Iterable[ScoringScheme], branch: Branch, first: date, last: date) -> ScoringScheme:
    """The same out of the branch's published schemes of that purpose, without a query."""
    scheme = nearest(candidates, first)
    if scheme is None:
        raise Refused(
            _(
                "No published scheme for this purpose is valid for %(branch)s in %(month)s. A reviewer of the "
                "committee can publish one on the page of scoring schemes."
            ),
            branch=branch.name,
            month=f"{first:%Y-%m}",
        )
    for month in months_between(first, last):
        _refuse_other_scheme(scheme, nearest(candidates, month), month)
    return scheme


def for_month(branch: Branch, purpose: str, month: date) -> ScoringScheme | None:
    """The scheme that applies in one month, or None."""
    return nearest(published(branch, purpose), month)


def published(branch: Branch, purpose: str) -> list[ScoringScheme]:
    """Every published scheme of the branch and of all above it for this purpose; one query."""
    return list(ScoringScheme.objects.in_force().above(branch).filter(purpose=purpose).select_related("branch"))


def published_by_branch(branches: Sequence[Branch], purpose: str) -> dict[int, list[ScoringScheme]]:
    """The same for many branches: {branch id: schemes}; one query."""
    paths = {path for branch in branches for path in branch.ancestor_paths()}
    found = list(
        ScoringScheme.objects.in_force().filter(branch__path__in=paths, purpose=purpose).select_related("branch")
    )
    return {
        branch.pk: [scheme for scheme in found if branch.path.startswith(scheme.branch.path)] for branch in branches
    }


def applying(branch: Branch, first: date, last: date) -> list[ScoringScheme]:
    """The schemes that apply to the branch in one of these months, for whatever purpose; one query."""
    found = ScoringScheme.objects.in_force().above(branch).select_related("branch")
    by_purpose: dict[str, list[ScoringScheme]] = defaultdict(list)
    for scheme in found:
        by_purpose[scheme.purpose].append(scheme)
    applied = [nearest(some, month) for some in by_purpose.values() for month in months_between(first, last)]
    return list(dict.fromkeys(scheme for scheme in applied if scheme))


def nearest(candidates: Iterable[ScoringScheme], month: date) -> ScoringScheme | None:
    """Of published schemes of one purpose, the one valid in that month that is owned nearest to the branch."""
    valid = [scheme for scheme in candidates if scheme.is_valid_in(month)]
    return max(valid, key=lambda scheme: (len(scheme.branch.path), scheme.first_month), default=None)


def _refuse_other_scheme(scheme: ScoringScheme, other: ScoringScheme | None, month: date) -> None:
    if other == scheme:
        return
    if other is None:
        raise Refused(
            _(
                "The scheme %(scheme)s is not valid in %(month)s any more: choose a period that ends before, or "
                "ask for a scheme for that month."
            ),
            scheme=str(scheme),
            month=f"{month:%Y-%m}",
        )
    raise Refused(
        _(
            "The period spans two schemes: %(scheme)s applies on its first day and %(other)s from %(month)s on. "
            "Compile the months before and from %(month)s on separately."
        ),
        scheme=str(scheme),
        other=str(other),
        month=f"{month:%Y-%m}",
    )


def unsealed_above(branch: Branch, month: date) -> list[ScoringScheme]:
    """Published schemes of the branch and of all above it that hold for this month and no rating has sealed yet."""
    return _unsealed(path=branch.path, month=month)


@prepared(path=models.CharField(), month=models.DateField())
def _unsealed(path, month):
    above = ScoringScheme.objects.alias(here=path).filter(here__startswith=F("branch__path"))
    return above.valid_in(month).filter(state=ScoringScheme.State.PUBLISHED).select_related("branch")
