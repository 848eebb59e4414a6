"""How does a journey look at a page: signed in as whom, at which widths, and what must never be seen there?"""

from __future__ import annotations

import pytest
from django.conf import settings

from tests.access.world import NOW
from tests.browser import fits, signed_in, violations

SIZES = {1366: 768, 390: 844, 320: 640}
CULPRITS = """Array.from(document.querySelectorAll("main :not(.table-cards > thead, .table-cards > thead *)"))
    .filter(one => one.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
    .map(one => one.outerHTML.slice(0, 120)).slice(0, 4)"""
NAMELESS = """Array.from(document.querySelectorAll("input:not([type=hidden]), select, textarea"))
    .filter(one => !one.labels?.length && !one.ariaLabel && !one.getAttribute("aria-labelledby"))
    .map(one => one.outerHTML.slice(0, 120))"""


@pytest.fixture
def clock(time_machine):
    time_machine.move_to(NOW)


@pytest.fixture
def window(open_page, live_server):
    """`window(user)` is signed in as that person (None: as nobody); `language` is one that was chosen."""

    def of(user, language="", **more):
        page = open_page(1366, 768, **more)
        if language:
            cookie = {"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": live_server.url}
            page.context.add_cookies([cookie])
        return signed_in(page, live_server.url, user) if user else page

    return of


@pytest.fixture
def look(live_server):
    """Open an address and return what is wrong with the page (see `faults`)."""

    def at(page, url, *, status=200, checked=(390,)):
        answer = page.goto(live_server.url + url).status
        return [*([f"{url} answers {answer}"] if answer != status else []), *faults(page, checked)]

    return at


def faults(page, checked=(390,)) -> list[str]:
    """What is wrong with the page as it stands: headings, names of fields, what lies beside the window at any width,
    and what axe finds at the widths of `checked`."""
    found = [f"{page.url} has a field without a name: {field}" for field in page.evaluate(NAMELESS)]
    if page.locator("h1").count() != 1:
        found.append(f"{page.url} has {page.locator('h1').count()} h1")
    for width, height in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        if width in checked:
            found += violations(page)
        if not fits(page):
            found.append(f"{page.url} is wider than {width}: {page.evaluate(CULPRITS)}")
    return found
