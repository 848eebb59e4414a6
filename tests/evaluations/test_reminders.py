"""Is everybody who is missing reminded in time, by whoever presses first, and never twice a day?"""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.db import connection
from django.urls import reverse

from branchportal.messages import text_of
from branchportal.models import AuditEntry, Notification
from evaluations.deadlines import SHANGHAI
from evaluations.models import BranchReview, Cycle, CycleDeadline, CycleEvent, Due, Reminder, SelfReview
from evaluations.models.answers import ReviewAnswer
from evaluations.models.months import LatePolicy
from evaluations.queries import reminders as queries
from evaluations.services import months, reminders
from members.models import Absence
from members.roles import Role
from tests.factories import make_member, make_user, sign_in
from tests.parallel import at_once

pytestmark = pytest.mark.django_db

NOVEMBER = date(2026, 11, 1)
POINTS = dict.fromkeys(("thought", "study", "life", "work", "conduct"), 85)


def at(day: int, hour: int = 12) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=SHANGHAI)


@pytest.fixture
def cycle(tree):
    cycle = Cycle.objects.create(committee=tree.root, month=NOVEMBER)
    for branch in (tree.b1, tree.b2):
        CycleEvent.objects.create(cycle=cycle, branch=branch, kind="opened", at=at(1))
    return cycle


@pytest.fixture
def secretary(tree):
    return make_user(Role.SECRETARY, tree.b1, name="书记")


def make_due(cycle, branch, name, *, account=True):
    """Somebody who is due, with a log-in or without."""
    member = make_user(Role.MEMBER, branch, name=name).member if account else make_member(branch, name=name)
    Due.objects.create(cycle=cycle, member=member, branch=branch)
    return member


def submit(model, cycle, member, *, day=5):
    return model.objects.create(cycle=cycle, member=member, branch=member.branch, submitted_at=at(day), **POINTS)


def send_back(review):
    review.submitted_at = None
    review.save()
    ReviewAnswer.objects.create(review=review, kind="return", text="请补充", at=at(6), submitted_at=at(5), words={})


def names(people) -> list[str]:
    return sorted(person.name for person in people)


def told() -> list[tuple[str, str, str]]:
    rows = Notification.objects.select_related("user").order_by("user__name", "pk")
    return [(row.user.name, row.kind, row.url) for row in rows]


# --- Who is missing ------------------------------------------------------------------------------------------


def test_who_filed_is_not_asked_and_who_has_no_log_in_is_named(tree, cycle):
    make_due(cycle, tree.b1, "未交")
    submit(SelfReview, cycle, make_due(cycle, tree.b1, "已交"))
    send_back(submit(SelfReview, cycle, make_due(cycle, tree.b1, "退回")))
    make_due(cycle, tree.b1, "无账号", account=False)
    make_due(cycle, tree.b2, "别的支部")
    missing = queries.missing_reviews(cycle, tree.b1, now=at(10))
    assert (names(missing.to_remind), names(missing.without_account), missing.already) == (
        ["未交", "退回"], ["无账号"], [],
    )  # fmt: skip


@pytest.mark.parametrize(("accepts_late", "asked"), [(False, ["退回"]), (True, ["未交", "退回"])])
def test_after_the_deadline_only_who_can_still_file_is_asked(tree, cycle, accepts_late, asked):
    make_due(cycle, tree.b1, "未交")
    send_back(submit(SelfReview, cycle, make_due(cycle, tree.b1, "退回")))
    LatePolicy.objects.create(branch=tree.b1, from_month=NOVEMBER, accepts_late=accepts_late, set_at=at(1))
    assert names(queries.missing_reviews(cycle, tree.b1, now=at(18)).to_remind) == asked
    assert queries.missing_reviews(cycle, tree.b1, now=at(21)).everybody == []


def test_other_officers_are_asked_for_ratings_and_nobody_for_his_own(tree, cycle, secretary):
    deputy = make_user(Role.DEPUTY_SECRETARY, tree.b1, name="副书记")
    make_user(Role.SECRETARY, tree.b2)
    own = make_member(tree.b1, user=deputy)
    Due.objects.create(cycle=cycle, member=own, branch=tree.b1)
    assert names(queries.missing_ratings(cycle, tree.b1, now=at(10)).to_remind) == ["书记"]
    make_due(cycle, tree.b1, "未评", account=False)
    missing = queries.missing_ratings(cycle, tree.b1, by=secretary, now=at(10))
    assert [(person.name, person.unrated) for person in missing.to_remind] == [("副书记", 2)]
    assert queries.missing_ratings(cycle, tree.b1, now=at(21)).everybody == []


def test_superiors_ask_secretaries_of_all_branches_or_who_acts(tree, cycle, secretary):
    acting = make_user(Role.DEPUTY_SECRETARY, tree.b2, name="代理")
    make_user(Role.DEPUTY_SECRETARY, tree.b1, name="副书记")
    make_user(Role.SECRETARY, tree.b3, name="无人待评")
    for branch in (tree.b1, tree.b2):
        make_due(cycle, branch, "未评", account=False)
    counselor = make_user(Role.COUNSELOR, tree.first)
    branches = [tree.b1, tree.b2, tree.b3]
    missing = queries.branches_without_ratings(cycle, branches, by=counselor, now=at(18))
    assert [(person.user, person.branch) for person in missing.to_remind] == [
        (secretary, tree.b1), (acting, tree.b2),
    ]  # fmt: skip


# --- An officer presses --------------------------------------------------------------------------------------


def test_who_stands_in_is_asked_and_told_beside_the_officer(tree, cycle, secretary):
    make_due(cycle, tree.b1, "未评", account=False)
    deputy, idle = (make_user(Role.MEMBER, tree.b1, name=name) for name in ("代理", "别人"))
    for stand_in, first, last in ((deputy, 9, 21), (idle, 1, 8)):
        Absence.objects.create(
            office=secretary.role_assignments.get(), stand_in=stand_in, starts_on=at(first).date(),
            ends_on=at(last).date(), entered_by=secretary,
        )  # fmt: skip
    counselor = make_user(Role.COUNSELOR, tree.first)
    asked = queries.branches_without_ratings(cycle, [tree.b1], by=counselor, now=at(10)).to_remind
    assert names(asked) == names(queries.missing_ratings(cycle, tree.b1, now=at(10)).to_remind) == ["书记", "代理"]
    months.mark_reviews_due(cycle=cycle, branch=tree.b1, now=at(16))
    assert set(Notification.objects.values_list("user", flat=True)) == {secretary.pk, deputy.pk}


def press(cycle, branch, by, *, now):
    return names(
        reminders.remind(missing=queries.missing_reviews(cycle, branch, now=now), branch=branch, by=by, now=now)
    )


def test_once_a_day_and_again_the_next_day(tree, cycle, secretary):
    make_due(cycle, tree.b1, "未交")
    assert press(cycle, tree.b1, secretary, now=at(10, 9)) == ["未交"]
    assert press(cycle, tree.b1, secretary, now=at(10, 23)) == []
    assert names(queries.missing_reviews(cycle, tree.b1, now=at(10, 23)).already) == ["未交"]
    assert press(cycle, tree.b1, secretary, now=at(11, 0)) == ["未交"]
    assert told() == [("未交", "review_missing", "/review/2026-11/")] * 2
    lines = AuditEntry.objects.filter(action="reminder.reviews").values_list("branch__code", "after")
    assert list(lines) == [("B001", {"people": ["未交"]})] * 2


def test_the_words_name_who_asks_and_until_when(tree, cycle, secretary):
    make_due(cycle, tree.b1, "未交")
    press(cycle, tree.b1, secretary, now=at(10))
    assert text_of(Notification.objects.get()) == "书记提醒您：您的11月自评尚未提交，11月15日 23:59 截止。"


def two_presses(cycle, branch, officers) -> list[int]:
    """How many messages and reminders stand after both saw the same page and pressed."""
    seen = queries.missing_reviews(cycle, branch, now=at(10))
    presses = iter([officers[0], officers[1]] * 4)
    at_once([lambda: reminders.remind(missing=seen, branch=branch, by=next(presses), now=at(10))] * 8)
    return [Notification.objects.count(), Reminder.objects.count()]


@pytest.fixture
def two_officers(transactional_db, tree, cycle, secretary):
    for name in ("一", "二", "三"):
        make_due(cycle, tree.b1, name)
    return [secretary, make_user(Role.DEPUTY_SECRETARY, tree.b1)]


def test_officers_who_press_at_once_send_one_message_each(tree, cycle, two_officers):
    assert two_presses(cycle, tree.b1, two_officers) == [3, 3]


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite lets one writer work at a time anyway")
def test_without_the_constraint_everybody_gets_several(tree, cycle, two_officers):
    """The control twin: the same with the constraint taken away."""
    [constraint] = Reminder._meta.constraints
    with connection.schema_editor() as editor:
        editor.remove_constraint(Reminder, constraint)
    try:
        assert two_presses(cycle, tree.b1, two_officers) == [24, 24]
    finally:
        Reminder.objects.all().delete()
        with connection.schema_editor() as editor:
            editor.add_constraint(Reminder, constraint)


# --- The clock -----------------------------------------------------------------------------------------------


def test_the_clock_reminds_three_days_and_one_day_before_once_each(tree, cycle):
    make_due(cycle, tree.b1, "未交")
    submit(SelfReview, cycle, make_due(cycle, tree.b1, "已交"))
    send_back(submit(SelfReview, cycle, make_due(cycle, tree.b1, "退回")))
    for moment in (at(11), at(12, 0), at(12), at(13), at(14, 0), at(15), at(16)):
        reminders.send_due(now=moment)
    url = "/review/2026-11/"
    assert told() == [
        ("未交", "review_missing", url), ("未交", "review_missing", url),
        ("退回", "review_missing", url), ("退回", "review_missing", url),
    ]  # fmt: skip


def test_after_two_days_down_only_the_nearest_is_sent(tree, cycle):
    make_due(cycle, tree.b1, "未交")
    reminders.send_due(now=at(14, 1))
    assert Notification.objects.count() == 1


def test_each_branch_has_its_own_days_and_a_moved_deadline_sends_nothing_twice(tree, cycle):
    make_due(cycle, tree.b1, "一支部")
    make_due(cycle, tree.b2, "二支部")
    own = CycleDeadline.objects.create(cycle=cycle, branch=tree.b2, review_day=13, rating_day=20)
    assert reminders.send_due(now=at(10)) == 1
    assert [name for name, _kind, _url in told()] == ["二支部"]
    own.review_day = 15
    own.save()
    reminders.send_due(now=at(12))
    assert [name for name, _kind, _url in told()] == ["一支部", "二支部"]
    reminders.send_due(now=at(14))
    assert [name for name, _kind, _url in told()] == ["一支部", "一支部", "二支部", "二支部"]


def test_officers_are_reminded_of_ratings_with_the_number(tree, cycle, secretary):
    submit(BranchReview, cycle, make_due(cycle, tree.b1, "已评", account=False))
    make_due(cycle, tree.b1, "未评", account=False)
    for moment in (at(17), at(18), at(19), at(20)):
        reminders.send_due(now=moment)
    assert [text_of(message) for message in Notification.objects.all()] == [
        "本科生第一党支部：11月还有 1 人没有支部总评，11月20日 23:59 截止。"
    ] * 2
    assert {message.url for message in Notification.objects.all()} == {"/branches/B001/months/2026-11/ratings/"}


@pytest.mark.parametrize("off", [True, False])
def test_a_month_switched_off_or_not_opened_reminds_nobody(tree, cycle, off):
    make_due(cycle, tree.b1, "未交")
    Cycle.objects.update(is_off=off)
    if not off:
        CycleEvent.objects.all().delete()
    assert (reminders.send_due(now=at(12)), Notification.objects.count()) == (0, 0)


def test_an_officers_press_and_the_clock_are_counted_apart(tree, cycle, secretary):
    make_due(cycle, tree.b1, "未交")
    press(cycle, tree.b1, secretary, now=at(12, 8))
    reminders.send_due(now=at(12, 9))
    assert press(cycle, tree.b1, secretary, now=at(12, 10)) == []
    assert Notification.objects.count() == 2


# --- Pages ---------------------------------------------------------------------------------------------------


def url(name, branch):
    return reverse(f"evaluations:{name}", kwargs={"code": branch.code, "month": NOVEMBER})


def test_the_page_shows_whom_and_what_and_sends_at_the_next_click(client, tree, cycle, secretary, time_machine):
    time_machine.move_to(at(10), tick=False)
    make_due(cycle, tree.b1, "单雨桐")
    make_due(cycle, tree.b1, "于知行", account=False)
    sign_in(client, secretary)
    page = client.get(url("remind_members", tree.b1))
    assert page.context["text"] == "书记提醒您：您的11月自评尚未提交，11月15日 23:59 截止。"
    assert page.context["list_text"] == "2026年11月自评还有 2 人未交：单雨桐、于知行。11月15日 23:59 截止。"
    assert not Notification.objects.exists()
    sent = client.post(url("remind_members", tree.b1), follow=True)
    assert sent.redirect_chain == [(url("month", tree.b1), 302)]
    assert "已提醒 1 人" in sent.content.decode()
    again = client.get(url("remind_members", tree.b1)).content.decode()
    assert "今天已提醒过" in again
    assert client.post(url("remind_members", tree.b1), follow=True).status_code == 200
    assert Notification.objects.count() == 1


def test_a_counselor_reminds_all_branches_in_scope_and_no_other(client, tree, cycle, secretary, time_machine):
    time_machine.move_to(at(18), tick=False)
    outside = make_user(Role.SECRETARY, tree.b4, name="外面")
    for branch in (tree.b1, tree.b4):
        make_due(cycle, branch, "未评", account=False)
    sign_in(client, make_user(Role.COUNSELOR, tree.first))
    client.post(reverse("evaluations:remind_branches"))
    assert list(Reminder.objects.values_list("user", flat=True)) == [secretary.pk]
    assert outside.notifications.count() == 0
    assert AuditEntry.objects.get(action="reminder.ratings").branch == tree.root
    for month in ("2026-13", "2030-01", "x"):
        assert client.get(reverse("evaluations:remind_branches"), {"month": month}).status_code == 404


def test_the_page_counts_what_the_to_do_counts(client, tree, cycle, secretary, time_machine):
    time_machine.move_to(at(18), tick=False)
    begun = make_due(cycle, tree.b2, "已评", account=False)
    BranchReview.objects.create(cycle=cycle, member=begun, branch=tree.b2, submitted_at=at(17), **POINTS)
    for branch in (tree.b1, tree.b2, tree.b4):
        make_due(cycle, branch, "未评", account=False)
    sign_in(client, make_user(Role.COUNSELOR, tree.first))
    (todo,) = client.get(reverse("evaluations:home")).context["todos"]
    page = client.get(todo["todo"].url)
    said = "2 个支部尚未完成总评，其中 1 个尚未开始"
    assert (todo["todo"].text, page.context["left"]) == (said, said)
    assert page.context["not_begun"] == {tree.b1.pk}


@pytest.mark.parametrize("people", [1, 30])
def test_the_page_costs_the_same_for_one_and_for_thirty(
    client, tree, cycle, secretary, people, time_machine, django_assert_num_queries
):
    time_machine.move_to(at(10))
    for number in range(people):
        make_due(cycle, tree.b1, f"成员{number}")
    sign_in(client, secretary)
    client.get(url("remind_members", tree.b1))
    with django_assert_num_queries(7):
        client.get(url("remind_members", tree.b1))
    with django_assert_num_queries(13):
        client.post(url("remind_members", tree.b1))
