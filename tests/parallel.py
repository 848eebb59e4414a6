"""How do people press a button at the same instant, or while another one is at work?"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Thread
from typing import Any

from django.db import connection, connections
from django.db.models import Model, QuerySet

WAIT = 2  # seconds after which somebody who is still at work is taken to be waiting
HELD_UP = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid)))"


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


def ask_without(monkeypatch: Any, method: Callable, model: type[Model], *names: str) -> None:
    """For a twin: statements about `model` no longer have the conditions `names` in their filter(…) or exclude(…)."""

    def asked(rows: QuerySet, *conditions: Any, **named: Any) -> QuerySet:
        kept = {name: value for name, value in named.items() if rows.model is not model or name not in names}
        return method(rows, *conditions, **kept) if conditions or kept or not named else rows.all()

    monkeypatch.setattr(QuerySet, method.__name__, asked)


def refused_or_done(act: Callable[[], Any], *refusals: type[Exception]) -> Callable[[], str]:
    """The act, which then answers "done" or the name of the refusal that it met."""

    def run() -> str:
        try:
            act()
        except refusals as refusal:
            return type(refusal).__name__
        return "done"

    return run


def both_or_neither(closed: set[int], told: dict[int, str], counts: set[int]) -> list[int]:
    """Whoever was told one thing and finds the other: in what was closed, or among what counts."""
    return [pk for pk, word in told.items() if {pk in closed, pk in counts} != {word == "done"}]


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
        """Whether it is held up: by a lock of this connection, or for unknown reasons as long as WAIT."""
        deadline = time.monotonic() + WAIT
        while self.thread.is_alive() and time.monotonic() < deadline and not _holds_somebody_up():
            self.thread.join(timeout=0.02)
        return self.thread.is_alive()

    def ends(self) -> Exception | None:
        """What it raised, once it has come to its end."""
        self.thread.join(timeout=30)
        assert not self.thread.is_alive()
        return self.raised


def _holds_somebody_up() -> bool:
    """Whether somebody waits for a lock that this thread's transaction holds, as far as the database tells."""
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute(HELD_UP)
        return cursor.fetchone()[0]
