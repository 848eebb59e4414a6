"""Who is away from an office, who stands in, and who could?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from members.access import access_of
from members.models import Absence, RoleAssignment, User
from members.queries.offices import roles_for
from members.roles import Permission, Role
from members.stages import PARTY_MEMBERS


@dataclass(frozen=True)
class AbsenceRow:
    """One absence; `lasts`: today is one of its days; `may_end`: the reader can end it."""

    absence: Absence
    lasts: bool
    may_end: bool


@dataclass(frozen=True)
class Today:
    """The absences that matter to one person today, the one that ends first at the top."""

    standing_in: list[Absence]  # in whose place he acts
    away: list[Absence]  # his own


def acting_for(user: User, today: date) -> frozenset[int]:
    """The people (ids) in whose place this person acts today.

    Where two people have to sign, the stand-in is no second person beside the one who is away: refuse a signature of
    `user` when the first one is by him or by one of these, and the other way round.
    """
    return frozenset(standing_in(user, today).values_list("office__user", flat=True))


def standing_in(user: User, today: date) -> QuerySet[Absence]:
    """The absences that give the person further rights today, the one that ends first at the top."""
    absences = Absence.objects.on(today).filter(stand_in=user, office__in=RoleAssignment.objects.on(today))
    absences = absences.filter(office__user__is_active=True)
    return absences.select_related("office__user", "office__branch").order_by("ends_on", "pk")


def of_today(user: User, today: date) -> Today:
    """Both sides of today's absences for one person: where he stands in, and where he is away. One query.

    None for whoever holds no office, neither his own nor somebody else's.
    """
    if not any(grant.role != Role.MEMBER for grant in access_of(user).grants):
        return Today([], [])
    away = Absence.objects.on(today).filter(office__user=user)
    absences = (standing_in(user, today) | away).select_related("office__user", "office__branch", "stand_in")
    found = list(absences)
    return Today(
        standing_in=[absence for absence in found if absence.stand_in_id == user.pk],
        away=[absence for absence in found if absence.office.user_id == user.pk],
    )


def rows_for(user: User, today: date) -> list[AbsenceRow]:
    """Absences not over yet: the own ones, those in which he stands in, and those of offices that he fills."""
    concerned = (
        Q(office__user=user) | Q(stand_in=user) | access_of(user).rows(Permission.ASSIGN_ROLES, "office__branch")
    )
    absences = Absence.objects.not_over(today).filter(concerned)
    absences = absences.select_related("office__user", "office__branch", "stand_in").order_by("starts_on", "pk")
    return [AbsenceRow(row, row.starts_on <= today, may_enter(row.office, by=user)) for row in absences]


def reachable_offices(user: User) -> QuerySet[RoleAssignment]:
    """The person's own offices and those of branches in which he fills some."""
    scope = access_of(user).rows(Permission.ASSIGN_ROLES, "branch")
    return RoleAssignment.objects.filter(scope | Q(user=user)).select_related("user", "branch")


def may_enter(office: RoleAssignment, *, by: User) -> bool:
    """May `by` say who stands in: the holder himself, or whoever fills the office."""
    return office.user_id == by.pk or office.role in roles_for(office.branch, by=by)


def candidates(office: RoleAssignment, today: date) -> QuerySet[User]:
    """Who could stand in: officers of the branch and above, and Party members of the branch who have an account.

    Who administers the system or is a class's contact sees no records: he stands in for another of his kind at most.
    """
    officers = RoleAssignment.objects.on(today).filter(branch__path__in=office.branch.ancestor_paths())
    officers = officers.exclude(role__in={Role.ADMINISTRATOR, Role.CLASS_CONTACT} - {office.role})
    members = Q(member__branch=office.branch, member__ended_on=None, member__stage__in=PARTY_MEMBERS)
    users = User.objects.filter(Q(pk__in=officers.values("user")) | members, is_active=True)
    return users.exclude(pk=office.user_id).order_by("name", "number")
