"""How are people told which of their entries in the "three ones" are late, once a day at most?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from activities.queries.duties import Standing, branch_standings, late_people
from branchportal import audit
from branchportal.models import Notification
from branchportal.notifications import notify
from members.models import Branch, Member, User

KIND = "duties_late"


@dataclass(frozen=True)
class LatePerson:
    """Somebody with late entries: how many, of which months; and whether he was told today already."""

    member: Member
    number: int
    months: list[str]
    was_told: bool

    @property
    def can_be_told(self) -> bool:
        return self.member.user_id is not None and not self.was_told


def late_in(branch: Branch, today: date) -> list[LatePerson]:
    """Everybody of the branch who is late, the latest first."""
    people = late_people(branch_standings(branch, today))
    users = [member.user_id for member in people if member.user_id]
    told = set(Notification.objects.filter(kind=KIND, key=_key(today), user__in=users).values_list("user", flat=True))
    found = [_late(member, standings, told) for member, standings in people.items()]
    return sorted(found, key=lambda one: -one.number)


@transaction.atomic
def remind_late(*, branch: Branch, by: User, now: datetime) -> list[Member]:
    """Tell everybody of the branch who is late and was not told today; return them. Twice tells nobody twice."""
    today = timezone.localdate(now)
    Branch.objects.select_for_update(no_key=True).get(pk=branch.pk)  # of two officers at once, one tells
    people = [one for one in late_in(branch, today) if one.can_be_told]
    users = {user.pk: user for user in User.objects.filter(pk__in=[one.member.user_id for one in people])}
    for one in people:
        notify(
            [users[one.member.user_id]], KIND, key=_key(today), context=context_of(one),
            url=reverse("activities:my_duties"),
        )  # fmt: skip
    if people:
        names = [one.member.name for one in people]
        audit.record("duty.reminded", by=by, subject=branch, branch=branch, after={"people": names})
    return [one.member for one in people]


def context_of(one: LatePerson) -> dict[str, Any]:
    """What the words of the message are made of."""
    return {"number": one.number, "months": one.months}


def _late(member: Member, standings: list[Standing], told: set[int]) -> LatePerson:
    months = sorted({f"{month.month:%Y-%m}" for one in standings for month in one.late_months})
    return LatePerson(member, sum(one.late for one in standings), months, member.user_id in told)


def _key(today: date) -> str:
    return today.isoformat()
