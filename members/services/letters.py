"""How are letters of transfer written: numbered in a row for each branch and year, never two with one number?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from branchportal import audit
from members.models import Branch, Member, Transfer, User

Direction = Transfer.Direction


@dataclass(frozen=True)
class Letter:
    """What the letter says besides the person; without a number it gets the branch's next one of the year."""

    reason: str
    dated_on: date
    valid_until: date
    number: str = ""


def write_letters(
    *,
    branch: Branch,
    wanted: Iterable[tuple[Member, Branch | None, str]],
    letter: Letter,
    by: User,
    now: datetime,
) -> list[Transfer]:
    """Write open transfers out of one branch: (person, target or None, organisation outside), numbered in a row.

    Call it in a transaction that holds the people. Raises ValidationError for a number that is taken.
    """
    Branch.objects.select_for_update().get(pk=branch.pk)  # one at a time counts the letters of the branch
    _refuse_taken_number(letter.number)
    beginning = f"{branch.code}-{letter.dated_on.year}-"
    following = _next_number(beginning)
    transfers = [
        Transfer(
            member=member, source=branch, target=target, organisation=organisation,
            direction=Direction.INSIDE if target else Direction.OUT, reason=letter.reason,
            letter_number=letter.number or f"{beginning}{following + place:03d}",
            dated_on=letter.dated_on, valid_until=letter.valid_until, proposed_by=by, proposed_at=now,
        )
        for place, (member, target, organisation) in enumerate(wanted)
    ]  # fmt: skip
    try:
        with transaction.atomic():
            transfers = Transfer.objects.bulk_create(transfers, batch_size=200)
    except IntegrityError:  # another branch has just written a letter with this number
        _refuse_taken_number(letter.number)
        raise
    lines = [{"subject": row.member, "branch": branch, "after": facts_of(row)} for row in transfers]
    audit.record_many("transfer.proposed", by=by, lines=lines)
    return transfers


def facts_of(row: Transfer) -> dict[str, Any]:
    """What the audit trail says about a transfer: whereto, with which letter and why."""
    return {
        "destination": row.destination,
        "letter_number": row.letter_number,
        "letter_date": row.dated_on,
        "transfer_reason": row.reason,
    }


def _next_number(beginning: str) -> int:
    """The number after the highest one of the branch's letters in that year."""
    numbers = Transfer.objects.exclude(direction=Direction.IN).filter(letter_number__startswith=beginning)
    endings = (number.removeprefix(beginning) for number in numbers.values_list("letter_number", flat=True))
    return max((int(ending) for ending in endings if ending.isascii() and ending.isdigit()), default=0) + 1


def _refuse_taken_number(number: str) -> None:
    if number and Transfer.objects.exclude(direction=Direction.IN).filter(letter_number=number).exists():
        raise ValidationError({"letter_number": _("There is a letter with this number already. Type another one.")})
