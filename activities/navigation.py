"""Which entries of the main menu lead to activities?"""

from collections.abc import Iterator

from django.http import HttpRequest
from django.utils.translation import gettext as _

from branchportal.navigation import NavItem, Place
from members.access import access_of
from members.roles import Permission


def items(request: HttpRequest) -> Iterator[NavItem]:
    if not request.user.is_authenticated:
        return
    access = access_of(request.user)
    if access.may(Permission.VIEW_ACTIVITIES):
        yield NavItem(
            _("Activities"),
            "activities:activities",
            order=50,
            covers=("activities:hours", "activities:person_hours", "activities:award", "activities:dut"),
        )
    if access.may(Permission.VIEW_OWN_RECORD):
        yield NavItem(
            _("My hours and awards"),
            "activities:my_hours",
            order=36,
            covers=("activities:award_",),
            place=Place.PERSON_MENU,
        )
        yield NavItem(
            _("My three ones"),
            "activities:my_duties",
            order=37,
            covers=("activities:duty_entry_",),
            place=Place.PERSON_MENU,
        )
