"""Does a sender recognise his own file, with exactly the wrong cells marked?"""

import io

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font

from branchportal.spreadsheets import annotating
from branchportal.spreadsheets.annotating import annotate, failing_rows
from branchportal.spreadsheets.errors import CellError, SpreadsheetError
from branchportal.spreadsheets.reading import read_file
from tests.branchportal.spreadsheets.workbooks import saved

HEADERS = {"number": ("学号",), "name": ("姓名",)}


def error(sheet, row, index, message="wrong"):
    return CellError(sheet, row, "学号", "missing", message, {}, index)


def sender_file():
    book = Workbook()
    book.active.title = "说明"
    sheet = book.create_sheet("花名册")
    sheet.append(["题"])
    sheet.append(["序号", "学号", "姓名"])
    sheet.append([1, None, "甲"])
    sheet.append([2, 20220001, "=1+1"])
    sheet.append([3, "20220002", "丙"])
    sheet["C4"].data_type = "s"
    sheet.merge_cells("A1:C1")
    sheet.row_dimensions[3].hidden = True
    sheet.column_dimensions["C"].width = 33
    sheet["C3"].font = Font(bold=True, color="FF00FF00")
    return saved(book)


def marked(sheet):
    return {
        cell.coordinate: (cell.fill.fgColor.rgb, cell.comment.text)
        for row in sheet.iter_rows()
        for cell in row
        if cell.comment
    }


def test_the_senders_own_workbook_with_marks():
    content = sender_file()
    errors = [error("花名册", 3, 1, "学号 is empty."), error("花名册", 4, 2, "one"), error("花名册", 4, 2, "two")]
    book = load_workbook(io.BytesIO(annotate(content, read_file(content, "a.xlsx"), errors)))
    sheet = book["花名册"]
    assert book.sheetnames == ["说明", "花名册"]
    assert marked(sheet) == {"B3": ("FFFFC7CE", "学号 is empty."), "C4": ("FFFFC7CE", "one\ntwo")}
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["题", None, None],
        ["序号", "学号", "姓名"],
        [1, None, "甲"],
        [2, 20220001, "=1+1"],
        [3, "20220002", "丙"],
    ]
    assert sheet["C4"].data_type == "s"
    assert sheet.row_dimensions[3].hidden is True
    assert (sheet["C3"].font.color.rgb, sheet.column_dimensions["C"].width) == ("FF00FF00", 33)
    assert [str(merged) for merged in sheet.merged_cells.ranges] == ["A1:C1"]


def test_a_mark_in_merged_cells_stands_in_the_first():
    content = sender_file()
    book = load_workbook(io.BytesIO(annotate(content, read_file(content, "a.xlsx"), [error("花名册", 1, 2)])))
    assert marked(book["花名册"]) == {"A1": ("FFFFC7CE", "wrong")}


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx"])
def test_csv_and_workbooks_that_cannot_be_kept_come_as_a_plain_copy(name, monkeypatch):
    def too_heavy(*_args, **_options):
        raise SpreadsheetError("too_heavy")

    if name == "a.csv":
        content, sheet = "学号,姓名\n\n,甲\n=1+1,乙\n".encode(), ""
    else:
        book = Workbook()
        book.active.title = "一"
        for row in (["学号", "姓名"], [], ["", "甲"], ["x", "乙"]):
            book.active.append(row)
        book.active["A4"].value, book.active["A4"].data_type = "=1+1", "s"
        content, sheet = saved(book), "一"
    sheets = read_file(content, name)
    monkeypatch.setattr(annotating, "_mark_workbook", too_heavy)
    copy = load_workbook(io.BytesIO(annotate(content, sheets, [error(sheet, 3, 0)]))).active
    assert marked(copy) == {"A3": ("FFFFC7CE", "wrong")}
    assert [[cell.value for cell in row] for row in copy.iter_rows()] == [
        ["学号", "姓名"],
        [None, None],
        [None, "甲"],
        ["=1+1", "乙"],
    ]
    assert copy["A4"].data_type == "s"


def test_failing_rows_alone():
    content = sender_file()
    sheets = read_file(content, "a.xlsx")
    errors = [error("花名册", 3, 1, "学号 is empty."), error("花名册", 4, 2, "one"), error("花名册", 4, 1, "two")]
    again = failing_rows(sheets, errors, HEADERS, ("number", "name"), error_header="What is wrong")
    assert read_file(again, "a.xlsx")[0].rows == [
        (1, ["序号", "学号", "姓名", "What is wrong"]),
        (2, [1.0, "", "甲", "学号 is empty."]),
        (3, [2.0, 20220001.0, "=1+1", "one\ntwo"]),
    ]
    assert marked(load_workbook(io.BytesIO(again)).active) == {
        "B2": ("FFFFC7CE", "学号 is empty."),
        "C3": ("FFFFC7CE", "one"),
        "B3": ("FFFFC7CE", "two"),
    }
