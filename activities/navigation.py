"""Which entries of the main menu lead to activities?"""

from collections.abc import Iterator

from django.http import HttpRequest
from django.utils.translation import gettext as _

from branchportal.navigation import NavItem
from members.access import access_of
from members.roles import Permission


def items(request: HttpRequest) -> Iterator[NavItem]:
    if request.user.is_authenticated and access_of(request.user).may(Permission.VIEW_ACTIVITIES):
        yield NavItem(_("Activities"), "activities:activities", order=50)
