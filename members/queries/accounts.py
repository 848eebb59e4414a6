"""Which accounts is somebody in charge of, and in what state is each?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.db.models import Prefetch, Q, QuerySet, prefetch_related_objects
from django.utils import timezone

from members.access import access_of
from members.models import ActivationSlip, Branch, Member, RoleAssignment, User
from members.numbers import typed_number
from members.roles import Permission


class AccountState(StrEnum):
    """How far somebody has come with signing in."""

    NONE = "none"  # no slip was ever made
    WAITING = "waiting"  # a slip is open
    EXPIRED = "expired"  # the slip was not used in time
    ACTIVE = "active"  # has a password


@dataclass(frozen=True)
class AccountRow:
    """One line of the list of accounts."""

    person: Any  # Member, or User for staff without a branch
    user: User | None
    state: AccountState
    expires_at: datetime | None
    in_charge: bool


def account_rows(
    members: Iterable[Member], staff: Iterable[User], *, by: User, now: datetime
) -> tuple[list[AccountRow], list[AccountRow]]:
    """One row per member and one per person of the staff. Two queries beside theirs, whatever their number."""
    members, staff = list(members), list(staff)
    users = [*(member.user for member in members if member.user), *staff]
    slips = ActivationSlip.objects.filter(used_at=None, withdrawn_at=None)
    prefetch_related_objects(
        users,
        Prefetch("role_assignments", RoleAssignment.objects.select_related("branch")),
        Prefetch("activation_slips", slips, to_attr="open_slips"),
    )
    return [_row(member, member.user, by, now) for member in members], [_row(user, user, by, now) for user in staff]


def with_accounts(members: QuerySet[Member]) -> QuerySet[Member]:
    """Members in roster order with their branch and account."""
    return members.select_related("branch", "user").in_roster_order()


def staff_in_charge(by: User, today: date) -> QuerySet[User]:
    """Accounts of office holders in scope who belong to no branch."""
    held = RoleAssignment.objects.visible_to(by, Permission.ASSIGN_ROLES).filter(not_over(today))
    users = User.objects.filter(pk__in=held.values("user"))
    users = users.exclude(member__ended_on__isnull=True, member__isnull=False)
    return users.select_related("member__branch").order_by("name", "number")


def in_charge(by: User, user: User, today: date) -> bool:
    """May `by` make slips for this account? Only if he could also fill every office that it holds.

    Without this rule a secretary could take over the account of a committee member who is in his branch's roster.
    """
    if by.pk == user.pk:
        return False
    access = access_of(by)
    offices = [office for office in user.role_assignments.all() if office.ends_on is None or office.ends_on >= today]
    if any(office.role not in access.appointable_in(office.branch) for office in offices):
        return False
    member = getattr(user, "member", None)
    if member is None or member.ended_on is not None:
        return bool(offices)
    return access.may_in(Permission.MANAGE_ACCOUNTS, member.branch)


def branch_of(user: User) -> Branch | None:
    """The branch in whose audit trail a line about this account belongs."""
    member = getattr(user, "member", None)
    if member is not None:
        return member.branch
    office = user.role_assignments.select_related("branch").order_by("-starts_on").first()
    return office.branch if office else None


def offices_of(user: User, today: date) -> QuerySet[RoleAssignment]:
    """The person's own offices, of today and of later days."""
    return user.role_assignments.filter(not_over(today)).select_related("branch").order_by("starts_on", "branch__path")


def not_over(today: date) -> Q:
    """Offices held today or later."""
    return Q(ends_on=None) | Q(ends_on__gte=today)


def branches_in_charge(by: User) -> QuerySet[Branch]:
    """Branches with members whose accounts `by` keeps."""
    return Branch.objects.visible_to(by, Permission.MANAGE_ACCOUNTS).party_branches()


def find_members(by: User, words: str) -> QuerySet[Member]:
    """Current members in charge whose number or name contains the words."""
    members = Member.objects.visible_to(by, Permission.MANAGE_ACCOUNTS).current()
    return members.filter(Q(number__startswith=typed_number(words)) | Q(name__icontains=words.strip()))


def _row(person: Member | User, user: User | None, by: User, now: datetime) -> AccountRow:
    if user is None:
        return AccountRow(person, None, AccountState.NONE, None, access_of(by).may_in(
            Permission.MANAGE_ACCOUNTS, person.branch))  # fmt: skip
    expires_at = max((slip.expires_at for slip in user.open_slips), default=None)
    return AccountRow(
        person, user, _state(user, expires_at, now), expires_at, in_charge(by, user, timezone.localdate(now))
    )


def _state(user: User, expires_at: datetime | None, now: datetime) -> AccountState:
    if user.has_usable_password():
        return AccountState.ACTIVE
    if expires_at is None:
        return AccountState.NONE
    return AccountState.WAITING if expires_at > now else AccountState.EXPIRED
