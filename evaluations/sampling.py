"""Who is drawn for a spot check? Pure: the same seed and people give the same draw, whoever repeats it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable


def drawn(seed: str, numbers: Iterable[str], size: int) -> list[str]:
    """Return the `size` numbers whose SHA-256 of "seed/number" is smallest, in that order; all if there are fewer."""
    return sorted(numbers, key=lambda number: _lot(seed, number))[:size]


def _lot(seed: str, number: str) -> str:
    return hashlib.sha256(f"{seed}/{number}".encode()).hexdigest()
