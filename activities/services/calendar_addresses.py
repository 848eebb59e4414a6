"""How does somebody get, renew and switch off the secret address of the own calendar?"""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction

from activities.models import CalendarAddress
from activities.queries.calendar_addresses import hash_of
from branchportal import audit
from members.models import User

TOKEN_BYTES = 32  # 256 bits, 43 characters


@transaction.atomic
def make_address(*, user: User, language: str, now: datetime) -> str:
    """Return a new token, which is kept nowhere; the one before is worth nothing from now on."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    values = {
        "token_hash": hash_of(token), "seal": user.get_session_auth_hash(), "language": language, "made_at": now,
    }  # fmt: skip
    CalendarAddress.objects.update_or_create(user=user, defaults=values)
    audit.record("calendar.address_made", by=user, subject=user)
    return token


@transaction.atomic
def switch_off(*, user: User) -> None:
    """From now on no address of this person answers. Twice is once."""
    deleted, _rows = CalendarAddress.objects.filter(user=user).delete()
    if deleted:
        audit.record("calendar.address_ended", by=user, subject=user)
