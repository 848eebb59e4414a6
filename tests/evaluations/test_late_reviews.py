"""Are late self-reviews accepted where the branch chose so, until the ratings end, marked, and at the same points?"""

from __future__ import annotations

import io
from datetime import date, datetime

import openpyxl
import pytest

from branchportal.models import AuditEntry
from evaluations.deadlines import SHANGHAI, Window
from evaluations.models import LatePolicy, ReviewAnswer, SelfReview
from evaluations.queries.compile import read
from evaluations.queries.monthly import branch_months
from evaluations.queries.self_reviews import accepts_late, card_of, history_of, missed_months
from evaluations.refusals import Refused
from evaluations.reports.monthly import monthly_workbook
from evaluations.services import review_answers, self_reviews
from evaluations.services.calendar import MonthSettings, set_month
from evaluations.services.late_policies import choose_late_policy
from evaluations.services.self_reviews import Words
from evaluations.stages import CardState
from members.roles import Role
from tests.evaluations.ranking_material import install
from tests.factories import make_user, sign_in

pytestmark = pytest.mark.django_db

OCTOBER, NOVEMBER, DECEMBER = date(2026, 10, 1), date(2026, 11, 1), date(2026, 12, 1)
GOOD = {"thought": 95, "study": 85, "life": 85, "work": 75, "conduct": 65}
OTHER = {"thought": 55, "study": 55, "life": 55, "work": 55, "conduct": 55}
REVIEWS_END = datetime(2026, 11, 16, tzinfo=SHANGHAI)
LAST_MOMENT = datetime(2026, 11, 20, 23, 59, 59, 999999, tzinfo=SHANGHAI)
RATINGS_END = datetime(2026, 11, 21, tzinfo=SHANGHAI)


def at(day: int, hour: int = 12) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=SHANGHAI)


@pytest.fixture
def secretary(tree):
    return make_user(Role.SECRETARY, tree.b1)


@pytest.fixture
def accepting(tree, secretary):
    """The branch chose in October to accept late reviews."""
    return choose_late_policy(
        branch=tree.b1, accepts=True, by=secretary, now=datetime(2026, 10, 31, 23, 59, tzinfo=SHANGHAI)
    )


def submit(member, cycle, points=GOOD, *, version=0, now=None) -> SelfReview:
    return self_reviews.submit(
        member=member, cycle=cycle, words=Words(points), version=version, by=member.user, now=now or at(17)
    )


# --- The rule ------------------------------------------------------------------------------------------------

WINDOW = Window(NOVEMBER, 15, 20)


@pytest.mark.parametrize(
    ("accepts", "in_time", "returned", "expected"),
    [
        (False, False, False, REVIEWS_END),
        (False, True, False, REVIEWS_END),
        (False, False, True, RATINGS_END),
        (False, True, True, RATINGS_END),
        (True, False, False, RATINGS_END),
        (True, True, False, REVIEWS_END),
        (True, True, True, RATINGS_END),
    ],
)
def test_until_when_a_card_may_be_submitted(accepts, in_time, returned, expected):
    assert WINDOW.filing_end(accepts_late=accepts, is_in_time=in_time, was_returned=returned) == expected


@pytest.mark.parametrize(
    ("now", "was_in_time", "expected"),
    [(at(15, 23), False, False), (REVIEWS_END, False, True), (REVIEWS_END, True, False), (LAST_MOMENT, False, True)],
)
def test_the_first_submission_decides_whether_it_is_late(now, was_in_time, expected):
    assert WINDOW.is_late(now, was_in_time=was_in_time) == expected


# --- The branch's choice -------------------------------------------------------------------------------------


def test_a_choice_holds_from_the_next_month_on(tree, secretary):
    policy = choose_late_policy(branch=tree.b1, accepts=True, by=secretary, now=at(17))
    assert (policy.from_month, policy.set_by, policy.set_at) == (DECEMBER, secretary, at(17))
    held = [accepts_late(tree.b1, month) for month in (OCTOBER, NOVEMBER, DECEMBER, date(2027, 3, 1))]
    assert held == [False, False, True, True]
    assert not accepts_late(tree.b2, DECEMBER)
    line = AuditEntry.objects.get(action="late_policy.changed")
    assert (line.actor, line.branch, line.before, line.after) == (
        secretary, tree.b1, {"accepts_late": False}, {"accepts_late": True, "from_month": "2026-12"},
    )  # fmt: skip


def test_a_second_thought_in_the_same_month_leaves_one_row(tree, secretary):
    choose_late_policy(branch=tree.b1, accepts=True, by=secretary, now=at(17))
    assert choose_late_policy(branch=tree.b1, accepts=True, by=secretary, now=at(18)) is None
    choose_late_policy(branch=tree.b1, accepts=False, by=secretary, now=at(19))
    assert list(LatePolicy.objects.values_list("from_month", "accepts_late")) == [(DECEMBER, False)]
    assert AuditEntry.objects.filter(action="late_policy.changed").count() == 2


def test_the_last_choice_before_a_month_holds(tree, secretary):
    for accepts, day in ((True, datetime(2026, 9, 30, tzinfo=SHANGHAI)), (False, at(5))):
        choose_late_policy(branch=tree.b1, accepts=accepts, by=secretary, now=day)
    held = [accepts_late(tree.b1, month) for month in (date(2026, 9, 1), OCTOBER, NOVEMBER, DECEMBER)]
    assert held == [False, True, True, False]


# --- Late reviews --------------------------------------------------------------------------------------------


def test_without_a_choice_late_is_refused(member, cycle):
    with pytest.raises(Refused, match="15"):
        submit(member, cycle, now=REVIEWS_END)
    assert (SelfReview.objects.submitted().count(), SelfReview.objects.get().draft["points"]) == (0, GOOD)


def test_late_is_accepted_and_marked_until_the_last_moment_of_the_ratings(member, cycle, accepting):
    card = card_of(member, NOVEMBER, REVIEWS_END)
    assert (card.state, card.until) == (CardState.EMPTY, RATINGS_END)
    assert missed_months(history_of(member, REVIEWS_END)) == []
    assert submit(member, cycle, now=LAST_MOMENT).is_late
    assert card_of(member, NOVEMBER, LAST_MOMENT).state == CardState.SUBMITTED
    assert card_of(member, NOVEMBER, RATINGS_END).state == CardState.FINAL


def test_when_the_ratings_have_ended_late_is_too_late(member, cycle, accepting):
    with pytest.raises(Refused, match="20"):
        submit(member, cycle, now=RATINGS_END)
    assert [str(month) for month in missed_months(history_of(member, RATINGS_END))] == ["2026-11"]


def test_what_stands_in_time_is_not_changed_late(member, cycle, accepting):
    submit(member, cycle, now=at(15))
    with pytest.raises(Refused):
        submit(member, cycle, OTHER, version=1, now=at(17))
    review = SelfReview.objects.get()
    assert (review.points, review.is_late) == (GOOD, False)


def test_a_late_one_may_be_changed_and_stays_late(member, cycle, accepting):
    submit(member, cycle, now=at(16))
    assert submit(member, cycle, OTHER, version=1, now=at(18)).is_late


@pytest.mark.parametrize(("day", "is_late"), [(9, False), (16, True)])
def test_a_return_changes_nothing_about_being_late(member, cycle, accepting, secretary, day, is_late):
    review = submit(member, cycle, now=at(day))
    review_answers.return_review(
        review=review, submission=at(day), reason="More, please.", by=secretary, now=at(day, 13)
    )
    assert submit(member, cycle, OTHER, version=2, now=at(18)).is_late == is_late
    assert submit(member, cycle, GOOD, version=3, now=at(19)).is_late == is_late
    assert ReviewAnswer.objects.get().was_late == is_late


def test_a_deadline_that_is_moved_behind_it_forgives(tree, member, cycle, accepting):
    later = make_user(Role.MEMBER, tree.b1).member
    later.joined_on = date(2026, 11, 2)
    later.save()
    submit(member, cycle, now=at(16))
    submit(later, cycle, now=at(18))
    settings = MonthSettings(False, 17, 20, "grades")
    set_month(cycle=cycle, settings=settings, version=1, by=make_user(Role.REVIEWER, tree.root), now=at(17))
    assert dict(SelfReview.objects.values_list("member", "is_late")) == {member.pk: False, later.pk: True}


def test_late_counts_the_same_and_is_named_in_evidence_and_workbook(tree, member, cycle, accepting):
    install(tree.root)
    prompt = make_user(Role.MEMBER, tree.b1, joined_on=date(2026, 11, 2)).member
    submit(prompt, cycle, now=at(9))
    submit(member, cycle, now=at(17))
    material = read(branches=[tree.b1], purpose="candidate", first=NOVEMBER, last=NOVEMBER, today=at(22).date())[
        tree.b1.pk
    ]
    found = {person.member: person for person in material.people}
    assert found[member].inputs["self"] == found[prompt].inputs["self"]
    assert found[member].evidence["self"] == {
        "months": ["2026-11"], "late": ["2026-11"], "missing": [], "not_due": [],
    }  # fmt: skip
    assert "late" not in found[prompt].evidence["self"] | found[member].evidence["branch"]
    book = openpyxl.load_workbook(io.BytesIO(monthly_workbook(branch_months([tree.b1], NOVEMBER), NOVEMBER)))
    rows = list(book[tree.b1.name].iter_rows(min_row=4, values_only=True))
    assert {row[1]: row[4] for row in rows} == {member.name: "迟交", prompt.name: "已交"}


# --- Pages ---------------------------------------------------------------------------------------------------


def test_the_card_says_that_it_will_be_marked_and_then_that_it_is(client, member, cycle, accepting, time_machine):
    time_machine.move_to(at(17), tick=False)
    sign_in(client, member.user, language="en")
    page = client.get("/review/2026-11/").text
    assert "Your branch accepts late reviews" in page
    assert "open until 20 November 23:59" in page
    grades = {"thought": "excellent", "study": "good", "life": "good", "work": "fair", "conduct": "passable"}
    page = client.post("/review/2026-11/", {**grades, "version": "0"}, follow=True).text
    assert "Submitted 17 November 12:00 · late" in page


def test_the_rule_is_chosen_on_its_page(client, tree, cycle, secretary, time_machine):
    time_machine.move_to(at(17), tick=False)
    sign_in(client, secretary, language="en")
    url = f"/branches/{tree.b1.code}/late-reviews/"
    page = client.get(url).text
    assert "In November 2026 late self-reviews are refused." in page
    assert "holds from December 2026 on" in page
    assert client.post(url, {"policy": "both"}).status_code == 422
    answer = client.post(url, {"policy": "accept"}, follow=True)
    assert "The rule is kept." in answer.text
    assert [(policy.from_month, policy.accepts_late) for policy in answer.context["policies"]] == [(DECEMBER, True)]
    assert "Nothing has changed." in client.post(url, {"policy": "accept"}, follow=True).text
