"""Are hours counted by audience and year, shown to the right people, and taken away in a workbook that adds up?"""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from urllib.parse import unquote

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from activities.models import Activity, ActivityKind, Attendance
from activities.queries.hours import Hours, academic_year, hours_by_audience, hours_by_member, hours_by_year
from activities.reports.hours import hours_workbook
from branchportal.models import AccessRecord
from members.models import Member
from members.roles import Role
from members.stages import Stage
from tests.activities.examples import ABSENT, make_activity, mark
from tests.factories import activity_kind, make_member, make_members, make_user, sign_in

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 10, 4, 0, tzinfo=UTC)
HOURS, DOWNLOAD = "/hours/", "/hours/hours.xlsx"


@pytest.fixture
def clock(time_machine):
    time_machine.move_to(NOW)


def make(branch, audience, when, *, hours="2.0", title="学习会"):
    activity = make_activity(branch, starts_at=when, hours=hours, title=title)
    Activity.objects.filter(pk=activity.pk).update(audience=audience)
    return activity


@pytest.fixture
def doings(tree):
    """One Party member, three audiences, two academic years."""
    member = make_member(
        tree.b1, name="赵明远", number="2023001", stage=Stage.PROBATIONARY, probationary_on=date(2025, 6, 1)
    )
    for audience, when, hours in (
        ("inside", datetime(2026, 8, 31, 15, 59, tzinfo=UTC), "3.0"),  # the last minute of August in Shanghai
        ("inside", datetime(2026, 8, 31, 16, 0, tzinfo=UTC), "1.5"),
        ("applicants", datetime(2026, 10, 8, 10, 0, tzinfo=UTC), "2.0"),
        ("open", datetime(2026, 10, 9, 10, 0, tzinfo=UTC), "0.5"),
    ):
        mark(make(tree.b1, audience, when, hours=hours), member, hours=hours)
    mark(make(tree.b1, "inside", datetime(2026, 10, 10, 10, 0, tzinfo=UTC)), member, ABSENT)
    return member


def at(month, day, hour):
    """As Excel knows it, without a time zone."""
    return datetime(2026, month, day, hour, tzinfo=UTC).replace(tzinfo=None)


def counted(hours):
    return [float(figure) for figure in hours.columns], float(hours.total), hours.times


def test_hours_are_counted_by_audience_and_year(tree, doings):
    year = academic_year(date(2026, 11, 10))
    assert counted(hours_by_audience([doings], *year)[doings.pk]) == ([1.5, 2, 0.5], 4, 3)
    years = [(first, counted(hours)) for first, hours in hours_by_year(doings).items()]
    assert years == [
        (date(2026, 9, 1), ([1.5, 2, 0.5], 4, 3)),
        (date(2025, 9, 1), ([3, 0, 0], 3, 1)),
    ]
    assert counted(Hours()) == ([0, 0, 0], 0, 0)


def test_kinds_that_do_not_count_add_nothing(tree, doings):
    ActivityKind.objects.filter(pk=activity_kind().pk).update(counts_hours=False)
    days = (date(2025, 9, 1), date(2027, 8, 31))
    assert (hours_by_audience([doings], *days), hours_by_member([doings], *days), hours_by_year(doings)) == ({}, {}, {})


def test_officers_see_their_people_and_nobody_elses(client, clock, tree, doings, secretary):
    elsewhere = make_member(tree.b2, name="钱子涵")
    make_member(tree.b1, name="走了的", ended_on=date(2026, 6, 30), end_reason=Member.EndReason.GRADUATED)
    page = sign_in(client, secretary).get(HOURS)
    assert [(person, counted(hours)) for person, hours, _awards in page.context["rows"]] == [
        (doings, ([1.5, 2, 0.5], 4, 3))
    ]
    last_year = client.get(HOURS, {"year": "2025"}).context["rows"]
    assert [hours.total for _person, hours, _awards in last_year] == [Decimal(3)]
    two_days = client.get(HOURS, {"first": "2026-10-08", "last": "2026-10-09"}).context["rows"]
    assert [hours.total for _person, hours, _awards in two_days] == [Decimal("2.5")]
    assert client.get(reverse("activities:person_hours", args=[elsewhere.pk])).status_code == 404
    assert client.get(reverse("activities:person_hours", args=[doings.pk])).status_code == 200
    assert [one.action for one in AccessRecord.objects.all()] == ["hours.viewed"]


@pytest.mark.parametrize("bad", [{"year": "9999999"}, {"first": "9999-12-31"}, {"last": "0001-01-01"}, {"page": "x"}])
def test_nonsense_in_the_address_means_this_year(client, clock, tree, doings, secretary, bad):
    page = sign_in(client, secretary).get(HOURS, bad)
    assert page.context["days"] == (date(2026, 9, 1), date(2027, 8, 31))


def test_one_sees_the_own_hours_with_what_was_corrected(client, clock, tree):
    member, other = (make_user(Role.MEMBER, tree.b1) for _ in range(2))
    mark(make(tree.b1, "inside", NOW - timedelta(days=3), title="自己的"), member.member)
    mark(make(tree.b1, "inside", NOW - timedelta(days=2), title="别人的"), other.member)
    page = sign_in(client, member).get(reverse("activities:my_hours"))
    assert ([one.activity.title for one in page.context["page_obj"]], page.context["is_own"]) == (["自己的"], True)
    assert "别人的" not in page.content.decode()
    assert not AccessRecord.objects.exists()


def test_the_workbook_adds_up(client, clock, tree, doings, secretary):
    nobody = make_member(tree.b1, name="安佳宁", number="2023000", stage=Stage.ACTIVIST)
    make_member(tree.b2, name="别处的人")
    answer = sign_in(client, secretary).get(DOWNLOAD)
    assert answer["Content-Disposition"].startswith("attachment")
    assert [(one.action, one.branch) for one in AccessRecord.objects.all()] == [("hours.downloaded", tree.b1)]
    book = load_workbook(BytesIO(answer.content))
    assert book.sheetnames == ["学时统计", "分类汇总", "说明"]
    rows = [[cell.value for cell in row] for row in book["学时统计"].iter_rows(min_row=3)]
    assert rows == [
        ["党支部", "学号", "姓名", "总学时", "活动名称", "活动时间", "学时", "身份"],
        [tree.b1.name, "2023000", "安佳宁", "=SUM(G4:G4)", None, None, None, "入党积极分子"],
        [tree.b1.name, "2023001", "赵明远", "=SUM(G5:G7)", "学习会", at(9, 1, 0), 1.5, "预备党员"],
        [tree.b1.name, "2023001", "赵明远", "=SUM(G5:G7)", "学习会", at(10, 8, 18), 2, "预备党员"],
        [tree.b1.name, "2023001", "赵明远", "=SUM(G5:G7)", "学习会", at(10, 9, 18), 0.5, "预备党员"],
    ]
    sums = [[cell.value for cell in row] for row in book["分类汇总"].iter_rows(min_row=4)]
    assert sums == [
        [tree.b1.name, "2023000", "安佳宁", 0, 0, 0, "=SUM(D4:F4)", 0],
        [tree.b1.name, "2023001", "赵明远", 1.5, 2, 0.5, "=SUM(D5:F5)", 3],
    ]
    assert nobody.pk


def test_the_workbook_follows_the_filters(client, clock, tree, doings, secretary):
    sign_in(client, make_user(Role.COUNSELOR, tree.first))
    make_member(tree.b2, name="钱子涵")
    book = load_workbook(BytesIO(client.get(DOWNLOAD, {"branch": "B002"}).content))
    assert [row[2].value for row in book["学时统计"].iter_rows(min_row=4)] == ["钱子涵"]
    book = load_workbook(BytesIO(client.get(DOWNLOAD, {"year": "2025"}).content))
    assert [row[6].value for row in book["学时统计"].iter_rows(min_row=4)] == [None, 3]


def test_a_workbook_of_nobody_is_one(tree):
    content = hours_workbook([], [], title="空", days=academic_year(date(2026, 11, 1)), today=date(2026, 11, 1))
    assert load_workbook(BytesIO(content))["学时统计"].max_row == 3


def test_a_ledger_of_trainings_with_their_attendance(client, clock, tree, secretary):
    training = make(tree.b1, "inside", NOW - timedelta(days=9), title="支委培训（一）")
    make(tree.b2, "inside", NOW - timedelta(days=9), title="别的支部的")
    Activity.objects.update(kind=activity_kind("committee_training"), guests=2)
    make(tree.b1, "inside", NOW - timedelta(days=8), title="不是培训")
    for person, state in zip(make_members(tree.b1, 4), ("present", "present", "excused", "absent"), strict=True):
        mark(training, person, state)
    sign_in(client, secretary)
    answer = client.get(reverse("activities:ledger"), {"kind": "committee_training", "when": "past"})
    assert unquote(answer["Content-Disposition"]).endswith(f"-{tree.b1.name}-{NOW.date()}.xlsx")
    sheet = load_workbook(BytesIO(answer.content))["活动台账"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3)]
    assert [(row[2], row[8], row[9:13]) for row in rows] == [("支委培训（一）", "=SUM(J3:L3)", [2, 1, 1, 2])]
    assert [(one.action, one.branch) for one in AccessRecord.objects.all()] == [("activity.downloaded", tree.b1)]


def test_a_ledger_is_narrowed_to_the_branch_that_the_list_shows(client, clock, tree):
    make(tree.first, "inside", NOW - timedelta(days=9), title="总支的")
    make(tree.b1, "inside", NOW - timedelta(days=9), title="支部的")
    sign_in(client, make_user(Role.COUNSELOR, tree.first))
    answer = client.get(reverse("activities:ledger"), {"branch": tree.first.code, "when": "past"})
    sheet = load_workbook(BytesIO(answer.content))["活动台账"]
    assert [row[2].value for row in sheet.iter_rows(min_row=3)] == ["总支的"]


@pytest.mark.parametrize(("count", "activities"), [(1, 1), (30, 1), (30, 170)])
def test_pages_ask_the_same_queries_however_much_there_is(
    client, clock, tree, secretary, django_assert_num_queries, count, activities
):
    """170 activities with 30 people are 5 100 rows of attendance."""
    people = make_members(tree.b1, count)
    several = Activity.objects.bulk_create(
        Activity(
            branch=tree.b1, kind=activity_kind(), title=str(number), hours=Decimal(1),
            starts_at=NOW - timedelta(hours=number + 2), ends_at=NOW - timedelta(hours=number + 1),
        )
        for number in range(activities)
    )  # fmt: skip
    Attendance.objects.bulk_create(
        [Attendance(activity=one, member=person, state="present", hours=1) for one in several for person in people]
    )
    sign_in(client, secretary)
    with django_assert_num_queries(8):
        client.get(HOURS)
    with django_assert_num_queries(8):
        client.get(reverse("activities:person_hours", args=[people[0].pk]))


def test_five_thousand_activities_of_one_person_cost_no_more(client, clock, tree, django_assert_num_queries):
    member = make_user(Role.MEMBER, tree.b1)
    kind = activity_kind()
    several = Activity.objects.bulk_create(
        Activity(
            branch=tree.b1, kind=kind, title=str(number), hours=Decimal(1), starts_at=NOW - timedelta(hours=number + 2),
            ends_at=NOW - timedelta(hours=number + 1),
        )
        for number in range(5_000)
    )  # fmt: skip
    Attendance.objects.bulk_create(
        [Attendance(activity=one, member=member.member, state="present", hours=1) for one in several]
    )
    sign_in(client, member)
    with django_assert_num_queries(6):
        page = client.get(reverse("activities:my_hours"))
    assert len(page.context["page_obj"]) == 50
    assert sum(hours.times for _first, _last, hours in page.context["years"]) == 5_000
    assert timezone.localdate() == date(2026, 11, 10)
