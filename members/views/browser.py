"""From which address does a request come, and has this person signed in with this browser before?"""

from __future__ import annotations

import ipaddress
import secrets
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from members.numbers import typed_number

COOKIE = "trusted_devices"
SALT = "members.trusted_devices"
AGE = timedelta(days=365)
PEOPLE_PER_BROWSER = 5
UNKNOWN_ADDRESS = ipaddress.IPv4Address(0)


def client_address(request: HttpRequest) -> str:
    """Return the address that our own proxy saw (its last entry; earlier ones are the client's claims)."""
    claimed = request.META.get("REMOTE_ADDR", "")
    if not settings.EMBEDDED and (forwarded := request.META.get("HTTP_X_FORWARDED_FOR")):
        claimed = forwarded.rsplit(",", 1)[-1].strip()
    try:
        return str(ipaddress.ip_address(claimed))
    except ValueError:
        return str(UNKNOWN_ADDRESS)


def trusted_device(request: HttpRequest, number: str) -> str:
    """Return the id under which this browser is known for that number, "" when the person never signed in here."""
    return _devices(request).get(_person(number), "")


def trust(request: HttpRequest, response: HttpResponse, number: str) -> None:
    """Remember in this browser that the person signed in here."""
    devices = _devices(request)
    person = _person(number)
    device = devices.pop(person, "") or secrets.token_urlsafe(12)
    newest_last = [*devices.items(), (person, device)][-PEOPLE_PER_BROWSER:]
    response.set_cookie(
        COOKIE,
        signing.dumps(dict(newest_last), salt=SALT),
        max_age=AGE,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def _devices(request: HttpRequest) -> dict[str, str]:
    try:
        return signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=AGE)
    except signing.BadSignature:
        return {}


def _person(number: str) -> str:
    """A number is not written into a cookie in clear."""
    return salted_hmac(SALT, typed_number(number), algorithm="sha256").hexdigest()[:24]
