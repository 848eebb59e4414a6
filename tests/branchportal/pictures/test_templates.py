"""Does every picture say in words what it shows, with the same figures beside it?"""

from __future__ import annotations

from datetime import date

import pytest
from django.template import Context, Template
from django.utils import translation
from lxml import html

OWN = {"label": "Self-review", "values": (95, None, 75)}
BRANCH = {"label": "Branch rating", "values": (85, 80, None)}
MONTHS = [
    {"month": date(2026, 9, 1), "sign": "", "state": ""},
    {"month": date(2026, 10, 1), "sign": "×", "state": "not filed"},
    {"month": date(2026, 11, 1), "sign": "", "state": ""},
]


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def drawn(tag: str, **context):
    page = Template("{% load pictures %}<main>{% " + tag + " %}</main>").render(Context(context))
    return html.fromstring(page)


def words(element) -> str:
    return " ".join(" ".join(element.itertext()).split())


def test_a_radar_is_an_image_with_a_title_and_its_figures_in_words():
    main = drawn(
        "radar 'October' labels series low=45 high=95 rings=5", labels=["A", "B", "C"], series=[OWN, BRANCH]
    )  # fmt: skip
    [svg] = main
    assert (svg.get("role"), svg.find("title").text) == ("img", "October")
    assert svg.find("desc").text == "Self-review: A 95, B no figure, C 75. Branch rating: A 85, B 80, C no figure."
    assert [text.text for text in svg.iter("text")] == ["A", "B", "C"]
    assert [path.get("class") for path in svg.find_class("line")] == ["line line-0", "line line-1"]  # open: no area
    assert [len(group) for group in svg.find_class("picture-grid")] == [6]


def test_a_radar_with_all_figures_is_an_area():
    main = drawn(
        "radar 'x' labels series low=45 high=95 rings=5", labels="ABC", series=[{"label": "", "values": (1,) * 3}]
    )
    assert [path.get("class") for path in main.find_class("line")] == ["line line-0 area-0"]


def test_lines_over_months_name_each_gap():
    main = drawn(
        "month_lines 'Mean' months series low=50 high=100 ticks=ticks", months=MONTHS, series=[OWN], ticks=(60, 100)
    )
    [svg] = main
    assert (svg.get("role"), svg.find("title").text) == ("img", "Mean")
    assert svg.find("desc").text == "Self-review: 2026-09 95, 2026-10 (not filed) no figure, 2026-11 75."
    assert [text.text for text in svg.iter("text")] == ["60", "100", "9", "10", "×", "11"]
    assert [(band.get("x"), band.get("width")) for band in svg.find_class("gap")] == [("103.3", "73.3")]
    assert [path.get("d") for path in svg.find_class("line")] == [""]


def test_the_key_tells_each_line_and_each_letter():
    main = drawn("series_key series signs", series=[OWN, BRANCH], signs=[("×", "not filed")])
    assert [words(line) for line in main.iter("li")] == ["Self-review", "Branch rating", "× not filed"]
    assert {svg.get("aria-hidden") for svg in main.iter("svg")} == {"true"}
    shapes = [path.get("d") for path in main.find_class("mark")]
    assert len(set(shapes)) == 2


@pytest.mark.parametrize(
    ("part", "whole", "said", "bars"),
    [
        (25, 28, "25/28", ["M0 0h100v8H0z", "M0 0h89v8H0z"]),
        (0, 28, "0/28", ["M0 0h100v8H0z"]),
        (28, 28, "28/28", ["M0 0h100v8H0z", "M0 0h100v8H0z"]),
        (0, 0, "–", []),
    ],
)
def test_a_rate_is_its_figure_with_a_bar_beside_it(part, whole, said, bars):
    main = drawn("rate part whole", part=part, whole=whole)
    assert words(main) == said
    assert [path.get("d") for path in main.iter("path")] == bars
    assert {svg.get("aria-hidden") for svg in main.iter("svg")} <= {"true"}


def test_people_by_stage_stand_in_a_bar_and_in_a_list():
    stages = [
        ("Applicant", 4, "/members/?stage=applicant"),
        ("Activist", 16, ""),
        ("Candidate", 0, ""),
        ("Full", 20, ""),
    ]
    main = drawn("stage_bar stages", stages=stages)
    [svg] = main.find_class("picture-stages")
    assert (svg.get("role"), svg.find("title").text) == ("img", "People by stage")
    assert svg.find("desc").text == "Applicant 4, Activist 16, Candidate 0, Full 20"
    assert [(bar.get("class"), bar.get("x"), bar.get("width")) for bar in svg.iter("rect")] == [
        ("step step-0", "0", "26"), ("step step-1", "26", "102"), ("step step-3", "128", "128"),
    ]  # fmt: skip
    assert [(text.get("class"), text.text) for text in svg.iter("text")] == [
        ("on-step-0", "4"), ("on-step-1", "16"), ("on-step-3", "20"),
    ]  # fmt: skip
    [counts] = main.find_class("stage-key")
    assert [words(line) for line in counts] == ["Applicant 4", "Activist 16", "Candidate 0", "Full 20"]
    assert [link.get("href") for link in counts.iter("a")] == ["/members/?stage=applicant"]


def test_nobody_at_any_stage_is_no_bar():
    main = drawn("stage_bar stages", stages=[("Applicant", 0, "")])
    assert main.find_class("picture-stages") == []
    assert words(main) == "Applicant 0"


def test_a_little_calendar_is_a_table_with_its_days_in_words():
    marks = [
        {"day": date(2026, 11, 20), "kind": "activity", "text": "Party class", "url": "/activities/1/"},
        {"day": date(2026, 11, 15), "kind": "deadline", "text": "Self-reviews due", "url": ""},
        {"day": date(2026, 11, 15), "kind": "activity", "text": "Visit", "url": ""},
        {"day": date(2026, 12, 1), "kind": "activity", "text": "next month", "url": ""},
    ]
    main = drawn("month_calendar month marks today", month=date(2026, 11, 1), marks=marks, today=date(2026, 11, 22))
    [table] = main.iter("table")
    assert words(table.find("caption")) == "November 2026"
    assert [head.get("abbr") for head in table.iter("th")] == [
        "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
    ]  # fmt: skip
    rows = [[words(day) for day in week] for week in table.find("tbody")]
    assert rows[0] == ["", "", "", "", "", "", "1"]
    assert rows[2] == ["9", "10", "11", "12", "13", "14", "15 , Self-reviews due , Visit"]
    assert [(day.get("class"), words(day)) for day in table.iter("td") if day.get("class")] == [
        ("day day-deadline day-activity", "15 , Self-reviews due , Visit"), ("day day-activity", "20 , Party class"),
    ]  # fmt: skip
    assert [words(day) for day in table.iter("td") if day.get("aria-current")] == ["22"]
    [listed] = main.find_class("month-marks")
    assert [(line.get("class"), words(line)) for line in listed] == [
        ("month-mark-deadline", "11-15 Self-reviews due"), ("month-mark-activity", "11-15 Visit"),
        ("month-mark-activity", "11-20 Party class"),
    ]  # fmt: skip
    assert [link.get("href") for link in listed.iter("a")] == ["/activities/1/"]


def test_a_path_names_the_day_of_the_next_step():
    steps = [
        {"label": "Activist", "date": date(2026, 3, 1), "state": "current"},
        {"label": "Candidate", "date": None, "state": "todo", "earliest": date(2027, 3, 1)},
        {"label": "Full", "date": None, "state": "todo"},
    ]
    page = Template('{% include "branchportal/stage_dots.html" with steps=steps compact=True only %}').render(
        Context({"steps": steps})
    )
    box = html.fromstring(page)
    assert [words(step) for step in box.find_class("stage")] == [
        "Activist 2026-03-01",
        "Candidate from 2027-03-01",
        "Full",
    ]
    assert words(box.find_class("stage-now")[0]) == "Activist 2026-03-01 · Candidate from 2027-03-01"
