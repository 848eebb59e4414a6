"""How often is something tried? A few times in the suite, as often as the environment says in a long run."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

MOST = 100  # a race that is not met in so many rounds is not tried at all


def rounds(name: str, short: int) -> int:
    """`BRANCHES=10000 bin/test …` asks for more; docs/testing.md names the long runs."""
    return int(os.environ.get(name, short))


def until(is_met: Callable[[], bool], *, least: int, most: int = MOST) -> Iterator[int]:
    """Rounds numbered from 0: at least so many, then on until what the test is about was met."""
    for number in range(max(least, most)):
        if number >= least and is_met():
            return
        yield number
