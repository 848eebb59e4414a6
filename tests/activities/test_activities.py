"""Who sees and records activities, and is nothing lost when two people write at once?"""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from django.urls import reverse
from django.utils import timezone

from activities.models import Activity, Attendance
from activities.queries import academic_year, hours_by_member, recorded_between
from activities.services import AttendanceRefused, Mark, StaleActivity, edit_activity, record_activity, set_attendance
from branchportal.models import AuditEntry
from members.models import Member
from members.roles import Role
from tests.factories import make_branch_tree, make_member, make_members, make_user, sign_in

pytestmark = pytest.mark.django_db

ENTRY = UUID("00000000-0000-4000-8000-000000000001")
PAYLOAD = '<script>alert("x")</script>'
PRESENT, EXCUSED, ABSENT = Attendance.State


@pytest.fixture
def tree():
    return make_branch_tree()


@pytest.fixture
def secretary(tree):
    return make_user(Role.SECRETARY, tree.b1)


def make_activity(branch, *, title="共读一本书", starts_at=None, hours="2.0", owner=None):
    starts_at = starts_at or timezone.now() - timedelta(days=2)
    return Activity.objects.create(
        branch=branch, kind=Activity.Kind.STUDY, title=title, starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2), hours=Decimal(hours), owner=owner,
    )  # fmt: skip


def mark(activity, member, state=PRESENT, hours="2.0"):
    return Attendance.objects.create(
        activity=activity, member=member, state=state, hours=Decimal(hours if state == PRESENT else "0")
    )


def form_values(owner, **changed):
    return {
        "entry": str(ENTRY), "kind": "theme_day", "title": "参观校史馆", "place": "校史馆", "day": "2026-11-06",
        "begins": "18:30", "ends": "20:00", "hours": "", "owner": owner.pk, **changed,
    }  # fmt: skip


# --- Reading


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_asks_the_same_queries_for_one_and_for_thirty(
    client, tree, secretary, django_assert_num_queries, count
):
    person = make_member(tree.b1)
    for number in range(count):
        mark(make_activity(tree.b1, title=f"第{number}次"), person)
    sign_in(client, secretary)
    with django_assert_num_queries(8):
        response = client.get(reverse("activities:activities"))
    assert len(response.context["activities"]) == count


@pytest.mark.parametrize("count", [1, 30])
def test_the_sheet_asks_the_same_queries_for_one_and_for_thirty(
    client, tree, secretary, django_assert_num_queries, count
):
    activity = make_activity(tree.b1)
    for person in make_members(tree.b1, count):
        mark(activity, person)
    sign_in(client, secretary)
    with django_assert_num_queries(9):
        response = client.get(reverse("activities:activity", args=[activity.pk]))
    assert len(response.context["lines"]) == count


def test_the_newest_come_first_and_filters_narrow(client, tree, secretary):
    now = timezone.now()
    old, new = (
        make_activity(tree.b1, title="旧的", starts_at=now - timedelta(days=9)),
        make_activity(tree.b1, title="新的"),
    )
    coming = make_activity(tree.b1, title="将来的", starts_at=now + timedelta(days=3))
    make_activity(tree.b2, title="别的支部的")
    sign_in(client, secretary)

    def shown(**filters):
        response = client.get(reverse("activities:activities"), filters)
        return [activity for activity, _sees_everybody in response.context["activities"]]

    assert shown() == [coming, new, old]
    assert shown(when="coming") == [coming]
    assert shown(q="旧") == [old]
    assert shown(kind="duty") == []
    assert shown(page="99", when="nonsense") == [coming, new, old]


def test_members_see_their_own_attendance_and_nobody_elses(client, tree):
    member = make_user(Role.MEMBER, tree.b1, name="赵明远")
    other = make_member(tree.b1, name="钱子涵")
    activity = make_activity(tree.b1)
    mark(activity, member.member, hours="1.5")
    mark(activity, other, ABSENT)
    sign_in(client, member)
    page = client.get(reverse("activities:activity", args=[activity.pk]))
    assert (page.context["lines"], page.context["own"].state) == ([], "present")
    assert "钱子涵" not in page.content.decode()
    listed = client.get(reverse("activities:activities"))
    assert listed.context["own_hours"] == (Decimal("1.5") if activity.starts_at.date() >= _year()[0] else 0)
    assert "1/2" not in listed.content.decode()


def test_others_branches_do_not_exist_and_members_record_nothing(client, tree, secretary):
    activity, elsewhere = make_activity(tree.b1), make_activity(tree.b2)
    addresses = [reverse(f"activities:{name}", args=[elsewhere.pk]) for name in ("activity", "edit")]
    sign_in(client, secretary)
    assert [client.get(address).status_code for address in addresses] == [404, 404]
    assert client.post(reverse("activities:attendance", args=[elsewhere.pk])).status_code == 404
    assert client.get(reverse("activities:add"), {"branch": "B002"}).status_code == 404
    for role in (Role.MEMBER, Role.ORGANISATION_COMMISSIONER, Role.COUNSELOR, Role.CLASS_CONTACT):
        sign_in(client, make_user(role, tree.b3 if role == Role.COUNSELOR else tree.b1))
        answers = [
            client.get(reverse("activities:add")),
            client.get(reverse("activities:edit", args=[activity.pk])),
            client.post(reverse("activities:attendance", args=[activity.pk])),
        ]
        assert [answer.status_code for answer in answers] == [403, 403, 403]
    sign_in(client, make_user(Role.ADMINISTRATOR, tree.root))
    assert client.get(reverse("activities:activities")).status_code == 403


def test_whoever_is_not_signed_in_comes_to_the_log_in(client, tree):
    activity = make_activity(tree.b1)
    for name, arguments in (("activities", []), ("add", []), ("activity", [activity.pk]), ("edit", [activity.pk])):
        address = reverse(f"activities:{name}", args=arguments)
        assert client.get(address)["Location"] == f"/login/?next={address}"


def test_the_review_card_counts_whole_days_in_shanghai_and_only_presence(tree):
    member = make_member(tree.b1)
    late_on_the_first = make_activity(tree.b1, starts_at=datetime(2026, 10, 15, 16, 0, tzinfo=UTC))  # 16 October, 0:00
    late_on_the_last = make_activity(tree.b1, starts_at=datetime(2026, 11, 15, 15, 59, tzinfo=UTC))
    before = make_activity(tree.b1, starts_at=datetime(2026, 10, 15, 15, 59, tzinfo=UTC))
    after = make_activity(tree.b1, starts_at=datetime(2026, 11, 15, 16, 0, tzinfo=UTC))
    missed = make_activity(tree.b1, starts_at=datetime(2026, 11, 1, 2, 0, tzinfo=UTC))
    for activity in (late_on_the_first, late_on_the_last, before, after):
        mark(activity, member)
    mark(missed, member, ABSENT)
    found = recorded_between(member, date(2026, 10, 16), date(2026, 11, 15))
    assert [attendance.activity for attendance in found] == [late_on_the_last, late_on_the_first]
    assert hours_by_member([member], date(2026, 10, 16), date(2026, 11, 15)) == {member.pk: Decimal("4.0")}


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        (date(2026, 8, 31), date(2025, 9, 1), date(2026, 8, 31)),
        (date(2026, 9, 1), date(2026, 9, 1), date(2027, 8, 31)),
    ],
)
def test_an_academic_year_begins_in_september(day, first, last):
    assert academic_year(day) == (first, last)


# --- Recording


def test_a_form_sent_twice_records_one_activity(client, tree, secretary):
    owner = make_member(tree.b1)
    sign_in(client, secretary)
    answers = [client.post(reverse("activities:add"), form_values(owner)) for _time in range(2)]
    activity = Activity.objects.get()
    assert {answer["Location"] for answer in answers} == {reverse("activities:activity", args=[activity.pk])}
    assert (activity.branch, activity.hours, activity.owner) == (tree.b1, Decimal("1.5"), owner)
    assert activity.starts_at == datetime(2026, 11, 6, 10, 30, tzinfo=UTC)
    assert [entry.action for entry in AuditEntry.objects.all()] == ["activity.recorded"]


@pytest.mark.parametrize(
    ("changed", "fields"),
    [
        ({"title": " \u200b "}, ["title"]),
        ({"day": "6.11.2026"}, ["day"]),
        ({"day": "0026-11-06"}, ["day"]),
        ({"ends": "18:30"}, ["ends"]),
        ({"hours": "25"}, ["hours"]),
        ({"hours": "1.25"}, ["hours"]),
        ({"kind": "party"}, ["kind"]),
        ({"entry": "x"}, ["entry"]),
    ],
)
def test_bad_input_names_the_field_and_stores_nothing(client, tree, secretary, changed, fields):
    owner = make_member(tree.b1)
    response = sign_in(client, secretary).post(reverse("activities:add"), form_values(owner, **changed))
    assert list(response.context["form"].errors) == fields
    assert not Activity.objects.exists()


def test_somebody_of_another_branch_can_not_be_responsible(client, tree, secretary):
    stranger = make_member(tree.b2)
    response = sign_in(client, secretary).post(reverse("activities:add"), form_values(stranger))
    assert list(response.context["form"].errors) == ["owner"]


def test_whoever_looks_after_several_branches_is_asked_which(client, tree):
    secretary = make_user(Role.SECRETARY, tree.first)
    sign_in(client, secretary)
    assert [branch.code for branch in client.get(reverse("activities:add")).context["branches"]] == [
        "B001",
        "B002",
        "B003",
    ]
    owner = make_member(tree.b2)
    client.post(reverse("activities:add") + "?branch=B002", form_values(owner))
    assert Activity.objects.get().branch == tree.b2


def test_the_second_editor_sees_what_differs_and_keeps_his_words(client, tree, secretary):
    owner = make_member(tree.b1)
    activity = make_activity(tree.b1, owner=owner)
    sign_in(client, secretary)
    mine = form_values(owner, version=1, title="我的标题", hours="2")
    edit_activity(activity=activity, version=1, values={"title": "别人的标题"}, by=secretary)
    response = client.post(reverse("activities:edit", args=[activity.pk]), mine)
    assert response.status_code == 409
    assert ("别人的标题", "我的标题") in [(now, typed) for _label, now, typed in response.context["differences"]]
    assert 'value="我的标题"' in response.content.decode()
    again = client.post(reverse("activities:edit", args=[activity.pk]), {**mine, "version": 2})
    assert again.status_code == 302
    activity.refresh_from_db()
    assert (activity.title, activity.version) == ("我的标题", 3)


def test_the_same_edit_twice_is_one_change(tree, secretary):
    activity = make_activity(tree.b1)
    for _time in range(2):
        edit_activity(activity=activity, version=1, values={"title": "新"}, by=secretary)
    activity.refresh_from_db()
    assert (activity.title, activity.version, AuditEntry.objects.count()) == ("新", 2, 1)


# --- Attendance


def test_a_whole_branch_is_recorded_in_one_form(client, tree, secretary):
    first, second, third = make_members(tree.b1, 3)
    activity = make_activity(tree.b1)
    data = {
        "version": 1, f"state-{first.pk}": "present", f"hours-{first.pk}": "",
        f"state-{second.pk}": "present", f"hours-{second.pk}": "0.5",
        f"state-{third.pk}": "excused", f"hours-{third.pk}": "2",
    }  # fmt: skip
    sign_in(client, secretary)
    for _time in range(2):
        assert client.post(reverse("activities:attendance", args=[activity.pk]), data).status_code == 302
    stored = {one.member: (one.state, one.hours) for one in Attendance.objects.select_related("member")}
    assert stored == {
        first: ("present", Decimal("2.0")), second: ("present", Decimal("0.5")), third: ("excused", Decimal(0)),
    }  # fmt: skip
    assert [entry.action for entry in AuditEntry.objects.all()] == ["activity.attendance"]


def test_people_of_other_branches_can_not_be_marked(client, tree, secretary):
    stranger = make_member(tree.b2)
    activity = make_activity(tree.b1)
    sign_in(client, secretary).post(
        reverse("activities:attendance", args=[activity.pk]), {"version": 1, f"state-{stranger.pk}": "absent"}
    )
    assert not Attendance.objects.exists()


def test_wrong_hours_are_named_and_nothing_is_lost(client, tree, secretary):
    first, second = make_members(tree.b1, 2)
    activity = make_activity(tree.b1)
    data = {
        "version": 1, f"state-{first.pk}": "present", f"hours-{first.pk}": "many", f"state-{second.pk}": "absent",
    }  # fmt: skip
    response = sign_in(client, secretary).post(reverse("activities:attendance", args=[activity.pk]), data)
    lines = {
        line["row"].member: (line["state"], line["hours"], bool(line["error"])) for line in response.context["lines"]
    }
    assert response.status_code == 422
    assert lines == {first: ("present", "many", True), second: ("absent", "", False)}
    assert not Attendance.objects.exists()


def test_the_second_recorder_keeps_his_marks_and_sees_the_others(client, tree, secretary):
    member = make_member(tree.b1)
    activity = make_activity(tree.b1)
    now = timezone.now()
    other = make_user(Role.DEPUTY_SECRETARY, tree.b1)
    set_attendance(activity=activity, version=1, marks={member.pk: Mark(EXCUSED, Decimal(0))}, by=other, now=now)
    address = reverse("activities:attendance", args=[activity.pk])
    data = {"version": 1, f"state-{member.pk}": "present", f"hours-{member.pk}": "1"}
    response = sign_in(client, secretary).post(address, data)
    line = response.context["lines"][0]
    assert (response.status_code, line["state"], line["differs"], line["row"].state) == (
        409,
        "present",
        True,
        "excused",
    )
    assert Attendance.objects.get().state == "excused"
    client.post(address, {**data, "version": response.context["activity"].version})
    assert (Attendance.objects.get().state, Attendance.objects.get().hours) == ("present", Decimal(1))


def test_nothing_is_recorded_before_it_begins(tree, secretary):
    member = make_member(tree.b1)
    activity = make_activity(tree.b1, starts_at=datetime(2026, 11, 20, 10, 0, tzinfo=UTC))
    marks = {member.pk: Mark(PRESENT, Decimal(2))}
    just_before = datetime(2026, 11, 20, 9, 59, 59, tzinfo=UTC)
    with pytest.raises(AttendanceRefused):
        set_attendance(activity=activity, version=1, marks=marks, by=secretary, now=just_before)
    assert not Attendance.objects.exists()
    set_attendance(activity=activity, version=1, marks=marks, by=secretary, now=just_before + timedelta(seconds=1))
    assert Attendance.objects.count() == 1


def test_a_stale_version_never_overwrites(tree, secretary):
    member = make_member(tree.b1)
    activity = make_activity(tree.b1)
    now = timezone.now()
    set_attendance(activity=activity, version=1, marks={member.pk: Mark(ABSENT, Decimal(0))}, by=secretary, now=now)
    with pytest.raises(StaleActivity):
        set_attendance(activity=activity, version=1, marks={member.pk: None}, by=secretary, now=now)
    assert Attendance.objects.get().state == "absent"


def test_marks_can_be_taken_back(tree, secretary):
    member = make_member(tree.b1)
    activity = make_activity(tree.b1)
    mark(activity, member, ABSENT)
    set_attendance(activity=activity, version=1, marks={member.pk: None}, by=secretary, now=timezone.now())
    assert not Attendance.objects.exists()


def test_only_those_who_belonged_on_that_day_stand_on_the_sheet(client, tree, secretary):
    day = timezone.localdate() - timedelta(days=2)
    there = make_member(tree.b1)
    make_member(tree.b1, joined_on=day + timedelta(days=1))
    make_member(tree.b1, ended_on=day, end_reason=Member.EndReason.GRADUATED)
    left_later = make_member(tree.b1, ended_on=day + timedelta(days=1), end_reason=Member.EndReason.GRADUATED)
    activity = make_activity(tree.b1)
    response = sign_in(client, secretary).get(reverse("activities:activity", args=[activity.pk]))
    assert {line["row"].member for line in response.context["lines"]} == {there, left_later}


def test_markup_in_texts_stays_text(client, tree, secretary):
    owner = make_member(tree.b1, name=PAYLOAD, class_name=PAYLOAD)
    activity = record_activity(
        branch=tree.b1,
        entry=ENTRY,
        values={
            "kind": "other", "title": PAYLOAD, "place": PAYLOAD, "hours": Decimal(1), "owner": owner,
            "starts_at": timezone.now() - timedelta(days=1), "ends_at": timezone.now(),
        },
        by=secretary,
    )  # fmt: skip
    sign_in(client, secretary)
    for address in (
        reverse("activities:activities"),
        reverse("activities:activity", args=[activity.pk]),
        reverse("activities:edit", args=[activity.pk]),
    ):
        text = client.get(address).content.decode()
        assert PAYLOAD not in text
        assert "&lt;script&gt;" in text


def _year():
    return academic_year(timezone.localdate())
