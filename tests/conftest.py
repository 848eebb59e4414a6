"""What does every test get?

Without asking: a GET that writes fails (the access log and the session aside), an undefined template variable fails,
rows of a query without an order come shuffled, and migrated rows are there in every test.

For journeys (always `@pytest.mark.browser`; the database is committed, so no `django_db` mark is needed):

    @pytest.mark.browser
    def test_month(live_portal, phone, desktop, axe):
        # live_portal.url  the portal; live_portal.worker is a real Celery worker on the same database
        phone.goto(live_portal.url + "/login/")   # 390×844, zh-CN; desktop is 1366×768; both fail the test on
        axe(phone)                                # console errors and policy violations. axe fails on serious ones.
        live_portal.wait_until_idle()             # until no job is queued or running

A job that needs no browser: take `live_worker` (and `transactional_db`). More than one window, other sizes or
languages: `open_page(width, height, locale="zh-CN", javascript=True)`, each with its own cookies.
"""

from __future__ import annotations

import re

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client

pytest_plugins = ["tests.browser", "tests.card", "tests.emptying", "tests.live", "tests.ordering", "tests.shuffling"]

WRITE = re.compile(r'^\s*(?:INSERT(?: OR \w+)? INTO|UPDATE|DELETE FROM)\s+"?(\w+)', re.IGNORECASE)
WRITTEN_BY_READING = {"branchportal_accessrecord", "django_session"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Say of each test whether it commits rows, sees the database at all, or needs a whole portal on a stage.

    Tests with committed rows leave the tables behind as migrations left them (see emptying.py).
    """
    for item in items:
        if item.path.parent.name == "faults" and "stage" in item.fixturenames:
            item.add_marker("stage")
        if _commits(item):
            item.add_marker(pytest.mark.django_db(transaction=True, serialized_rollback=True), append=False)
        elif not _sees_the_database(item):
            item.add_marker("no_database")


def _commits(item) -> bool:
    mark = item.get_closest_marker("django_db")
    asked = bool(mark and mark.kwargs.get("transaction"))
    return asked or not {"transactional_db", "live_server"}.isdisjoint(getattr(item, "fixturenames", ()))


def _sees_the_database(item) -> bool:
    asked = {"db", "django_db_setup"}.intersection(getattr(item, "fixturenames", ()))
    return bool(asked) or item.get_closest_marker("django_db") is not None


@pytest.fixture(autouse=True)
def _nothing_kept():
    """What a page kept for later belongs to rows that the next test no longer has."""
    cache.clear()


@pytest.fixture(autouse=True)
def _get_writes_nothing(monkeypatch):
    """A GET through the test client may add to the access log and the session, and to nothing else."""
    send = Client.request

    def request(client, **environ):
        if environ.get("REQUEST_METHOD") not in {"GET", "HEAD"}:
            return send(client, **environ)
        with connection.execute_wrapper(_refuse_writes):
            return send(client, **environ)

    monkeypatch.setattr(Client, "request", request)


def _refuse_writes(execute, sql, params, many, context):
    written = WRITE.match(sql)
    if written and written[1] not in WRITTEN_BY_READING:
        pytest.fail(f"A GET wrote to {written[1]}: {sql}")
    return execute(sql, params, many, context)
