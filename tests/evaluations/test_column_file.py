"""Is every figure of a sheet read exactly, and every wrong cell named?"""

from datetime import datetime

import pytest

from branchportal.spreadsheets.errors import SpreadsheetError
from branchportal.spreadsheets.reading import Fault, read_file
from evaluations.column_file import NotAFigure, TooExact, columns_of, figure_of, read_columns
from evaluations.column_names import key_of
from evaluations.refusals import Refused
from tests.evaluations.figures_material import sheet_of

HEAD = ("学号", "姓名", "绩点", "挂科门数")


def read(*rows, head=HEAD, people=("1001", "1002", "1003")):
    sheets = read_file(sheet_of(head, *rows), "a.xlsx")
    return read_columns(sheets, columns_of(sheets), people={number: number for number in people}, taken={"9001"})


def errors(reading):
    return [(error.row, error.column, error.code) for error in reading.errors]


@pytest.mark.parametrize(
    ("cell", "figure"),
    [("", ""), (None, ""), (" 3.75 ", "3.75"), ("３．７５", "3.75"), (3.75, "3.75"), (3, "3"), (0.1 + 0.2, "0.3"),
     ("-2.50", "-2.5"), ("100", "100"), (0.0, "0"), ("-0", "0"), (1e-5, "0.00001"), (123456789, "123456789")],
)  # fmt: skip
def test_a_cell_is_an_exact_number(cell, figure):
    assert figure_of(cell) == figure


@pytest.mark.parametrize("cell", ["优秀", "1,5", "3.", "1e3", True, Fault("#N/A"), datetime(2026, 1, 1), "½", "٣"])  # noqa: DTZ001
def test_what_is_no_number_is_refused(cell):
    with pytest.raises(NotAFigure):
        figure_of(cell)


@pytest.mark.parametrize("cell", [10 / 3, "1.1234567", 1234567890, 1e300])
def test_a_number_that_nobody_reads_is_refused(cell):
    with pytest.raises((TooExact, NotAFigure)):
        figure_of(cell)


def test_good_rows_are_read_and_bad_cells_named():
    reading = read(
        ("1001", "赵一", 3.75, 0), ("1002", "钱二", "缓考", 1), ("1003", "孙三", "", ""), ("1002", "钱二", 3, -1),
        ("9001", "李四", 3, 0), ("7777", "周五", 3, 1.5),
    )  # fmt: skip
    assert [(row.number, row.figures) for row in reading.accepted] == [("1001", {"gpa": "3.75", "failed_courses": "0"})]
    assert errors(reading) == [
        (3, "绩点", "unknown_value"), (5, "学号", "duplicate"), (5, "挂科门数", "unknown_value"),
        (6, "学号", "other_branch"), (7, "学号", "unknown_value"), (7, "挂科门数", "unknown_value"),
    ]  # fmt: skip
    assert (reading.rows, reading.left) == (6, 1)


def test_an_empty_cell_beside_a_figure_says_nothing():
    assert [row.figures for row in read(("1001", "", 3.75, None)).accepted] == [{"gpa": "3.75"}]


def test_columns_without_a_number_are_left_aside_and_any_other_name_is_a_column():
    head = ("学号", "姓名", "班级", "专业", "志愿时长 (小时)")
    sheets = read_file(sheet_of(head, ("1001", "赵一", "计 2301", "软件", 12.5)), "a.xlsx")
    columns = columns_of(sheets)
    assert columns.names == {"志愿时长(小时)": "志愿时长 (小时)"}
    assert read_columns(sheets, columns, people={"1001": "1001"}).ignored == ["专业"]


@pytest.mark.parametrize("head", [("学号", "绩点", "GPA"), ("学号", "志愿时长", "志愿时长")])
def test_two_columns_that_mean_the_same_are_refused(head):
    with pytest.raises(Refused):
        columns_of(read_file(sheet_of(head, ("1001", 3, 4)), "a.xlsx"))


@pytest.mark.parametrize(
    ("head", "row", "problem"),
    [(("学号", "姓名"), ("1001", "赵一"), Refused), (("学号", "x" * 41), ("1001", 1), Refused),
     (("姓名", "绩点"), ("赵一", 3), SpreadsheetError),
     (("学号", *(f"列{place}" for place in range(21))), ("1001", *range(21)), Refused)],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_refused_whole(head, row, problem):
    with pytest.raises(problem):
        columns_of(read_file(sheet_of(head, row), "a.xlsx"))


@pytest.mark.parametrize(
    ("name", "key"),
    [("绩点", "gpa"), ("ＧＰＡ", "gpa"), (" 平均 绩点", "gpa"), ("不及格课程门数", "failed_courses"),
     ("同意票", "votes"), ("vote", "votes"), ("report_count", "reports"), ("志愿时长 ", "志愿时长"),
     ("Tutor", "tutor")],
)  # fmt: skip
def test_names_that_mean_the_same_have_one_key(name, key):
    assert key_of(name) == key
