"""Do the pictures of the own months show what was given by whom, and nothing where there is nothing?"""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse
from lxml import html

from evaluations.models import Cycle, LatePolicy, ReviewAnswer
from evaluations.queries.own_months import MonthState, own_month, own_months
from evaluations.queries.self_reviews import history_of
from members.roles import Role
from tests.evaluations.ranking_material import NOVEMBER, OCTOBER, SEPTEMBER, file_self, make_month, rate
from tests.factories import make_user, sign_in

pytestmark = pytest.mark.django_db

AUGUST, JULY = date(2026, 8, 1), date(2026, 7, 1)
NOW = datetime(2026, 11, 10, 2, tzinfo=UTC)  # November may still be filed
PAGE = "/review/mine/"


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def member(tree):
    return make_user(Role.MEMBER, tree.b1, name="赵明").member


@pytest.fixture
def year(member):
    """July late, August off, September returned, October filed and rated, November rated and not closed."""
    late = file_self(member, JULY, 95, 85, 75, 65, 55)
    late.is_late = True
    late.save()
    make_month(member.branch, AUGUST, is_off=True)
    returned = file_self(member, SEPTEMBER, 75)
    ReviewAnswer.objects.create(
        review=returned, kind="return", text="请补充事例", at=NOW, submitted_at=NOW, words={"points": {}, "notes": {}}
    )
    returned.submitted_at = None
    returned.save()
    october = file_self(member, OCTOBER, 95, 95, 85, 85, 75)
    october.notes = {"study": "读完一本书", "card": "这个月很忙"}
    october.save()
    rate(member, OCTOBER, 85, 85, 85, 75, 75)
    rate(member, NOVEMBER, 55)
    other = make_user(Role.MEMBER, member.branch, name="钱别人").member
    file_self(other, OCTOBER, 65)
    rate(other, SEPTEMBER, 65)
    return member


@pytest.fixture
def page_of(client, member):
    sign_in(client, member.user, language="en")
    return lambda address: html.fromstring(client.get(address).content)


def words(element) -> str:
    return " ".join(" ".join(element.itertext()).split())


def test_each_month_has_its_state_and_a_rating_shows_once_the_month_has_closed(year):
    found = own_months(history_of(year, NOW))
    assert [(month.month, month.state, month.own is not None, month.branch is not None) for month in found] == [
        (JULY, MonthState.LATE, True, False),
        (AUGUST, MonthState.OFF, False, False),
        (SEPTEMBER, MonthState.RETURNED, False, False),
        (OCTOBER, MonthState.FILED, True, True),
        (NOVEMBER, MonthState.OPEN, False, False),
    ]
    closed = own_months(history_of(year, datetime(2026, 11, 20, 16, tzinfo=UTC)))[-1]
    assert (closed.state, closed.branch.thought) == (MonthState.MISSED, 55)


@pytest.mark.parametrize(("accepts", "state"), [(True, MonthState.OPEN), (False, MonthState.MISSED)])
def test_a_month_is_open_as_long_as_late_reviews_are_accepted(year, accepts, state):
    day = datetime(2026, 11, 18, 2, tzinfo=UTC)
    LatePolicy.objects.create(branch=year.branch, from_month=NOVEMBER, accepts_late=accepts, set_at=NOW)
    assert own_months(history_of(year, day))[-1].state == state


def test_a_month_of_the_distance_past_and_one_that_never_was_his(year, django_assert_num_queries):
    assert own_month(year, NOVEMBER, now=NOW) is None
    assert own_month(year, AUGUST, now=NOW) is None
    assert own_month(year, JULY, now=NOW).state == MonthState.LATE
    with django_assert_num_queries(5):
        assert len(own_months(history_of(year, datetime(2028, 3, 3, tzinfo=UTC)))) == 12


def test_the_radar_shows_the_own_month_with_the_same_figures_beside_it(year, page_of):
    page = page_of(PAGE)
    [radar] = page.find_class("picture-radar")
    assert radar.get("role") == "img"
    assert [child.text for child in radar if child.tag in {"title", "desc"}] == [
        "Five dimensions of 2026-10",
        "Self-review: Thought 95, Study 95, Life 85, Work 85, Conduct 75. "
        "Branch rating: Thought 85, Study 85, Life 85, Work 75, Conduct 75.",
    ]
    [table] = page.find_class("month-table")
    assert [[words(cell) for cell in row] for row in table.iter("tr")] == [
        ["Dimension", "Self-review", "Branch rating"],
        ["Thought", "Excellent 95", "Good 85"],
        ["Study", "Excellent 95", "Good 85"],
        ["Life", "Good 85", "Good 85"],
        ["Work", "Good 85", "Fair 75"],
        ["Conduct", "Fair 75", "Fair 75"],
    ]
    assert [option.get("value") for option in page.get_element_by_id("chosen-month")] == ["2026-10", "2026-07"]


def test_another_month_is_chosen_in_the_address_and_lacks_what_nobody_gave(year, page_of):
    page = page_of(PAGE + "?month=2026-07")
    [radar] = page.find_class("picture-radar")
    assert radar.find("desc").text == (
        "Self-review: Thought 95, Study 85, Life 75, Work 65, Conduct 55. Branch rating: Thought no figure, "
        "Study no figure, Life no figure, Work no figure, Conduct no figure."
    )
    assert [path.get("d") for path in radar.find_class("line-1")] == [""]
    for junk in ("2026-08", "2026-13", "x"):
        assert page_of(PAGE + f"?month={junk}").find_class("picture-radar")[0].find("title").text.endswith("2026-10")


def test_months_without_a_figure_are_gaps_with_a_letter_and_never_0(year, page_of):
    page = page_of(PAGE)
    pictures = page.find_class("picture-months")
    assert [picture.find("title").text for picture in pictures] == [
        "Mean of the five", "Thought", "Study", "Life", "Work", "Conduct",
    ]  # fmt: skip
    mean = pictures[0]
    assert mean.find("desc").text == (
        "Self-review: 2026-07 (filed late) 75, 2026-08 (no self-review in this month) no figure, "
        "2026-09 (returned, not submitted again) no figure, 2026-10 87, 2026-11 (still open) no figure. "
        "Branch rating: 2026-07 (filed late) no figure, 2026-08 (no self-review in this month) no figure, "
        "2026-09 (returned, not submitted again) no figure, 2026-10 81, 2026-11 (still open) no figure."
    )
    assert [path.get("d") for path in mean.find_class("line")] == ["", ""]  # neighbours alone are joined
    assert len(mean.find_class("gap")) == 3
    assert [text.text for text in mean.find_class("sign")] == ["L", "–", "R", "…"]
    assert [words(row) for row in page.xpath("//details//tbody/tr")] == [
        "2026-11 still open – / – – / – – / – – / – – / – – / –",
        "2026-10 87.0 / 81.0 95 / 85 95 / 85 85 / 85 85 / 75 75 / 75",
        "2026-09 returned, not submitted again – / – – / – – / – – / – – / – – / –",
        "2026-08 no self-review in this month – / – – / – – / – – / – – / – – / –",
        "2026-07 filed late 75.0 / – 95 / – 85 / – 75 / – 65 / – 55 / –",
    ]


def test_points_instead_of_grades_have_an_axis_from_0(member, page_of):
    make_month(member.branch, OCTOBER)
    Cycle.objects.update(scale=Cycle.Scale.POINTS)
    file_self(member, OCTOBER, 12, 100, 50, 0, 88)
    page = page_of(PAGE)
    [radar] = page.find_class("picture-radar")
    assert radar.find_class("mark-0")[0].get("d").startswith("M128 96.1m")
    assert "Rings from the centre: 20, 40, 60, 80, 100 points." in words(page)
    assert [text.text for text in page.find_class("picture-months")[0].iter("text")][:3] == ["0", "50", "100"]


def test_who_has_nothing_yet_gets_no_picture(member, page_of):
    rate(member, NOVEMBER, 55)
    page = page_of(PAGE)
    assert page.find_class("picture") == []
    assert "No month submitted" in words(page)


def test_the_sheet_of_a_month_has_what_was_said_and_lines_to_sign(year, page_of, client):
    own = year.selfreviews.get(cycle__month=OCTOBER)
    ReviewAnswer.objects.create(review=own, kind="reply", text="继续保持", at=NOW, submitted_at=NOW)
    ReviewAnswer.objects.create(review=own, kind="read", at=NOW, submitted_at=NOW)
    page = page_of(reverse("evaluations:own_month", args=[OCTOBER]))
    assert page.find("body").get("class") == "sheet"
    facts = {words(pair.find("dt")): words(pair.find("dd")) for pair in page.xpath("//div[@class='paper-facts']/div")}
    facts |= {words(pair.find("dt")): words(pair.find("dd")) for pair in page.xpath("//dl[@class='paper-facts']/div")}
    assert facts == {
        "Name": "赵明",
        "Number": year.number,
        "Class": "计算机2301",
        "Stage": "Activist",
        "Submitted": "2026-11-22 10:00",
    }
    assert [words(one) for one in page.xpath("//section[@aria-labelledby='notes-title']//dl/div")] == [
        "Study 读完一本书 Self-review", "the whole month 这个月很忙 Self-review",
    ]  # fmt: skip
    assert [words(one) for one in page.xpath("//section[@aria-labelledby='answers-title']//dl/div")] == [
        "2026-11-10 继续保持"
    ]
    assert [words(line[0]) for line in page.find_class("sign-here")] == ["The member", "Branch secretary"]
    for month in (AUGUST, SEPTEMBER, NOVEMBER):  # off, returned, not closed: nothing counts
        assert client.get(reverse("evaluations:own_month", args=[month])).status_code == 404
