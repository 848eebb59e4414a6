"""Is every good paper card taken, and every wrong cell named?"""

import pytest
from django.utils.translation import override

from branchportal.spreadsheets.errors import SpreadsheetError
from branchportal.spreadsheets.reading import Fault, Sheet
from evaluations.dimensions import Dimension
from evaluations.score_file import ScoreRow, read_scores, score_of

HEADER = ["学号", "姓名", "思想", "学习", "生活", "工作", "作风", "说明"]
PEOPLE = {"1": "1", "2": "2", "3": "3", "2021002": "2"}


@pytest.fixture(autouse=True)
def _in_english():
    with override("en"):
        yield


def read(*rows, header=HEADER, **options):
    table = [(number, list(row)) for number, row in enumerate([header, *rows], start=1)]
    return read_scores([Sheet("十月", table)], people=PEOPLE, **options)


def errors(reading):
    return [(error.row, error.column, error.code) for error in reading.errors]


def test_a_good_card_in_numbers_and_words():
    reading = read(["1", "甲", 95.0, "良好", "合格 ", "６５", "待改进", " 按时参加 "])
    assert reading.errors == []
    assert reading.accepted == [
        ScoreRow(
            "十月",
            2,
            "1",
            {
                Dimension.THOUGHT: 95,
                Dimension.STUDY: 85,
                Dimension.LIFE: 75,
                Dimension.WORK: 65,
                Dimension.CONDUCT: 55,
            },
            {},
            "按时参加",
            ("学号", 0),
        )
    ]


def test_a_note_for_each_dimension():
    header = ["学号", "思想", "思想说明", "学习", "生活", "工作", "工作（说明）", "作风"]
    reading = read(["1", 90, "学习认真", 90, 90, 90, "", 90], header=header)
    assert (reading.accepted[0].notes, reading.accepted[0].note) == ({Dimension.THOUGHT: "学习认真"}, "")


@pytest.mark.parametrize(
    ("cell", "score"),
    [
        (0, 0),
        (100.0, 100),
        ("100", 100),
        ("０", 0),
        ("优秀", 95),
        ("良好", 85),
        ("合格", 75),
        ("尚可", 65),
        ("待改进", 55),
        (" 优秀\xa0", 95),
        (95.5, None),
        (100.5, None),
        (101, None),
        (-1, None),
        ("-1", None),
        ("95.0", None),
        ("95分", None),
        ("优", None),
        ("不合格", None),
        ("1E1", None),
        (True, None),
        (False, None),
        (float("nan"), None),
        (Fault("#N/A"), None),
        ("=95", None),
        ("٩٥", None),
        ("²", 2),
    ],
)
def test_scores(cell, score):
    assert score_of(cell) == score


def test_wrong_cells():
    reading = read(
        ["", "甲", 90, 90, 90, 90, 90],
        ["1.2E+11", "甲", 90, 90, 90, 90, 90],
        ["1", "甲", 90, "", "优", 101, 90],
        ["1", "甲", 90, 90, 90, 90, 90],
        ["9", "他", 90, 90, 90, 90, 90],
        ["8", "她", 90, 90, 90, 90, 90],
        ["3", "丙", 90, 90, 90, 90, 90, "长" * 201],
        taken={"9"},
    )
    assert errors(reading) == [
        (2, "学号", "missing"),
        (3, "学号", "bad_number"),
        (4, "学习", "missing"),
        (4, "生活", "unknown_value"),
        (4, "工作", "unknown_value"),
        (5, "学号", "duplicate"),
        (6, "学号", "other_branch"),
        (7, "学号", "unknown_value"),
        (8, "说明", "unknown_value"),
    ]
    assert (reading.rows, reading.accepted) == (7, [])


def test_a_former_number_leads_to_the_person_and_both_are_one():
    reading = read(["2021002", "乙", 90, 90, 90, 90, 90], ["2", "乙", 80, 80, 80, 80, 80])
    assert [row.number for row in reading.accepted] == ["2"]
    assert errors(reading) == [(3, "学号", "duplicate")]


def test_totals_do_not_count_and_other_columns_are_named():
    reading = read(
        ["1", 90, 90, 90, 90, 90, 450], ["合计"], header=["学号", "思想", "学习", "生活", "工作", "作风", "总分"]
    )
    assert (reading.rows, len(reading.accepted), reading.ignored) == (1, 1, ["总分"])


def test_a_sheet_without_all_five_dimensions():
    with pytest.raises(SpreadsheetError) as caught:
        read(["1", 90, 90, 90, 90], header=["学号", "思想", "学习", "生活", "工作"])
    assert str(caught.value) == (
        "No sheet has a row with the headers 学号, 思想, 学习, 生活, 工作, 作风. Use the template, or add a header row."
    )
