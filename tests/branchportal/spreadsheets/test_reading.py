"""Does every upload give either its cells or one clear sentence, whatever it holds?"""

import datetime
import io
import resource
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
from django.utils.translation import override
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from python_calamine import CalamineWorkbook

from branchportal.spreadsheets import parser, reading
from branchportal.spreadsheets.errors import SpreadsheetError
from branchportal.spreadsheets.reading import Fault, Sheet, read_file
from tests.branchportal.spreadsheets.workbooks import raw_workbook, saved, text_cell, text_row

ROSTERS = Path(__file__).parents[2] / "data" / "rosters"


@pytest.fixture(autouse=True)
def _in_english():
    with override("en"):
        yield


def refusal(content, name="名单.xlsx"):
    with pytest.raises(SpreadsheetError) as caught:
        read_file(content, name)
    return caught.value


def test_cells_keep_their_kinds_and_blank_rows_are_left_out():
    book = Workbook()
    sheet = book.active
    sheet.title = "花名册"
    sheet["B2"] = "学号"
    sheet["C2"] = 20220491001
    sheet["B5"] = datetime.date(2023, 9, 1)
    sheet["C5"] = True
    sheet["D5"] = 2023.1
    sheet["E5"] = datetime.datetime(2023, 9, 1, 8, 30)  # noqa: DTZ001
    sheet["B7"] = " \u3000\xa0"
    assert read_file(saved(book), "a.xlsx") == [
        Sheet(
            "花名册",
            [
                (2, ["", "学号", 20220491001.0]),
                (5, ["", datetime.date(2023, 9, 1), True, 2023.1, datetime.date(2023, 9, 1)]),
            ],
        )
    ]


def test_dates_of_a_1904_workbook_are_the_days_it_shows():
    book = Workbook()
    book.epoch = CALENDAR_MAC_1904
    book.active["A1"] = datetime.date(2023, 9, 1)
    assert read_file(saved(book), "a.xlsx")[0].rows == [(1, [datetime.date(2023, 9, 1)])]


def test_error_values_and_formulas_without_result_are_not_blank():
    rows = (
        '<row r="3"><c r="B3" t="e"><v>#N/A</v></c><c r="C3"><f>1+1</f></c><c r="D3"><f>1+1</f><v>2</v></c></row>'
        '<row r="9"><c r="A9" t="e"><v>#REF!</v></c></row>'
    )
    assert read_file(raw_workbook(rows), "a.xlsx")[0].rows == [
        (3, ["", Fault("#N/A"), Fault("="), 2.0]),
        (9, [Fault("#REF!")]),
    ]


def test_error_cells_without_references_are_found_by_counting():
    rows = "<row><c><v>1</v></c></row><row><c><v>1</v></c><c t='e'><v>#DIV/0!</v></c></row>"
    assert read_file(raw_workbook(rows), "a.xlsx")[0].rows == [(1, [1.0]), (2, [1.0, Fault("#DIV/0!")])]


def test_hidden_rows_and_every_sheet_are_read():
    book = Workbook()
    book.active.title = "说明"
    book.active["A1"] = "请填写"
    other = book.create_sheet("花名册")
    other["A1"] = "学号"
    other["A2"] = "20220001"
    other.row_dimensions[2].hidden = True
    assert read_file(saved(book), "a.xlsx") == [
        Sheet("说明", [(1, ["请填写"])]),
        Sheet("花名册", [(1, ["学号"]), (2, ["20220001"])]),
    ]


@pytest.mark.parametrize(
    ("encoding", "mark"), [("utf-8", b""), ("utf-8", b"\xef\xbb\xbf"), ("gbk", b""), ("utf-16-le", b"\xff\xfe")]
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_in_every_usual_coding_and_delimiter(encoding, mark, delimiter):
    text = f"学号{delimiter}姓名\r\n\r\n20220001{delimiter}扎西·多吉\r\n"
    assert read_file(mark + text.encode(encoding), "名单.csv") == [
        Sheet("", [(1, ["学号", "姓名"]), (3, ["20220001", "扎西·多吉"])])
    ]


def test_csv_beyond_the_bmp_in_gb18030():
    assert read_file("学号,姓名\n1,高𠮷\n".encode("gb18030"), "a.csv")[0].rows[1] == (2, ["1", "高𠮷"])


def test_csv_with_quoted_delimiters_line_breaks_and_numbers_kept_as_text():
    text = '学号,姓名,备注\n="20220001",张三,"a,b\nc"\n'
    assert read_file(text.encode(), "a.csv")[0].rows == [
        (1, ["学号", "姓名", "备注"]),
        (2, ["20220001", "张三", "a,b\nc"]),
    ]


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "a.xlsx", "empty"),
        (b" \r\n", "a.csv", "empty"),
        (b"\x89PNG\r\n\x1a\n123", "a.xlsx", "not_workbook"),
        (b"%PDF-1.7", "a.xlsx", "not_workbook"),
        (b"<html><table></table></html>", "a.xls", "not_workbook"),
        ("学号,姓名".encode(), "a.xlsx", "not_workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 a .doc file", "a.xls", "not_workbook"),
        (b"a\x00b", "a.csv", "not_workbook"),
        (b"\xff\xfea", "a.csv", "encoding"),
        (b"\xe5\xad\xff\xff", "a.csv", "encoding"),
        (b"PK\x03\x04 not a zip", "a.xlsx", "damaged"),
        (b"PK\x05\x06" + b"\0" * 18, "a.xlsx", "not_workbook"),
        (b"a" * (10 * 1024 * 1024 + 1), "a.csv", "too_large"),
    ],
)
def test_other_files_are_refused_with_a_reason(content, name, code):
    assert refusal(content, name).code == code


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_truncated_workbook(share):
    content = (ROSTERS / "clean.xlsx").read_bytes()
    assert refusal(content[: int(len(content) * share)]).code == "damaged"


def test_damage_inside_a_part():
    content = bytearray((ROSTERS / "clean.xlsx").read_bytes())
    middle = len(content) // 2
    content[middle : middle + 200] = b"\x00" * 200
    assert refusal(bytes(content)).code == "damaged"


def test_zip_that_is_no_workbook():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "<a/>")
    assert refusal(out.getvalue()).code == "not_workbook"
    assert refusal(raw_workbook("", left_out=["xl/workbook.xml"])).code == "not_workbook"


def test_zip_bomb_by_ratio():
    bomb = raw_workbook("", extra=[("xl/media/a.bin", b"\0" * (40 * 1024 * 1024))])
    assert len(bomb) < 100_000
    assert refusal(bomb).code == "unpacked_too_large"


def test_zip_bomb_by_sum():
    noise = "".join(f"<!-- {number // 20:09} -->" for number in range(600_000))
    bomb = raw_workbook("", extra=[(f"xl/media/{part}.xml", noise) for part in range(5)])
    assert refusal(bomb).code == "unpacked_too_large"
    assert str(refusal(bomb)) == (
        "The workbook is too large once unpacked (limit 50 MB). Copy the filled rows into a new workbook."
    )


def test_zip_with_a_lying_directory():
    """The directory says 100 bytes, the part inflates to 200 MB."""
    content = raw_workbook("", extra=[("xl/sharedStrings.xml", b"<sst>" + b" " * (200 * 1024 * 1024))])
    true_size = (200 * 1024 * 1024 + 5).to_bytes(4, "little")
    assert content.count(true_size) == 2
    assert refusal(content.replace(true_size, (100).to_bytes(4, "little"))).code == "damaged"


def test_too_many_parts():
    bomb = raw_workbook("", extra=[(f"xl/media/{part}.bin", b"") for part in range(200)])
    assert refusal(bomb).code == "too_many_parts"


def test_encrypted_part():
    content = bytearray(raw_workbook(text_row(1, "a")))
    place = content.rfind(b"PK\x01\x02")
    content[place + 8] |= 1
    assert refusal(bytes(content)).code == "encrypted"


LAUGHS = '<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>'
OUTSIDE = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("doctype", [LAUGHS, OUTSIDE, "<!DOCTYPE a>", "<!-- " + "x" * 9000 + " -->" + OUTSIDE])
@pytest.mark.parametrize("place", ["sheet_doctype", "workbook_doctype"])
def test_document_types_and_entities(doctype, place):
    content = raw_workbook(text_row(1, "学号", "姓名"), **{place: doctype})
    assert refusal(content).code == "entities"


def test_cells_far_apart_or_beyond_excel_end_in_a_sentence():
    corner = raw_workbook(text_row(1, "学号", "姓名") + f'<row r="1048576">{text_cell("XFD1048576", "x")}</row>')
    beyond = raw_workbook(text_row(1, "学号", "姓名") + f'<row r="99999999">{text_cell("ZZZZ99999999", "x")}</row>')
    wide = raw_workbook(f'<row r="1">{text_cell("A1", "学号")}{text_cell("JZ1", "x")}</row>')
    assert [refusal(content).code for content in (corner, beyond, wide)] == [
        "too_heavy",
        "too_heavy",
        "too_many_columns",
    ]


def test_one_stray_cell_in_the_last_row_does_no_harm():
    content = raw_workbook(text_row(1, "学号", "姓名") + f'<row r="1048576">{text_cell("O1048576", "x")}</row>')
    assert read_file(content, "a.xlsx")[0].rows == [(1, ["学号", "姓名"]), (1048576, [""] * 14 + ["x"])]


def test_a_table_far_right_of_which_a_stray_cell_stands_in_the_last_row_is_read_as_quickly():
    """The empty columns before it are put before filled rows only; for a million blank rows that takes seconds."""
    rows = f'<row r="1">{text_cell("IV1", "学号")}</row><row r="1048576">{text_cell("IV1048576", "x")}</row>'
    begun = time.process_time()
    (sheet,) = parser.read(raw_workbook(rows))
    assert time.process_time() - begun < 5  # it took fifteen
    assert (sheet["numbers"], sheet["rows"]) == ([1, 1048576], [[""] * 255 + ["学号"], [""] * 255 + ["x"]])


def million_rows(cell):
    return "".join(f'<row r="{number}">{cell.format(number)}</row>' for number in range(32, 1_048_577))


def test_a_million_formatted_empty_rows_are_read_in_little_memory():
    good = "".join(text_row(number, f"2022{number:04}", "张三") for number in range(2, 32))
    content = raw_workbook(text_row(1, "学号", "姓名") + good + million_rows('<c r="A{0}" s="0"/>'))
    script = (
        "import resource, sys\n"
        f"sys.path.insert(0, {str(Path.cwd())!r})\n"
        "from branchportal.spreadsheets.reading import read_file\n"
        "sheets = read_file(sys.stdin.buffer.read(), 'a.xlsx')\n"
        "print(len(sheets[0].rows), sheets[0].rows[-1])\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], input=content, capture_output=True, check=True)
    rows, megabytes = done.stdout.decode().splitlines()
    assert rows == "31 (31, ['20220031', '张三'])"
    assert int(megabytes) < 300


def test_a_million_empty_rows_that_unpack_too_large_are_refused():
    content = raw_workbook(text_row(1, "学号", "姓名") + million_rows('<c r="A{0}" s="0"/><c r="B{0}" s="0"/>'))
    assert refusal(content).code == "unpacked_too_large"


def test_too_many_filled_rows():
    rows = "".join(f"<row><c><v>{number}</v></c></row>" for number in range(50_001))
    assert refusal(raw_workbook(rows)).code == "too_many_rows"
    assert refusal(b"1\n" * 50_001, "a.csv").code == "too_many_rows"


def test_rows_of_which_each_has_only_a_fault_are_counted_as_they_come():
    """The row that is too wide is not reached."""
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(raw_workbook(text_row(1, "学号"))))
    faults = {(2, 1): "#N/A", (3, 1): "#N/A", (4, parser.MAX_COLUMNS + 1): "#N/A"}
    with pytest.raises(parser.RefusedError) as refused:
        parser._read_sheet(workbook.get_sheet_by_index(0), faults, rows_left=2, characters_left=9)
    assert refused.value.args[0] == "too_many_rows"


def test_one_long_text_repeated_by_reference_does_not_fill_the_memory():
    strings = (
        '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>'
        + "长" * 30_000
        + "</t></si></sst>"
    )
    relations = (
        '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"'
        ' Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Target="sharedStrings.xml" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"/></Relationships>'
    )
    rows = "".join(f'<row r="{row}"><c r="A{row}" t="s"><v>0</v></c></row>' for row in range(1, 40_001))
    content = raw_workbook(rows, extra=[("xl/sharedStrings.xml", strings), ("xl/_rels/workbook.xml.rels", relations)])
    assert refusal(content).code == "too_heavy"


def test_a_parser_that_hangs_is_ended(monkeypatch, tmp_path):
    script = tmp_path / "hang.py"
    script.write_text("import time; time.sleep(60)")
    with pytest.raises(SpreadsheetError) as caught:
        reading.run_child(script, b"", seconds=0.3)
    assert caught.value.code == "too_heavy"


def test_limits_hold_in_the_child():
    script = (
        "import runpy, resource\n"
        f"parser = runpy.run_path({str(reading.PARSER)!r})\n"
        "parser['limit_resources']()\n"
        "kinds = (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_CORE)\n"
        "print([resource.getrlimit(kind)[0] for kind in kinds])\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True)
    assert done.stdout == f"[{640 * 1024 * 1024}, 10, 0]\n"
    assert resource.getrlimit(resource.RLIMIT_AS)[0] != 640 * 1024 * 1024
