"""Which kinds of activities does a committee have?"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from activities.models import ActivityKind
from members.models import Branch


def kinds_of(branch: Branch) -> QuerySet[ActivityKind]:
    """Those of the branch's committee: its own, and the standard ones that it has not changed; retired ones too."""
    own = ActivityKind.objects.filter(root__path=branch.ancestor_paths()[0])
    unchanged = Q(root=None) & ~Q(code__in=own.values("code"))
    return ActivityKind.objects.filter(unchanged | Q(pk__in=own.values("pk")))


def offered_kinds(branch: Branch, *, besides: int | None = None) -> QuerySet[ActivityKind]:
    """Those that a new activity of the branch can be of; `besides` is the id of one that stays possible."""
    return kinds_of(branch).filter(Q(retired_on=None) | Q(pk=besides))


def kind_choices(branches: Iterable[Branch]) -> list[tuple[str, str]]:
    """(code, name) of every kind that activities of these branches may be of, retired ones too; one query."""
    roots = {branch.ancestor_paths()[0] for branch in branches}
    kinds = ActivityKind.objects.filter(Q(root=None) | Q(root__path__in=roots)).order_by("position", "pk")
    own = {kind.code: kind.label for kind in kinds if kind.root_id}
    return list({kind.code: own.get(kind.code, kind.label) for kind in kinds}.items())
