"""How is one long-running process started, watched and ended?"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from branchportal.leash import tied_to_parent

STOP_SECONDS = 10
RESTARTS_ALLOWED = 5


@dataclass
class Service:
    """One process, where it writes, and when it was started."""

    name: str
    command: list[str]
    folder: Path
    environment: dict[str, str]
    log: Path
    death_signal: int = signal.SIGKILL
    sockets: tuple[int, ...] = ()
    process: subprocess.Popen | None = None
    starts: list[float] = field(default_factory=list)

    def start(self) -> None:
        """Start it in a process group of its own: Ctrl-C reaches only the supervisor, which stops in order."""
        self.starts.append(time.monotonic())
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=self.sockets,
                start_new_session=True,
                preexec_fn=tied_to_parent(self.death_signal),
            )

    def ended(self) -> bool:
        """Tell whether the process is gone."""
        return self.process is not None and self.process.poll() is not None

    def fails_again_and_again(self) -> bool:
        """Tell whether it was started too often in the last minute."""
        return len([start for start in self.starts if start > time.monotonic() - 60]) > RESTARTS_ALLOWED

    def stop(self) -> None:
        """Ask it to end, wait a little, then end it and whatever it left behind.

        A job that is cut off here is taken up again at the next start.
        """
        if self.process is None:
            return
        if not self.ended():
            self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(STOP_SECONDS)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def last_words(self) -> str:
        """Return the last line it wrote."""
        lines = self.log.read_text(errors="replace").strip().splitlines()
        return lines[-1].strip() if lines else "it said nothing"
