"""Which world do intruders meet, and who are they? The seed comes from the environment (see docs/testing.md)."""

from __future__ import annotations

import os

import pytest

from tests.access.world import NOW

SEED = int(os.environ.get("INTRUDER_SEED", "2026"))


@pytest.fixture
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)
