"""How do people press a button at the same instant, or while another one is at work?"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Thread
from typing import Any

from django.db import connections

WAIT = 2  # seconds after which somebody who is still at work is taken to be waiting


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


class Aside:
    """Somebody else's work, begun in a thread of its own; `waits` tells whether it is held up by a lock."""

    def __init__(self, act: Callable[[], Any]) -> None:
        self.act = act
        self.raised: Exception | None = None
        self.thread = Thread(target=self._run)
        self.thread.start()

    def _run(self) -> None:
        try:
            self.act()
        except Exception as refusal:
            self.raised = refusal
        finally:
            connections.close_all()

    @property
    def waits(self) -> bool:
        self.thread.join(timeout=WAIT)
        return self.thread.is_alive()

    def ends(self) -> Exception | None:
        """What it raised, once it has come to its end."""
        self.thread.join(timeout=30)
        assert not self.thread.is_alive()
        return self.raised
