"""How do people press a button at the same instant?"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connections


def at_once(acts: Iterable[Callable[[], Any]]) -> list[Any]:
    """Run all `acts` together, each in a thread with a connection of its own; return what they answered, in order."""
    acts = list(acts)
    gate = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        try:
            gate.wait(timeout=60)
            return act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def refused_or_done(act: Callable[[], Any], *refusals: type[Exception]) -> Callable[[], str]:
    """The act, which then answers "done" or the name of the refusal that it met."""

    def run() -> str:
        try:
            act()
        except refusals as refusal:
            return type(refusal).__name__
        return "done"

    return run
