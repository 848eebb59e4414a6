"""What do people meet when a disk is full, and does the portal go on by itself when there is room again?

`FULL_DISKS=20 bin/test faults/test_full_disks.py -n0 -s` is the long run; only there the database has a small disk too.
"""

from __future__ import annotations

import io
import time
from collections import Counter
from uuid import uuid4

import openpyxl
import pytest

from tests.faults.processes import wait_for
from tests.faults.small_disks import can_mount, full
from tests.faults.stage import DATABASE, FILES, TEMP, Stage
from tests.faults.test_database_away import WAY_OUT, Writers
from tests.faults.visitors import Answer
from tests.rounds import rounds

ROUNDS = rounds("FULL_DISKS", 1)
IS_LONG = ROUNDS > 1
CERTIFICATE = b"%PDF-1.4\n" + bytes(range(256)) * 1024
WORKBOOKS = ("/people/download/", "/hours/hours.xlsx")
DATABASE_DISK = "320m"

pytestmark = pytest.mark.skipif(not can_mount(), reason="only an administrator may mount")


def propose(stage: Stage, person: dict, entry: str, content: bytes) -> Answer:
    form = {
        "entry": entry, "title": f"竞赛 {entry[:6]}", "awarded_on": f"{stage.month}-02", "body": "某学会", "link": "",
        "level": stage.rows("SELECT min(id) FROM activities_awardlevel")[0][0],
    }  # fmt: skip
    return stage.visitor(person).post("/my-hours/awards/add/", form, file=("证书.pdf", content))


def stored(stage: Stage, entry: str) -> list[tuple]:
    return stage.rows("SELECT id FROM activities_award WHERE entry = %s", entry)


def files(stage: Stage) -> set[str]:
    return {str(path) for path in (stage.folder / FILES).rglob("*") if path.is_file()}


def test_a_certificate_that_finds_no_room_is_refused_whole(stage):
    person = stage.members()[0]
    for number in range(ROUNDS):
        content, entry = CERTIFICATE + f"{number} {uuid4()}\n%%EOF".encode(), str(uuid4())
        before = files(stage)
        with full(stage.folder / FILES):
            refused = propose(stage, person, entry, content)
            assert (refused.status, WAY_OUT in refused.text, stored(stage, entry)) == (503, True, [])
        assert files(stage) == before
        assert propose(stage, person, entry, content).status == 302
        award = stored(stage, entry)[0][0]
        assert stage.visitor(person).file(f"/my-hours/awards/{award}/evidence/") == (200, content)
        assert stage.visitor(person).post(f"/my-hours/awards/{award}/take-back/", {"version": 1}).status == 302


@pytest.mark.parametrize("path", WORKBOOKS)
def test_no_workbook_is_handed_out_by_halves(stage, path):
    visitor, met = stage.visitor(stage.officers()[0]), Counter()
    for _round in range(ROUNDS):
        with full(stage.folder / TEMP):
            status, content = visitor.file(path)
        met[status] += 1
        assert [file.name for file in (stage.folder / TEMP).iterdir()] == []
        if status == 200:
            assert openpyxl.load_workbook(io.BytesIO(content)).active.max_row > 1
        status, content = visitor.file(path)
        assert status == 200
        assert openpyxl.load_workbook(io.BytesIO(content)).active.max_row > 1
    print(f"\n{path} without room for temporary files: {dict(met)}")
    assert set(met) <= {200, 503}


@pytest.fixture
def small_stage():
    disks = {DATABASE: DATABASE_DISK}
    stage = Stage(branches=4, members=24, disks=disks)
    try:
        stage.start()
        yield stage
    finally:
        stage.end()


@pytest.mark.skipif(not IS_LONG, reason="a stage of its own: FULL_DISKS=20")
def test_a_database_without_room_loses_nothing(small_stage):
    """Where PostgreSQL itself ends for want of room, it is started again, as systemd does."""
    writers, restarts, back = Writers(small_stage), 0, []
    with writers.writing():
        for _round in range(ROUNDS):
            with full(small_stage.folder / DATABASE):
                before = writers.met[503]
                wait_for(lambda seen=before: writers.met[503] > seen, seconds=120)
                time.sleep(1)
            if small_stage.processes["database"].poll() is not None:
                small_stage.start_database()
                restarts += 1
            before = writers.taken
            back.append(round(wait_for(lambda seen=before: writers.taken > seen, seconds=60), 2))
            time.sleep(1)
    print(
        f"\n{ROUNDS} times full: {writers.taken} acknowledged, answers {dict(writers.met)}, PostgreSQL ended "
        f"{restarts} times; taken again within {max(back)} s; {small_stage.verify()}"
    )
    assert writers.problems() == []
    assert set(writers.met) == {302, 503}
    assert WAY_OUT in writers.refusal
