"""Is the table found under titles, double headers and totals, and nothing taken for it that is none?"""

import pytest
from django.utils.translation import override

from branchportal.spreadsheets.errors import SpreadsheetError
from branchportal.spreadsheets.reading import Sheet
from branchportal.spreadsheets.tables import TableColumn, find_tables

HEADERS = {"number": ("学号", "学生学号"), "name": ("姓名",), "stage": ("发展阶段", "政治面貌"), "day": ("转正时间",)}


@pytest.fixture(autouse=True)
def _in_english():
    with override("en"):
        yield


def tables(*rows):
    return find_tables([Sheet("一", list(rows))], HEADERS, ("number", "name"))


def test_title_rows_above_and_totals_below_do_not_count():
    (table,) = tables(
        (1, ["花名册（学号、姓名）"]),
        (3, ["序号", " 学 号", "姓\n名", "", "备注 "]),
        (4, [1.0, "1", "甲"]),
        (5, ["小 计", "1"]),
        (6, ["", "合计：", "1"]),
        (7, [" ", "\xa0"]),
        (9, ["合计人", "2"]),
        (10, ["", "总计"]),
    )
    assert table.columns == {"number": TableColumn("number", 1, " 学 号"), "name": TableColumn("name", 2, "姓\n名")}
    assert table.ignored == ("序号", "备注")
    assert table.rows == [(4, [1.0, "1", "甲"]), (9, ["合计人", "2"])]


def test_group_titles_above_the_header():
    (table,) = tables((1, ["基本情况", "", "发展过程"]), (2, ["学号", "姓名", "转正时间"]), (3, ["1", "甲"]))
    assert (table.columns["day"].index, table.rows) == (2, [(3, ["1", "甲"])])


def test_second_header_row_under_merged_titles():
    (table,) = tables(
        (1, ["学号", "姓名", "发展过程", ""]), (2, ["", "", "发展阶段", "转正时间"]), (3, ["1", "甲", "党员"])
    )
    assert {key: (column.index, column.header) for key, column in table.columns.items()} == {
        "number": (0, "学号"),
        "name": (1, "姓名"),
        "stage": (2, "发展阶段"),
        "day": (3, "转正时间"),
    }
    assert table.rows == [(3, ["1", "甲", "党员"])]


def test_a_row_without_number_and_name_is_no_second_header():
    (table,) = tables((1, ["学号", "姓名", "备注"]), (2, ["", "", "班长"]))
    assert table.rows == [(2, ["", "", "班长"])]


def test_own_header_wins_over_an_alias_and_the_first_of_two_wins():
    (table,) = tables((1, ["政治面貌", "学号", "姓名", "发展阶段", "姓名"]))
    assert table.columns["stage"].index == 3
    assert table.columns["name"].index == 2
    assert table.ignored == ("政治面貌", "姓名")


def test_sheets_without_the_header_are_skipped():
    sheets = [Sheet("说明", [(1, ["学号请写全", "姓名"])]), Sheet("二", [(1, ["学生学号", "姓名"]), (2, ["1", "甲"])])]
    assert [table.sheet for table in find_tables(sheets, HEADERS, ("number", "name"))] == ["二"]


def test_no_sheet_with_the_header():
    with pytest.raises(SpreadsheetError) as caught:
        tables((1, ["学号"]), (2, ["姓名"]))
    assert str(caught.value) == (
        "No sheet has a row with the headers 学号, 姓名. Use the template, or add a header row."
    )


def test_short_rows_read_as_blank_cells():
    (table,) = tables((1, ["学号", "姓名", "转正时间"]), (2, ["1"]))
    assert [table.cell(["1"], key) for key in ("number", "name", "day", "stage")] == ["1", "", "", ""]
