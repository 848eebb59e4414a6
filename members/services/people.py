"""How does a person come into a roster, and how are the kept facts corrected?"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from branchportal import audit
from branchportal.notifications import notify
from members.models import Branch, FormerNumber, Member, User
from members.pinyin import spell
from members.queries.accounts import in_charge
from members.roles import Permission
from members.services.own_matters import refuse_own_matter

# What may be typed; everything else (pinyin, version, the end of a membership) follows from a verb.
EDITABLE = (
    "number", "name", "kind", "grade", "class_name", "major", "schooling", "contact",
    "stage", "applied_on", "activist_on", "candidate_on", "probationary_on", "full_on",
    "cultivation_contact", "joined_on", "leaving_on",
)  # fmt: skip


class StaleEdit(Exception):
    """Somebody else changed the person since the page was opened; `member` is how it stands now."""

    def __init__(self, member: Member) -> None:
        super().__init__(member.pk)
        self.member = member


class NumberTaken(Exception):
    """The number is or was somebody's. `holder` is that person if he is in the same branch, else None."""

    def __init__(self, holder: Member | None) -> None:
        super().__init__()
        self.holder = holder


class NotInCharge(Exception):
    """The number is also the log-in of somebody whose account `by` does not keep."""


def add_member(*, branch: Branch, values: dict[str, Any], by: User) -> Member:
    """Put a person into a branch's roster; `values` holds EDITABLE fields. Raises NumberTaken."""
    _refuse_taken_number(values["number"], branch)
    member = Member(branch=branch, **values)
    member.pinyin, member.initials = spell(member.name)
    try:
        with transaction.atomic():
            member.save(force_insert=True)
            audit.record("member.added", by=by, subject=member, after={name: v for name, v in values.items() if v})
    except IntegrityError:
        _refuse_taken_number(values["number"], branch)
        raise
    return member


def edit_member(
    *, member: Member, version: int, values: dict[str, Any], by: User, today: date, reason: str = ""
) -> Member:
    """Write the changed ones of `values`; a new number keeps the person and stays known as a former one.

    The same edit sent twice has one effect. Raises StaleEdit, NumberTaken, NotInCharge, OwnMatter.
    """
    try:
        with transaction.atomic():
            return _edit(member, version, values, by, today, reason=reason)
    except IntegrityError:
        _refuse_taken_number(values["number"], member.branch, of=member)
        raise


def change_number(*, member: Member, version: int, number: str, by: User, today: date) -> Member:
    """Give the person another student or staff number. Raises StaleEdit, NumberTaken, NotInCharge, OwnMatter."""
    return edit_member(member=member, version=version, values={"number": number}, by=by, today=today)


def locked(member: Member, version: int | None = None) -> Member:
    """Return the row as it stands, held until the transaction ends; raises StaleEdit if it is not at `version`."""
    row = Member.objects.select_for_update(of=("self",)).select_related("branch").get(pk=member.pk)
    if version is not None and row.version != version:
        raise StaleEdit(row)
    return row


def _edit(member: Member, version: int, values: dict[str, Any], by: User, today: date, *, reason: str) -> Member:
    row = locked(member)
    before, after = audit.changes({name: getattr(row, name) for name in values}, values)
    if not after:
        return row
    refuse_own_matter(row, Permission.EDIT_ROSTER, by=by, today=today)
    if row.version != version:
        raise StaleEdit(row)
    if "number" in after:
        _give_number(row, after["number"], by, today)
    for name, value in after.items():
        setattr(row, name, value)
    if "name" in after:
        row.pinyin, row.initials = spell(row.name)
        User.objects.filter(pk=row.user_id).update(name=row.name)
    row.version += 1
    row.save()
    audit.record("member.edited", by=by, subject=row, before=before, after=after, reason=reason)
    return row


def _give_number(row: Member, number: str, by: User, today: date) -> None:
    """Keep the old number as a former one and let the log-in follow; going back to a former number is fine."""
    _refuse_taken_number(number, row.branch, of=row)
    row.former_numbers.filter(number=number).delete()
    FormerNumber.objects.create(member=row, number=row.number, until=today)
    if row.user is None or row.user.number != row.number:
        return
    if User.objects.filter(number=number).exclude(pk=row.user_id).exists():
        raise NumberTaken(None)
    if not in_charge(by, row.user, today):
        raise NotInCharge
    User.objects.filter(pk=row.user_id).update(number=number)
    context = {"by": by.name, "number": number}
    notify([row.user], "number_changed", key=f"{row.pk}:{row.version}", context=context)


def _refuse_taken_number(number: str, branch: Branch, *, of: Member | None = None) -> None:
    others = Member.objects.exclude(pk=of.pk) if of else Member.objects.all()
    holder = others.filter(Q(number=number) | Q(former_numbers__number=number)).first()
    if holder is not None:
        raise NumberTaken(holder if holder.branch_id == branch.pk else None)
