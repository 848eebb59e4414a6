"""Does a committee set its months on their page, without undoing what people have done?"""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.urls import reverse

from branchportal.models import AuditEntry
from evaluations.deadlines import SHANGHAI, Phase
from evaluations.models import Cycle, SelfReview
from evaluations.queries import months as queries
from evaluations.refusals import Refused, StaleReviewError
from evaluations.services import calendar, months
from members.roles import Role
from tests.factories import make_branch_tree, make_member, make_user, sign_in

pytestmark = pytest.mark.django_db

NOVEMBER = date(2026, 11, 1)


def at(day: int) -> datetime:
    return datetime(2026, 11, day, 12, tzinfo=SHANGHAI)


def settings(**changes) -> calendar.MonthSettings:
    return calendar.MonthSettings(**{"is_off": False, "review_day": 15, "rating_day": 20, "scale": "grades", **changes})


def test_setting_a_month_is_one_audited_change(tree):
    cycle = months.ensure_month(committee=tree.root, month=NOVEMBER)
    reviewer = make_user(Role.REVIEWER, tree.root)
    wanted = settings(review_day=12, own_days={tree.second.pk: (18, 25)})
    for _again in range(2):
        calendar.set_month(cycle=cycle, settings=wanted, version=1, by=reviewer, now=at(3))
    assert calendar.settings_of(Cycle.objects.get()) == wanted
    line = AuditEntry.objects.get(action="cycle.changed")
    assert (line.actor, line.before, line.after) == (
        reviewer,
        {"review_day": 15, "own_days": {}},
        {"review_day": 12, "own_days": {"GB2": [18, 25]}},
    )
    assert queries.window_of(Cycle.objects.get(), tree.b4).phase(at(16)) == Phase.FILING


def test_two_people_setting_one_month(tree):
    cycle = months.ensure_month(committee=tree.root, month=NOVEMBER)
    reviewer = make_user(Role.REVIEWER, tree.root)
    calendar.set_month(cycle=cycle, settings=settings(review_day=12), version=1, by=reviewer, now=at(3))
    with pytest.raises(StaleReviewError):
        calendar.set_month(cycle=cycle, settings=settings(review_day=18), version=1, by=reviewer, now=at(3))
    assert Cycle.objects.get().review_day == 12


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"is_off": True}, "1 reviews of this month are submitted already, so it can't be switched off any more."),
        (
            {"scale": "points"},
            "1 reviews of this month are submitted already, so its scale stays. Change the next month.",
        ),
        ({"review_day": 9}, "Day 9 has passed already: let self-reviews end today or later"),
    ],
)
def test_what_people_have_done_is_not_undone(tree, changes, reason):
    cycle = months.ensure_month(committee=tree.root, month=NOVEMBER)
    points = dict.fromkeys(("thought", "study", "life", "work", "conduct"), 85)
    SelfReview.objects.create(cycle=cycle, member=make_member(tree.b1), branch=tree.b1, submitted_at=at(4), **points)
    reviewer = make_user(Role.REVIEWER, tree.root)
    with pytest.raises(Refused) as refused:
        calendar.set_month(cycle=cycle, settings=settings(**changes), version=1, by=reviewer, now=at(10))
    assert (refused.value.text % refused.value.params).startswith(reason)
    assert calendar.settings_of(Cycle.objects.get()) == settings()


def test_a_closed_month_keeps_its_days(tree):
    cycle = months.ensure_month(committee=tree.root, month=NOVEMBER)
    make_member(tree.b1)
    months.advance(now=at(21), on_closed=lambda _cycle, _branch: None)
    with pytest.raises(Refused):
        calendar.set_month(
            cycle=cycle,
            settings=settings(rating_day=28),
            version=1,
            by=make_user(Role.REVIEWER, tree.root),
            now=at(21),
        )
    assert Cycle.objects.get().rating_day == 20


# --- Its pages -----------------------------------------------------------------------------------------------


@pytest.fixture
def reviewer(client, tree):
    return sign_in(client, make_user(Role.REVIEWER, tree.root))


def month_form(tree, **changes) -> dict:
    return {
        "is_on": "on", "review_day": "15", "rating_day": "20", "scale": "grades", "version": "1",
        f"review_day_{tree.first.pk}": "", f"rating_day_{tree.first.pk}": "",
        f"review_day_{tree.second.pk}": "", f"rating_day_{tree.second.pk}": "", **changes,
    }  # fmt: skip


def test_the_calendar_takes_the_same_queries_for_one_and_many_months(tree, reviewer, django_assert_num_queries):
    months.ensure_month(committee=tree.root, month=NOVEMBER)
    with django_assert_num_queries(5):
        reviewer.get("/calendar/")
    month = NOVEMBER
    for _step in range(20):
        month = (month + timedelta(days=31)).replace(day=1)
        months.ensure_month(committee=tree.root, month=month)
    with django_assert_num_queries(5):
        reviewer.get("/calendar/")


def test_the_calendar_shows_only_months_of_the_own_committee(tree, reviewer):
    months.ensure_month(committee=tree.root, month=NOVEMBER)
    other = make_branch_tree("X")
    foreign = months.ensure_month(committee=other.root, month=NOVEMBER)
    rows = reviewer.get("/calendar/").context["rows"]
    assert [row["cycle"].committee.code for row in rows] == ["ROOT"]
    assert reviewer.get(reverse("evaluations:edit_month", args=[foreign.pk])).status_code == 404


def test_a_month_is_set_through_its_page(tree, reviewer):
    cycle = months.ensure_month(committee=tree.root, month=date(2030, 3, 1))
    page = reverse("evaluations:edit_month", args=[cycle.pk])
    assert reviewer.get(page).status_code == 200
    own = {f"review_day_{tree.second.pk}": "18", f"rating_day_{tree.second.pk}": "25"}
    answer = reviewer.post(page, month_form(tree, review_day="12", **own))
    assert answer.status_code == 302
    assert calendar.settings_of(Cycle.objects.get()) == settings(review_day=12, own_days={tree.second.pk: (18, 25)})


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"review_day": "29"}, "review_day"),
        ({"review_day": "x"}, "review_day"),
        ({"review_day": ""}, "review_day"),
        ({"rating_day": "10"}, "rating_day"),
        ({"scale": "letters"}, "scale"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_written(tree, reviewer, changes, field):
    cycle = months.ensure_month(committee=tree.root, month=date(2030, 3, 1))
    answer = reviewer.post(reverse("evaluations:edit_month", args=[cycle.pk]), month_form(tree, **changes))
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert Cycle.objects.get().version == 1


def test_one_own_day_alone_is_refused(tree, reviewer):
    cycle = months.ensure_month(committee=tree.root, month=date(2030, 3, 1))
    half = {f"review_day_{tree.first.pk}": "12"}
    answer = reviewer.post(reverse("evaluations:edit_month", args=[cycle.pk]), month_form(tree, **half))
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [f"review_day_{tree.first.pk}"])


def test_a_stale_month_shows_both_and_keeps_what_was_typed(tree, reviewer):
    cycle = months.ensure_month(committee=tree.root, month=date(2030, 3, 1))
    other = make_user(Role.REVIEWER, tree.root)
    calendar.set_month(cycle=cycle, settings=settings(review_day=12), version=1, by=other, now=at(3))
    page = reverse("evaluations:edit_month", args=[cycle.pk])
    answer = reviewer.post(page, month_form(tree, review_day="18"))
    assert answer.status_code == 409
    assert (answer.context["stored"][1][1], answer.context["form"]["review_day"].value()) == (12, "18")
    again = month_form(tree, review_day="18", version=answer.context["form"]["version"].value())
    assert reviewer.post(page, again).status_code == 302
    assert Cycle.objects.get().review_day == 18
