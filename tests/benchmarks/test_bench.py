"""Does the measurement run at all, and do both sides do the same work? Small sizes; no figure is looked at."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from datetime import datetime
from decimal import Decimal

import pytest
from django.db import connection
from openpyxl import load_workbook

from evaluations.deadlines import SHANGHAI
from evaluations.models import Due, SelfReview
from evaluations.purposes import Purpose
from members.models import Branch
from tests.benchmarks import compiling, files, servers, table, world
from tests.benchmarks.bare_hash import verified

NOW = datetime(2026, 11, 9, 12, tzinfo=SHANGHAI)
SMALL = world.Size(branches=2, people=3, months=4, large=5)


@pytest.mark.django_db
@pytest.mark.skipif("os.environ.get('TEST_DATABASE') == 'sqlite'", reason="the measurement fills PostgreSQL")
def test_the_statement_beside_makes_the_same_totals_and_places():
    world.build(SMALL, NOW, with_log_ins=True)
    large = Branch.objects.get(code="B0000")
    run = compiling.compile_here(large, Purpose.CANDIDATE, 3, NOW)
    compiling._sql(*compiling._period(3, NOW), compiling.HERE, large)

    with connection.cursor() as cursor:
        cursor.execute("SELECT member, total, rank FROM bench_sums ORDER BY member")
        sums = cursor.fetchall()
    ranked = run.entries.order_by("member").values_list("member", "total", "rank")
    assert [(member, Decimal(total), rank) for member, total, rank in ranked] == sums
    assert (len(sums), Due.objects.count(), SelfReview.objects.count()) == (5, 44, 33)


def test_both_workbooks_hold_the_same_cells():
    ours, bare = files.ours(files.rows(20)), files.bare(files.rows(20))

    def cells(content: bytes) -> list[tuple]:
        found = load_workbook(io.BytesIO(content), read_only=True).active.iter_rows(values_only=True)
        return [tuple(value or "" for value in row) for row in found]

    assert (cells(ours), len(cells(ours))) == (cells(bare), 21)


def test_the_reference_stands_and_signs_its_people_in(tmp_path):
    sessions = tmp_path / "sessions"
    environment = os.environ | {"PLAIN_DATABASE_URL": f"sqlite:///{tmp_path / 'plain.sqlite3'}"}
    subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.plain.seed", "3", "2", sessions],
        check=True, cwd=servers.PROJECT, env=environment,
    )  # fmt: skip
    assert len(sessions.read_text().split()) == 3


def test_a_part_measured_again_renews_its_own_lines(tmp_path):
    page = tmp_path / "performance.md"
    page.write_text(f"Before\n{table.START}\n{table.END}\nAfter\n")
    table.write(
        [table.Line("one", "a", "≤ 2", "3", False), table.Line("two", "b", "≤ 2", "1", True)], load=1, file=page
    )
    table.write([table.Line("one", "a", "≤ 2", "2", True, "less is read")], load=0.5, file=page)

    lines = page.read_text().splitlines()
    assert [line.split(" | ")[0] for line in lines] == [
        "Before", table.START, f"Machine: {table.machine()}.", "", "| work", "|---|---|---|---|---|---|---|---|",
        "| one", "| two", table.END, "After",
    ]  # fmt: skip
    assert lines[6].endswith("| 0.5 | less is read |")


def test_a_bare_hash_is_verified():
    assert verified(0.01) > 0
