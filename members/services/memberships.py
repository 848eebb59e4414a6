"""How does a membership end, go on again, or move to another branch of the university?"""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.urls import reverse

from branchportal import audit
from branchportal.notifications import notify
from members.access import access_of
from members.models import Branch, FormerMembership, Member, RoleAssignment, User
from members.roles import ROLE_PERMISSIONS, Permission
from members.services.accounts import end_sessions
from members.services.people import locked

ROSTER_KEEPERS = [role for role, permissions in ROLE_PERMISSIONS.items() if Permission.EDIT_ROSTER in permissions]


def end_membership(*, member: Member, version: int, reason: str, ended_on: date, by: User, today: date) -> Member:
    """End it on `ended_on`, the first day that no longer counts; the person stays in the records.

    With the last role go the sessions. The same end sent twice has one effect. Raises StaleEdit.
    """
    with transaction.atomic():
        row = locked(member)
        after = {"ended_on": ended_on, "end_reason": reason}
        if (row.ended_on, row.end_reason) == (ended_on, reason):
            return row
        row = _changed(locked(member, version), "member.ended", after, by)
        _sign_out_without_role(row, today)
    return row


def resume_membership(*, member: Member, version: int, joined_on: date, by: User) -> Member:
    """Let it go on from `joined_on`; days between the end and the return do not count. Raises StaleEdit.

    On the very day of the end nothing was interrupted; otherwise the earlier time becomes a former membership.
    """
    with transaction.atomic():
        row = locked(member)
        if row.ended_on is None:
            return row
        row = locked(member, version)
        after = {"ended_on": None, "end_reason": ""}
        if joined_on != row.ended_on:
            _remember(row, left_on=row.ended_on)
            after["joined_on"] = joined_on
        return _changed(row, "member.resumed", after, by)


def transfer_member(*, member: Member, version: int, to: Branch, joined_on: date, by: User, today: date) -> Member:
    """Move a current member to another branch; `joined_on` is the first day there. Raises StaleEdit.

    Who keeps the roster there is told. Reviews stay with the branch of their month. Offices in the old branch are
    ended by whoever appoints them.
    """
    with transaction.atomic():
        row = locked(member)
        if row.branch_id == to.pk:
            return row
        row = locked(member, version)
        source = row.branch
        _remember(row, left_on=joined_on)
        row = _changed(row, "member.transferred", {"branch": to, "joined_on": joined_on}, by)
        _tell_new_branch(row, source, today)
    return row


def _tell_new_branch(row: Member, source: Branch, today: date) -> None:
    offices = RoleAssignment.objects.on(today).filter(branch=row.branch, role__in=ROSTER_KEEPERS)
    notify(
        User.objects.filter(pk__in=offices.values("user"), is_active=True),
        "member_transferred",
        key=f"{row.pk}:{row.version}",
        context={"name": row.name, "source": source.name, "branch": row.branch.name, "day": row.joined_on.isoformat()},
        url=reverse("members:person", args=[row.pk]),
    )


def _remember(row: Member, *, left_on: date) -> None:
    FormerMembership.objects.create(member=row, branch=row.branch, joined_on=row.joined_on, left_on=left_on)


def _changed(row: Member, action: str, after: dict, by: User) -> Member:
    """Write `after` and one line about it, in the trail of the branch that acted."""
    source, before = row.branch, {name: getattr(row, name) for name in after}
    for name, value in after.items():
        setattr(row, name, value)
    row.version += 1
    row.save()
    audit.record(action, by=by, subject=row, branch=source, before=before, after=after)
    return row


def _sign_out_without_role(row: Member, today: date) -> None:
    user = User.objects.filter(pk=row.user_id).first()
    if user is not None and not access_of(user, today).grants:
        end_sessions(user=user)
