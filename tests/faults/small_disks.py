"""How does a test fill a disk without harming the machine's? A small file system of its own, seen by its own processes.

Only root may mount. The mounts are seen by this process and those that it starts, and end with them.
"""

from __future__ import annotations

import ctypes
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

CLONE_NEWNS = 0x20000
PART = 64 * 1024


@cache
def can_mount() -> bool:
    """Whether this process may mount; from the first question on it sees mounts of its own."""
    if os.geteuid() != 0 or ctypes.CDLL(None).unshare(CLONE_NEWNS) != 0:
        return False
    return subprocess.run(["mount", "--make-rprivate", "/"], check=False, capture_output=True).returncode == 0


def mount(folder: Path, size: str) -> None:
    """Let the folder be a disk of its own of this size, such as "4m"."""
    folder.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=0755", "none", folder], check=True)


@contextmanager
def full(folder: Path) -> Iterator[None]:
    """The disk of the folder is full to the last byte."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        part = PART
        while part:
            try:
                file.write(b"\0" * part)
            except OSError:
                part //= 2
    try:
        yield
    finally:
        ballast.unlink()
