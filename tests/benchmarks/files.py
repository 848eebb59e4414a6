"""How long do workbooks take: written beside a bare openpyxl loop, imported beside bare reading and one COPY?"""

from __future__ import annotations

import io
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
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
QUICK = Extent(rows=(1_000, 10_000), imported=20_000, ranked=1_000)
GIVEN = (
    "明远子涵雨桐浩然思源嘉禾文博若溪景行知夏一鸣书瑶承志晓岚天佑佳宁立群安琪泽宇春华"
    "秋实国庆建军海燕志强慧敏俊杰丽娜永康宏伟雪梅玉兰振东新民少华素芳成林凤英德胜长江"
)
ROSTER = ("学号", "姓名", "班级", "年级", "专业", "发展阶段", "申请入党时间", "确定积极分子时间")
ROWS_AT_ONCE = 500


def measure(extent: Extent) -> list[Line]:
    """The lines about workbooks and the import."""
    servers.use_database("files")
    size = world.Size(branches=1, people=30, months=7, large=extent.ranked)
    world.build(size, timezone.now(), with_log_ins=False)
    return [*(_written(rows) for rows in extent.rows), _whole_ranking(), _import(extent.imported)]


def _rows(count: int) -> list[tuple]:
    return [
        (place + 1, f"2024{place:08d}", f"王明{place % 97}", "计算机2401",
         *(Decimal(7000 + (place * (11 + part)) % 3000) / 100 for part in range(12)),
         "并列" if place % 9 == 0 else "", "优秀" if place % 3 else "良好", "满足", "")
        for place in range(count)
    ]  # fmt: skip


def _written(count: int) -> Line:
    """The portal's writer and a bare loop over the same cells, in turn; memory above what stood before."""
    rows, rounds = _rows(count), 5 if count <= 10_000 else 3
    pairs = []
    for _round in range(rounds):
        ours = _timed(lambda: write_workbook([SheetSpec("综合排名", COLUMNS, rows)]))
        bare = _timed(lambda: _bare(rows))
        pairs.append((ours, bare))
    ratio = median(ours[0] / bare[0] for ours, bare in pairs)
    seconds, memory = median(ours[0] for ours, _bare in pairs), max(ours[1] for ours, _bare in pairs)
    beside = median(bare[0] for _ours, bare in pairs)
    text = f"**{ratio:.2f}** × ({seconds:.2f} s beside {beside:.2f} s), {memory} MB"
    return Line(
        f"ranking workbook, {count} rows × {len(COLUMNS)} columns", "bare openpyxl write-only loop, the same cells",
        "≤ 1.2 ×; ≤ 80 MB", text, ratio <= 1.2 and memory <= 80,
    )  # fmt: skip


def _bare(rows: list[tuple]) -> bytes:
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("综合排名")
    sheet.append([column.header for column in COLUMNS])
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def _whole_ranking() -> Line:
    """Everything that the download of one run does: entries read, everybody computed again, formulas, file."""
    run = compile_here(Branch.objects.get(code="B0000"), Purpose.CANDIDATE, 6, timezone.now())
    count = RankingEntry.objects.filter(run=run).count()
    seconds, memory = _timed(lambda: ranking_workbook(RankingRun.objects.get(pk=run.pk)))
    return Line(
        f"download of a ranking of {count} people, from the database", "–", "–",
        f"{seconds:.1f} s, {memory} MB", None,
    )  # fmt: skip


def _import(count: int) -> Line:
    """The file read, checked row by row and written with its audit lines, beside reading and one COPY."""
    content = _roster(count)
    branch = Branch.objects.get(code="B0001")
    pairs = []
    asked = {"branch": branch, "content": content, "file_name": "r.xlsx", "by": None, "today": timezone.localdate()}
    for _round in range(3):
        ours = _timed(lambda: write_roster(**asked))[0]
        written = Member.objects.filter(number__startswith="31").count()
        if written != count:
            raise SystemExit(f"{written} of {count} rows were imported.")
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM members_member WHERE number LIKE '31%%'")
        pairs.append((ours, _timed(lambda: _bare_import(content))[0]))
    ratio = median(ours / bare for ours, bare in pairs)
    seconds, beside = median(ours for ours, _bare in pairs), median(bare for _ours, bare in pairs)
    return Line(
        f"roster import, {count} rows", "calamine reading + one COPY", "≤ 8 ×",
        f"**{ratio:.1f}** × ({seconds:.1f} s beside {beside:.2f} s)", ratio <= 8,
        "the file is parsed in a child process of its own, every cell is checked, names are spelled, and each person "
        "gets an audit line",
    )  # fmt: skip


def _roster(count: int) -> bytes:
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("名单")
    sheet.append(ROSTER)
    for place in range(count):
        sheet.append(
            (f"31{place:08d}", _name(place), "计算机2401", "2024",
             "计算机科学与技术", "入党积极分子", date(2024, 3, 1), date(2025, 3, 15))
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


def _timed(work: Callable[[], object]) -> tuple[float, int]:
    """Seconds, and by how many MB the peak lay above what this process held before."""
    Path("/proc/self/clear_refs").write_text("5")
    before = _memory("VmRSS")
    began = time.perf_counter()
    work()
    return time.perf_counter() - began, max(_memory("VmHWM") - before, 0) // 1024


def _memory(name: str) -> int:
    lines = Path(f"/proc/{os.getpid()}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))
