"""Which places does the header lead to, and who is logged in? Each app answers through a dotted path in the settings.

`NAVIGATION = ["members.navigation.items", …]`: each a function(request) -> iterable of NavItem, only those the person
may open. `ACCOUNT = "members.navigation.account"`: function(request) -> Account, or None when nobody is logged in.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from functools import cache

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.module_loading import import_string


class Place(Enum):
    """Where in the header a link stands."""

    MAIN = auto()
    BESIDE_NAME = auto()
    PERSON_MENU = auto()


@dataclass(frozen=True, slots=True)
class NavItem:
    """One link of the header. `covers` are beginnings of further view names that belong to it."""

    label: str
    url_name: str
    order: int = 50
    badge: int = 0
    covers: tuple[str, ...] = ()
    place: Place = Place.MAIN


@dataclass(frozen=True, slots=True)
class Account:
    """The person at the right of the header: name, role in one word, page of the account, guide for the role."""

    name: str
    role: str = ""
    url: str = ""
    guide: str = ""


@dataclass(frozen=True, slots=True)
class NavLink:
    """A NavItem as the template prints it."""

    label: str
    url: str
    badge: int
    active: bool
    place: Place = Place.MAIN


def account(request: HttpRequest) -> Account | None:
    """Who is logged in, as the app named in settings.ACCOUNT says."""
    return import_string(settings.ACCOUNT)(request)


def links(request: HttpRequest) -> list[NavLink]:
    """The header's links in their order; at most one is active: the closest to the page shown."""
    places = [(item, _address(item.url_name)) for item in sorted(_items(request), key=lambda item: item.order)]
    closeness = [_closeness(item, url, request) for item, url in places]
    nearest = max(closeness, default=0)
    active = closeness.index(nearest) if nearest else None
    return [
        NavLink(item.label, url, item.badge, index == active, item.place) for index, (item, url) in enumerate(places)
    ]


@cache
def _address(url_name: str) -> str:
    return reverse(url_name)


def _items(request: HttpRequest) -> Iterator[NavItem]:
    for path in settings.NAVIGATION:
        yield from import_string(path)(request)


def _closeness(item: NavItem, url: str, request: HttpRequest) -> int:
    """How near the shown page is to the item; 0 when it lies elsewhere."""
    match = request.resolver_match
    view_name = match.view_name if match else ""
    if request.path == url or any(view_name.startswith(beginning) for beginning in item.covers):
        return 1000
    return len(url) if len(url) > 1 and request.path.startswith(url) else 0
