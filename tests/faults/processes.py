"""Which processes has a process started, and how are they ended without a word?"""

from __future__ import annotations

import os
import signal
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path


def children(pid: int) -> list[int]:
    """The processes that this one has started and that live, the oldest first."""
    return _living()[pid]


def descendants(pid: int) -> list[int]:
    """Its children, their children, and so on."""
    living, found = _living(), []
    todo = list(living[pid])
    while todo:
        found.append(todo.pop(0))
        todo += living[found[-1]]
    return found


def kill(*pids: int) -> None:
    """`kill -9`; a process that is gone already is no fault."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def lives(pid: int) -> bool:
    return any(pid in found for found in _living().values())


def wait_for(condition: Callable[[], object], seconds: float = 30, every: float = 0.02) -> float:
    """Wait until it holds; return how many seconds that took."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds, "it did not come to pass"
        time.sleep(every)
    return time.monotonic() - began


def _living() -> dict[int, list[int]]:
    """{process: its children}; those that have ended and are only not buried yet are left out."""
    found = defaultdict(list)
    for path in sorted(Path("/proc").glob("[0-9]*/stat"), key=lambda path: int(path.parent.name)):
        with suppress(OSError):
            state, parent = path.read_text().rpartition(")")[2].split()[:2]
            if state != "Z":
                found[int(parent)].append(int(path.parent.name))
    return found
