"""How does a figure become a line of docs/performance.md?

A line is known by its work: measuring one part again renews its own lines and leaves the others.
"""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

PAGE = Path(__file__).resolve().parents[2] / "docs" / "performance.md"
TITLES = (
    "work",
    "side by side with",
    "reach",
    "measured",
    "reached",
    "measured on",
    "load before",
    "what it comes from",
)
START, END = "<!-- figures -->", "<!-- end of figures -->"


@dataclass(frozen=True)
class Line:
    """One line. `comment` says what limits a figure, or what it comes from."""

    work: str
    beside: str
    reach: str
    measured: str
    is_reached: bool | None
    comment: str = ""

    def text(self, day: str = "", load: float = 0) -> str:
        reached = {True: "yes", False: "no", None: "–"}[self.is_reached]
        cells = (self.work, self.beside, self.reach, self.measured, reached, day, f"{load:.1f}", self.comment)
        return f"| {' | '.join(cells)} |"


def write(lines: list[Line], *, load: float, file: Path = PAGE) -> None:
    """Put these lines into the page; `load` is what else the machine did when their measurement began."""
    page = file.read_text(encoding="utf-8")
    before, _start, rest = page.partition(START)
    old, _end, after = rest.partition(END)
    kept = {_work(line): line for line in old.splitlines() if line.startswith("| ")}
    kept.pop(TITLES[0], None)
    day = f"{datetime.now(ZoneInfo('Asia/Shanghai')).date()}"
    kept |= {line.work: line.text(day, load) for line in lines}
    table = [f"Machine: {machine()}.", "", f"| {' | '.join(TITLES)} |", f"|{'---|' * len(TITLES)}", *kept.values()]
    file.write_text(f"{before}{START}\n" + "\n".join(table) + f"\n{END}{after}", encoding="utf-8")


def machine() -> str:
    """What the figures were measured on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores ({platform.machine()}), {memory:.0f} GB, Python {platform.python_version()}"


def _work(line: str) -> str:
    return line.split("|")[1].strip()
