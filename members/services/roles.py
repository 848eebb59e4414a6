"""How is an office given and ended?"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from branchportal import audit
from branchportal.notifications import notify
from members.models import Branch, RoleAssignment, User
from members.queries.offices import roles_for
from members.roles import Role
from members.services.absences import hold
from members.services.accounts import end_sessions
from members.services.stand_ins import end_with_offices, end_without_place


def appoint(
    *,
    user: User,
    role: Role,
    branch: Branch,
    starts_on: date,
    ends_on: date | None = None,
    class_name: str = "",
    by: User | None,
    now: datetime,
) -> RoleAssignment:
    """Give an office from a day to a day (both included). `by` is None for a command at the server.

    Raises ValidationError, or PermissionDenied for an office that `by` can't fill.
    """
    if by is not None:
        _refuse(user, role, branch, by)
    if ends_on is not None and ends_on < starts_on:
        raise ValidationError({"ends_on": _("The last day must not be before the first day.")})
    if branch.closed_on is not None:
        raise ValidationError(_("This branch is closed. Nobody can be appointed there any more."))
    office = RoleAssignment(
        user=user, role=role, branch=branch, class_name=class_name, starts_on=starts_on, ends_on=ends_on
    )
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        if _overlapping(office).exists():
            raise ValidationError(
                _("%(name)s holds this office in these days already. End it first or choose other days.")
                % {"name": user.name}
            )
        office.save()
        audit.record("role.given", by=by, subject=user, branch=branch, after=facts(office))
        tell("role_given", office, now)
    return office


def end_office(*, office: RoleAssignment, last_day: date, by: User, now: datetime) -> None:
    """End an office after `last_day`; a day before today ends it at once, and the person's sessions with it.

    An office that had not begun by then is withdrawn altogether. What rests on the office ends with it: absences from
    it, and those in which its holder stands in. The same end twice is done once.
    """
    with transaction.atomic():
        hold(office.user_id)
        office = RoleAssignment.objects.select_for_update(of=("self",)).select_related("user", "branch").filter(
            pk=office.pk
        ).first()  # fmt: skip
        if office is None or office.ends_on == last_day:
            return
        _refuse(office.user, Role(office.role), office.branch, by)
        if office.ends_on is not None and office.ends_on < last_day:
            raise ValidationError({"last_day": _("This office ends earlier already.")})
        before, user = facts(office), office.user
        end_with_offices(offices=[office], last_day=last_day, by=by, now=now)
        if last_day < office.starts_on:
            audit.record("role.withdrawn", by=by, subject=office.user, branch=office.branch, before=before)
            tell("role_ended", office, now)
            office.delete()
        else:
            office.ends_on = last_day
            office.save(update_fields=["ends_on"])
            old, new = audit.changes(before, facts(office))
            old, new = {"role": before["role"], **old}, {"role": before["role"], **new}
            audit.record("role.ended", by=by, subject=office.user, branch=office.branch, before=old, after=new)
            tell("role_ended", office, now)
        end_without_place(users=[user.pk], last_day=last_day, by=by, now=now)
        if last_day < timezone.localdate(now):
            end_sessions(user=user)


def at_once(now: datetime) -> date:
    """The last day of an office that ends at this moment."""
    return timezone.localdate(now) - timedelta(days=1)


def _refuse(user: User, role: Role, branch: Branch, by: User) -> None:
    if user.pk == by.pk:
        raise ValidationError(_("Nobody appoints or dismisses himself. Ask the office above yours."))
    if role not in roles_for(branch, by=by):
        raise PermissionDenied


def _overlapping(office: RoleAssignment):
    same = RoleAssignment.objects.filter(
        user=office.user, role=office.role, branch=office.branch, class_name=office.class_name
    )
    same = same.filter(Q(ends_on=None) | Q(ends_on__gte=office.starts_on))
    return same if office.ends_on is None else same.filter(starts_on__lte=office.ends_on)


def facts(office: RoleAssignment) -> dict[str, object]:
    """What the audit trail keeps of an office."""
    return {
        "role": str(office.role),
        "class_name": office.class_name,
        "starts_on": office.starts_on,
        "ends_on": office.ends_on,
    }


def tell(kind: str, office: RoleAssignment, now: datetime) -> None:
    """Let the holder know that the office was given or ended."""
    context = {
        "role": str(office.role),
        "branch": office.branch.name,
        "starts_on": office.starts_on.isoformat(),
        "ends_on": office.ends_on.isoformat() if office.ends_on else "",
    }
    notify([office.user], kind, key=f"{office.pk}:{now.isoformat()}", context=context)
