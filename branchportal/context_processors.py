"""What does every page's frame know? The header's links, the person logged in, the version; read only when printed."""

from functools import cached_property

from django.conf import settings
from django.http import HttpRequest

from branchportal import navigation


class Shell:
    """The frame around a page. Nothing is read from the database before a template asks."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def nav(self) -> list[navigation.NavLink]:
        """The header's links."""
        return navigation.links(self._request)

    @cached_property
    def account(self) -> navigation.Account | None:
        """The person logged in, or None."""
        return navigation.account(self._request)

    @property
    def version(self) -> str:
        """The portal's version."""
        return settings.VERSION


def shell(request: HttpRequest) -> dict[str, Shell]:
    """`shell` for every template."""
    return {"shell": Shell(request)}
