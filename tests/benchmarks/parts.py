"""Which parts are measured, and where do their lines go?"""
# ruff: noqa: E402 (models can be imported only once Django is set up)

from __future__ import annotations

import os
import sys

import django

django.setup()

from tests.benchmarks import compiling, files, pages, queries, table

PARTS = {
    "pages": lambda: pages.measure(pages.FULL),
    "compile": lambda: compiling.measure(compiling.FULL),
    "files": files.measure,
    "growth": lambda: compiling.growth(compiling.FEW, compiling.MANY),
    "queries": queries.measure,
}


def main(wanted: list[str]) -> None:
    """Measure the named parts, or all; their lines are renewed in docs/performance.md."""
    unknown = [name for name in wanted if name not in PARTS]
    if unknown:
        sys.exit(f"There is no part {', '.join(unknown)}: choose from {', '.join(PARTS)}.")
    print(f"{table.machine()}, load {os.getloadavg()[0]:.1f}", flush=True)
    for name in wanted or PARTS:
        lines = PARTS[name]()
        print("\n".join(line.text("") for line in lines), flush=True)
        table.write(lines)


if __name__ == "__main__":
    main(sys.argv[1:])
