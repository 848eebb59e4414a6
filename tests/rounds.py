"""How often is something tried? A few times in the suite, as often as the environment says in a long run."""

from __future__ import annotations

import os


def rounds(name: str, short: int) -> int:
    """`BRANCHES=10000 bin/test …` asks for more; docs/testing.md names the long runs."""
    return int(os.environ.get(name, short))
