"""Does each point lie where it must, and is what is missing a gap and never 0?"""

from datetime import date
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from branchportal.pictures import bars, dots
from branchportal.pictures.marks import SHAPES, marks, shape_of
from branchportal.pictures.month_days import Day, weeks
from branchportal.pictures.month_lines import HEIGHT, WIDTH, Column, Line, Tick, month_lines
from branchportal.pictures.radar import HEIGHT as RADAR_HEIGHT
from branchportal.pictures.radar import WIDTH as RADAR_WIDTH
from branchportal.pictures.radar import radar
from branchportal.pictures.scales import Scale, points, short, strokes

FIVE = ("思想", "学习", "生活", "工作", "作风")
CIRCLE, SQUARE = SHAPES[0], SHAPES[1]
exact = st.integers(0, 700).map(lambda sevenths: Fraction(sevenths, 7))
values = st.none() | exact
# A busy machine is no fault of a picture.
unhurried = settings(database=None, deadline=None, suppress_health_check=[HealthCheck.too_slow])
plenty = st.lists(values, min_size=1, max_size=14)


@pytest.mark.parametrize(
    ("place", "text"), [(0, "0"), (-0.04, "0"), (12.0, "12"), (12.46, "12.5"), (-3.25, "-3.2"), (7.96, "8")]
)
def test_places_are_written_with_one_decimal_or_none(place, text):
    assert short(place) == text


def test_a_scale_runs_from_low_to_high_and_holds_what_lies_outside():
    up = Scale(50, 100, 98, 10)
    assert [up.place(value) for value in (50, 75, 100, Fraction(225, 2), 0)] == [98.0, 54.0, 10.0, 10.0, 98.0]


def test_a_gap_lifts_the_pen_and_a_point_alone_draws_no_line():
    assert strokes([(0, 1), (2, 3), None, (4, 5), None, (6, 7), (8, 9)]) == "M0 1L2 3M6 7L8 9"
    assert strokes([None, None]) == ""
    assert points([(0, 1), (2.25, 3)]) == "0,1 2.2,3"


def test_a_full_radar():
    drawn = radar(FIVE, [(95, 85, 75, 65, 55)], low=45, high=95, rings=5)
    assert drawn.rings == (
        "128,90.2 142.1,100.4 136.7,117 119.3,117 113.9,100.4",
        "128,75.4 156.2,95.9 145.4,128.9 110.6,128.9 99.8,95.9",
        "128,60.6 170.2,91.3 154.1,140.9 101.9,140.9 85.8,91.3",
        "128,45.8 184.3,86.7 162.8,152.9 93.2,152.9 71.7,86.7",
        "128,31 198.4,82.1 171.5,164.9 84.5,164.9 57.6,82.1",
    )
    assert drawn.spokes == "M128 105L128 31M128 105L198.4 82.1M128 105L171.5 164.9M128 105L84.5 164.9M128 105L57.6 82.1"
    [outline] = drawn.outlines
    assert outline.dots == (
        ("128", "31"), ("184.3", "86.7"), ("154.1", "140.9"), ("110.6", "128.9"), ("113.9", "100.4"),
    )  # fmt: skip
    assert outline.path == "M128 31L184.3 86.7L154.1 140.9L110.6 128.9L113.9 100.4Z"
    assert outline.is_closed
    assert [(label.text, label.x, label.y, label.anchor) for label in drawn.labels] == [
        ("思想", "128", "24", "middle"),
        ("学习", "205", "84", "start"),
        ("生活", "175.6", "178.5", "start"),
        ("工作", "80.4", "178.5", "end"),
        ("作风", "51", "84", "end"),
    ]


def test_a_missing_dimension_is_a_gap_and_not_the_centre():
    own, nobody = radar(FIVE, [(95, 95, None, 95, 95), (None,) * 5], low=45, high=95, rings=5).outlines
    assert own.path == "M84.5 164.9L57.6 82.1L128 31L198.4 82.1"
    assert (len(own.dots), own.is_closed) == (4, False)
    assert ("128", "105") not in own.dots
    assert (nobody.path, nobody.dots, nobody.marks, nobody.is_closed) == ("", (), "", False)


def test_one_dimension_between_gaps_is_a_dot_alone():
    [own] = radar(FIVE, [(None, 95, None, None, 55)], low=45, high=95, rings=5).outlines
    assert (own.path, own.dots) == ("", (("198.4", "82.1"), ("113.9", "100.4")))
    assert own.marks == f"M198.4 82.1{CIRCLE}M113.9 100.4{CIRCLE}"


@unhurried
@given(st.lists(values, min_size=5, max_size=5))
def test_a_radar_stays_in_its_box_with_a_dot_for_each_value(one):
    drawn = radar(FIVE, [one], low=0, high=100, rings=5)
    [outline] = drawn.outlines
    assert len(outline.dots) == sum(value is not None for value in one)
    assert outline.is_closed == (None not in one)
    assert all(0 <= float(x) <= RADAR_WIDTH and 0 <= float(y) <= RADAR_HEIGHT for x, y in outline.dots)


def test_lines_over_months_break_where_a_month_has_no_figure():
    drawn = month_lines(
        [(60, 80, None, 100), (None, 50, None, None)], low=50, high=100, ticks=(60, 100)
    )  # fmt: skip
    assert drawn.ticks == (Tick("60", "80.4", "84.4"), Tick("100", "10", "14"))
    assert drawn.columns == (
        Column("57.5", "30", "55", is_gap=False),
        Column("112.5", "85", "55", is_gap=False),
        Column("167.5", "140", "55", is_gap=True),
        Column("222.5", "195", "55", is_gap=False),
    )
    assert drawn.lines == (
        Line(
            (("57.5", "80.4"), ("112.5", "45.2"), ("222.5", "10")),
            "M57.5 80.4L112.5 45.2",
            f"M57.5 80.4{CIRCLE}M112.5 45.2{CIRCLE}M222.5 10{CIRCLE}",
        ),
        Line((("112.5", "98"),), "", f"M112.5 98{SQUARE}"),
    )


@unhurried
@given(plenty)
def test_months_stay_in_their_box_with_a_dot_for_each_value_and_no_line_over_a_gap(one):
    drawn = month_lines([one], low=0, high=100, ticks=(0, 50, 100))
    [line] = drawn.lines
    there = [value is not None for value in one]
    assert len(drawn.columns) == len(one)
    assert [column.is_gap for column in drawn.columns] == [not filled for filled in there]
    assert len(line.dots) == sum(there)
    assert line.path.count("L") == sum(a and b for a, b in pairwise(there))
    assert all(0 <= float(x) <= WIDTH and 0 <= float(y) <= HEIGHT for x, y in line.dots)


@pytest.mark.parametrize(
    ("part", "whole", "width"),
    [(0, 28, 0), (28, 28, 100), (14, 28, 50), (25, 28, 89), (1, 900, 1), (899, 900, 99), (0, 0, 0), (30, 28, 100)],
)
def test_a_rate_is_full_for_all_alone_and_empty_for_nobody_alone(part, whole, width):
    assert bars.rate_width(part, whole) == width


def test_a_bar_is_divided_in_proportion():
    assert bars.stacked((4, 0, 16, 19, 1)) == [
        bars.Segment(0, 26, 4, "13", has_room=True),
        bars.Segment(26, 0, 0, "26", has_room=False),
        bars.Segment(26, 102, 16, "77", has_room=True),
        bars.Segment(128, 122, 19, "189", has_room=True),
        bars.Segment(250, 6, 1, "253", has_room=False),
    ]
    assert bars.stacked((0, 0)) == []


@unhurried
@given(st.lists(st.integers(0, 300), min_size=1, max_size=6))
def test_the_pieces_of_a_bar_fill_it_without_a_hole(counts):
    pieces = bars.stacked(counts)
    if not sum(counts):
        assert pieces == []
        return
    assert [piece.count for piece in pieces] == counts
    assert [piece.x + piece.width for piece in pieces] == [*(piece.x for piece in pieces[1:]), bars.STACK_WIDTH]
    assert {piece.width for piece in pieces if not piece.count} <= {0}


def test_dots_of_a_row_lie_between_its_ends():
    assert [dots.along(value, 70, 90) for value in (70, 80, 85, 90, Fraction(239, 3))] == [8, 80, 116, 152, 78]
    assert dots.strokes_of([90, None, 80, 90, 70], 70, 90) == "M8 6v8M80 6v8M152 6v8"


def test_equal_values_stand_on_each_other_as_far_as_there_is_room():
    found = dots.field([90, 80, 80, 80, 80, 80, 70], 70, 90)
    assert [(dot.x, dot.y) for dot in found] == [
        ("246", 46), ("128", 46), ("128", 36), ("128", 26), ("128", 16), ("128", 16), ("10", 46),
    ]  # fmt: skip
    assert dots.stamps(found[:2]) == "M246 46h0M128 46h0"
    assert dots.between(80, 70, 70, 90) == "69"


@unhurried
@given(st.lists(exact, min_size=1, max_size=40))
def test_a_field_has_a_dot_for_each_value_inside_its_box(many):
    found = dots.field(many, 0, 100)
    assert len(found) == len(many)
    assert all(0 <= float(dot.x) <= dots.FIELD_WIDTH and 0 <= dot.y <= dots.FIELD_BASE for dot in found)


def test_series_are_told_apart_by_five_shapes():
    assert [shape_of(place) for place in range(7)] == [0, 1, 2, 3, 4, 0, 1]
    assert len(set(SHAPES)) == 5
    assert marks([("1", "2"), ("3", "4")], 1) == "M1 2m-4-4h8v8h-8zM3 4m-4-4h8v8h-8z"
    assert marks([], 0) == ""


def test_a_month_begins_on_monday_and_marks_its_days():
    march = weeks(
        date(2026, 3, 1),
        [
            {"day": date(2026, 3, 15), "kind": "activity", "text": "党课"},
            {"day": date(2026, 3, 15), "kind": "deadline", "text": "自评截止"},
            {"day": date(2026, 4, 1), "kind": "activity", "text": "不在本月"},
        ],
    )
    assert [[day.day.day if day.day else 0 for day in week] for week in march] == [
        [0, 0, 0, 0, 0, 0, 1], [2, 3, 4, 5, 6, 7, 8], [9, 10, 11, 12, 13, 14, 15], [16, 17, 18, 19, 20, 21, 22],
        [23, 24, 25, 26, 27, 28, 29], [30, 31, 0, 0, 0, 0, 0],
    ]  # fmt: skip
    assert march[2][6] == Day(date(2026, 3, 15), ("deadline", "activity"), ("党课", "自评截止"))
    assert [day for week in march for day in week if day.kinds] == [march[2][6]]


@unhurried
@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_every_day_of_a_month_stands_once_and_in_its_column(day):
    first = day.replace(day=1)
    grid = weeks(first, [])
    days = [one.day for week in grid for one in week if one.day]
    assert days == sorted(set(days))
    assert {(one.year, one.month) for one in days} == {(first.year, first.month)}
    assert all(week[place].day is None or week[place].day.weekday() == place for week in grid for place in range(7))
