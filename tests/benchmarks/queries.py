"""How many queries does each page take, for each kind of person? The suite counts them; here they become a table."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.access.matrix import PEOPLE
from tests.access.queries import MOST
from tests.benchmarks.servers import PROJECT
from tests.benchmarks.table import PAGE, Line

TEST = "tests/access/test_matrix.py"
START, END = "<!-- queries -->", "<!-- end of queries -->"
TITLES = ("page", "queries", "most for")


def measure() -> list[Line]:
    """Count with the suite's own test, write the table of all pages, return the line about them."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pytest", TEST, "-k", "the_own_branch", "-q", "-n2"]
        subprocess.run(command, check=True, cwd=PROJECT, env=os.environ | {"QUERIES_TO": folder})
        counted = {person: json.loads(Path(folder, f"{person}.json").read_text()) for person in PEOPLE}
    write(counted)
    most = {page: max(numbers.values()) for page, numbers in by_page(counted).items()}
    inside = sum(number <= MOST for number in most.values())
    return [
        Line(
            "SQL queries on any page, for any person", "–", f"≤ {MOST}, whatever the rows",
            f"**{inside} of {len(most)} pages** ≤ {MOST}; the most: {max(most.values())}", inside == len(most),
            "the table below; why some take more stands in docs/decisions.md",
        )
    ]  # fmt: skip


def by_page(counted: dict[str, dict[str, int]]) -> dict[str, dict[str, int]]:
    """{page: {person: queries}}, in the order of the matrix."""
    found: dict[str, dict[str, int]] = {}
    for person, pages in counted.items():
        for page, number in pages.items():
            found.setdefault(page, {})[person] = number
    return found


def write(counted: dict[str, dict[str, int]], file: Path = PAGE) -> None:
    """Put the table into the page, those that take most first."""
    rows = sorted(by_page(counted).items(), key=lambda row: (-max(row[1].values()), row[0]))
    lines = [_line(page, numbers) for page, numbers in rows]
    before, _start, rest = file.read_text(encoding="utf-8").partition(START)
    table = [f"| {' | '.join(TITLES)} |", f"|{'---|' * len(TITLES)}", *lines]
    after = rest.partition(END)[2]
    file.write_text(f"{before}{START}\n" + "\n".join(table) + f"\n{END}{after}", encoding="utf-8")


def _line(page: str, numbers: dict[str, int]) -> str:
    least, most = min(numbers.values()), max(numbers.values())
    people = ", ".join(person.replace("_", " ") for person, number in numbers.items() if number == most)
    figure = f"{most}" if least == most else f"{least} to {most}"
    return f"| `{page}` | {figure} | {'everybody who may' if least == most else people} |"
