"""Who holds which office where, and who acts where there is no secretary?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, Q, QuerySet

from members.access import access_of
from members.models import Absence, Branch, Member, RoleAssignment, User
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
    """One office with its absences to come; `acting`: its holder acts as secretary today.

    `may_end`: the reader can end it; `may_be_left`: he can say who stands in; `now_in`: the branch to which the holder
    has moved, so that the office should be looked at.
    """

    office: RoleAssignment
    role: Role
    acting: bool
    begun: bool
    may_end: bool
    may_be_left: bool
    is_staff: bool
    now_in: Branch | None
    absences: list[Absence]


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
        .select_related("user__member__branch", "branch")
        .prefetch_related(Prefetch("absences", Absence.objects.not_over(today).select_related("stand_in"), "coming"))
        .order_by("starts_on", "pk")
    )
    of_branch: dict[int, list[RoleAssignment]] = defaultdict(list)
    for office in offices:
        of_branch[office.branch_id].append(office)
    return [_branch(branch, of_branch[branch.pk], by, today) for branch in branches]


def offices_within(branch: Branch, users: Iterable[int], today: date) -> QuerySet[RoleAssignment]:
    """The offices over this branch that these people hold today or later."""
    offices = RoleAssignment.objects.filter(not_over(today), user__in=users, branch__path__startswith=branch.path)
    return offices.select_related("user", "branch").order_by("starts_on", "pk")


def holders(permission: Permission, branch: Branch, today: date) -> list[User]:
    """Who holds the permission in this branch today, by an office there or above, or standing in for one."""
    above = Q(branch__path__in=branch.ancestor_paths())
    offices = RoleAssignment.objects.on(today).filter(above)
    stand_ins = Absence.objects.on(today).filter(office__in=offices)
    people = User.objects.filter(Q(pk__in=offices.values("user")) | Q(pk__in=stand_ins.values("stand_in")))
    return [user for user in people.filter(is_active=True) if access_of(user, today).may_in(permission, branch)]


def operators(today: date) -> QuerySet[User]:
    """Who looks after the portal itself today: the system administrators."""
    offices = RoleAssignment.objects.on(today).filter(role=Role.ADMINISTRATOR)
    return User.objects.filter(pk__in=offices.values("user"), is_active=True)


def secretaries_of(branch: Branch, today: date) -> list[str]:
    """Names of those who are this branch's secretary on that day, mostly one."""
    offices = RoleAssignment.objects.on(today).filter(branch=branch, role=Role.SECRETARY, user__is_active=True)
    return list(offices.order_by("starts_on", "pk").values_list("user__name", flat=True))


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
        may_be_left=role in allowed or office.user_id == by.pk,
        is_staff=member is None or member.ended_on is not None,
        now_in=_moved_to(member, office.branch),
        absences=office.coming,
    )


def _moved_to(member: Member | None, branch: Branch) -> Branch | None:
    """Where an officer of a branch with members belongs today, if it is another one."""
    if member is None or member.ended_on is not None or branch.kind != Branch.Kind.BRANCH:
        return None
    return member.branch if member.branch_id != branch.pk else None
