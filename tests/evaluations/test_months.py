"""Does every month open, fall due and close once in every branch, however late or often the clock ticks?"""

from __future__ import annotations

from datetime import date, datetime
from threading import Barrier

import pytest
from django.utils import translation

from branchportal.messages import text_of
from branchportal.models import JobRun, Notification
from evaluations import tasks
from evaluations.deadlines import SHANGHAI
from evaluations.models import Cycle, CycleDeadline, CycleEvent, Due, SelfReview
from evaluations.queries import months as queries
from evaluations.refusals import Refused
from evaluations.services import months
from members.models import FormerMembership, Member
from members.roles import Role
from members.stages import Stage
from tests.factories import make_branch_tree, make_member, make_user
from tests.parallel import at_once

pytestmark = pytest.mark.django_db

NOVEMBER = date(2026, 11, 1)
OPENING = datetime(2026, 11, 1, 0, 0, 20, tzinfo=SHANGHAI)
Kind = CycleEvent.Kind


def at(day: int, hour: int = 12, *, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=SHANGHAI)


def advance(now: datetime) -> list[str]:
    closed = []
    months.advance(now=now, on_closed=lambda cycle, branch: closed.append(f"{branch.code} {cycle}"))
    return closed


def events(branch) -> list[str]:
    return list(CycleEvent.objects.filter(branch=branch).order_by("pk").values_list("kind", flat=True))


# --- The months are made -------------------------------------------------------------------------------------


def test_this_and_the_next_two_months_are_made_once(tree):
    months.ensure_months(now=at(3, month=6))
    months.ensure_months(now=at(3, month=6))
    made = list(Cycle.objects.order_by("month").values_list("committee__code", "month", "is_off"))
    assert made == [
        ("ROOT", date(2026, 6, 1), False),
        ("ROOT", date(2026, 7, 1), True),
        ("ROOT", date(2026, 8, 1), True),
    ]


def test_a_committee_starts_with_a_month_that_can_still_be_filed(tree):
    months.ensure_months(now=at(22))
    assert list(Cycle.objects.order_by("month").values_list("month", flat=True)) == [
        date(2026, 12, 1),
        date(2027, 1, 1),
    ]


def test_a_new_month_is_set_like_the_one_before(tree):
    october = Cycle.objects.create(
        committee=tree.root, month=date(2026, 10, 1), review_day=12, rating_day=18, scale="points",
        filing_stages=["activist"],
    )  # fmt: skip
    CycleDeadline.objects.create(cycle=october, branch=tree.second, review_day=20, rating_day=25)
    november = months.ensure_month(committee=tree.root, month=NOVEMBER)
    assert (november.review_day, november.rating_day, november.scale, november.filing_stages, november.is_off) == (
        12, 18, "points", ["activist"], False,
    )  # fmt: skip
    assert list(november.deadlines.values_list("branch__code", "review_day", "rating_day")) == [("GB2", 20, 25)]


# --- Windows -------------------------------------------------------------------------------------------------


def test_the_nearest_own_days_hold(tree):
    cycle = months.ensure_month(committee=tree.root, month=NOVEMBER)
    CycleDeadline.objects.create(cycle=cycle, branch=tree.first, review_day=12, rating_day=16)
    CycleDeadline.objects.create(cycle=cycle, branch=tree.b2, review_day=18, rating_day=24)
    windows = queries.windows_of(cycle, [tree.b1, tree.b2, tree.b4])
    assert {pk: (window.review_day, window.rating_day) for pk, window in windows.items()} == {
        tree.b1.pk: (12, 16),
        tree.b2.pk: (18, 24),
        tree.b4.pk: (15, 20),
    }
    moment = datetime(2026, 11, 12, 23, 59, 59, 999999, tzinfo=SHANGHAI)
    assert [windows[branch.pk].accepts_reviews(moment) for branch in (tree.b1, tree.b2, tree.b4)] == [True] * 3
    late = datetime(2026, 11, 13, tzinfo=SHANGHAI)
    assert [windows[branch.pk].accepts_reviews(late) for branch in (tree.b1, tree.b2, tree.b4)] == [False, True, True]


def test_windows_of_many_branches_take_one_query(tree, django_assert_num_queries):
    cycle = months.ensure_month(committee=tree.root, month=NOVEMBER)
    with django_assert_num_queries(1):
        queries.windows_of(cycle, [tree.b1, tree.b2, tree.b3, tree.b4])


# --- Opening -------------------------------------------------------------------------------------------------


def people_of_every_kind(tree) -> dict[str, Member]:
    """Who is due in B001 on 1 November, and everybody who might be by mistake."""
    moved = make_member(tree.b2, name="moved away on the 9th", joined_on=date(2026, 11, 9))
    FormerMembership.objects.create(member=moved, branch=tree.b1, joined_on=date(2024, 9, 2), left_on=date(2026, 11, 9))
    moved_before = make_member(tree.b2, name="moved away on the 1st", joined_on=NOVEMBER)
    FormerMembership.objects.create(member=moved_before, branch=tree.b1, joined_on=date(2024, 9, 2), left_on=NOVEMBER)
    ended = {"end_reason": Member.EndReason.GRADUATED}
    make_member(tree.b1, name="activist", stage=Stage.ACTIVIST)
    make_member(tree.b1, name="full", stage=Stage.FULL)
    make_member(tree.b1, name="joined that day", joined_on=NOVEMBER)
    make_member(tree.b1, name="joined later", joined_on=date(2026, 11, 2))
    make_member(tree.b1, name="ended that day", ended_on=NOVEMBER, **ended)
    make_member(tree.b1, name="ended later", ended_on=date(2026, 11, 2), **ended)
    make_member(tree.b1, name="teacher", kind=Member.Kind.TEACHER, stage=Stage.FULL)
    make_member(tree.b1, name="applicant", stage=Stage.APPLICANT)
    make_member(tree.b1, name="activist since the 5th", stage=Stage.ACTIVIST, activist_on=date(2026, 11, 5))
    return {member.name: member for member in Member.objects.all()}


DUE_IN_B1 = ["activist", "ended later", "full", "joined that day", "moved away on the 9th"]


@pytest.mark.parametrize("now", [OPENING, at(10), at(30)])
def test_due_are_those_who_belonged_on_the_opening_day_however_late_the_tick(tree, now):
    months.ensure_month(committee=tree.root, month=NOVEMBER)
    people_of_every_kind(tree)
    advance(now)
    due = Due.objects.filter(branch=tree.b1).order_by("member__name")
    assert list(due.values_list("member__name", flat=True)) == DUE_IN_B1
    assert list(Due.objects.filter(branch=tree.b2).values_list("member__name", flat=True)) == ["moved away on the 1st"]


def test_a_month_opens_once(tree):
    months.ensure_month(committee=tree.root, month=NOVEMBER)
    user = make_user(Role.MEMBER, tree.b1)
    for _tick in range(3):
        advance(OPENING)
    assert events(tree.b1) == [Kind.OPENED]
    assert Due.objects.count() == 1
    message = Notification.objects.get()
    assert (message.user, message.kind, message.key, message.url) == (
        user, "month_opened", "2026-11:B001", "/review/2026-11/",
    )  # fmt: skip
    assert message.context == {"month": "2026-11", "branch": tree.b1.name, "until": "2026-11-15"}
    with translation.override("en"):
        assert text_of(message) == "The self-review of November is open until 15 November, 23:59."


def test_a_branch_without_people_opens_when_it_has_some(tree):
    months.ensure_month(committee=tree.root, month=NOVEMBER)
    advance(OPENING)
    assert events(tree.b1) == []
    make_member(tree.b1)
    advance(at(5))
    assert (events(tree.b1), Due.objects.count()) == ([Kind.OPENED], 1)


def test_nothing_happens_in_a_month_that_is_off_or_has_not_begun(tree):
    make_member(tree.b1)
    months.ensure_month(committee=tree.root, month=NOVEMBER, is_off=True)
    months.ensure_month(committee=tree.root, month=date(2026, 12, 1))
    assert advance(at(30)) == []
    assert CycleEvent.objects.count() == 0


# --- Due and closed ------------------------------------------------------------------------------------------


def test_each_step_comes_at_its_hour_and_once(tree):
    months.ensure_month(committee=tree.root, month=NOVEMBER)
    make_member(tree.b1)
    secretary = make_user(Role.SECRETARY, tree.b1)
    make_user(Role.SECRETARY, tree.b2)
    steps = [
        (OPENING, [Kind.OPENED], []),
        (datetime(2026, 11, 15, 23, 59, 59, 999999, tzinfo=SHANGHAI), [Kind.OPENED], []),
        (datetime(2026, 11, 16, tzinfo=SHANGHAI), [Kind.OPENED, Kind.REVIEWS_DUE], []),
        (datetime(2026, 11, 20, 23, 59, 59, 999999, tzinfo=SHANGHAI), [Kind.OPENED, Kind.REVIEWS_DUE], []),
        (datetime(2026, 11, 21, tzinfo=SHANGHAI), [Kind.OPENED, Kind.REVIEWS_DUE, Kind.CLOSED], ["B001 2026-11"]),
        (at(22), [Kind.OPENED, Kind.REVIEWS_DUE, Kind.CLOSED], []),
    ]
    for now, expected, closed in steps:
        assert (advance(now), events(tree.b1)) == (closed, expected)
    told = Notification.objects.filter(user=secretary).order_by("kind")
    assert list(told.values_list("kind", "context__due", "url")) == [
        ("month_closed", 1, "/branches/B001/months/2026-11/"),
        ("reviews_due", 1, "/branches/B001/months/2026-11/"),
    ]
    assert Notification.objects.exclude(user=secretary).count() == 0
    with translation.override("en"):
        assert [text_of(message) for message in told] == [
            "November is closed in 本科生第一党支部: 0 of 1 were rated.",
            "Self-reviews of November have ended in 本科生第一党支部: 0 of 1 were filed.",
        ]


def test_own_days_of_a_general_branch_close_it_earlier(tree):
    cycle = months.ensure_month(committee=tree.root, month=NOVEMBER)
    CycleDeadline.objects.create(cycle=cycle, branch=tree.second, review_day=10, rating_day=12)
    make_member(tree.b1)
    make_member(tree.b4)
    assert advance(datetime(2026, 11, 13, tzinfo=SHANGHAI)) == ["B004 2026-11"]
    assert advance(at(25)) == ["B001 2026-11"]


def test_the_tick_enqueues_one_ranking_per_branch(tree, time_machine):
    months.ensure_month(committee=tree.root, month=NOVEMBER)
    make_member(tree.b1, stage=Stage.FULL)
    make_member(tree.b2, stage=Stage.FULL)
    time_machine.move_to(at(21), tick=False)
    tasks.tick()
    tasks.tick()
    wanted = JobRun.objects.filter(kind="compile_ranking", arguments__purpose="appraisal").order_by("branch__code")
    assert list(wanted.values_list("branch__code", "arguments__last", "requested_by")) == [
        ("B001", "2026-11", None),
        ("B002", "2026-11", None),
    ]


def test_a_closing_that_fails_leaves_nothing(tree):
    months.ensure_month(committee=tree.root, month=NOVEMBER)
    make_member(tree.b1)

    def fail(cycle, branch):
        raise RuntimeError

    months.advance(now=at(25), on_closed=fail)
    assert events(tree.b1) == [Kind.OPENED, Kind.REVIEWS_DUE]
    assert advance(at(25)) == ["B001 2026-11"]


def test_the_trouble_of_one_branch_does_not_hold_up_the_others(tree, caplog):
    months.ensure_month(committee=tree.root, month=NOVEMBER)
    for branch in (tree.b1, tree.b2, tree.b3):
        make_member(branch)
    closed = []

    def close(cycle, branch):
        if branch == tree.b2:
            raise RuntimeError("the rankings of this branch")
        closed.append(branch.code)

    months.advance(now=at(25), on_closed=close)

    assert closed == ["B001", "B003"]
    assert events(tree.b2) == [Kind.OPENED, Kind.REVIEWS_DUE]
    assert [record.getMessage() for record in caplog.records] == ["The month 2026-11 of B002 could not be moved on."]
    assert "the rankings of this branch" in caplog.text


def test_a_closed_month_takes_nothing_more(tree):
    cycle = months.ensure_month(committee=tree.root, month=NOVEMBER)
    make_member(tree.b1)
    months.hold_open(cycle=cycle, branch=tree.b1)
    advance(at(21))
    with pytest.raises(Refused):
        months.hold_open(cycle=cycle, branch=tree.b1)


@pytest.mark.django_db(transaction=True)
def test_many_ticks_at_once_do_everything_once():
    tree = make_branch_tree()
    months.ensure_month(committee=tree.root, month=NOVEMBER)
    for branch in (tree.b1, tree.b2):
        make_user(Role.MEMBER, branch)
        make_user(Role.SECRETARY, branch)
    closed = []

    def tick() -> None:
        months.advance(now=at(21), on_closed=lambda _cycle, branch: closed.append(branch.code))

    at_once([tick] * 8)
    assert (sorted(closed), CycleEvent.objects.count(), Due.objects.count()) == (["B001", "B002"], 6, 2)
    assert Notification.objects.count() == 4


@pytest.mark.django_db(transaction=True)
def test_control_ticks_that_only_look_before_they_act_close_twice():
    """The twin without the unique row as a gate: it must go wrong, or the test above proves nothing."""
    tree = make_branch_tree()
    cycle = months.ensure_month(committee=tree.root, month=NOVEMBER)
    looked, closed = Barrier(8), []

    def careless() -> None:
        seen = CycleEvent.objects.filter(cycle=cycle, branch=tree.b1, kind=Kind.CLOSED).exists()
        looked.wait(timeout=60)
        if not seen:
            closed.append(tree.b1.code)

    at_once([careless] * 8)
    assert len(closed) == 8


# --- Progress ------------------------------------------------------------------------------------------------


def test_progress_counts_those_who_were_due(tree, django_assert_num_queries):
    cycle = months.ensure_month(committee=tree.root, month=NOVEMBER)
    filed, typing, missing = [make_member(tree.b1, name=name) for name in ("filed", "typing", "missing")]
    elsewhere = make_member(tree.b2, name="elsewhere")
    advance(OPENING)
    later = make_member(tree.b1, name="later", joined_on=date(2026, 11, 3))
    points = dict.fromkeys(("thought", "study", "life", "work", "conduct"), 85)
    for member in (filed, later, elsewhere):
        SelfReview.objects.create(cycle=cycle, member=member, branch=member.branch, submitted_at=at(4), **points)
    SelfReview.objects.create(cycle=cycle, member=typing, branch=tree.b1, draft={"points": {}, "notes": {}})
    with django_assert_num_queries(1):
        progress = queries.progress_by_branch(cycle, [tree.b1, tree.b2, tree.b3])
    assert progress == {
        tree.b1.pk: queries.Progress(due=3, filed=1, rated=0),
        tree.b2.pk: queries.Progress(due=1, filed=1, rated=0),
        tree.b3.pk: queries.Progress(),
    }
    assert set(queries.missing_members(cycle, tree.b1)) == {typing, missing}
    assert queries.progress_of(cycle, tree.b1).missing == 2


def test_the_current_month_is_that_of_shanghai(tree):
    november = months.ensure_month(committee=tree.root, month=NOVEMBER)
    other = make_branch_tree("X")
    months.ensure_month(committee=other.root, month=NOVEMBER)
    assert queries.current_cycle(tree.b1, datetime(2026, 11, 1, tzinfo=SHANGHAI)) == november
    assert queries.current_cycle(tree.b1, datetime(2026, 10, 31, 23, 59, tzinfo=SHANGHAI)) is None
    assert queries.next_cycle(tree.b1, datetime(2026, 10, 31, 23, 59, tzinfo=SHANGHAI)) == november
