"""How is a right checked: which rows may this person see, and which pages open?

Three doors: LoginRequiredMiddleware (settings), `permission = Permission.X` on each page (PortalView), and objects
only through `visible_to(user, permission)`, so that somebody else's branch is a 404.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db import models
from django.db.models import Q
from django.utils import timezone

from members.refusals import missing_right
from members.roles import ACTING_ORDER, ROLE_PERMISSIONS, Permission, Role, appointable


@dataclass(frozen=True)
class Grant:
    """One office today: a role over a branch and all below it. `stands_in_for` names its holder if he is away."""

    role: Role
    branch: Any
    acting: bool = False
    class_name: str = ""
    stands_in_for: str = ""

    @cached_property
    def permissions(self) -> frozenset[Permission]:
        own = ROLE_PERMISSIONS[self.role]
        return own | ROLE_PERMISSIONS[Role.SECRETARY] if self.acting else own

    def covers(self, branch: Any) -> bool:
        if self.role == Role.MEMBER:
            return branch.path == self.branch.path
        return branch.path.startswith(self.branch.path)


@dataclass(frozen=True)
class Access:
    """Everything that one person may do today."""

    grants: tuple[Grant, ...]

    def may(self, permission: Permission) -> bool:
        return any(permission in grant.permissions for grant in self.grants)

    def may_in(self, permission: Permission, branch: Any) -> bool:
        return any(permission in grant.permissions and grant.covers(branch) for grant in self.grants)

    def granting(self, permission: Permission) -> tuple[Grant, ...]:
        return tuple(grant for grant in self.grants if permission in grant.permissions)

    def appointable_in(self, branch: Any) -> frozenset[Role]:
        """The offices of that branch that this person may fill or end."""
        covering = (grant for grant in self.granting(Permission.ASSIGN_ROLES) if grant.covers(branch))
        return frozenset().union(*(appointable(grant.role, acting=grant.acting) for grant in covering))

    def stood_in_for(self, permission: Permission, branch: Any = None) -> str:
        """Whose right this is: "" for the own one, else the name of the person who is away."""
        grants = [grant for grant in self.granting(permission) if branch is None or grant.covers(branch)]
        if any(not grant.stands_in_for for grant in grants):
            return ""
        return next((grant.stands_in_for for grant in grants), "")

    def has_role(self, role: Role) -> bool:
        return any(grant.role == role for grant in self.grants)

    def rows(self, permission: Permission, lookup: str) -> Q:
        """The condition on `lookup` (the way to the branch, "" for a branch itself) that keeps rows in scope."""
        prefix = f"{lookup}__" if lookup else ""
        condition = Q(pk__in=[])
        for grant in self.granting(permission):
            match = "path" if grant.role == Role.MEMBER else "path__startswith"
            condition |= Q(**{f"{prefix}{match}": grant.branch.path})
        return condition


def access_of(user: Any, today: date | None = None) -> Access:
    """Return what this person may do today; loaded once per user object (one request) and day."""
    day = today or timezone.localdate()
    loaded_on, loaded = getattr(user, "_access", (None, None))
    if today is None and loaded_on == day:
        return loaded
    access = Access(tuple(_grants(user, day)))
    if today is None:
        user._access = (day, access)
    return access


def _grants(user: Any, today: date) -> list[Grant]:
    if not user.is_active:
        return []
    grants = [_grant(assignment, user) for assignment in user.offices_on(today)]
    member = getattr(user, "member", None)
    if member is not None and member.ended_on is None:
        grants.append(Grant(Role.MEMBER, member.branch))
    own = [grant for grant in grants if not grant.stands_in_for]
    return [grant for grant in grants if not grant.stands_in_for or _is_at_home(own, grant.branch)]


def _is_at_home(own: list[Grant], branch: Any) -> bool:
    """Only who still belongs to the branch, or holds an office there or above, stands in for one of its officers."""
    return any(grant.covers(branch) for grant in own)


def _grant(assignment: Any, user: Any) -> Grant:
    role = Role(assignment.role)
    acting = role in ACTING_ORDER and not assignment.is_outranked
    away = assignment.user.name if assignment.user_id != user.pk else ""
    return Grant(role, assignment.branch, acting, assignment.class_name, away)


class ScopedQuerySet(models.QuerySet):
    """Rows that belong to a branch. `branch_lookup` is the way from the row to it ("" for the branch itself)."""

    branch_lookup = "branch"

    def visible_to(self, user: Any, permission: Permission) -> ScopedQuerySet:
        """Only rows of branches in which the user holds the permission."""
        return self.filter(access_of(user).rows(permission, self.branch_lookup))


class PortalView:
    """Mix-in of every page behind the log-in: 403 unless somebody's role table grants `permission`."""

    permission: Permission | None = None

    def dispatch(self, request, *args, **kwargs):
        if self.permission is None:
            raise ImproperlyConfigured(f"{type(self).__name__} does not say which permission it asks for.")
        if not access_of(request.user).may(self.permission):
            raise PermissionDenied(missing_right(self.permission))
        request.user.permission_in_use = self.permission
        return super().dispatch(request, *args, **kwargs)

    def visible(self, queryset: ScopedQuerySet) -> ScopedQuerySet:
        """The rows of this page's permission."""
        return queryset.visible_to(self.request.user, self.permission)
