"""Is the roster workbook complete, importable again, and is the template safe to send back?"""

import datetime
import io

import pytest
from django.utils.translation import override
from openpyxl import load_workbook

from branchportal.spreadsheets.reading import read_file
from members.models import Member
from members.reports.roster import roster_workbook, template_workbook
from members.roster_file import read_roster
from members.services.roster_import import check_roster
from members.stages import Stage
from tests.factories import make_branch_tree, make_member

TODAY = datetime.date(2026, 11, 22)
HEADERS = [
    "党支部", "学号", "姓名", "班级", "专业", "年级", "学制", "联系电话", "发展阶段", "申请入党时间",
    "确定积极分子时间", "确定发展对象时间", "接收预备党员时间", "转正时间", "培养联系人",
]  # fmt: skip


@pytest.fixture(autouse=True)
def _in_english():
    with override("en"):
        yield


@pytest.mark.django_db
def test_the_roster_can_be_imported_again_and_changes_nothing():
    tree = make_branch_tree()
    for stage in Stage:
        make_member(tree.b1, stage=stage, contact="13800000000", schooling="4年", cultivation_contact="=李老师")
    people = Member.objects.select_related("branch").order_by("number")
    content = roster_workbook(people, title="本科生第一党支部花名册", today=TODAY)
    plan = check_roster(branch=tree.b1, content=content, file_name="a.xlsx", today=TODAY)
    assert plan.as_dict() == {"rows": 6, "accepted": 6, "created": 0, "updated": 0, "errors": []}
    assert plan.unchanged == 6


@pytest.mark.django_db
def test_cells_of_the_roster():
    tree = make_branch_tree()
    make_member(tree.b1, number="0012", name="=1+1", stage=Stage.APPLICANT, class_name="", major="", grade="")
    sheet = load_workbook(
        io.BytesIO(roster_workbook(Member.objects.select_related("branch"), title="题", today=TODAY))
    )["花名册"]
    assert [[cell.value for cell in row] for row in sheet.iter_rows(max_row=2)] == [["题", *[None] * 14], HEADERS]
    assert [(cell.value, cell.data_type) for cell in sheet[3] if cell.value] == [
        ("本科生第一党支部", "s"),
        ("0012", "s"),
        ("=1+1", "s"),
        ("入党申请人", "s"),
        (datetime.datetime(2023, 3, 1), "d"),  # noqa: DTZ001
    ]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A3", "A2:O3")


def test_the_template_holds_nobody_and_its_example_would_be_good():
    content = template_workbook()
    reading = read_roster(read_file(content, "a.xlsx"), today=TODAY)
    assert (reading.rows, reading.errors) == (0, [])
    book = load_workbook(io.BytesIO(content))
    sheet = book["花名册"]
    assert [[cell.value for cell in row][:3] for row in sheet.iter_rows()] == [
        ["Roster", None, None],
        ["Fill in below the header. The grey line above it is an example and is not read.", None, None],
        ["示例：学生第一党支部", "20230101001", "张三"],
        ["党支部", "学号", "姓名"],
    ]
    (validation,) = sheet.data_validations.dataValidation
    assert (str(validation.sqref), validation.formula1) == (
        "I5:I504",
        '"群众,入党申请人,入党积极分子,发展对象,预备党员,正式党员"',
    )
    assert {sheet.column_dimensions[letter].number_format for letter in "ABCJN"} == {"@"}
    example = [cell.value for cell in sheet[3]]
    sheet.append(example)
    out = io.BytesIO()
    book.save(out)
    reading = read_roster(read_file(out.getvalue(), "a.xlsx"), today=TODAY)
    assert (reading.rows, reading.errors, reading.accepted[0].values["candidate_on"]) == (
        1,
        [],
        datetime.date(2025, 4, 1),
    )
