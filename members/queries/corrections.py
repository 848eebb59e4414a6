"""Which wishes for a correction wait, and what does a page show of each?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from members.models import CorrectionRequest, Member, User
from members.queries.own_matters import of_others
from members.queries.people import in_words, label
from members.roles import Permission


@dataclass(frozen=True)
class Shown:
    """One wish in words; `now` is what the record says today."""

    request: CorrectionRequest
    label: str
    old: str
    proposed: str
    now: str

    @property
    def changed_meanwhile(self) -> bool:
        return self.now != self.old


def waiting_for(user: User, today: date) -> QuerySet[CorrectionRequest]:
    """Wishes that this officer may answer, the oldest first; nobody answers the own one (see own_matters)."""
    wishes = CorrectionRequest.objects.visible_to(user, Permission.EDIT_ROSTER).waiting()
    return wishes.filter(of_others(user, today)).select_related("member__branch")


def answered_for(user: User) -> QuerySet[CorrectionRequest]:
    """Wishes of these rosters that were answered, the newest answer first."""
    wishes = CorrectionRequest.objects.visible_to(user, Permission.EDIT_ROSTER)
    wishes = wishes.exclude(state=CorrectionRequest.State.OPEN).select_related("member__branch", "decided_by")
    return wishes.order_by("-decided_at", "-pk")


def own_requests(member: Member) -> QuerySet[CorrectionRequest]:
    """The member's own wishes, the newest first."""
    return CorrectionRequest.objects.filter(member=member).select_related("member", "decided_by")


def shown(request: CorrectionRequest) -> Shown:
    """One wish in words."""
    field = request.field
    return Shown(
        request,
        label(field),
        in_words(field, request.old_value),
        in_words(field, request.proposed_value),
        in_words(field, getattr(request.member, field)),
    )
