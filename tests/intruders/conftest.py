"""Which world do intruders meet, and who are they? Rounds and seed come from the environment (see docs/testing.md)."""

from __future__ import annotations

import os

import pytest

from tests.access.world import NOW

SEED = int(os.environ.get("INTRUDER_SEED", "2026"))


def rounds(name: str, short: int) -> int:
    """How many rounds: the suite makes a short run, the environment asks for a long one."""
    return int(os.environ.get(name, short))


@pytest.fixture
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)
