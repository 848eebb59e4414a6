"""Which entries of the main menu lead to activities?"""

from collections.abc import Iterator

from django.http import HttpRequest

from branchportal.navigation import NavItem


def items(request: HttpRequest) -> Iterator[NavItem]:
    return iter(())
