"""Which absences end because the office that was left, or the place of the one who stands in, is gone?

Call both functions in the transaction in which offices or memberships end, with the people held (see absences.hold).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from branchportal import audit
from members.models import Absence, RoleAssignment, User
from members.queries.absences import candidates
from members.services.absences import facts, tell

WITH_OFFICES = "absence_ended_with_office"
WITHOUT_STAND_IN = "stand_in_lost"


def end_with_offices(*, offices: Iterable[RoleAssignment], last_day: date, by: User | None, now: datetime) -> None:
    """Nobody stands in for an office after its last day. Call it before an office that never began is removed."""
    absences = _later(last_day).filter(office__in=list(offices))
    for absence in absences:
        _end(absence, last_day, WITH_OFFICES, by=by, now=now)


def end_without_place(*, users: Iterable[int | None], last_day: date, by: User | None, now: datetime) -> None:
    """Nobody stands in who, after `last_day`, is no officer there or above and no Party member of the branch."""
    for absence in _later(last_day).filter(stand_in__in=[user for user in users if user]):
        day = max(last_day + timedelta(days=1), absence.starts_on)
        if not candidates(absence.office, day).filter(pk=absence.stand_in_id).exists():
            _end(absence, last_day, WITHOUT_STAND_IN, by=by, now=now)


def _later(last_day: date):
    absences = Absence.objects.select_for_update(of=("self",)).filter(ends_on__gt=last_day)
    return absences.select_related("office__user", "office__branch", "stand_in").order_by("pk")


def _end(absence: Absence, last_day: date, kind: str, *, by: User | None, now: datetime) -> None:
    """Let `last_day` be the last one, or remove what has not begun by then; both people are told."""
    office, before = absence.office, facts(absence)
    audit.record("absence.ended", by=by, subject=office.user, branch=office.branch, before=before)
    tell(kind, absence, now, last_day=last_day)
    if absence.starts_on > last_day:
        absence.delete()
    else:
        absence.ends_on = last_day
        absence.save(update_fields=["ends_on"])
