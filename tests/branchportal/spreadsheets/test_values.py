"""Is every usual spelling of a number or date understood, and every ambiguous one refused?"""

import datetime

import pytest

from branchportal.spreadsheets.reading import Fault
from branchportal.spreadsheets.values import (
    BadDateError,
    BadNumberError,
    date_of,
    half_width,
    header_of,
    is_blank,
    number_of,
    text_of,
)

FIRST = datetime.date(2023, 9, 1)


@pytest.mark.parametrize(
    "cell",
    [
        "2023-9-1",
        "2023-09-01",
        "2023/09/01",
        "2023/9/1",
        "2023.9.1",
        "2023.09.01",
        "20230901",
        "2023年9月1日",
        "2023年09月01日",
        "2023.9",
        "2023.09",
        "2023年9月",
        "2023-09",
        " 2023 年 9 月 1 日 ",
        "\u30002023.9.1\xa0",
        "２０２３．９．１",
        "２０２３年９月１日",
        "2023-09-01 00:00:00",
        "2023/9/1 0:00",
        "45170",
        20230901,
        20230901.0,
        45170,
        45170.0,
        45170.5,
        FIRST,
    ],
)
def test_dates(cell):
    assert date_of(cell) == FIRST


@pytest.mark.parametrize("cell", ["", None, "  ", "\xa0", "\u3000", "\u200b"])
def test_blank_dates(cell):
    assert date_of(cell) is None


@pytest.mark.parametrize(
    "cell",
    [
        2023.1,
        2023.9,
        2023.12,
        2023,
        202309,
        0,
        -45170,
        45170e9,
        float("nan"),
        float("inf"),
        True,
        False,
        Fault("#N/A"),
        "二零二三",
        "2023.13.1",
        "2023-02-30",
        "2023-2-29",
        "2023.0",
        "2023",
        "202309",
        "23.9.1",
        "9/1/2023",
        "2023-9/1",
        "2023-9-1-1",
        "2023年9月1",
        "2023-09-01 08:30",
        "0023-09-01",
        "1899-12-31",
        "12345678",
        "不详",
        "2023.9.",
        "-",
        "2023.9.1、2024.1.1",
    ],
)
def test_bad_dates(cell):
    with pytest.raises(BadDateError):
        date_of(cell)


def test_leap_day_exists_in_leap_years_only():
    assert date_of("2024.2.29") == datetime.date(2024, 2, 29)


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("20220491001", "20220491001"),
        (20220491001, "20220491001"),
        (20220491001.0, "20220491001"),
        (202301010101.0, "202301010101"),
        ("２０２２０４９１００１", "20220491001"),
        (" 2022 0491\xa0001\t", "20220491001"),
        ("0020220491", "0020220491"),
        ("'20220491001", "20220491001"),
        ("Ｍ２０２３７０１", "M2023701"),
        ("T-2019_003", "T-2019_003"),
        ("20E1001", "20E1001"),
        ("", ""),
        (None, ""),
        (" \xa0\u3000", ""),
    ],
)
def test_numbers(cell, number):
    assert number_of(cell) == number


@pytest.mark.parametrize(
    "cell",
    [
        "1.2E+11",
        "1.2e+11",
        "2.02205E+10",
        "1E11",
        "１.２E＋１１",
        2022.5,
        -20220491001,
        0,
        1e15,
        float("nan"),
        float("inf"),
        True,
        Fault("#REF!"),
        FIRST,
        "20220491001.0",
        "学号",
        "2022,0491",
        "=1+1",
        "<script>",
        "-1",
    ],
)
def test_bad_numbers(cell):
    with pytest.raises(BadNumberError):
        number_of(cell)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (" 张三\xa0", "张三"),
        ("\u3000高𠮷 ", "高𠮷"),
        ("张\xa0三", "张三"),
        ("阿依古丽·买买提", "阿依古丽·买买提"),
        ("Anna  Maria", "Anna  Maria"),
        ("\ufeff张\u200b三", "张三"),
        ("a\x00b\x07\rc", "ab c"),
        ("a\ud800b", "ab"),
        (2022.0, "2022"),
        (2022, "2022"),
        (3.5, "3.5"),
        (True, "TRUE"),
        (FIRST, "2023-09-01"),
        (Fault("#N/A"), "#N/A"),
        (None, ""),
    ],
)
def test_texts(cell, text):
    assert text_of(cell) == text


def test_headers_are_compared_without_white_space_in_half_width():
    assert header_of(" 学\n 号\u3000") == "学号"
    assert header_of("政治面貌（现）") == "政治面貌(现)"
    assert half_width("ＡＢ１２") == "AB12"


def test_blank():
    assert [is_blank(cell) for cell in (None, "", " \xa0\u3000\u200b\x00", 0, False, "0", Fault("="))] == [
        True,
        True,
        True,
        False,
        False,
        False,
        False,
    ]
