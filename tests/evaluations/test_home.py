"""Does everybody find on the home page what waits, and only what is his?"""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from lxml import html

from activities.models import Activity
from branchportal.models import AuditEntry
from evaluations.models import BranchReview, Cycle, CycleDeadline, Due, ReviewAnswer, ScoringScheme, SelfReview
from evaluations.purposes import Purpose
from evaluations.services import review_answers
from members.models import Absence, CorrectionRequest
from members.roles import Role
from tests.factories import activity_kind, make_branch_tree, make_member, make_members, make_user, sign_in

pytestmark = pytest.mark.django_db

FILING = datetime(2026, 11, 12, 4, tzinfo=UTC)
POINTS = {"thought": 85, "study": 85, "life": 85, "work": 85, "conduct": 85}


@pytest.fixture
def tree(time_machine):
    time_machine.move_to(FILING)
    return make_branch_tree()


@pytest.fixture
def cycle(tree):
    return Cycle.objects.create(committee=tree.root, month=date(2026, 11, 1))


def due(cycle, member):
    Due.objects.create(cycle=cycle, member=member, branch=member.branch)
    return member


def home(client, user):
    sign_in(client, user)
    return client.get(reverse("evaluations:home"))


def test_a_member_is_led_to_the_card_in_one_click(client, tree, cycle):
    user = make_user(Role.MEMBER, tree.b1)
    page = home(client, user)
    assert page.context["own"]["month"].days_left == 4
    assert (
        page.content.decode().count(f'href="{reverse("evaluations:review_card")}"') == 3
    )  # menu, main button, deadline


def test_who_moved_to_another_branch_reads_the_deadline_of_the_card(client, tree, cycle):
    user = make_user(Role.MEMBER, tree.b1)
    Due.objects.create(cycle=cycle, member=user.member, branch=tree.b2)
    CycleDeadline.objects.create(cycle=cycle, branch=tree.b2, review_day=20, rating_day=25)

    assert home(client, user).context["own"]["month"].days_left == 9


def test_a_filed_card_is_shown_as_filed(client, tree, cycle):
    user = make_user(Role.MEMBER, tree.b1)
    SelfReview.objects.create(cycle=cycle, member=user.member, branch=tree.b1, submitted_at=FILING, **POINTS)
    assert home(client, user).context["own"]["month"].card.state == "submitted"


def test_the_secretary_sees_who_is_missing_in_the_own_branch_only(client, tree, cycle):
    for member in make_members(tree.b1, 3):
        due(cycle, member)
    for member in make_members(tree.b2, 5):
        due(cycle, member)
    page = home(client, make_user(Role.SECRETARY, tree.b1))
    (item,) = page.context["branches"]
    assert (item["month"].progress.due, item["month"].progress.missing, item["month"].progress.unrated) == (3, 3, 3)
    assert [(line["todo"].text, line["todo"].last_day.day, line["days_left"]) for line in page.context["todos"]] == [
        ("3 人未填自评", 15, 4),
        ("3 人尚无支部总评", 20, 9),
    ]


def test_who_was_handed_a_review_back_is_named_apart_to_who_reads_reviews(client, tree, cycle):
    missing, returned, elsewhere = (make_member(branch, name=name) for branch, name in (
        (tree.b1, "甲未交"), (tree.b1, "乙退回"), (tree.b2, "丙别处"),
    ))  # fmt: skip
    for member in (missing, returned, elsewhere):
        review = SelfReview.objects.create(cycle=cycle, member=due(cycle, member), branch=member.branch)
        if member != missing:
            ReviewAnswer.objects.create(
                review=review, kind="return", text="请补充", at=FILING, submitted_at=FILING, words={}
            )
    make_user(Role.SECRETARY, tree.b1)  # else the commissioner would act as one
    for role, names in (
        (Role.DEPUTY_SECRETARY, (["甲未交"], ["乙退回"])), (Role.PUBLICITY_COMMISSIONER, (["乙退回", "甲未交"], [])),
    ):  # fmt: skip
        page = home(client, make_user(role, tree.b1))
        (item,) = page.context["branches"]
        assert (sorted(item["month"].missing), item["month"].returned) == names


def test_a_draft_of_a_scheme_waits_for_who_may_publish_it(client, tree, cycle):
    scheme = ScoringScheme.objects.create(
        branch=tree.root, purpose=Purpose.CANDIDATE, name="年度方案", version="1", document={},
        created_at=FILING - timedelta(days=3),
    )  # fmt: skip
    (line,) = home(client, make_user(Role.REVIEWER, tree.root)).context["todos"]
    assert (line["todo"].url, line["days_waited"]) == (reverse("evaluations:scheme", kwargs={"pk": scheme.pk}), 3)
    assert home(client, make_user(Role.COUNSELOR, tree.root)).context["todos"] == []
    assert home(client, make_user(Role.MEMBER, tree.b1)).context["todos"] == []


def test_saved_but_not_given_ratings_wait(client, tree, cycle):
    member = due(cycle, make_member(tree.b1))
    half = due(cycle, make_member(tree.b1))
    BranchReview.objects.create(cycle=cycle, member=member, branch=tree.b1, draft={"points": POINTS})
    BranchReview.objects.create(cycle=cycle, member=half, branch=tree.b1, draft={"points": {"thought": 85}})
    (item,) = home(client, make_user(Role.SECRETARY, tree.b1)).context["branches"]
    assert item["month"].not_given == 1


def test_a_counselor_sees_the_branches_in_scope_the_furthest_behind_first(client, tree, cycle):
    due(cycle, make_member(tree.b1))
    for member in make_members(tree.b2, 3):
        due(cycle, member)
    due(cycle, make_member(tree.b4))  # under the other general branch
    (scope,) = home(client, make_user(Role.COUNSELOR, tree.first)).context["scopes"]
    assert [line.branch for line, _ in scope["lines"]] == [tree.b2, tree.b1, tree.b3]


def test_the_administrator_sees_counts_and_nobody(client, tree, cycle):
    member = due(cycle, make_member(tree.b1))
    page = home(client, make_user(Role.ADMINISTRATOR, tree.root))
    assert page.context["operations"]["branches"] == 4
    assert member.name not in page.content.decode()


@pytest.mark.parametrize("people", [1, 30])
def test_the_home_page_costs_the_same_for_one_and_for_thirty(client, tree, cycle, people, django_assert_num_queries):
    for member in make_members(tree.b1, people):
        due(cycle, member)
    user = make_user(Role.SECRETARY, tree.b1)
    home(client, user)
    with django_assert_num_queries(13):
        client.get(reverse("evaluations:home"))


def test_a_reviewer_ticks_off_what_others_changed(client, tree, cycle, time_machine):
    reviewer, other = make_user(Role.REVIEWER, tree.first), make_user(Role.SECRETARY, tree.b1)
    AuditEntry.objects.all().delete()
    for action, by, branch, hours in (
        ("member.edited", other, tree.b1, 3),
        ("member.edited", other, tree.b1, 2),
        ("role.given", other, tree.b1, 1),
        ("member.edited", reviewer, tree.b1, 1),  # the own change
        ("member.edited", other, tree.b4, 1),  # below the other general branch
        ("self_review.submitted", other, tree.b1, 1),  # everyday
        ("member.edited", other, tree.b1, 24 * 31),  # too long ago
    ):
        AuditEntry.objects.create(action=action, actor=by, branch=branch, at=FILING - timedelta(hours=hours))
    changes = home(client, reviewer).context["changes"]
    assert [(group.action, group.count) for group in changes.groups] == [("role.given", 1), ("member.edited", 2)]
    assert changes.total == 3

    later = FILING + timedelta(minutes=1)
    AuditEntry.objects.create(action="role.ended", actor=other, branch=tree.b1, at=later)
    client.post(reverse("evaluations:changes_seen"), {"until": changes.until.isoformat()})
    time_machine.move_to(later + timedelta(minutes=1))
    left = client.get(reverse("evaluations:home")).context["changes"]
    assert [(group.action, group.count) for group in left.groups] == [("role.ended", 1)]


def test_seen_up_to_no_moment_is_refused(client, tree):
    sign_in(client, make_user(Role.REVIEWER, tree.first))
    for until in ("", "yesterday", "2026-11-12T04:00:00"):
        assert client.post(reverse("evaluations:changes_seen"), {"until": until}).status_code == 404


def test_what_waits_in_all_apps_stands_in_one_list(client, tree, cycle):
    secretary, member = make_user(Role.SECRETARY, tree.b1), make_member(tree.b1)
    other = make_member(tree.b2)
    for person in (member, other):
        CorrectionRequest.objects.create(
            member=person, field="name", old_value="甲", proposed_value="乙", reason="笔误",
            asked_at=FILING - timedelta(days=2),
        )  # fmt: skip
        Activity.objects.create(
            branch=person.branch, kind=activity_kind("general_meeting"), title="支部党员大会",
            starts_at=FILING - timedelta(days=6), ends_at=FILING - timedelta(days=6, hours=-1),
        )  # fmt: skip
    lines = home(client, secretary).context["todos"]
    assert [(line["todo"].text, line["days_waited"]) for line in lines] == [
        ("“支部党员大会”缺会议记录", 3),
        ("1 项信息更正申请待处理", 2),
    ]


def test_who_stands_in_reads_it_first(client, tree, cycle):
    secretary, deputy = make_user(Role.SECRETARY, tree.b1), make_user(Role.DEPUTY_SECRETARY, tree.b1)
    office = secretary.role_assignments.get()
    Absence.objects.create(
        office=office, stand_in=deputy, starts_on=FILING.date(), ends_on=FILING.date() + timedelta(days=3),
        entered_by=secretary,
    )  # fmt: skip
    assert f"您正在{tree.b1.name}代{secretary.name}履职" in home(client, deputy).content.decode()
    assert f"{deputy.name}在{tree.b1.name}代为履职" in home(client, secretary).content.decode()


def test_the_dates_are_those_of_the_own_branch_and_not_cancelled(client, tree, cycle):
    user = make_user(Role.MEMBER, tree.b1)
    for branch, days, more in (
        (tree.b1, 2, {}),
        (tree.b1, 3, {"cancelled_at": FILING, "cancelled_because": "场地占用"}),
        (tree.b1, -5, {}),  # this month, over
        (tree.b1, 16, {}),  # this month, too far ahead
        (tree.b2, 2, {}),
    ):
        begins = FILING + timedelta(days=days)
        Activity.objects.create(
            branch=branch, kind=activity_kind("study"), title=f"{branch.code} {days}", starts_at=begins,
            ends_at=begins + timedelta(hours=1), **more,
        )  # fmt: skip
    dates = home(client, user).context["dates"]
    assert [mark["text"] for mark in dates["marks"]] == ["B001 -5", "B001 2", "我的自评", "B001 16"]
    assert [(mark["text"], mark["kind"]) for mark in dates["next"]] == [
        ("B001 2", "activity"),
        ("我的自评", "deadline"),
    ]


def test_the_little_calendar_leads_to_the_months_beside_it(client, tree, cycle):
    page = html.fromstring(home(client, make_user(Role.MEMBER, tree.b1)).content)
    [turn] = page.find_class("month-turn")
    assert [(link.text_content().strip(), link.get("href")) for link in turn] == [
        ("2026年10月", "/activities/calendar/?month=2026-10"), ("2026年12月", "/activities/calendar/?month=2026-12"),
    ]  # fmt: skip


def test_a_month_full_of_activities_does_not_hide_what_comes_next(client, tree, cycle):
    user = make_user(Role.MEMBER, tree.b1)
    kind, an_hour = activity_kind("study"), timedelta(hours=1)
    begins = [FILING - timedelta(minutes=minutes) for minutes in range(1, 121)] + [FILING + timedelta(days=1)]
    Activity.objects.bulk_create(
        Activity(branch=tree.b1, kind=kind, title=str(place), starts_at=one, ends_at=one + an_hour)
        for place, one in enumerate(begins)
    )
    assert home(client, user).context["dates"]["next"][0]["text"] == "120"


def test_a_returned_card_says_why_and_what_to_do(client, tree, cycle):
    user = make_user(Role.MEMBER, tree.b1)
    review = SelfReview.objects.create(
        cycle=cycle, member=user.member, branch=tree.b1, submitted_at=FILING, saved_at=FILING, **POINTS
    )
    review_answers.return_review(
        review=review, submission=FILING, reason="请补充本月志愿服务", by=make_user(Role.SECRETARY, tree.b1), now=FILING
    )
    page = home(client, user).content.decode()
    assert "支部已退回：请补充本月志愿服务" in page
    assert "修改后重新提交" in page


def test_a_silent_branch_is_a_to_do_of_its_superior(client, tree, cycle):
    for branch in (tree.b1, tree.b2, tree.b4):  # the last lies below the other general branch
        due(cycle, make_member(branch))
    rated = due(cycle, make_member(tree.b2))
    BranchReview.objects.create(cycle=cycle, member=rated, branch=tree.b2, submitted_at=FILING, **POINTS)
    (line,) = home(client, make_user(Role.COUNSELOR, tree.first)).context["todos"]
    assert line["todo"].text == "2 个支部尚未完成总评，其中 1 个尚未开始"
    assert line["todo"].url == "/months/remind/?month=2026-11&committee=ROOT"


def test_a_given_rating_that_was_changed_hides_nobody_without_one(client, tree, cycle):
    given, bare = due(cycle, make_member(tree.b1)), due(cycle, make_member(tree.b1))
    BranchReview.objects.create(
        cycle=cycle, member=given, branch=tree.b1, submitted_at=FILING, draft={"points": POINTS}, **POINTS
    )
    SelfReview.objects.create(cycle=cycle, member=bare, branch=tree.b1, submitted_at=FILING, **POINTS)
    SelfReview.objects.create(cycle=cycle, member=given, branch=tree.b1, submitted_at=FILING, **POINTS)
    lines = home(client, make_user(Role.SECRETARY, tree.b1)).context["todos"]
    assert [line["todo"].text for line in lines if "评" in line["todo"].text][:2] == [
        "1 人的评分已保存、待提交", "1 人尚无支部总评",
    ]  # fmt: skip
