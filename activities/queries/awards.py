"""Which awards are there, and what else does their evidence show?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import models
from django.db.models import Count, QuerySet

from activities.models import Award
from branchportal.prepared import prepared
from members.access import access_of
from members.models import Member, User
from members.queries.own_matters import is_own_matter, of_others
from members.roles import Permission


def awards_of(member: Member) -> QuerySet[Award]:
    """Everything this person proposed, the newest first."""
    return Award.objects.filter(member=member).select_related("level", "evidence", "decided_by")


def confirmed_between(member: Member, first: date, last: date) -> list[Award]:
    """Confirmed awards of these days, both included, the newest first."""
    return _confirmed(member=member.pk, first=first, last=last)


@prepared(member=models.BigIntegerField(), first=models.DateField(), last=models.DateField())
def _confirmed(member, first, last):
    found = Award.objects.confirmed().filter(member=member, awarded_on__range=(first, last))
    return found.select_related("level")


def confirmed_by_member(members: Iterable[Member], first: date, last: date) -> dict[int, int]:
    """{member id: how many confirmed awards} of these days; whoever has none is not in it. One query."""
    rows = Award.objects.confirmed().filter(member__in=[one.pk for one in members], awarded_on__range=(first, last))
    return dict(rows.order_by().values_list("member").annotate(Count("pk")))


def same_file(award: Award) -> list[Award]:
    """Other awards of the branch that the same file shows."""
    if award.evidence_id is None:
        return []
    others = Award.objects.filter(evidence=award.evidence_id).exclude(pk=award.pk)
    return list(others.select_related("member", "level"))


def may_decide(user: User, award: Award, today: date) -> bool:
    """Officers who confirm awards of the branch, not about themselves (see own_matters)."""
    if not access_of(user).may_in(Permission.CONFIRM_AWARDS, award.branch):
        return False
    return not is_own_matter(user, award.member, today)


def waiting_awards(user: User, today: date) -> QuerySet[Award]:
    """Proposals that this person may decide, the oldest first."""
    found = Award.objects.visible_to(user, Permission.CONFIRM_AWARDS).filter(state=Award.State.PROPOSED)
    return found.filter(of_others(user, today)).select_related("member").order_by("proposed_at", "pk")
