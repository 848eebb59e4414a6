"""Whose calendar does a secret address open?"""

from __future__ import annotations

import hashlib

from django.utils.crypto import constant_time_compare

from activities.models import CalendarAddress
from members.models import User


def owner_of(token: str) -> CalendarAddress | None:
    """Return whose calendar this is, or None: unknown, switched off, or of an account that was closed or secured."""
    address = CalendarAddress.objects.select_related("user").filter(token_hash=hash_of(token)).first()
    return address if address and opens(address, address.user) else None


def opens(address: CalendarAddress, user: User) -> bool:
    """Does the address still open? Not after the password changed, all sessions were ended or the account closed."""
    return user.is_active and constant_time_compare(address.seal, user.get_session_auth_hash())


def hash_of(token: str) -> str:
    """What is kept of a token: with 256 random bits nobody finds it back, nor by how long a look-up takes."""
    return hashlib.sha256(token.encode()).hexdigest()
