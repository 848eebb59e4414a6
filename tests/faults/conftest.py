"""Which portal is broken in a test, and how are the figures told?

`stage` is a whole portal of its own (stage.py), one for all tests of a process. The suite makes a few rounds of each
fault; the long runs are named in docs/faults.md.
"""

from __future__ import annotations

import os

import pytest

from tests.faults.small_disks import can_mount
from tests.faults.stage import FILES, TEMP, Stage

SIZE = {
    "branches": int(os.environ.get("STAGE_BRANCHES", "4")),
    "members": int(os.environ.get("STAGE_MEMBERS", "24")),
}
SMALL_DISKS = {FILES: "4m", TEMP: "16m"}


@pytest.fixture(scope="session")
def whole_stage():
    if os.environ["PORTAL_TEST_DATABASE_URL"].startswith("sqlite"):
        pytest.skip("faults are injected into PostgreSQL and Redis")
    disks = SMALL_DISKS if can_mount() else {}
    stage = Stage(disks=disks, **SIZE)
    try:
        stage.start()
        yield stage
    finally:
        stage.end()


@pytest.fixture
def stage(whole_stage):
    """The stage with database, broker and web at work and no worker; afterwards everything that is stored agrees."""
    yield whole_stage
    whole_stage.end_workers()
    for name in [name for name in whole_stage.processes if name.startswith("beat")]:
        whole_stage.end_process(name)
    print(f"\nverify_ledger: {whole_stage.verify()}")
