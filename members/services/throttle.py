"""How is guessing slowed down without locking people out?

By account and address, and by account alone; never by address alone, for a whole campus shares one. A browser in
which the person signed in before has limits of its own, so that strangers can't use up the owner's. The code of a
slip is counted apart, by account and address only: nobody guesses eighty bits, and whoever is kept out by strangers'
guesses gets in by a slip.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import models
from django.db.models import Count, Q
from django.utils.crypto import salted_hmac

from branchportal.prepared import prepared
from members.models import LoginFailure
from members.numbers import typed_number


@dataclass(frozen=True)
class Limit:
    """So many failures within this time are let pass."""

    failures: int
    within: timedelta


PER_ACCOUNT_AND_ADDRESS = Limit(5, timedelta(minutes=15))
PER_ACCOUNT = Limit(50, timedelta(hours=1))
KEPT_FOR = timedelta(days=1)
ANY_DEVICE = "0" * 32
BY_SLIP = "slip".rjust(32, "0")


class TooManyFailures(Exception):
    """This account has failed too often; the secret was not even looked at."""


def begin(*, number: str, address: str, now: datetime, device: str = "", by_slip: bool = False) -> LoginFailure:
    """Count an attempt as failed before its secret is looked at, so that parallel guesses can't slip through.

    Call `forgive` with the returned row after a success. Raises TooManyFailures. `device` is the trusted browser's id.
    Must run outside a transaction: others have to see the row at once.
    """
    account = _number_part(number) + BY_SLIP if by_slip else _key(number, device)
    attempt = LoginFailure.objects.create(account=account, address=address, at=now)
    if _exceeded(attempt):
        attempt.delete()
        raise TooManyFailures
    return attempt


def forgive(attempt: LoginFailure) -> None:
    """The attempt was a success."""
    attempt.delete()


def forget(number: str) -> None:
    """The person has proved who he is by a slip: earlier failures, on any device, no longer count."""
    LoginFailure.objects.filter(account__startswith=_number_part(number)).delete()


def _exceeded(attempt: LoginFailure) -> bool:
    found = _failures(
        account=attempt.account,
        address=attempt.address,
        lately=attempt.at - PER_ACCOUNT_AND_ADDRESS.within,
        since=attempt.at - PER_ACCOUNT.within,
    )
    if not found:  # forgotten meanwhile, for the person has just used a slip
        return False
    return found[0]["from_here"] > PER_ACCOUNT_AND_ADDRESS.failures or (
        found[0]["all"] > PER_ACCOUNT.failures and not attempt.account.endswith(BY_SLIP)
    )


@prepared(
    account=models.CharField(),
    address=models.GenericIPAddressField(),
    lately=models.DateTimeField(),
    since=models.DateTimeField(),
)
def _failures(account, address, lately, since):
    from_here = Count("pk", filter=Q(address=address, at__gt=lately))
    found = LoginFailure.objects.filter(account=account, at__gt=since).values("account").order_by()
    return found.annotate(all=Count("pk"), from_here=from_here)


def _key(number: str, device: str) -> str:
    return _number_part(number) + (_digest("device", device) if device else ANY_DEVICE)


def _number_part(number: str) -> str:
    return _digest("number", typed_number(number))


def _digest(kind: str, value: str) -> str:
    """Keyed: numbers are few, a bare hash would tell them."""
    return salted_hmac(f"members.throttle.{kind}", value, algorithm="sha256").hexdigest()[:32]
