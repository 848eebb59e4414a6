"""In which order do tests run? Long ones first within their kind, so that no process works on long after the others.

Tests that ask no database may run at any time, those with committed rows only behind all that expect none.
"""

from __future__ import annotations

import pytest

FREE_AND_LONG, LONG, SHORT, COMMITTING_AND_LONG, COMMITTING, FREE = range(6)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """The order by chance stays within each kind."""
    items.sort(key=_kind)


def _kind(item) -> int:
    is_long = item.get_closest_marker("long") is not None
    if item.get_closest_marker("no_database"):
        return FREE_AND_LONG if is_long else FREE
    mark = item.get_closest_marker("django_db")
    if mark and mark.kwargs.get("transaction"):
        return COMMITTING_AND_LONG if is_long else COMMITTING
    return LONG if is_long else SHORT
