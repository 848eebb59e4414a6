"""Which entries of the main menu lead to people, and who is signed in?"""

from collections.abc import Iterator

from django.http import HttpRequest

from branchportal.navigation import Account, NavItem


def items(request: HttpRequest) -> Iterator[NavItem]:
    return iter(())


def account(request: HttpRequest) -> Account | None:
    return None
