"""Which parts are measured, and where do their lines go?"""
# ruff: noqa: E402 (models can be imported only once Django is set up)

from __future__ import annotations

import os
import sys

import django

django.setup()

from django.core.management import call_command

from tests.benchmarks import compiling, files, pages, queries, table

QUICK = "--quick" in sys.argv
PARTS = {
    "pages": lambda: pages.measure(pages.QUICK if QUICK else pages.FULL),
    "files": lambda: files.measure(files.QUICK if QUICK else files.FULL),
    "compile": lambda: compiling.measure(compiling.QUICK if QUICK else compiling.FULL),
    "growth": lambda: compiling.growth(compiling.FEW, compiling.MANY),
    "queries": queries.measure,
}


def main(wanted: list[str]) -> None:
    """Measure the named parts, or all; their lines are renewed in docs/performance.md."""
    unknown = [name for name in wanted if name not in PARTS]
    if unknown:
        sys.exit(f"There is no part {', '.join(unknown)}: choose from {', '.join(PARTS)}.")
    call_command("collectstatic", interactive=False, verbosity=0)  # pages name their files by hash
    print(table.machine(), flush=True)
    for name in wanted or PARTS:
        load = os.getloadavg()[0]
        for line in PARTS[name]():
            print(line.text(load=load), flush=True)
            table.write([line], load=load)


if __name__ == "__main__":
    main([name for name in sys.argv[1:] if name != "--quick"])
