"""How long do workbooks take: written beside a bare openpyxl loop, imported beside bare reading and one COPY?"""

from __future__ import annotations

import io
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from statistics import median

from django.db import connection
from django.utils import timezone
from openpyxl import Workbook
from python_calamine import CalamineWorkbook

from branchportal.spreadsheets.writing import DECIMAL, INTEGER, Column, SheetSpec, write_workbook
from evaluations.models import RankingEntry, RankingRun
from evaluations.purposes import Purpose
from evaluations.reports.ranking import ranking_workbook
from members.models import Branch, Member
from members.services.roster_import import write_roster
from tests.benchmarks import servers, world
from tests.benchmarks.compiling import compile_here
from tests.benchmarks.table import Line

COLUMNS = (
    Column("名次", 7, INTEGER, value=lambda row: row[0]),
    Column("学号", 16, value=lambda row: row[1]),
    Column("姓名", 14, value=lambda row: row[2]),
    Column("班级", 16, value=lambda row: row[3]),
    *(Column(f"得分{place}", 10, DECIMAL, value=lambda row, place=place: row[4 + place]) for place in range(12)),
    Column("并列", 7, value=lambda row: row[16]),
    Column("等次", 10, value=lambda row: row[17]),
    Column("是否满足条件/原因", 30, value=lambda row: row[18], wrap=True),
    Column("支委会决定", 16, value=lambda row: row[19]),
)


@dataclass(frozen=True)
class Extent:
    """How many rows: of workbooks, of an imported roster, and people of a ranking that is downloaded."""

    rows: tuple[int, ...]
    imported: int
    ranked: int


FULL = Extent(rows=(1_000, 10_000, 100_000), imported=20_000, ranked=10_000)
QUICK = Extent(rows=(1_000, 10_000, 100_000), imported=20_000, ranked=1_000)
GIVEN = (
    "明远子涵雨桐浩然思源嘉禾文博若溪景行知夏一鸣书瑶承志晓岚天佑佳宁立群安琪泽宇春华"
    "秋实国庆建军海燕志强慧敏俊杰丽娜永康宏伟雪梅玉兰振东新民少华素芳成林凤英德胜长江"
)
ROSTER = ("学号", "姓名", "班级", "年级", "专业", "发展阶段", "申请入党时间", "确定积极分子时间")


def measure(extent: Extent) -> list[Line]:
    """The lines about workbooks and the import."""
    servers.use_database("files")
    size = world.Size(branches=1, people=30, months=7, large=extent.ranked)
    world.build(size, timezone.now(), with_log_ins=False)
    return [*(_written(rows) for rows in extent.rows), _whole_ranking(), _import(extent.imported)]


def rows(count: int) -> Iterator[tuple]:
    """A ranking's rows, made one at a time."""
    for place in range(count):
        yield (
            place + 1, f"2024{place:08d}", f"王明{place % 97}", "计算机2401",
            *(Decimal(7000 + (place * (11 + part)) % 3000) / 100 for part in range(12)),
            "并列" if place % 9 == 0 else "", "优秀" if place % 3 else "良好", "满足", "",
        )  # fmt: skip


def ours(rows: Iterable[tuple]) -> bytes:
    """The portal's workbook."""
    return write_workbook([SheetSpec("综合排名", COLUMNS, rows)])


def bare(rows: Iterable[tuple]) -> bytes:
    """The same cells in a loop over a bare openpyxl sheet."""
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("综合排名")
    sheet.append([column.header for column in COLUMNS])
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def download(run: str) -> bytes:
    """Everything that the download of one run does: entries read, everybody computed again, formulas, file."""
    return ranking_workbook(RankingRun.objects.get(pk=run))


def _written(count: int) -> Line:
    """The portal's writer and a bare loop over the same cells: time in turn, memory each in a process of its own."""
    held, rounds = list(rows(count)), 5 if count <= 10_000 else 3
    pairs = [(_seconds(lambda: ours(held)), _seconds(lambda: bare(held))) for _round in range(rounds)]
    held.clear()
    ratio = median(portal / beside for portal, beside in pairs)
    seconds, beside = median(portal for portal, _beside in pairs), median(beside for _portal, beside in pairs)
    memory, memory_beside = _megabytes("ours", count), _megabytes("bare", count)
    text = f"**{ratio:.2f}** × ({seconds:.2f} s beside {beside:.2f} s), **{memory}** MB ({memory_beside} MB)"
    return Line(
        f"ranking workbook, {count} rows × {len(COLUMNS)} columns", "bare openpyxl write-only loop, the same cells",
        "≤ 1.2 ×; ≤ 80 MB", text, ratio <= 1.2 and memory <= 80,
    )  # fmt: skip


def _whole_ranking() -> Line:
    run = compile_here(Branch.objects.get(code="B0000"), Purpose.CANDIDATE, 6, timezone.now())
    count = RankingEntry.objects.filter(run=run).count()
    seconds = _seconds(lambda: download(str(run.pk)))
    return Line(
        f"download of a ranking of {count} people, from the database", "–", "–",
        f"{seconds:.1f} s, {_megabytes('download', run.pk)} MB", None,
    )  # fmt: skip


def _import(count: int) -> Line:
    """The file read, checked row by row and written with its audit lines, beside reading and one COPY."""
    content = _roster(count)
    branch = Branch.objects.get(code="B0001")
    pairs = []
    asked = {"branch": branch, "content": content, "file_name": "r.xlsx", "by": None, "today": timezone.localdate()}
    for _round in range(3):
        portal = _seconds(lambda: write_roster(**asked))
        written = Member.objects.filter(number__startswith="31").count()
        if written != count:
            raise SystemExit(f"{written} of {count} rows were imported.")
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM members_member WHERE number LIKE '31%%'")
        pairs.append((portal, _seconds(lambda: _bare_import(content))))
    ratio = median(portal / beside for portal, beside in pairs)
    seconds, beside = median(portal for portal, _beside in pairs), median(beside for _portal, beside in pairs)
    return Line(
        f"roster import, {count} rows", "calamine reading + one COPY", "≤ 8 ×",
        f"**{ratio:.1f}** × ({seconds:.1f} s beside {beside:.2f} s)", ratio <= 8,
        "a good third of its processor time is PostgreSQL's, which stores each person with ten indexes and each audit "
        "line with eight; the rest is the child process that parses the file, the check of every cell, and the "
        "spelling of names",
    )  # fmt: skip


def _roster(count: int) -> bytes:
    """400 classes, 40 subjects, days spread over years."""
    workbook, first = Workbook(write_only=True), date(2023, 3, 1)
    sheet = workbook.create_sheet("名单")
    sheet.append(ROSTER)
    for place in range(count):
        applied = first + timedelta(days=place * 7 % 500)
        sheet.append(
            (f"31{place:08d}", _name(place), f"计算机{place % 400:04d}", str(2021 + place % 4),
             f"计算机科学与技术{place % 40}", "入党积极分子", applied, applied + timedelta(days=370 + place * 13 % 200))
        )  # fmt: skip
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def _name(place: int) -> str:
    """A surname of twenty and one of some 6 000 given names."""
    first, second = GIVEN[place * 7 % len(GIVEN)], GIVEN[place // len(GIVEN) % len(GIVEN)]
    return f"{world.SURNAMES[place % len(world.SURNAMES)]}{first}{second}"


def _bare_import(content: bytes) -> None:
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()[1:]
    text = "".join("\t".join(str(value) for value in row) + "\n" for row in rows)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_roster")
        names = ", ".join(f"c{place} text" for place in range(len(ROSTER)))
        cursor.execute(f"CREATE TABLE bench_roster ({names})")
        cursor.copy_expert("COPY bench_roster FROM STDIN", io.StringIO(text))


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _megabytes(work: str, argument: object) -> int:
    """The peak above what is loaded, in a process that does nothing else (see memory.py)."""
    command = [sys.executable, "-m", "tests.benchmarks.memory", work, str(argument)]
    return int(subprocess.run(command, check=True, capture_output=True, text=True, cwd=servers.PROJECT).stdout)
