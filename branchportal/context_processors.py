"""What does every page's frame know? The header's links, the person logged in, the version; read only when printed."""

from functools import cached_property

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from branchportal import navigation
from branchportal.help.contexts import help_url
from branchportal.navigation import Place


class Shell:
    """The frame around a page. Nothing is read from the database before a template asks."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def _links(self) -> list[navigation.NavLink]:
        return navigation.links(self._request)

    @property
    def nav(self) -> list[navigation.NavLink]:
        """The main menu's links."""
        return [link for link in self._links if link.place is Place.MAIN]

    @property
    def beside_name(self) -> list[navigation.NavLink]:
        """The links that stay in sight beside the person's name."""
        return [link for link in self._links if link.place is Place.BESIDE_NAME]

    @property
    def person_menu(self) -> list[navigation.NavLink]:
        """The links in the person's own menu."""
        return [link for link in self._links if link.place is Place.PERSON_MENU]

    @cached_property
    def account(self) -> navigation.Account | None:
        """The person logged in, or None."""
        return navigation.account(self._request)

    @property
    def help_url(self) -> str:
        """The help for the page shown, for the person logged in; "" where it has none of its own."""
        match = self._request.resolver_match
        guide = self.account.guide if self.account else ""
        return help_url(match.view_name, guide) if match else ""

    @property
    def guide_url(self) -> str:
        """The guide for the person logged in; "" for nobody and for who has none."""
        guide = self.account.guide if self.account else ""
        return reverse(f"guide_{guide}") if guide else ""

    @property
    def version(self) -> str:
        """The portal's version."""
        return settings.VERSION


def shell(request: HttpRequest) -> dict[str, Shell]:
    """`shell` for every template."""
    return {"shell": Shell(request)}
