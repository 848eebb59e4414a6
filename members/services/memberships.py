"""How does a membership end, and how does it go on again? How it moves stands in transfers.py."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from branchportal import audit
from members.models import FormerMembership, Member, Transfer, User
from members.roles import Permission
from members.services.leaving import end_offices, sign_out_without_role
from members.services.own_matters import refuse_own_matter
from members.services.people import locked


class OpenTransfer(Exception):
    """The membership is on its way elsewhere: `transfer` has to be decided or cancelled first."""

    def __init__(self, transfer: Transfer) -> None:
        super().__init__(transfer.pk)
        self.transfer = transfer


def end_membership(*, member: Member, version: int, reason: str, ended_on: date, by: User, now: datetime) -> Member:
    """End it on `ended_on`, the first day that no longer counts; the person stays in the records.

    Offices in the branch end with it (yesterday, if the end lies in the past), and with the last role the sessions.
    The same end sent twice has one effect. Raises StaleEdit, OpenTransfer, OwnMatter.
    """
    with transaction.atomic():
        row = locked(member)
        after = {"ended_on": ended_on, "end_reason": reason}
        if (row.ended_on, row.end_reason) == (ended_on, reason):
            return row
        today = timezone.localdate(now)
        refuse_own_matter(row, Permission.EDIT_ROSTER, by=by, today=today)
        row = locked(member, version)
        refuse_open_transfer(row)
        changed(row, "member.ended", after, by)
        last_day = max(ended_on, today) - timedelta(days=1)
        end_offices(users=[row.user_id], branch=row.branch, last_day=last_day, by=by, now=now)
        sign_out_without_role(users=[row.user_id], today=today)
    return row


def refuse_open_transfer(row: Member) -> None:
    """Raise OpenTransfer if the membership is on its way elsewhere."""
    if transfer := row.transfers.open().first():
        raise OpenTransfer(transfer)


def resume_membership(*, member: Member, version: int, joined_on: date, by: User, today: date) -> Member:
    """Let it go on from `joined_on`; days between the end and the return do not count. Raises StaleEdit, OwnMatter.

    On the very day of the end nothing was interrupted; otherwise the earlier time becomes a former membership.
    """
    with transaction.atomic():
        row = locked(member)
        if row.ended_on is None:
            return row
        refuse_own_matter(row, Permission.EDIT_ROSTER, by=by, today=today)
        row = locked(member, version)
        after = {"ended_on": None, "end_reason": ""}
        if joined_on != row.ended_on:
            remember(row, left_on=row.ended_on)
            after["joined_on"] = joined_on
        return changed(row, "member.resumed", after, by)


def remember(row: Member, *, left_on: date) -> None:
    """Keep the present time in the branch as a former one."""
    FormerMembership.objects.create(member=row, branch=row.branch, joined_on=row.joined_on, left_on=left_on)


def changed(row: Member, action: str, after: dict, by: User, **further: str) -> Member:
    """Write `after` and one line about it with `further` facts, in the trail of the branch it belonged to."""
    source, before = row.branch, {name: getattr(row, name) for name in after}
    for name, value in after.items():
        setattr(row, name, value)
    row.version += 1
    row.save()
    audit.record(action, by=by, subject=row, branch=source, before=before, after=after | further)
    return row
