"""Does this number with this password open the portal, and whose session is this?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.contrib.auth import authenticate
from django.contrib.auth.backends import ModelBackend
from django.db import models, transaction
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from branchportal.models import Notification
from branchportal.prepared import prepared
from members.models import User
from members.numbers import typed_number
from members.services import throttle


class SignInRefused(Exception):
    """Number and password don't belong together; nothing tells which of them is wrong."""


class PortalBackend(ModelBackend):
    """Django's own, which reads with each session's person what almost every page asks.

    The member, the branch, and how many messages are unread.
    """

    def get_user(self, user_id: int) -> User | None:
        found = _signed_in(user=user_id)
        user = found[0] if found else None
        return user if user is not None and self.user_can_authenticate(user) else None


@prepared(user=models.BigIntegerField())
def _signed_in(user):
    unread = Notification.objects.filter(user=OuterRef("pk"), read_at=None).order_by()
    counted = unread.values("user").annotate(number=Count("pk")).values("number")
    users = User.objects.select_related("member__branch").annotate(unread=Coalesce(Subquery(counted), 0))
    return users.filter(pk=user)


def sign_in(
    *,
    number: str,
    password: str,
    address: str,
    device: str,
    now: datetime,
    open_session: Callable[[User], None] | None = None,
) -> User:
    """Return the person; raises SignInRefused or throttle.TooManyFailures.

    An unknown number takes as long as a known one: Django hashes a dummy password for it. The attempt is forgiven in
    one transaction with what `open_session` stores.
    """
    attempt = throttle.begin(number=number, address=address, device=device, now=now)
    user = authenticate(username=typed_number(number), password=password)
    if user is None:
        raise SignInRefused
    with transaction.atomic():
        throttle.forgive(attempt)
        if open_session:
            open_session(user)
    return user
