"""How does an activation slip let one person in, once?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from branchportal import audit
from branchportal.notifications import notify
from branchportal.wording import listed
from members.models import ActivationSlip, Member, User
from members.numbers import typed_number
from members.queries.accounts import branch_of, in_charge
from members.services import throttle
from members.services.accounts import account_of, end_sessions
from members.slip_codes import code_hash, new_code

VALID_FOR = timedelta(days=14)
KEPT_FOR = timedelta(days=30)


class SlipRefused(Exception):
    """No open slip belongs to this number and code: wrong, used, expired and withdrawn all look alike."""


@dataclass(frozen=True)
class PrintedSlip:
    """What stands on the paper. The code exists nowhere else."""

    name: str
    number: str
    branch_name: str
    code: str
    expires_at: datetime


def make_member_slips(*, members: Sequence[Member], by: User, now: datetime, as_of: datetime) -> list[PrintedSlip]:
    """Make a slip for each member without a password, all or none; `as_of`: when the page was shown (see make_slip)."""
    with transaction.atomic():
        account = {member.pk: account_of(member=member) for member in sorted(members, key=lambda member: member.pk)}
        users = [account[member.pk] for member in members]
        with_password = [user.name for user in users if user.has_usable_password()]
        if with_password:
            raise ValidationError(
                _("%(names)s can sign in already. Reset such an account on its own, so that nobody is locked out.")
                % {"names": listed(with_password)}
            )
        return [make_slip(user=user, by=by, now=now, as_of=as_of) for user in users]


def make_member_slip(*, member: Member, by: User, now: datetime, as_of: datetime) -> PrintedSlip:
    """Make a slip for one member, whatever the state of the account: this is how a forgotten password is replaced."""
    with transaction.atomic():
        return make_slip(user=account_of(member=member), by=by, now=now, as_of=as_of)


def make_slip(*, user: User, by: User | None, now: datetime, as_of: datetime) -> PrintedSlip:
    """Make a slip; earlier ones and a password the person had are worth nothing from now on.

    `by` is None for a command at the server. A page sent twice makes one slip: it is refused when one was made after
    `as_of`. Raises ValidationError.
    """
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user.pk)
        _refuse(user, by, now, as_of)
        user.activation_slips.filter(used_at=None, withdrawn_at=None).update(withdrawn_at=now)
        if user.has_usable_password():
            _take_password(user, by, now)
        code = new_code()
        expires_at = now + VALID_FOR
        ActivationSlip.objects.create(
            user=user, code_hash=code_hash(code), created_at=now, created_by=by, expires_at=expires_at
        )
        branch = branch_of(user)
        audit.record("account.slip_made", by=by, subject=user, branch=branch, after={"expires_at": expires_at})
    return PrintedSlip(user.name, user.number, branch.name if branch else "", code, expires_at)


def activate(*, number: str, code: str, password: str, address: str, now: datetime) -> User:
    """Spend the slip and set the password; of parallel calls one succeeds.

    Raises SlipRefused, throttle.TooManyFailures, or ValidationError for the password (the slip is not spent then).
    """
    attempt = throttle.begin(number=number, address=address, now=now, by_slip=True)
    try:
        user = _spend(number, code, password, now)
    except ValidationError:
        throttle.forgive(attempt)
        raise
    throttle.forget(user.number)
    return user


def _spend(number: str, code: str, password: str, now: datetime) -> User:
    with transaction.atomic():
        slip = ActivationSlip.objects.select_for_update(of=("self",)).select_related("user").filter(
            user__number=typed_number(number), user__is_active=True, code_hash=code_hash(code),
            used_at=None, withdrawn_at=None, expires_at__gt=now,
        ).first()  # fmt: skip
        if slip is None:
            raise SlipRefused
        _set_password(slip.user, password)
        slip.used_at = now
        slip.save(update_fields=["used_at"])
        audit.record("account.activated", by=slip.user, subject=slip.user, branch=branch_of(slip.user))
    return slip.user


def _refuse(user: User, by: User | None, now: datetime, as_of: datetime) -> None:
    if by is not None and not in_charge(by, user, timezone.localdate(now)):
        raise ValidationError(
            _("%(name)s holds an office that you can't appoint. A system administrator makes this slip.")
            % {"name": user.name}
        )
    if user.activation_slips.filter(created_at__gt=as_of).exists():
        raise ValidationError(
            _("A slip for %(name)s has just been made. Use that one, or reload the page to make another.")
            % {"name": user.name}
        )


def _take_password(user: User, by: User | None, now: datetime) -> None:
    user.set_unusable_password()
    user.save(update_fields=["password"])
    end_sessions(user=user)
    audit.record("account.reset", by=by, subject=user, branch=branch_of(user))
    context = {"by": by.name if by else "", "at": now.isoformat()}
    notify([user], "account_reset", key=now.isoformat(), context=context)


def _set_password(user: User, password: str) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise ValidationError({"password": error.messages}) from error
    user.set_password(password)
    user.save(update_fields=["password"])
    end_sessions(user=user)
