"""How does a process end together with the one that started it, however that one ends?

`tied_to_parent` is for starting any program; `python -m branchportal.leash MODULE …` runs a Python program whose own
forks (web and job processes) are tied as well. The kernel does it (PR_SET_PDEATHSIG), so `kill -9` leaves nothing.
"""

from __future__ import annotations

import ctypes
import os
import runpy
import signal
import sys
from collections.abc import Callable

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def tied_to_parent(with_signal: int = signal.SIGKILL) -> Callable[[], None]:
    """Return a `preexec_fn` for a child of this very process: it gets the signal when this process is gone.

    The child hears every signal, also those that this process has blocked.
    """
    parent = os.getpid()
    return lambda: _tie(parent, with_signal)


def tie_forks() -> None:
    """Tie every later fork of this process to it, and their forks to them."""
    parents: list[int] = [os.getpid()]

    def remember() -> None:
        parents[0] = os.getpid()

    os.register_at_fork(before=remember, after_in_child=lambda: _tie(parents[0], signal.SIGKILL))


def _tie(parent: int, with_signal: int) -> None:
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    _libc.prctl(PR_SET_PDEATHSIG, int(with_signal), 0, 0, 0)
    if os.getppid() != parent:  # it ended between the fork and this line
        os._exit(1)


if __name__ == "__main__":
    tie_forks()
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
