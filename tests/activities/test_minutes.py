"""Are minutes kept without losing a word, confirmed by the right person, and fixed from then on?"""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from django.urls import reverse
from django.utils import timezone

from activities.models import Minutes, MinutesAddendum
from activities.queries.attendance import sheet
from activities.queries.minutes import missing_minutes, people_who_may_sign, roll_of, unconfirmed_minutes
from activities.queries.todo import of_minutes
from activities.services.attendance import Mark, set_attendance
from activities.services.minutes import (
    Item,
    MinutesRefused,
    StaleMinutes,
    add_to_minutes,
    confirm_minutes,
    save_minutes,
)
from branchportal.models import AuditEntry
from members.roles import Role
from tests.activities.examples import ABSENT, ENTRY, EXCUSED, PAYLOAD, PRESENT, make_activity, mark
from tests.factories import activity_kind, make_member, make_user, sign_in

pytestmark = pytest.mark.django_db
OTHER_ENTRY = UUID("00000000-0000-4000-8000-000000000002")
ITEMS = [Item("讨论发展对象", "赵明远：同意。", "一致通过。"), Item("布置下月学习")]


@pytest.fixture
def activity(tree):
    return make_activity(tree.b1, title="支部党员大会")


@pytest.fixture
def chair(tree):
    return make_user(Role.MEMBER, tree.b1, name="王若溪")


@pytest.fixture
def recorder(tree):
    return make_user(Role.MEMBER, tree.b1, name="周思源")


@pytest.fixture
def draft(activity, chair, recorder, secretary):
    return save_minutes(
        activity=activity, version=0, chair=chair, recorder=recorder, items=ITEMS, by=secretary, now=timezone.now()
    )


def address(name, activity):
    return reverse(f"activities:{name}", args=[activity.pk])


def form(version, chair, recorder, *rows):
    names = ("topic", "spoken", "decided")
    columns = {name: [row[place] for row in rows] for place, name in enumerate(names)}
    return {"version": version, "chair": chair.pk, "recorder": recorder.pk, **columns}


def test_a_draft_is_written_in_one_form(client, activity, chair, recorder, secretary):
    rows = [("讨论发展对象", "赵明远：同意。\n钱子涵：同意。", "一致通过。"), ("", "", ""), ("布置学习", "", "")]
    sign_in(client, secretary)
    for _time in range(2):
        answer = client.post(address("minutes_edit", activity), form(0, chair, recorder, *rows))
        assert answer["Location"] == address("minutes", activity)
    minutes = Minutes.objects.get()
    assert (minutes.chair, minutes.recorder, minutes.version, minutes.saved_by) == (chair, recorder, 1, secretary)
    assert minutes.items == [
        {"topic": "讨论发展对象", "spoken": "赵明远：同意。\n钱子涵：同意。", "decided": "一致通过。"},
        {"topic": "布置学习", "spoken": "", "decided": ""},
    ]
    assert [entry.action for entry in AuditEntry.objects.all()] == ["minutes.saved"]


def test_who_may_sign_stands_in_the_order_of_the_roster_without_those_who_keep_no_records(tree):
    white, peace = [make_user(Role.MEMBER, tree.b1, name=name) for name in ("白云", "安宁")]
    secretary = make_user(Role.SECRETARY, tree.b1)
    make_user(Role.ADMINISTRATOR, tree.root)
    make_user(Role.CLASS_CONTACT, tree.b1)
    make_user(Role.MEMBER, tree.b2)
    assert list(people_who_may_sign(tree.b1, timezone.localdate(), [])) == [peace, white, secretary]


def test_text_without_a_topic_is_refused_and_nothing_typed_is_lost(client, activity, chair, recorder, secretary):
    data = form(0, chair, recorder, ("", "有人说了很多", ""))
    page = sign_in(client, secretary).post(address("minutes_edit", activity), data)
    assert (page.status_code, page.context["form"].rows[0]["spoken"]) == (422, "有人说了很多")
    assert not Minutes.objects.exists()


def test_who_saves_second_sees_what_differs_and_keeps_his_words(client, draft, activity, chair, recorder, secretary):
    other = make_user(Role.DEPUTY_SECRETARY, activity.branch)
    save_minutes(
        activity=activity, version=1, chair=chair, recorder=recorder, items=[Item("别人的")], by=other,
        now=timezone.now(),
    )  # fmt: skip
    data = form(1, chair, recorder, ("我的", "", ""))
    page = sign_in(client, secretary).post(address("minutes_edit", activity), data)
    assert (page.status_code, page.context["differences"]) == (409, [("第 1 项", "别人的", "我的")])
    assert (page.context["form"].rows[0]["topic"], Minutes.objects.get().items[0]["topic"]) == ("我的", "别人的")
    again = form(page.context["form"].data["version"], chair, recorder, ("我的", "", ""))
    assert client.post(address("minutes_edit", activity), again).status_code == 302
    assert Minutes.objects.get().items[0]["topic"] == "我的"


def test_a_stale_version_never_overwrites(draft, activity, chair, recorder, secretary):
    with pytest.raises(StaleMinutes):
        save_minutes(
            activity=activity, version=0, chair=chair, recorder=recorder, items=[], by=secretary, now=timezone.now()
        )
    assert len(Minutes.objects.get().items) == 2


def test_the_roll_comes_from_the_attendance_in_roster_order(tree, activity):
    zhang, an, li = (make_member(tree.b1, name=name) for name in ("张明远", "安子涵", "李雨桐"))
    mark(activity, zhang)
    mark(activity, an)
    mark(activity, li, EXCUSED)
    make_member(tree.b1, name="不必到")
    activity.guests = 2
    assert roll_of(activity) == {
        "expected": 3, "present": ["安子涵", "张明远"], "excused": ["李雨桐"], "absent": [], "beside": [],
        "guests": 2,
    }  # fmt: skip


def test_a_general_meeting_expects_party_members_and_others_sit_in(tree):
    meeting = make_activity(tree.b1, kind=activity_kind("general_meeting"), audience="inside")
    full, new = (
        make_member(tree.b1, name=name, stage=stage) for name, stage in (("安", "full"), ("白", "probationary"))
    )
    later = make_member(tree.b1, name="曹", stage="probationary", probationary_on=timezone.localdate())
    activist = make_member(tree.b1, name="丁", stage="activist")
    for member, state in ((full, PRESENT), (new, EXCUSED), (later, PRESENT), (activist, ABSENT)):
        mark(meeting, member, state)
    assert roll_of(meeting) == {
        "expected": 2, "present": ["安"], "excused": ["白"], "absent": [], "beside": ["曹"], "guests": 0,
    }  # fmt: skip
    assert [row.is_expected for row in sheet(meeting)] == [True, True, False, False]


def test_a_committee_meeting_expects_the_officers_of_the_branch(tree, secretary, django_assert_num_queries):
    meeting = make_activity(tree.b1, kind=activity_kind("committee_meeting"), audience="inside")
    for name, user in (("安", secretary), ("白", make_user(Role.SECRETARY, tree.b2)), ("曹", None)):
        mark(meeting, make_member(tree.b1, name=name, stage="full", user=user))
    with django_assert_num_queries(2):
        assert roll_of(meeting) == {
            "expected": 1, "present": ["安"], "excused": [], "absent": [], "beside": ["白", "曹"], "guests": 0,
        }  # fmt: skip


def test_confirmed_minutes_stay_with_the_roll_of_that_moment(client, draft, tree, activity, chair, secretary):
    member = make_member(tree.b1, name="郑浩然")
    mark(activity, member)
    now = timezone.now()
    minutes = confirm_minutes(minutes=draft, version=1, by=chair, now=now)
    assert (minutes.confirmed_by, minutes.confirmed_at, minutes.roll["present"]) == (chair, now, ["郑浩然"])
    marks = {member.pk: Mark(ABSENT, Decimal(0))}
    set_attendance(
        activity=activity, version=1, marks=marks, by=secretary, now=now + timedelta(seconds=1), reason="认错了人"
    )
    page = sign_in(client, secretary).get(address("minutes", activity))
    assert (page.context["roll"]["present"], page.context["is_corrected"]) == (["郑浩然"], True)
    with pytest.raises(MinutesRefused):
        save_minutes(activity=activity, version=2, chair=chair, recorder=chair, items=[], by=secretary, now=now)
    assert client.get(address("minutes_edit", activity)).status_code == 302
    typed = form(2, chair, chair, ("改", "", ""))
    answer = client.post(address("minutes_edit", activity), typed)
    assert (answer.status_code, answer.context["form"].rows[0]["topic"]) == (409, "改")
    assert len(Minutes.objects.get().items) == 2


@pytest.mark.parametrize("missing", ["chair", "recorder", "items", "attendance"])
def test_what_is_not_complete_is_not_confirmed(draft, tree, activity, chair, missing):
    if missing != "attendance":
        mark(activity, make_member(tree.b1))
    if missing in {"chair", "recorder"}:
        Minutes.objects.update(**{missing: None})
    if missing == "items":
        Minutes.objects.update(items=[])
    with pytest.raises(MinutesRefused):
        confirm_minutes(minutes=draft, version=1, by=chair, now=timezone.now())
    assert Minutes.objects.get().confirmed_at is None


def test_what_is_lacking_is_said_before_the_last_click(client, draft, tree, activity, chair):
    Minutes.objects.update(recorder=None)
    page = sign_in(client, chair).get(address("minutes", activity))
    assert page.context["lacking"] == ["请填写记录人。", "请先登记出勤，出勤是会议记录的一部分。"]
    assert address("minutes_confirm", activity) not in page.text
    confirming = client.get(address("minutes_confirm", activity))
    assert confirming.context["facts"][-1] == ("尚缺", "请填写记录人。请先登记出勤，出勤是会议记录的一部分。")
    mark(activity, make_member(tree.b1))
    Minutes.objects.update(recorder=chair)
    page = client.get(address("minutes", activity))
    assert (page.context["lacking"], address("minutes_confirm", activity) in page.text) == ([], True)


def test_whoever_is_responsible_is_the_recorder_until_somebody_else_is_chosen(client, tree, recorder, chair, secretary):
    meeting = make_activity(tree.b1, owner=recorder.member)
    sign_in(client, secretary)
    assert client.get(address("minutes_edit", meeting)).context["form"]["recorder"].value() == recorder.pk
    save_minutes(activity=meeting, version=0, chair=chair, recorder=None, items=ITEMS, by=secretary, now=timezone.now())
    assert client.get(address("minutes_edit", meeting)).context["form"]["recorder"].value() is None
    other = make_activity(tree.b1, owner=make_member(tree.b1), title="无账号")
    assert client.get(address("minutes_edit", other)).context["form"]["recorder"].value() is None


def test_confirming_fixes_only_what_was_read(client, draft, tree, activity, chair):
    mark(activity, make_member(tree.b1))
    Minutes.objects.update(version=2)
    sign_in(client, chair).post(address("minutes_confirm", activity), {"version": 1})
    assert Minutes.objects.get().confirmed_at is None
    client.post(address("minutes_confirm", activity), {"version": 2})
    client.post(address("minutes_confirm", activity), {"version": 2})
    assert Minutes.objects.get().confirmed_by == chair
    assert [entry.action for entry in AuditEntry.objects.order_by("pk")] == ["minutes.saved", "minutes.confirmed"]


def test_an_addendum_is_dated_with_a_reason_and_sent_twice_is_one(client, draft, tree, activity, chair, secretary):
    data = {"text": "李雨桐也发了言。", "reason": "漏记", "entry": str(ENTRY)}
    with pytest.raises(MinutesRefused):
        add_to_minutes(minutes=draft, entry=OTHER_ENTRY, text="早了", reason="草稿", by=secretary, now=timezone.now())
    mark(activity, make_member(tree.b1))
    confirm_minutes(minutes=draft, version=1, by=chair, now=timezone.now())
    sign_in(client, secretary)
    assert client.post(address("minutes_add", activity), data | {"reason": ""}).status_code == 200
    for _time in range(2):
        assert client.post(address("minutes_add", activity), data).status_code == 302
    addendum = MinutesAddendum.objects.get()
    assert (addendum.text, addendum.reason, addendum.by) == ("李雨桐也发了言。", "漏记", secretary)
    assert "李雨桐也发了言。" in client.get(address("minutes", activity)).content.decode()


def test_who_reads_writes_and_confirms(client, draft, tree, activity, chair, recorder, secretary):
    people = {
        "chair": chair,
        "recorder": recorder,
        "secretary": secretary,
        "deputy": make_user(Role.DEPUTY_SECRETARY, tree.b1),
        "discipline": make_user(Role.DISCIPLINE_COMMISSIONER, tree.b1),
        "member": make_user(Role.MEMBER, tree.b1),
        "class contact": make_user(Role.CLASS_CONTACT, tree.b1),
        "other branch": make_user(Role.SECRETARY, tree.b2),
        "administrator": make_user(Role.ADMINISTRATOR, tree.root),
    }
    found = {}
    for name, user in people.items():
        sign_in(client, user)
        pages = ("minutes", "minutes_edit", "minutes_confirm")
        found[name] = [client.get(address(page, activity)).status_code for page in pages]
    assert found == {
        "chair": [200, 200, 200],
        "recorder": [200, 200, 403],
        "secretary": [200, 200, 200],
        "deputy": [200, 200, 403],
        "discipline": [200, 403, 403],
        "member": [403, 403, 403],
        "class contact": [403, 403, 403],
        "other branch": [404, 404, 404],
        "administrator": [403, 403, 403],
    }


def test_who_signs_and_may_see_no_activities_is_told_that_the_right_is_missing(client, draft, tree, activity):
    administrator = make_user(Role.ADMINISTRATOR, tree.root)
    Minutes.objects.update(chair=administrator)
    assert sign_in(client, administrator).get(address("minutes", activity)).status_code == 403


def test_what_was_typed_is_never_markup(client, activity, chair, recorder, secretary):
    sign_in(client, secretary)
    client.post(address("minutes_edit", activity), form(0, chair, recorder, (PAYLOAD, PAYLOAD, PAYLOAD)))
    pages = [client.get(address(name, activity)).content.decode() for name in ("minutes", "minutes_edit")]
    assert [PAYLOAD in page for page in pages] == [False, False]


def test_missing_and_unconfirmed_minutes_wait_for_those_who_can_mend_it(tree, secretary, chair, recorder):
    now = timezone.now()
    meeting = activity_kind("general_meeting")
    old = make_activity(tree.b1, title="老", starts_at=now - timedelta(days=9))
    late = make_activity(tree.b1, title="缺", starts_at=now - timedelta(days=3, hours=2, minutes=1))
    recent = make_activity(tree.b1, title="刚过", starts_at=now - timedelta(days=3, hours=1))
    elsewhere = make_activity(tree.b2, title="别处", starts_at=now - timedelta(days=9))
    cancelled = make_activity(tree.b1, title="取消", starts_at=now - timedelta(days=9))
    make_activity(tree.b1, title="不需要", starts_at=now - timedelta(days=9))
    for one in (old, late, recent, elsewhere, cancelled):
        type(one).objects.filter(pk=one.pk).update(kind=meeting)
    type(cancelled).objects.filter(pk=cancelled.pk).update(cancelled_at=now, cancelled_because="停电")
    prepared = make_activity(tree.b1, title="将开", starts_at=now + timedelta(days=1))
    for one in (old, cancelled, prepared):
        save_minutes(activity=one, version=0, chair=chair, recorder=recorder, items=ITEMS, by=secretary, now=now)
    assert list(missing_minutes(secretary, now)) == [late]
    assert [one.activity for one in unconfirmed_minutes(secretary, now)] == [old]
    assert [one.activity for one in unconfirmed_minutes(chair, now)] == [old]
    assert list(unconfirmed_minutes(recorder, now)) == []
    assert [todo.url for todo in of_minutes(secretary, now)] == [address("minutes", old), address("minutes_edit", late)]
    assert list(missing_minutes(make_user(Role.DISCIPLINE_COMMISSIONER, tree.b1), now)) == []


@pytest.mark.parametrize("count", [1, 30])
def test_the_page_asks_the_same_queries_for_one_and_for_thirty(
    client, draft, tree, activity, secretary, django_assert_num_queries, count
):
    for _number in range(count):
        mark(activity, make_member(tree.b1))
    Minutes.objects.update(items=[Item("一").as_json()] * count)
    sign_in(client, secretary)
    with django_assert_num_queries(6):
        client.get(address("minutes", activity))
