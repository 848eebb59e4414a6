"""Who holds which office where, and who acts where there is no secretary?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from members.access import access_of
from members.models import Branch, RoleAssignment, User
from members.queries.accounts import not_over
from members.roles import Permission, Role, acting_role

KINDS_OF_ROLE = {
    Role.REVIEWER: frozenset({Branch.Kind.COMMITTEE}),
    Role.ADMINISTRATOR: frozenset({Branch.Kind.COMMITTEE}),
    Role.CLASS_CONTACT: frozenset({Branch.Kind.BRANCH}),
}
ORDER = {role: place for place, role in enumerate(Role)}


@dataclass(frozen=True)
class OfficeRow:
    """One office; `acting`: its holder acts as secretary today; `may_end`: the reader can end it."""

    office: RoleAssignment
    role: Role
    acting: bool
    begun: bool
    may_end: bool
    is_staff: bool


@dataclass(frozen=True)
class BranchOffices:
    """A branch with its offices, and whether the reader can fill any."""

    branch: Branch
    rows: list[OfficeRow]
    may_appoint: bool
    has_secretary: bool
    has_acting: bool


def roles_for(branch: Branch, *, by: User) -> list[Role]:
    """Return the offices of this branch that `by` may fill, in the order of the role table."""
    allowed = access_of(by).appointable_in(branch)
    return [role for role in Role if role in allowed and branch.kind in KINDS_OF_ROLE.get(role, Branch.Kind)]


def offices_in_scope(branches: Iterable[Branch], *, by: User, today: date) -> list[BranchOffices]:
    """Return these branches with the offices of today and of later days."""
    branches = list(branches)
    offices = (
        RoleAssignment.objects.filter(not_over(today), branch__in=branches)
        .select_related("user__member", "branch")
        .order_by("starts_on", "pk")
    )
    of_branch: dict[int, list[RoleAssignment]] = defaultdict(list)
    for office in offices:
        of_branch[office.branch_id].append(office)
    return [_branch(branch, of_branch[branch.pk], by, today) for branch in branches]


def visible_branches(by: User):
    """Open branches whose offices `by` may see here."""
    return Branch.objects.visible_to(by, Permission.ASSIGN_ROLES).filter(closed_on=None)


def _branch(branch: Branch, offices: list[RoleAssignment], by: User, today: date) -> BranchOffices:
    held = {Role(office.role) for office in offices if office.starts_on <= today and office.user.is_active}
    acting, allowed = acting_role(held), access_of(by).appointable_in(branch)
    rows = [_row(office, acting, by, allowed, today) for office in offices]
    rows.sort(key=lambda row: ORDER[row.role])
    return BranchOffices(branch, rows, bool(roles_for(branch, by=by)), Role.SECRETARY in held, acting is not None)


def _row(office: RoleAssignment, acting: Role | None, by: User, allowed: frozenset[Role], today: date) -> OfficeRow:
    role, begun = Role(office.role), office.starts_on <= today
    member = getattr(office.user, "member", None)
    return OfficeRow(
        office,
        role,
        acting=begun and role == acting,
        begun=begun,
        may_end=role in allowed and office.user_id != by.pk,
        is_staff=member is None or member.ended_on is not None,
    )
