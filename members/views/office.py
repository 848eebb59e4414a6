"""Which administration pages may this person open? The row of links above each of them."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from members.access import access_of
from members.roles import Permission

PAGES = (
    (Permission.MANAGE_ACCOUNTS, "members:accounts", _("Accounts")),
    (Permission.ASSIGN_ROLES, "members:roles", _("Offices")),
    (Permission.MANAGE_BRANCHES, "members:branches", _("Organisation tree")),
    (Permission.VIEW_AUDIT, "members:audit", _("Audit trail")),
    (Permission.VIEW_OPERATIONS, "members:technical_audit", _("Technical audit trail")),
    (Permission.VIEW_OPERATIONS, "members:health", _("State of the portal")),
)


def office_links(request: HttpRequest) -> list[dict[str, object]]:
    """Return label, url and whether it is the page shown, in their order."""
    access = access_of(request.user)
    current = request.resolver_match.view_name
    return [
        {"label": label, "url": reverse(name), "active": name == current}
        for permission, name, label in PAGES
        if access.may(permission)
    ]
