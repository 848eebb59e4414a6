"""Does a ranking's workbook reach the ranking's totals by itself, and does text stay text?"""

from __future__ import annotations

import io
import json
import shutil
import subprocess
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest
import python_calamine
from django.core.management import CommandError, call_command

from evaluations import bundle
from evaluations.models import RankingEntry, RankingRun, ScoringScheme
from evaluations.queries.monthly import branch_months
from evaluations.reports import ranking as report
from evaluations.reports.monthly import monthly_workbook
from members.stages import Stage
from tests.evaluations import generated
from tests.evaluations.ranking_material import (
    NOVEMBER,
    NOW,
    OCTOBER,
    SEPTEMBER,
    compile_now,
    file_self,
    rate,
    review,
)
from tests.evaluations.vectors import VECTORS
from tests.factories import make_member

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ready_schemes")]

needs_libreoffice = pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
PAYLOADS = ("=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(1)", "＝1+1", "\t=1", '=HYPERLINK("http://x")')


def recalculated(content: bytes, folder) -> dict[str, list[list]]:
    """Every sheet's cells after LibreOffice computed all formulas anew."""
    source = folder / "in.xlsx"
    source.write_bytes(content)
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "xlsx",
         "--outdir", str(folder / "out"), str(source)],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    workbook = python_calamine.load_workbook(folder / "out" / "in.xlsx")
    return {name: workbook.get_sheet_by_name(name).to_python() for name in workbook.sheet_names}


def totals(rows: list[list]) -> dict[str, Decimal]:
    """The shown totals of a recalculated sheet, by number."""
    head = next(place for place, row in enumerate(rows) if "学号" in row)
    number, total = rows[head].index("学号"), rows[head].index("总分")
    return {row[number]: Decimal(repr(row[total])) for row in rows[head + 1 :] if row[total] != ""}


def store(branch, document: dict, members: list, place: int) -> RankingRun:
    """A sealed bundle as a run of the branch."""
    scheme = ScoringScheme.objects.create(
        branch=branch, purpose="candidate", name=f"n{place}", version="1", document=document["scheme"],
        sources={"components": {}, "inputs": {}},
    )  # fmt: skip
    result = document["result"]
    run = RankingRun.objects.create(
        branch=branch, purpose="candidate", first_month=SEPTEMBER, last_month=NOVEMBER, number=place + 1, scheme=scheme,
        scheme_document=document["scheme"], fingerprint=document["fingerprint"], ranked_count=len(result["ranked"]),
        not_ranked_count=len(result["not_ranked"]), compiled_at=NOW,
    )  # fmt: skip
    ranked = {row["id"]: row for row in result["ranked"]}
    reasons = {row["id"]: row["reasons"] for row in result["not_ranked"]}
    RankingEntry.objects.bulk_create(
        RankingEntry(
            run=run, member=member, number=person["id"], name="某", stage=Stage.ACTIVIST, inputs=person["inputs"],
            total=ranked.get(person["id"], {}).get("total", ""), rank=ranked.get(person["id"], {}).get("rank"),
            reasons=reasons.get(person["id"], []),
        )
        for person, member in zip(document["people"], members, strict=False)
    )  # fmt: skip
    return run


def cells(content: bytes, sheet: str) -> list[list]:
    return [list(row) for row in openpyxl.load_workbook(io.BytesIO(content))[sheet].iter_rows()]


@needs_libreoffice
@pytest.mark.any_database
@pytest.mark.long
def test_libreoffice_reaches_every_total_of_all_worked_cases_and_of_many_generated_schemes(tree, tmp_path):
    documents = [json.loads(path.read_text(encoding="utf-8")) for path in VECTORS]
    documents += [bundle.build(*generated.bundle_inputs(seed)) for seed in range(150)]
    most = max(len(document["people"]) for document in documents)
    members = [make_member(tree.b1) for _ in range(most)]
    runs = [store(tree.b1, document, members, place) for place, document in enumerate(documents)]

    sheets = recalculated(report.rankings_workbook(runs), tmp_path)

    found = {int(name.split()[0]): totals(rows) for name, rows in sheets.items() if name not in {"目录", "说明"}}
    expected = {
        place: {row["id"]: Decimal(row["total"]) for row in document["result"]["ranked"]}
        for place, document in enumerate(documents, start=1)
    }
    assert found == expected
    assert sum(len(rows) for rows in expected.values()) > 300


def test_a_total_is_a_live_formula(tree):
    review(make_member(tree.b1), SEPTEMBER, own=80, branch=81)
    run = compile_now(tree.b1)

    rows = cells(report.ranking_workbook(run), "综合排名")

    head = next(row for row in rows if row[0].value == "名次")
    total = rows[rows.index(head) + 1][[cell.value for cell in head].index("总分")]
    assert (total.data_type, total.value, total.number_format) == (
        "f", "=ROUND(ROUND((30*G7+70*J7)/100,10),2)", "0.00",
    )  # fmt: skip


def test_a_total_beyond_fifteen_digits_is_written_as_it_is(tree):
    document = bundle.build(
        {
            "format": "branchportal.scheme/1", "name": "x", "version": "1", "decimals": 9,
            "components": [{"code": "a", "label": "a", "role": "weighted", "weight": "100", "aggregate": "mean"}],
        },
        [{"id": "1", "inputs": {"a": ["1", "1", "2"]}}],
    )  # fmt: skip
    run = store(tree.b1, document, [make_member(tree.b1)], 0)

    rows = cells(report.ranking_workbook(run), "综合排名")

    assert [cell.value for cell in rows[-1] if cell.data_type == "n" and cell.value is not None][-1] == 1.333333333


def test_the_workbook_has_the_columns_that_offices_exchange(tree):
    review(make_member(tree.b1, name="甲", number="2023000001", class_name="软件2301"), SEPTEMBER, own=80, branch=90)
    review(make_member(tree.b1, name="乙", number="2023000002", class_name="软件2302"), SEPTEMBER, own=80, branch=90)
    make_member(tree.b1, name="丙", number="2023000003", class_name="软件2301", activist_on=date(2026, 3, 1))
    run = compile_now(tree.b1)

    rows = [[cell.value for cell in row] for row in cells(report.ranking_workbook(run), "综合排名")]

    assert rows == [
        [f"发展对象综合排名  {tree.b1.name}", *[None] * 14],
        ["方案名称：发展对象综合排名基本方案  版本：2026-1  统计区间：2026-09 至 2026-11  第 1 次", *[None] * 14],
        [f"指纹：{run.fingerprint}", *[None] * 14],
        ["尚未冻结：数据仍可能变化", *[None] * 14],
        ["供支委会研究参考", *[None] * 14],
        ["名次", "学号", "姓名", "班级", "现阶段", "每月自评（原始）", "每月自评（得分）", "每月自评（占比%）",
         "支部总评（原始）", "支部总评（得分）", "支部总评（占比%）", "总分", "并列",
         "是否满足条件/原因", "支委会决定"],
        [1, "2023000001", "甲", "软件2301", "入党积极分子", 80, 80, 30, 90, 90, 70,
         "=ROUND(ROUND((30*G7+70*J7)/100,10),2)", "并列", "满足", None],
        [1, "2023000002", "乙", "软件2302", "入党积极分子", 80, 80, 30, 90, 90, 70,
         "=ROUND(ROUND((30*G8+70*J8)/100,10),2)", "并列", "满足", None],
        [None, "2023000003", "丙", "软件2301", "入党积极分子", None, None, None, None, None, None, None, None,
         "不满足：培养教育和考察满一年；没有“支部总评”数据；各分项都没有数据", None],
    ]  # fmt: skip


def test_the_notes_name_scheme_period_fingerprint_and_label(tree):
    review(make_member(tree.b1), SEPTEMBER, own=80, branch=90)
    run = compile_now(tree.b1)

    notes = {row[0].value: row[1].value for row in cells(report.ranking_workbook(run), "说明")}

    assert notes["方案名称、版本"] == "发展对象综合排名基本方案，2026-1"
    assert notes["统计区间"] == "2026-09 至 2026-11，第 1 次"
    assert notes["指纹"] == run.fingerprint
    assert notes["用途"].startswith("供支委会研究参考")
    assert notes["每月自评"].startswith("每月自评占 30%。")


def test_the_notes_name_a_month_that_had_not_closed(tree):
    review(make_member(tree.b1), SEPTEMBER, own=80, branch=90)
    run, other = compile_now(tree.b1), compile_now(tree.b2)
    run.compiled_at = datetime(2026, 10, 25, tzinfo=UTC)
    other.compiled_at = datetime(2026, 12, 1, tzinfo=UTC)

    notes = {row[0].value: row[1].value for row in cells(report.ranking_workbook(run), "说明")}
    of_both = [row[0].value for row in cells(report.rankings_workbook([run, other]), "说明")]

    assert notes["未截止月份"] == "2026年11月在生成排名时尚未截止，结果可能变化。"
    assert of_both[-1] == f"未截止月份（1 {tree.b1.name}）"
    assert "未截止月份" not in [row[0].value for row in cells(report.ranking_workbook(other), "说明")]


def test_text_never_becomes_a_formula(tree):
    for place, payload in enumerate(PAYLOADS):
        member = make_member(tree.b1, name=payload, class_name=payload, number=f"N{place}")
        review(member, SEPTEMBER, own=80, branch=80 - place)
    run = compile_now(tree.b1)

    for content, sheet in (
        (report.ranking_workbook(run), "综合排名"),
        (monthly_workbook(branch_months([tree.b1], SEPTEMBER), SEPTEMBER), tree.b1.name),
    ):
        rows = cells(content, sheet)
        formulas = [cell.value for row in rows for cell in row if cell.data_type == "f"]
        texts = {cell.value for row in rows for cell in row if cell.data_type == "s"}
        assert all(formula.startswith("=ROUND(") for formula in formulas)
        assert set(PAYLOADS) <= texts


def test_the_monthly_summary_says_who_filed_what_and_who_is_missing(tree):
    full = make_member(tree.b1, name="全", number="1", class_name="一班")
    file_self(full, SEPTEMBER, 95, 85, 75, 65, 55)
    rate(full, SEPTEMBER, 85)
    late = make_member(tree.b1, name="缺", number="2", class_name="一班")
    rate(late, SEPTEMBER, 75)

    content = monthly_workbook(branch_months([tree.b1, tree.b2], SEPTEMBER), SEPTEMBER)

    assert openpyxl.load_workbook(io.BytesIO(content)).sheetnames == ["汇总", tree.b1.name, tree.b2.name, "说明"]
    assert [[cell.value for cell in row] for row in cells(content, "汇总")[2:]] == [
        ["党支部", "应交", "已交", "未交", "已评", "未交人员"],
        [tree.b1.name, 2, 1, 1, 2, "缺"],
        [tree.b2.name, 0, 0, 0, 0, None],
    ]
    assert sorted([cell.value for cell in row][:10] for row in cells(content, tree.b1.name)[3:]) == [
        ["1", "全", "一班", "入党积极分子", "已交", 95, 85, 75, 65, 55],
        ["2", "缺", "一班", "入党积极分子", "未交", None, None, None, None, None],
    ]


@pytest.mark.parametrize("branches", [1, 3])
def test_a_month_of_many_branches_takes_three_queries(tree, branches, django_assert_num_queries):
    chosen = [tree.b1, tree.b2, tree.b3][:branches]
    for branch in chosen:
        review(make_member(branch), OCTOBER, own=80, branch=80)

    with django_assert_num_queries(3):
        assert len(branch_months(chosen, OCTOBER)) == branches


def test_the_command_writes_one_branch(tree, tmp_path):
    review(make_member(tree.b1), SEPTEMBER, own=80, branch=80)
    compile_now(tree.b1)
    newest = compile_now(tree.b1)

    call_command("export_ranking", "--branch", "B001", "--run", "latest", "--out", str(tmp_path / "a.xlsx"))

    rows = cells((tmp_path / "a.xlsx").read_bytes(), "综合排名")
    assert rows[1][0].value.endswith("第 2 次")
    assert rows[2][0].value == f"指纹：{newest.fingerprint}"
    assert [path.name for path in tmp_path.iterdir()] == ["a.xlsx"]


def test_the_command_writes_all_branches_into_one_workbook(tree, tmp_path, capsys):
    for branch in (tree.b1, tree.b3):
        review(make_member(branch), SEPTEMBER, own=80, branch=80)
        compile_now(branch)

    call_command("export_ranking", "--all", "--run", "latest", "--out", str(tmp_path / "a.xlsx"))

    assert openpyxl.load_workbook(tmp_path / "a.xlsx").sheetnames == [
        "目录", f"1 发展对象2609-2611 {tree.b1.name}", f"2 发展对象2609-2611 {tree.b3.name}", "说明",
    ]  # fmt: skip
    assert capsys.readouterr().err.splitlines() == ["B002 没有这样的排名。", "B004 没有这样的排名。"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--branch", "B999", "--out", "a.xlsx"], "没有代码为 B999 的支部。"),
        (["--branch", "B001", "--out", "a.xlsx"], "还没有这样的排名，请先用 manage.py compile_ranking 生成。"),
        (["--branch", "B001", "--run", "x", "--out", "a.xlsx"], "--run 写的是 x，请写 latest，或排名网址中的编号。"),
    ],
)
def test_the_command_refuses_in_one_line(tree, tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)

    with pytest.raises(CommandError) as refusal:
        call_command("export_ranking", *arguments)

    assert str(refusal.value) == message
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_named(tree, tmp_path):
    review(make_member(tree.b1), SEPTEMBER, own=80, branch=80)
    compile_now(tree.b1)

    with pytest.raises(CommandError, match=r"none/a\.xlsx 无法写入：No such file or directory。"):
        call_command("export_ranking", "--branch", "B001", "--out", str(tmp_path / "none" / "a.xlsx"))
