"""Does whoever is signed in still know the password, where a step counts as a signature?"""

from __future__ import annotations

from datetime import datetime

from django.forms import Form
from django.http import HttpRequest
from django.utils.translation import gettext as _

from members.services import sign_in, throttle
from members.views.browser import client_address, trusted_device


def is_signed(request: HttpRequest, form: Form, *, now: datetime) -> bool:
    """Check the form's `password`; a wrong one counts as a failed log-in, and the form says so.

    Must run outside a transaction (see throttle.begin).
    """
    number = request.user.number
    try:
        sign_in.sign_in(
            number=number, password=form.cleaned_data["password"], now=now, address=client_address(request),
            device=trusted_device(request, number),
        )  # fmt: skip
    except throttle.TooManyFailures:
        form.add_error("password", _("Too many failed attempts. Wait 15 minutes and try again."))
    except sign_in.SignInRefused:
        form.add_error("password", _("This is not your password."))
    return not form.errors
