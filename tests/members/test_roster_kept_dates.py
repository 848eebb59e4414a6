"""Is a row refused whose single date contradicts what the portal knows of the person?"""

import datetime

import pytest
from django.utils.translation import override

from members.services.roster_import import check_roster
from tests.factories import make_branch_tree, make_member

TODAY = datetime.date(2026, 11, 22)

pytestmark = pytest.mark.django_db


@pytest.fixture
def branch():
    return make_branch_tree().b1


@pytest.fixture
def activist(branch):
    """Applied on 2023-03-01, activist since 2024-03-15."""
    return make_member(branch, name="曾晓", number="1001")


def errors(branch, header, *cells):
    content = f"学号,姓名,{header}\n1001,曾晓,{','.join(cells)}\n".encode()
    with override("en"):
        plan = check_roster(branch=branch, content=content, file_name="a.csv", today=TODAY)
        return [(error.column, error.code, error.as_dict()["message"]) for error in plan.reading.errors]


@pytest.mark.parametrize(
    ("header", "cells", "expected"),
    [
        (
            "确定发展对象时间",
            ["2024-03-14"],
            [
                (
                    "确定发展对象时间",
                    "date_order",
                    "确定发展对象时间 2024-03-14 lies before 确定积极分子时间 (2024-03-15), which the portal keeps. "
                    "Correct one of the two.",
                )
            ],
        ),
        (
            "申请入党时间",
            ["2024-03-16"],
            [
                (
                    "申请入党时间",
                    "date_order",
                    "申请入党时间 2024-03-16 lies after 确定积极分子时间 (2024-03-15), which the portal keeps. Correct "
                    "one of the two.",
                )
            ],
        ),
        ("确定发展对象时间", ["2024-03-15"], []),
        ("申请入党时间,确定积极分子时间", ["2024-05-01", "2025-05-01"], []),
        ("申请入党时间,确定积极分子时间", ["2022-05-01", ""], []),
        ("确定积极分子时间,确定发展对象时间", ["2022-13-01", "2023-03-02"], [("确定积极分子时间", "bad_date", None)]),
    ],
)
def test_one_date_against_the_kept_ones(branch, activist, header, cells, expected):
    found = errors(branch, header, *cells)
    assert [line[:2] for line in found] == [line[:2] for line in expected]
    assert all(wanted in {None, said} for (*_, said), (*_, wanted) in zip(found, expected, strict=True))


def test_an_earlier_cell_is_marked_once_against_several_kept_dates(branch, activist):
    activist.candidate_on = datetime.date(2025, 4, 10)
    activist.save()
    assert [line[:2] for line in errors(branch, "申请入党时间", "2025-05-01")] == [("申请入党时间", "date_order")]


def test_kept_dates_that_contradict_each_other_are_not_the_files_fault(branch, activist):
    activist.applied_on, activist.activist_on = datetime.date(2024, 5, 1), datetime.date(2024, 3, 15)
    activist.save()
    assert errors(branch, "班级", "数媒2201") == []


def test_whoever_left_is_not_held_against_the_row(branch):
    make_member(branch, number="1001", ended_on=datetime.date(2026, 6, 30), end_reason="graduated")
    assert errors(branch, "确定发展对象时间", "2020-01-01") == []
