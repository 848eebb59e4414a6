"""How does a link become something that a phone's camera reads?"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

import segno

QUIET = 4  # white modules around it, as readers want


@dataclass(frozen=True)
class Code:
    """A QR code as one path in a square drawing of `size` units."""

    size: int
    path: str


def qr_of(url: str) -> Code:
    """The QR code of an address."""
    rows = list(segno.make(url, micro=False, error="m").matrix_iter(border=QUIET))
    return Code(len(rows), "".join(_bars(row, y) for y, row in enumerate(rows)))


def _bars(row: bytes, y: int) -> str:
    """The dark stretches of one row."""
    found, x = [], 0
    for dark, run in groupby(row):
        length = len(list(run))
        if dark:
            found.append(f"M{x} {y}h{length}v1h-{length}z")
        x += length
    return "".join(found)
