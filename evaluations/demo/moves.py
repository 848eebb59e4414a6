"""Who of the demo is about to change the branch, and who stands in for whom?"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from evaluations.demo.months import Filled
from members.models import RoleAssignment, Transfer
from members.roles import Role
from members.services.absences import enter_absence
from members.services.letters import Letter
from members.services.transfers import propose_transfer
from members.stages import Stage

VALID = timedelta(days=30)
AWAY_FROM, AWAY_DAYS = timedelta(days=3), timedelta(days=6)


def write(filled: list[Filled], now: datetime) -> None:
    """Somebody of the second branch would come to the first one, whose publicity commissioner is away for a week."""
    if len(filled) > 1:
        _transfer(filled[1], filled[0], now)
    _absence(filled[0], now)


def _transfer(source: Filled, target: Filled, now: datetime) -> None:
    officer = _holder(source, Role.SECRETARY) or _holder(source, Role.DEPUTY_SECRETARY)
    activists = [member for member in source.members if member.stage == Stage.ACTIVIST]
    if officer is None or not activists:
        return
    today = timezone.localdate(now)
    letter = Letter(Transfer.Reason.CHANGE, today, today + VALID)
    member = activists[len(activists) // 2]
    propose_transfer(
        member=member, version=member.version, letter=letter, target=target.branch, by=officer.user, now=now
    )


def _absence(filled: Filled, now: datetime) -> None:
    office, deputy = _holder(filled, Role.PUBLICITY_COMMISSIONER), _holder(filled, Role.DEPUTY_SECRETARY)
    if office is None or deputy is None:
        return
    first = timezone.localdate(now) + AWAY_FROM
    enter_absence(
        office=office, stand_in=deputy.user, kind="travel", starts_on=first, ends_on=first + AWAY_DAYS, by=office.user,
        now=now,
    )  # fmt: skip


def _holder(filled: Filled, role: Role) -> RoleAssignment | None:
    return filled.branch.role_assignments.filter(role=role).select_related("user").first()
