"""Is every good row of a roster taken, and every wrong cell named by row, column, rule and remedy?"""

import datetime
import json
from pathlib import Path

import pytest
from django.utils.translation import override

from branchportal.spreadsheets.errors import SpreadsheetError
from branchportal.spreadsheets.reading import Fault, Sheet, read_file
from members.roster_file import RosterRow, read_roster
from members.stages import Stage

TODAY = datetime.date(2026, 11, 22)
SAMPLES = Path(__file__).parents[1] / "data" / "rosters"
EXPECTED = json.loads((SAMPLES / "expected.json").read_text())
HEADER = [
    "学号",
    "姓名",
    "发展阶段",
    "申请入党时间",
    "确定积极分子时间",
    "确定发展对象时间",
    "接收预备党员时间",
    "转正时间",
]


@pytest.fixture(autouse=True)
def _in_english():
    with override("en"):
        yield


def read(*rows, header=HEADER, name="花名册", **options):
    table = [(number, list(row)) for number, row in enumerate([header, *rows], start=1)]
    return read_roster([Sheet(name, table)], today=TODAY, **options)


def errors(reading):
    return [(error.row, error.column, error.code) for error in reading.errors]


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_samples(name):
    reading = read_roster(read_file((SAMPLES / name).read_bytes(), name), today=TODAY)
    assert {
        "rows": reading.rows,
        "accepted": len(reading.accepted),
        "errors": [{"row": error.row, "column": error.column, "code": error.code} for error in reading.errors],
    } == EXPECTED[name]


def test_an_old_excel_file_is_read_like_a_new_one():
    content = (SAMPLES.parent / "kitchen_sink.xls").read_bytes()
    old = read_roster(read_file(content, "kitchen_sink.xls"), today=TODAY)
    new = read_roster(read_file((SAMPLES / "kitchen_sink.xlsx").read_bytes(), "kitchen_sink.xlsx"), today=TODAY)
    assert (old.rows, old.accepted, old.errors) == (new.rows, new.accepted, new.errors)


def test_a_good_row_in_full():
    header = ["党支部", *HEADER, "班级", "专业", "年级", "学制", "手机号", "出生日期", "培养联系人", "性别", "民族"]
    row = [
        "别的支部",
        20220491001.0,
        "\u3000阿依古丽·买买提 ",
        "中共党员",
        "2022.9",
        "2023年3月1日",
        45352.0,
        datetime.date(2025, 1, 2),
        "20260110",
        " 数媒2201",
        "数字媒体",
        2022.0,
        "四年",
        18476585883.0,
        "2003.5",
        "张老师",
        "女",
        "维吾尔族",
    ]
    reading = read(row, header=header)
    assert reading.errors == []
    assert reading.accepted == [
        RosterRow(
            "花名册",
            2,
            "20220491001",
            "阿依古丽·买买提",
            {
                "stage": Stage.FULL,
                "applied_on": datetime.date(2022, 9, 1),
                "activist_on": datetime.date(2023, 3, 1),
                "candidate_on": datetime.date(2024, 3, 1),
                "probationary_on": datetime.date(2025, 1, 2),
                "full_on": datetime.date(2026, 1, 10),
                "class_name": "数媒2201",
                "major": "数字媒体",
                "grade": "2022",
                "schooling": "四年",
                "contact": "18476585883",
                "born_on": datetime.date(2003, 5, 1),
                "cultivation_contact": "张老师",
            },
            "别的支部",
        )
    ]
    assert reading.ignored == ["性别", "民族"]


@pytest.mark.parametrize(
    ("word", "stage"),
    [
        ("群众", Stage.MASSES),
        ("申请入党人", Stage.APPLICANT),
        ("入党申请人", Stage.APPLICANT),
        ("入党积极分子", Stage.ACTIVIST),
        ("积极分子", Stage.ACTIVIST),
        ("发展对象", Stage.CANDIDATE),
        ("预备党员", Stage.PROBATIONARY),
        ("中共预备党员", Stage.PROBATIONARY),
        ("正式党员", Stage.FULL),
        ("中共党员", Stage.FULL),
        (" 党员\xa0", Stage.FULL),
    ],
)
def test_stage_words(word, stage):
    assert read(["1", "甲", word]).accepted[0].values == {"stage": stage}


@pytest.mark.parametrize(
    "word", ["积极分孑", "积极份子", "党 员", "预备", "共青团员", "观察员", "正式党员?", "入党积极分子（2023）", 1.0]
)
def test_near_misses_of_stages_are_not_guessed(word):
    assert errors(read(["1", "甲", word])) == [(2, "发展阶段", "unknown_value")]


def test_missing_and_white_space():
    reading = read(["", "甲"], [" \xa0\u3000", "乙"], ["3", ""], ["4", " \u3000"], [None, None, "群众"])
    assert errors(reading) == [
        (2, "学号", "missing"),
        (3, "学号", "missing"),
        (4, "姓名", "missing"),
        (5, "姓名", "missing"),
        (6, "学号", "missing"),
        (6, "姓名", "missing"),
    ]
    assert (reading.rows, reading.accepted) == (5, [])


def test_every_error_of_a_row_is_told_from_left_to_right():
    reading = read(["1.2E+11", " ", "党圆", 2023.1, "2031-05-01", "不详"], ["2", "乙"])
    assert errors(reading) == [
        (2, "学号", "bad_number"),
        (2, "姓名", "missing"),
        (2, "发展阶段", "unknown_value"),
        (2, "申请入党时间", "bad_date"),
        (2, "确定积极分子时间", "future_date"),
        (2, "确定发展对象时间", "bad_date"),
    ]
    assert [row.number for row in reading.accepted] == ["2"]


def test_the_first_of_two_is_accepted_whatever_spelling():
    reading = read(["20220001", "甲"], [20220001.0, "乙"], ["２０２２０００１", "丙"], ["2022 0001", "丁"])
    assert [row.name for row in reading.accepted] == ["甲"]
    assert errors(reading) == [(3, "学号", "duplicate"), (4, "学号", "duplicate"), (5, "学号", "duplicate")]


def test_a_later_row_is_a_duplicate_even_if_the_first_has_another_error():
    assert errors(read(["1", ""], ["1", "甲"])) == [(2, "姓名", "missing"), (3, "学号", "duplicate")]


def test_duplicates_across_sheets_and_errors_in_the_order_of_the_file():
    first = Sheet("一班", [(1, ["学号", "姓名"]), (2, ["1", "甲"]), (3, ["2", ""])])
    second = Sheet("二班", [(2, ["学生姓名", "学生学号"]), (7, ["乙", "1"]), (8, ["丙", "3"])])
    reading = read_roster([first, Sheet("空", []), second], today=TODAY)
    assert [error.as_dict() for error in reading.errors] == [
        {
            "sheet": "一班",
            "row": 3,
            "column": "姓名",
            "code": "missing",
            "message": "姓名 is empty. Enter the full name.",
        },
        {
            "sheet": "二班",
            "row": 7,
            "column": "学生学号",
            "code": "duplicate",
            "message": "学生学号 1 already stands in row 2 of the sheet 一班. Keep one row for each person.",
        },
    ]
    assert (reading.rows, [row.name for row in reading.accepted]) == (4, ["甲", "丙"])


def test_a_person_under_his_former_and_present_number_is_one_person():
    reading = read(["2021001", "甲"], ["2022001", "甲"], owners={"2021001": "2022001"})
    assert errors(reading) == [(3, "学号", "duplicate")]
    assert [row.number for row in reading.accepted] == ["2021001"]


def test_a_number_of_another_branch_tells_nothing_about_the_person():
    reading = read(["1", "甲"], ["2", "乙"], taken={"2"})
    assert errors(reading) == [(3, "学号", "other_branch")]
    assert reading.errors[0].message == (
        "学号 2 belongs to another branch. Correct it, or ask for a transfer of the membership."
    )


def test_dates_in_the_future_are_told_once():
    reading = read(
        ["1", "甲", "", "2031-05-01", "2023-01-01"],
        ["2", "乙", "", "2026-11-22"],
        ["3", "丙", "", "2026-11-23"],
        ["4", "丁", "", "2023-01-01", "2031-01-01", "2022-01-01"],
    )
    assert errors(reading) == [
        (2, "申请入党时间", "future_date"),
        (4, "申请入党时间", "future_date"),
        (5, "确定积极分子时间", "future_date"),
        (5, "确定发展对象时间", "date_order"),
    ]


def test_order_of_steps():
    reading = read(
        ["1", "甲", "", "2023-01-01", "2023-01-01"],
        ["2", "乙", "", "2024-03-01", "2023-10-08"],
        ["3", "丙", "", "2024-03-01", "", "2023-10-08"],
        ["4", "丁", "", "2024-03-01", "2023-10-08", "2023-12-01", "2024-06-01"],
        ["5", "戊", "", "2024-03-01", "不详", "2023-12-01"],
        ["6", "己", "", "", "2024-03-01", "", "", "2023-12-01"],
    )
    assert errors(reading) == [
        (3, "确定积极分子时间", "date_order"),
        (4, "确定发展对象时间", "date_order"),
        (5, "确定积极分子时间", "date_order"),
        (5, "确定发展对象时间", "date_order"),
        (6, "确定积极分子时间", "bad_date"),
        (6, "确定发展对象时间", "date_order"),
        (7, "转正时间", "date_order"),
    ]
    assert reading.errors[1].message == (
        "确定发展对象时间 2023-10-08 lies before 申请入党时间 (2024-03-01). Correct one of the two."
    )


def test_the_order_of_the_columns_does_not_matter():
    header = ["确定积极分子时间", "申请入党时间", "姓名", "学号"]
    assert errors(read(["2023-10-08", "2024-03-01", "甲", "1"], header=header)) == [
        (2, "确定积极分子时间", "date_order")
    ]


def test_birth_is_a_date_but_no_step():
    header = ["学号", "姓名", "出生年月", "申请入党时间"]
    reading = read(["1", "甲", "2005-05", "2004-01-01"], ["2", "乙", "2005.13"], ["3", "丙", "2030-1-1"], header=header)
    assert errors(reading) == [(3, "出生年月", "bad_date"), (4, "出生年月", "future_date")]


def test_error_values_booleans_and_texts_that_are_too_long():
    header = ["学号", "姓名", "发展阶段", "班级", "联系电话", "转正时间"]
    reading = read(
        [Fault("#N/A"), Fault("#REF!"), Fault("#N/A"), Fault("="), True, Fault("#VALUE!")],
        ["2", "长" * 81, "", "班" * 61, "1.38E+10", False],
        ["3" * 33, datetime.date(2023, 1, 1)],
        ["4", "长" * 80, "", "班" * 60],
        header=header,
    )
    assert errors(reading) == [
        (2, "学号", "bad_number"),
        (2, "姓名", "unknown_value"),
        (2, "发展阶段", "unknown_value"),
        (2, "班级", "unknown_value"),
        (2, "联系电话", "unknown_value"),
        (2, "转正时间", "bad_date"),
        (3, "姓名", "unknown_value"),
        (3, "班级", "unknown_value"),
        (3, "联系电话", "bad_number"),
        (3, "转正时间", "bad_date"),
        (4, "学号", "bad_number"),
        (4, "姓名", "unknown_value"),
    ]
    assert [row.number for row in reading.accepted] == ["4"]


@pytest.mark.parametrize(
    "payload", ["=1+1", "<script>alert(1)</script>", "＝cmd", "a\x00b", "'; DROP TABLE x--", "{{ 7*7 }}"]
)
def test_payloads_in_names_are_plain_text(payload):
    assert read(["1", payload]).accepted[0].name == payload.replace("\x00", "")


def test_totals_blank_rows_and_repeated_headers():
    reading = read(["1", "甲"], [], ["合 计", "1人"], ["", "小计"], HEADER, ["2", "乙"])
    assert (reading.rows, [row.name for row in reading.accepted]) == (3, ["甲", "乙"])
    assert {error.row for error in reading.errors} == {6}


def test_wide_and_broken_headers_are_written_as_the_file_writes_them():
    reading = read(["", "甲"], header=["学\n号", " 姓　名 "])
    assert [error.as_dict()["column"] for error in reading.errors] == ["学\n号"]
    assert reading.errors[0].message == "学 号 is empty. Enter the student or staff number."


def test_a_file_without_a_roster():
    with pytest.raises(SpreadsheetError) as caught:
        read_roster([Sheet("a", [(1, ["学号", "名字"])])], today=TODAY)
    assert caught.value.code == "no_header"


def test_messages_in_chinese_name_field_rule_and_remedy():
    with override("zh-hans"):
        reading = read(["", "甲"], ["1.2E+11", "乙"], ["3", "丙", "党圆"])
        told = [error.message for error in reading.errors]
    assert told == [
        "学号为空，请填写学号或工号。",
        "学号“1.2E+11”不是完整的号码，请把该列设为文本格式后完整填写。",
        "发展阶段“党圆”不是规定的阶段，请从这些词中选一个：群众、入党申请人、入党积极分子、发展对象、预备党员、正式党员。",
    ]


def test_twenty_thousand_rows_are_read_without_a_word():
    reading = read(*([f"{number:08}", "张三", "党员", "2022.9.1"] for number in range(1, 20_001)))
    assert (reading.rows, len(reading.accepted), reading.errors) == (20_000, 20_000, [])
