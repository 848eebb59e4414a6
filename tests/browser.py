"""How does a test drive real Chromium, on a phone and on a desktop, and what must never happen there?"""

from __future__ import annotations

import os
import shutil

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.db import connections
from django.test import Client
from playwright.sync_api import Page, sync_playwright

# The same engine without the windows around it is a third quicker.
CHROMIUM = shutil.which("chromium-headless-shell") or "/usr/bin/chromium"
CHROMIUM_FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
TOLERABLE_IMPACTS = {"minor", "moderate"}
EXPECTED_REFUSAL = "the server responded with a status of 4"


@pytest.fixture(scope="session")
def chromium():
    """Debian's Chromium, one per xdist worker."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # the driver's event loop runs in the test's own thread
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()
        connections.close_all()  # the driver's loop gave this thread connections of its own


@pytest.fixture
def open_page(chromium):
    """Open windows with cookies of their own; fail the test if any of them saw an error."""
    contexts, faults = [], []

    def open_one(width: int, height: int, *, locale: str = "zh-CN", javascript: bool = True, **more) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            locale=locale,
            timezone_id="Asia/Shanghai",
            java_script_enabled=javascript,
            **more,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("console", lambda message: _note(faults, page, message.type, message.text))
        page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture
def phone(open_page) -> Page:
    """A window of 390×844 with touch, as most members have."""
    return open_page(390, 844, has_touch=True, is_mobile=True, device_scale_factor=2)


@pytest.fixture
def desktop(open_page) -> Page:
    """A window of 1366×768, as offices have."""
    return open_page(1366, 768)


@pytest.fixture
def axe():
    """Fail on serious or critical accessibility violations of the page as it stands."""

    def check(page: Page) -> None:
        assert violations(page) == []

    return check


def violations(page: Page) -> list[str]:
    """The serious and critical accessibility violations of the page as it stands."""
    return [
        f"{page.url} {violation['id']} ({violation['impact']}): {violation['help']}: "
        f"{[node['html'] for node in violation['nodes']][:5]}"
        for violation in _axe(page)
        if violation["impact"] not in TOLERABLE_IMPACTS
    ]


def _axe(page: Page) -> list[dict]:
    """What axe finds; the page keeps its script, which is half a megabyte, for the next look."""
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(AXE_SCRIPT)
    return page.evaluate("axe.run({resultTypes: ['violations']}).then(found => found.violations)")


def signed_in(page: Page, url: str, user) -> Page:
    """Give the window the session of a log-in that happened elsewhere."""
    client = Client()
    client.force_login(user)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": url}])
    return page


def fits(page: Page) -> bool:
    """Whether nothing of the page lies beside the window."""
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def _note(faults: list[str], page: Page, kind: str, text: str) -> None:
    """Keep console errors, which policy violations are too; an expected 4xx answer is no error of the page."""
    if kind == "error" and EXPECTED_REFUSAL not in text:
        faults.append(f"{page.url}: {text}")
