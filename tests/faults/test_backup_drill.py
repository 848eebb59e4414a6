"""Is nothing lost that was confirmed before a backup began, although people write and withdraw meanwhile?

`BACKUP_ROUNDS=50 BACKUP_WRITERS=8 bin/test faults/test_backup_drill.py -s` is the heavy run on PostgreSQL, the same
with `--sqlite` on SQLite; the suite itself makes one round. Writers are processes of their own with a ledger of what
the portal has confirmed to them; every backup is brought back into an empty portal and checked with verify_ledger.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import psycopg2
import pytest

from branchportal.leash import tied_to_parent

ROUNDS = int(os.environ.get("BACKUP_ROUNDS", "1"))
WRITERS = int(os.environ.get("BACKUP_WRITERS", "2"))
PROJECT = Path(__file__).resolve().parents[2]
SERVER = os.environ["PORTAL_TEST_DATABASE_URL"]
STORED = """SELECT award.entry, evidence.sha256, evidence.file FROM activities_award award
    JOIN activities_evidence evidence ON evidence.id = award.evidence_id"""
PREPARE = """import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("seed_demo", "--branches=1", "--members=12", "--months=1", "--demo-passwords")"""
CONFIRMED_FIRST = 5  # by each writer, before the backup begins

pytestmark = pytest.mark.django_db(transaction=True)  # as a test that asks a database it runs on both engines


class Place:
    """One portal: a database and a folder of its own on the engine of this run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self.name = f"drill_{uuid4().hex[:12]}"
        self.url = f"sqlite:///{folder / 'portal.sqlite3'}"
        if SERVER.startswith("postgres"):
            self.url = f"{SERVER.rpartition('/')[0]}/{self.name}"
            _administer(f"CREATE DATABASE {self.name}")

    def environment(self) -> dict[str, str]:
        settings = {"DJANGO_SETTINGS_MODULE": "tests.faults.drill_settings", "DATABASE_URL": self.url}
        return {**os.environ, **settings, "DRILL_FOLDER": str(self.folder)}

    def manage(self, *arguments: str) -> subprocess.CompletedProcess:
        return self.python("manage.py", *arguments)

    def python(self, *arguments: str) -> subprocess.CompletedProcess:
        command = [sys.executable, *arguments]
        return subprocess.run(
            command, cwd=PROJECT, env=self.environment(), check=False, capture_output=True, text=True, timeout=300
        )

    def writer(self, number: int) -> subprocess.Popen:
        command = [sys.executable, "-m", "tests.faults.award_writer", str(self.ledger(number)), str(number)]
        return subprocess.Popen(command, cwd=PROJECT, env=self.environment(), preexec_fn=tied_to_parent())

    def ledger(self, number: int) -> Path:
        return self.folder / f"confirmed-{number}.jsonl"

    def confirmed(self) -> list[dict]:
        """Every whole line of every writer's ledger."""
        texts = [path.read_text("utf-8") for path in self.folder.glob("confirmed-*.jsonl")]
        return [json.loads(line) for text in texts for line in text.splitlines(keepends=True) if line.endswith("\n")]

    def stored(self) -> dict[str, tuple[str, str]]:
        """{entry: (hash, name of the file)} of every award with a file."""
        connect = psycopg2.connect if self.url.startswith("postgres") else sqlite3.connect
        with closing(connect(self.url if self.url.startswith("postgres") else self.folder / "portal.sqlite3")) as base:
            cursor = base.cursor()
            cursor.execute(STORED)
            return {str(entry).replace("-", ""): (digest, name) for entry, digest, name in cursor.fetchall()}

    def drop(self) -> None:
        if self.url.startswith("postgres"):
            _administer(f"DROP DATABASE {self.name} WITH (FORCE)")


def _administer(statement: str) -> None:
    with closing(psycopg2.connect(f"{SERVER.rpartition('/')[0]}/postgres")) as connection:
        connection.autocommit = True
        connection.cursor().execute(statement)


@pytest.fixture
def portal(tmp_path):
    """A small college on real storage."""
    place = Place(tmp_path / "portal")
    prepared = place.python("-c", PREPARE)
    assert prepared.returncode == 0, prepared.stderr
    yield place
    place.drop()


@pytest.fixture
def restored(tmp_path):
    place = Place(tmp_path / "restored")
    yield place
    place.drop()


def backed_up_under_load(portal: Place, target: Path) -> float:
    """Make a backup while writers write; return when it began."""
    writers = [portal.writer(number) for number in range(WRITERS)]
    try:
        deadline = time.monotonic() + 60
        while any(_count(portal, number) < CONFIRMED_FIRST for number in range(WRITERS)):
            assert time.monotonic() < deadline, "the writers do not write"
            assert [writer.poll() for writer in writers] == [None] * WRITERS
            time.sleep(0.02)
        began = time.time()
        made = portal.manage("backup", str(target))
        assert (made.returncode, made.stderr) == (0, "")
    finally:
        for writer in writers:
            writer.kill()
            writer.wait()
    return began


def _count(portal: Place, number: int) -> int:
    path = portal.ledger(number)
    return path.read_text("utf-8").count('"sha256"') if path.exists() else 0


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_nothing_that_was_confirmed_before_a_backup_is_lost(portal, restored, tmp_path, round_):
    began = backed_up_under_load(portal, tmp_path / "portal.tar")
    brought_back = restored.manage("restore", str(tmp_path / "portal.tar"))
    assert brought_back.returncode == 0, brought_back.stdout + brought_back.stderr  # ends with verify_ledger
    lines = portal.confirmed()
    withdrawn = {line["withdrawn"] for line in lines if "withdrawn" in line}
    before = {line["entry"]: line["sha256"] for line in lines if line.get("at", began) < began}
    stored = restored.stored()
    lost = {entry for entry in before if entry not in stored and entry not in withdrawn}
    changed = {entry for entry in before.keys() & stored.keys() if stored[entry][0] != before[entry]}
    files = {name for _digest, name in stored.values() if not (restored.folder / "files" / name).is_file()}
    assert (lost, changed, files) == (set(), set(), set())
    assert len(before) >= WRITERS * CONFIRMED_FIRST
    print(f"{len(lines)} writes, {len(before)} before the backup, {len(stored)} in it; lost 0")
