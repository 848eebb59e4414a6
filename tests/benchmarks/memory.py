"""How much memory does one workbook take? Prints the megabytes above what was loaded before; for files.py.

In a process of its own: on a heap that an earlier workbook has left, a later one seems to take nothing.
"""
# ruff: noqa: E402 (models can be imported only once Django is set up)

import ctypes
import gc
import sys
from pathlib import Path

import django

django.setup()

from tests.benchmarks import files

WORKS = {
    "ours": lambda count: files.ours(files.rows(int(count))),
    "bare": lambda count: files.bare(files.rows(int(count))),
    "download": files.download,
}


def main(work: str, argument: str) -> None:
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)  # what loading has left free would not count
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    before = _memory("VmRSS")
    WORKS[work](argument)
    print((_memory("VmHWM") - before) // 1024)


def _memory(name: str) -> int:
    """Kilobytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


if __name__ == "__main__":
    main(*sys.argv[1:])
