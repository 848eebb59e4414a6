"""How does a membership move: proposed with a letter, answered by the other side, and only then the person moves?"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from branchportal import audit
from branchportal.notifications import notify
from members.models import Branch, Member, Transfer, User
from members.queries.offices import holders
from members.roles import Permission
from members.services.leaving import end_offices, sign_out_without_role
from members.services.letters import Letter, facts_of, write_letters
from members.services.memberships import OpenTransfer, changed, remember
from members.services.own_matters import refuse_own_matter
from members.services.people import StaleEdit, add_member, locked

State, Direction = Transfer.State, Transfer.Direction


class TransferClosed(Exception):
    """Somebody has decided or cancelled it meanwhile; `transfer` is how it stands now."""

    def __init__(self, transfer: Transfer) -> None:
        super().__init__(transfer.pk)
        self.transfer = transfer


def propose_transfer(
    *,
    member: Member,
    version: int,
    letter: Letter,
    target: Branch | None = None,
    organisation: str = "",
    by: User,
    now: datetime,
) -> Transfer:
    """Ask the target branch to take a current member, or write the letter to an organisation outside.

    The person stays until the other side has answered. The same proposal sent twice is one. Raises StaleEdit,
    OpenTransfer, ValidationError.
    """
    with transaction.atomic():
        row = locked(member)
        there = row.transfers.open().first()
        if there is not None:
            if (there.target_id, there.organisation) == (target and target.pk, organisation):
                return there
            raise OpenTransfer(there)
        row, wanted = locked(member, version), (member, target, organisation)
        if row.ended_on is not None:
            raise StaleEdit(row)
        [proposed] = write_letters(branch=row.branch, wanted=[wanted], letter=letter, by=by, now=now)
        if target is not None:
            _tell_officers(proposed, target, "transfer_proposed", by, now)
    return proposed


def move_at_once(
    *, member: Member, version: int, letter: Letter, target: Branch, first_day: date, by: User, now: datetime
) -> Transfer:
    """Propose and accept in one step, for somebody who looks after both branches. Raises as both do.

    Sent twice, the second finds the transfer of the first.
    """
    with transaction.atomic():
        done = {"target": target, "state": State.ACCEPTED, "effective_on": first_day, "proposed_by": by}
        if locked(member).branch_id == target.pk and (there := member.transfers.filter(**done).first()):
            return there
        proposed = propose_transfer(member=member, version=version, letter=letter, target=target, by=by, now=now)
        return accept_transfer(transfer=proposed, first_day=first_day, by=by, now=now)


def accept_transfer(*, transfer: Transfer, first_day: date, by: User, now: datetime) -> Transfer:
    """Take the person: he belongs to the target from `first_day`, and his offices in the branch he leaves end.

    The same acceptance sent twice has one effect. Raises TransferClosed, OwnMatter, ValidationError.
    """
    with transaction.atomic():
        row = _held(transfer)
        if (row.state, row.effective_on) == (State.ACCEPTED, first_day):
            return row
        member = _open(row)
        _refuse_own(member, by, now, branch=row.target)
        if row.target.closed_on is not None:
            raise ValidationError(_("%(branch)s is closed.") % {"branch": row.target.name})
        if first_day < member.joined_on:
            raise ValidationError({"day": _not_before(member.joined_on)})
        remember(member, left_on=first_day)
        after = {"branch": row.target, "joined_on": first_day}
        changed(member, "member.transferred", after, by, letter_number=row.letter_number)
        _leave_offices(row, member, first_day, by, now)
        _decide(row, State.ACCEPTED, by, now, effective_on=first_day)
        audit.record("transfer.accepted", by=by, subject=member, branch=row.target, after=facts_of(row))
        _tell_officers(row, row.source, "transfer_accepted", by, now)
        if member.user_id:
            notify([member.user], "membership_moved", key=str(row.pk), context=_context(row), url=_own_record())
    return row


def record_receipt(*, transfer: Transfer, received_on: date, by: User, now: datetime) -> Transfer:
    """The receipt of a letter to the outside came back, dated `received_on`: from that day he is a member there.

    Raises TransferClosed, OwnMatter, ValidationError.
    """
    with transaction.atomic():
        row = _held(transfer)
        if (row.state, row.effective_on) == (State.RETURNED, received_on):
            return row
        member = _open(row)
        _refuse_own(member, by, now)
        if received_on < max(member.joined_on, row.dated_on):
            raise ValidationError({"day": _not_before(max(member.joined_on, row.dated_on))})
        after = {"ended_on": received_on, "end_reason": Member.EndReason.TRANSFERRED}
        changed(member, "member.ended", after, by, destination=row.organisation, letter_number=row.letter_number)
        _leave_offices(row, member, received_on, by, now)
        sign_out_without_role(users=[member.user_id], today=timezone.localdate(now))
        _decide(row, State.RETURNED, by, now, effective_on=received_on)
    return row


def decline_transfer(*, transfer: Transfer, answer: str, by: User, now: datetime) -> Transfer:
    """Refuse to take the person, with the reason; he stays where he is. Raises TransferClosed."""
    return _close(transfer, State.DECLINED, answer, by, now)


def cancel_transfer(*, transfer: Transfer, answer: str, by: User, now: datetime) -> Transfer:
    """Take the proposal or letter back, with the reason. Raises TransferClosed."""
    return _close(transfer, State.CANCELLED, answer, by, now)


def receive_member(
    *,
    branch: Branch,
    values: dict[str, Any],
    organisation: str,
    letter_number: str,
    dated_on: date | None,
    by: User,
    now: datetime,
) -> Member:
    """Put a person into the roster who comes with a letter from outside. Raises NumberTaken."""
    with transaction.atomic():
        member = add_member(branch=branch, values=values, by=by)
        row = Transfer.objects.create(
            member=member, direction=Direction.IN, target=branch, organisation=organisation,
            reason=Transfer.Reason.OTHER, letter_number=letter_number, dated_on=dated_on, state=State.ACCEPTED,
            proposed_by=by, proposed_at=now, decided_by=by, decided_at=now, effective_on=member.joined_on,
        )  # fmt: skip
        after = {"origin": organisation, "letter_number": letter_number, "letter_date": dated_on}
        audit.record("transfer.arrived", by=by, subject=row.member, branch=branch, after=after)
    return member


def _close(transfer: Transfer, state: str, answer: str, by: User, now: datetime) -> Transfer:
    with transaction.atomic():
        row = _held(transfer)
        if (row.state, row.answer) == (state, answer):
            return row
        member = _open(row)
        _decide(row, state, by, now, answer=answer)
        facts, side = facts_of(row), _acting_side(row, state)
        if state == State.DECLINED:
            audit.record("transfer.declined", by=by, subject=member, branch=side, after=facts, reason=answer)
        else:
            audit.record("transfer.cancelled", by=by, subject=member, branch=side, after=facts, reason=answer)
        other = row.source if state == State.DECLINED else row.target
        if other is not None:
            _tell_officers(row, other, f"transfer_{state}", by, now)
    return row


def _held(transfer: Transfer) -> Transfer:
    """The row as it stands, held until the transaction ends: of two decisions the first one counts."""
    Transfer.objects.select_for_update().get(pk=transfer.pk)
    return Transfer.objects.select_related("source", "target", "member__branch", "proposed_by").get(pk=transfer.pk)


def _open(row: Transfer) -> Member:
    """The person, held, of a transfer that still waits for its answer."""
    if not row.is_open:
        raise TransferClosed(row)
    return locked(row.member)


def _refuse_own(member: Member, by: User, now: datetime, *, branch: Branch | None = None) -> None:
    today = timezone.localdate(now)
    refuse_own_matter(member, Permission.TRANSFER_MEMBERS, by=by, today=today, branch=branch)


def _decide(row: Transfer, state: str, by: User, now: datetime, **values: Any) -> None:
    row.state, row.decided_by, row.decided_at = state, by, now
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=["state", "decided_by", "decided_at", *values])


def _leave_offices(row: Transfer, member: Member, first_day: date, by: User, now: datetime) -> None:
    last_day = first_day - timedelta(days=1)
    if member.user_id:
        end_offices(users=[member.user_id], branch=row.source, last_day=last_day, by=by, now=now)


def _acting_side(row: Transfer, state: str) -> Branch:
    return row.target if state == State.DECLINED else row.source


def _tell_officers(row: Transfer, branch: Branch, kind: str, by: User, now: datetime) -> None:
    officers = holders(Permission.TRANSFER_MEMBERS, branch, timezone.localdate(now))
    notify(
        [user for user in officers if user != by],
        kind,
        key=str(row.pk),
        context=_context(row),
        url=reverse("members:transfer", args=[row.pk]),
    )


def _context(row: Transfer) -> dict[str, str]:
    return {
        "name": row.member.name,
        "source": row.origin,
        "target": row.destination,
        "answer": row.answer,
        "day": row.effective_on.isoformat() if row.effective_on else "",
    }


def _own_record() -> str:
    return reverse("members:own_record")


def _not_before(day: date) -> str:
    return _("This day lies before %(first)s. Enter that day or a later one.") % {"first": day.isoformat()}
