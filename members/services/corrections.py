"""How does a wish to have the own record corrected come in, and how is it answered, once?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from branchportal import audit
from branchportal.notifications import notify
from members.models import CorrectionRequest, Member, User
from members.queries.own_matters import others
from members.roles import Permission
from members.services.own_matters import refuse_own_matter
from members.services.people import edit_member

State = CorrectionRequest.State


class AlreadyAsked(Exception):
    """A wish about this field waits for its answer; `request` is it."""

    def __init__(self, request: CorrectionRequest) -> None:
        super().__init__(request.pk)
        self.request = request


class AlreadyDecided(Exception):
    """Somebody else was quicker; `request` is how it stands now."""

    def __init__(self, request: CorrectionRequest) -> None:
        super().__init__(request.pk)
        self.request = request


def as_text(value: Any) -> str:
    """A value of the record as a wish keeps it: days as ISO, nothing as ""."""
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(value)


def ask(
    *, member: Member, field: str, proposed: Any, reason: str, entry: UUID, by: User, now: datetime
) -> CorrectionRequest:
    """Keep the wish and tell whoever may decide. The same form twice is one wish. Raises AlreadyAsked."""
    values = {
        "field": field, "old_value": as_text(getattr(member, field)), "proposed_value": as_text(proposed),
        "reason": reason, "asked_at": now,
    }  # fmt: skip
    try:
        with transaction.atomic():
            request, created = CorrectionRequest.objects.get_or_create(entry=entry, member=member, defaults=values)
            if created:
                _tell_officers(request, now)
                audit.record("correction.asked", by=by, subject=member, after={field: request.proposed_value})
    except IntegrityError:
        waiting = CorrectionRequest.objects.filter(member=member, field=field, state=State.OPEN).first()
        if waiting is None:
            raise
        raise AlreadyAsked(waiting) from None
    return request


def withdraw(*, request: CorrectionRequest, by: User, now: datetime) -> None:
    """Take the own wish back. Raises AlreadyDecided."""
    with _open(request) as row:
        _close(row, State.WITHDRAWN, "", by, now)


def accept(*, request: CorrectionRequest, version: int, value: Any, answer: str, by: User, now: datetime) -> None:
    """Write the value into the record that was shown at `version`, and tell the member.

    Raises AlreadyDecided, and what `edit_member` raises (OwnMatter, …); then nothing is written.
    """
    with _open(request) as row:
        today = timezone.localdate(now)
        refuse_own_matter(row.member, Permission.EDIT_ROSTER, by=by, today=today)
        edit_member(member=row.member, version=version, values={row.field: value}, by=by, today=today)
        _close(row, State.ACCEPTED, answer, by, now)
        _tell_member(row)


def decline(*, request: CorrectionRequest, answer: str, by: User, now: datetime) -> None:
    """Leave the record as it is and tell the member why. Raises AlreadyDecided, OwnMatter."""
    with _open(request) as row:
        refuse_own_matter(row.member, Permission.EDIT_ROSTER, by=by, today=timezone.localdate(now))
        _close(row, State.DECLINED, answer, by, now)
        _tell_member(row)


@contextmanager
def _open(request: CorrectionRequest) -> Iterator[CorrectionRequest]:
    """The wish, held until it is answered: who comes second finds the answer of the first."""
    with transaction.atomic():
        row = CorrectionRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
        if row.state != State.OPEN:
            raise AlreadyDecided(row)
        yield row


def _close(row: CorrectionRequest, state: str, answer: str, by: User, now: datetime) -> None:
    row.state, row.answer, row.decided_by, row.decided_at = state, answer, by, now
    row.save(update_fields=["state", "answer", "decided_by", "decided_at"])
    audit.record(f"correction.{state}", by=by, subject=row.member, after={row.field: row.proposed_value}, reason=answer)


def _tell_officers(request: CorrectionRequest, now: datetime) -> None:
    officers = others(Permission.EDIT_ROSTER, request.member, timezone.localdate(now))
    context = {"name": request.member.name, "field": request.field}
    url = reverse("members:correction", kwargs={"pk": request.pk})
    notify(officers, "correction_asked", key=str(request.pk), context=context, url=url)


def _tell_member(row: CorrectionRequest) -> None:
    if row.member.user is None:
        return
    context = {"field": row.field, "state": row.state, "by": row.decided_by.name, "answer": row.answer}
    notify(
        [row.member.user],
        "correction_answered",
        key=str(row.pk),
        context=context,
        url=reverse("members:own_corrections"),
    )
