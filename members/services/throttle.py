"""How is guessing slowed down without locking people out?

By account and address, and by account alone; never by address alone, for a whole campus shares one. A browser in
which the person signed in before has limits of its own, so that strangers can't use up the owner's. The code of a
slip is counted apart, by account and address only: nobody guesses eighty bits, and whoever is kept out by strangers'
guesses gets in by a slip.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q
from django.utils.crypto import salted_hmac

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
    from_here = _since(PER_ACCOUNT_AND_ADDRESS, attempt) & Q(address=attempt.address)
    found = LoginFailure.objects.filter(_since(PER_ACCOUNT, attempt), account=attempt.account).aggregate(
        all=Count("pk"), from_here=Count("pk", filter=from_here)
    )
    return found["from_here"] > PER_ACCOUNT_AND_ADDRESS.failures or (
        found["all"] > PER_ACCOUNT.failures and not attempt.account.endswith(BY_SLIP)
    )


def _since(limit: Limit, attempt: LoginFailure) -> Q:
    return Q(at__gt=attempt.at - limit.within)


def _key(number: str, device: str) -> str:
    return _number_part(number) + (_digest("device", device) if device else ANY_DEVICE)


def _number_part(number: str) -> str:
    return _digest("number", typed_number(number))


def _digest(kind: str, value: str) -> str:
    """Keyed: numbers are few, a bare hash would tell them."""
    return salted_hmac(f"members.throttle.{kind}", value, algorithm="sha256").hexdigest()[:32]
