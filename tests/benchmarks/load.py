"""How is a crowd made? wrk, one small C program for both sides, follows load.lua; Debian has it as a package."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

SCRIPT = Path(__file__).with_name("load.lua")
THREADS = 2


@dataclass(frozen=True)
class Crowd:
    """Who asks: which sessions of the file, over how many connections, for how long."""

    file: Path
    first: int
    count: int
    connections: int = 50
    seconds: int = 5


@dataclass(frozen=True)
class Answered:
    """What came back; times in milliseconds. `wrong` are answers that are not what was asked for."""

    requests: int
    filed: int  # redirects after a POST
    seconds: float
    wrong: int
    broken: int
    p50: float
    p99: float
    longest: float

    @property
    def rate(self) -> float:
        return self.requests / self.seconds


def ask(kind: str, address: str, path: str, crowd: Crowd, *, least: int = 0) -> Answered:
    """Let the crowd ask for one page; see load.lua for `kind`. A wrong answer ends the measurement."""
    threads = min(THREADS, crowd.connections, crowd.count)
    arguments = [kind, str(crowd.file), str(crowd.first), str(crowd.count), str(threads), path, str(least)]
    done = subprocess.run(
        ["wrk", "-t", str(threads), "-c", str(crowd.connections), "-d", f"{crowd.seconds}s", "--timeout", "60s",
         "-s", SCRIPT, address, "--", *arguments],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    line = next((line for line in done.stdout.splitlines() if line.startswith("RESULT ")), None)
    if line is None:
        sys.exit(f"wrk did not measure: {done.stdout}{done.stderr}")
    found = Answered(**json.loads(line.removeprefix("RESULT ")))
    if found.wrong or found.broken:
        sys.exit(f"{kind} {address}{path}: {found}")
    return found
