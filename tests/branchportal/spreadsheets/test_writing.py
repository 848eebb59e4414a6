"""Is what the portal writes what a careful office would have typed, and never a formula by accident?"""

import datetime
import io
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from branchportal.spreadsheets.reading import read_file
from branchportal.spreadsheets.writing import (
    DATE,
    DECIMAL,
    INTEGER,
    Column,
    Formula,
    SheetSpec,
    Wrong,
    notes_sheet,
    write_workbook,
)

PAYLOADS = [
    "=1+1",
    '=HYPERLINK("http://example.com","x")',
    "+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "=cmd|' /C calc'!A0",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(A1)",
    "#N/A",
    "{=1+1}",
    "'=1+1",
]


def opened(content):
    return load_workbook(io.BytesIO(content))


def one_column(texts, **options):
    spec = SheetSpec("名单", (Column("姓名", value=lambda text: text),), texts, **options)
    return opened(write_workbook([spec])).active


@pytest.mark.parametrize("payload", PAYLOADS)
def test_text_never_becomes_a_formula(payload):
    cell = one_column([payload])["A2"]
    assert cell.data_type == "s"
    assert cell.value.strip("\t\r\n") == payload.strip("\t\r\n")
    assert bool(cell.quotePrefix) is (payload[0] in "=+-@\t\r＝＋－＠")


@pytest.mark.parametrize("payload", PAYLOADS)
def test_payloads_in_titles_headers_and_notes_stay_texts(payload):
    spec = SheetSpec("一", (Column(payload, value=str),), ("x",), title=payload, notes=(payload,), foot=(payload,))
    book = opened(write_workbook([spec, notes_sheet("说明", [(payload, payload)])]))
    assert {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row} == {"s"}


def test_illegal_characters_are_removed_and_escapes_kept_literal():
    sheet = one_column(["a\x00b\x07\ud800c\uffff", "_x003D_1+1", "高𠮷"])
    assert [cell.value for (cell,) in sheet.iter_rows(min_row=2)] == ["abc", "_x005F_x003D_1+1", "高𠮷"]
    content = write_workbook([SheetSpec("一", (Column("姓名", value=str),), ["_x003D_1+1"])])
    assert read_file(content, "a.xlsx")[0].rows == [(1, ["姓名"]), (2, ["_x003D_1+1"])]


def test_kinds():
    columns = (
        Column("学号", 16, value=lambda row: row[0]),
        Column("分", 8, DECIMAL, value=lambda row: row[1]),
        Column("日", 12, DATE, value=lambda row: row[2]),
        Column("次", 8, INTEGER, value=lambda row: row[3]),
        Column("总", 8, DECIMAL, value=lambda _row: Formula("=B{row}*2")),
        Column("空", 8, DECIMAL, value=lambda _row: None),
    )
    moment = datetime.datetime(2026, 11, 15, 16, 30, tzinfo=datetime.UTC)
    sheet = opened(
        write_workbook([SheetSpec("一", columns, [("0012", Decimal("3.50"), moment, 7)], title="题")])
    ).active
    assert [(cell.value, cell.data_type, cell.number_format) for cell in sheet[3]] == [
        ("0012", "s", "@"),
        (3.5, "n", "0.00"),
        (datetime.datetime(2026, 11, 16), "d", "yyyy-mm-dd"),  # noqa: DTZ001
        (7, "n", "0"),
        ("=B3*2", "f", "0.00"),
        (None, "n", "General"),
    ]


def test_page_and_comforts():
    columns = (Column("学号", 16, value=str), Column("阶段", 14, choices=("群众", "党员"), value=str))
    spec = SheetSpec("一/二", columns, ["1", "2"], title="题", notes=("注",), foot=("尾",), printed="A&B", spare=10)
    sheet = opened(write_workbook([spec])).active
    (validation,) = sheet.data_validations.dataValidation
    assert {
        "name": sheet.title,
        "freeze": sheet.freeze_panes,
        "filter": sheet.auto_filter.ref,
        "orientation": sheet.page_setup.orientation,
        "paper": sheet.page_setup.paperSize,
        "fit": (
            sheet.sheet_properties.pageSetUpPr.fitToPage,
            sheet.page_setup.fitToWidth,
            sheet.page_setup.fitToHeight,
        ),
        "repeat": sheet.print_title_rows,
        "widths": (sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width),
        "foot": (sheet.oddFooter.left.text, sheet.oddFooter.center.text),
        "choices": (str(validation.sqref), validation.formula1),
        "texts": [row[0].value for row in sheet.iter_rows()],
    } == {
        "name": "一 二",
        "freeze": "A4",
        "filter": "A3:B5",
        "orientation": "landscape",
        "paper": 9,
        "fit": (True, 1, 0),
        "repeat": "$3:$3",
        "widths": (16, 14),
        "foot": ("A&&B", "&P / &N"),
        "choices": ("B4:B15", '"群众,党员"'),
        "texts": ["题", "注", "学号", "1", "2", "尾"],
    }


def test_sheet_names_are_shortened_and_kept_apart():
    specs = [SheetSpec(name, (Column("a", value=str),)) for name in ("数" * 40, "数" * 40, "a:b", "A:B", "''")]
    assert opened(write_workbook(specs)).sheetnames == ["数" * 31, "数" * 29 + " 2", "a b", "A B 2", "Sheet"]


def test_wrong_values_are_filled_and_commented():
    cell = one_column([Wrong("=1", "姓名 is wrong")])["A2"]
    assert (cell.value, cell.data_type, cell.fill.fgColor.rgb, cell.comment.text) == (
        "=1",
        "s",
        "FFFFC7CE",
        "姓名 is wrong",
    )


def test_a_full_disk_is_named_as_such(monkeypatch):
    """lxml says it in words of its own; the page that answers 503 knows the system's."""
    monkeypatch.setattr("openpyxl.worksheet._writer.create_temporary_file", lambda: "/dev/full")
    names = SheetSpec("名单", (Column("姓名", value=str),), ["甲" * 500] * 500)
    with pytest.raises(OSError, match="No space left on device"):
        write_workbook([names])


def test_a_workbook_that_is_broken_off_leaves_no_file(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(ZeroDivisionError):
        write_workbook([SheetSpec("名单", (Column("数", value=lambda number: 1 / number),), [1, 0])])
    assert list(tmp_path.iterdir()) == []
