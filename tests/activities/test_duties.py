"""Are the "three ones" given once, expected by the month, written down once, and counted in whole numbers?"""

from datetime import date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.core.files.storage import default_storage
from django.utils import translation

from activities.duties import DutyKind, progress, term_around
from activities.forms.duties import MonthsForm
from activities.models import Duty, DutyEntry, Evidence
from activities.queries.duties import branch_standings, own_standings
from activities.services.duties import (
    DutyRefused,
    StaleDuty,
    Wanted,
    assign_duties,
    change_duty,
    close_months,
    withdraw_duty,
)
from activities.services.duty_entries import EntryRefused, StaleEntry, change_entry, withdraw_entry
from activities.services.duty_reminders import remind_late
from activities.services.evidence import Upload
from branchportal.models import AuditEntry, Notification
from branchportal.months import months_later
from members.models import Member
from members.roles import Role
from tests.activities.duties import JANUARY, NOVEMBER, NOW, OCTOBER, SEPTEMBER, TODAY, give, write
from tests.activities.evidence import PDF, PNG
from tests.factories import make_member, make_user

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")
PAPER = Upload("记录.pdf", PDF, "application/pdf")


@pytest.fixture
def person(tree):
    return make_user(Role.MEMBER, tree.b1, name="赵明远").member


@pytest.fixture
def duty(person):
    return give(person)


@pytest.mark.parametrize(
    ("written", "today", "figures"),
    [
        ({}, date(2026, 9, 30), (0, 0, None, 0)),  # the month's last day is still its own
        ({}, date(2026, 10, 1), (0, 2, 0, 2)),
        ({SEPTEMBER: 1}, date(2026, 10, 1), (1, 2, 50, 1)),
        ({SEPTEMBER: 5}, date(2026, 11, 1), (2, 4, 50, 2)),  # five in September don't help October
        ({SEPTEMBER: 2, OCTOBER: 1, NOVEMBER: 9}, date(2026, 11, 10), (3, 4, 75, 1)),
        ({SEPTEMBER: 2, OCTOBER: 2}, date(2026, 11, 10), (4, 4, 100, 0)),
    ],
)
def test_completion_is_what_was_done_of_what_was_due(written, today, figures):
    found = progress(SEPTEMBER, JANUARY, 2, written, today)
    assert (found.done, found.due, found.percent, found.late) == figures


def test_a_third_is_33_per_cent_and_all_but_one_never_100():
    assert progress(SEPTEMBER, NOVEMBER, 1, {SEPTEMBER: 1}, date(2026, 12, 1)).percent == 33
    many = progress(SEPTEMBER, date(2027, 8, 1), 8, {SEPTEMBER: 8}, date(2027, 9, 1))
    assert (many.due, many.done, many.percent) == (96, 8, 8)


@pytest.mark.parametrize(
    ("day", "term"),
    [
        (date(2026, 11, 10), (SEPTEMBER, JANUARY)),
        (date(2027, 1, 20), (SEPTEMBER, JANUARY)),
        (date(2027, 2, 1), (date(2027, 3, 1), date(2027, 6, 1))),
        (date(2027, 7, 1), (date(2027, 9, 1), date(2028, 1, 1))),
    ],
)
def test_the_term_that_runs_or_comes_next(day, term):
    assert term_around(day) == term


@pytest.mark.parametrize(
    ("day", "months"),
    [
        (date(2026, 11, 10), (SEPTEMBER, OCTOBER)),  # November runs: its entries are due on the 30th
        (date(2026, 11, 30), (SEPTEMBER, OCTOBER)),
        (date(2026, 12, 1), (SEPTEMBER, NOVEMBER)),
        (date(2026, 9, 10), (date(2026, 3, 1), date(2026, 6, 1))),
        (date(2027, 2, 10), (SEPTEMBER, JANUARY)),
        (date(2027, 3, 5), (SEPTEMBER, JANUARY)),
        (date(2027, 8, 10), (date(2027, 3, 1), date(2027, 6, 1))),
    ],
)
def test_what_is_rated_when_nobody_chose_months(day, months):
    assert MonthsForm({}, today=day, latest=months_later(day.replace(day=1), -1)).months == months


@pytest.mark.parametrize(
    ("first", "last"),
    [("2026-10", "2026-09"), ("2026-9", "2026-10"), ("2026-13", "2027-01"), ("２０２６-09", "2026-10")],
)
def test_months_that_an_address_misspells_are_not_shown(first, last):
    period = MonthsForm({"first": first, "last": last}, today=TODAY)
    assert (period.months, bool(period.refusal_of_sent)) == ((SEPTEMBER, JANUARY), True)


def test_months_are_those_of_the_address_whatever_day_it_has_become():
    period = MonthsForm({"first": "2025-09", "last": "2026-01"}, today=TODAY)
    assert (period.months, period.refusal_of_sent) == ((date(2025, 9, 1), date(2026, 1, 1)), "")
    assert [period[name].value() for name in ("first", "last")] == ["2025-09", "2026-01"]


def test_many_duties_are_given_in_one_go_and_everybody_hears_of_it_once(tree, secretary, person):
    other = make_user(Role.MEMBER, tree.b1).member
    coached = make_member(tree.b1, name="钱子涵")
    wanted = [
        Wanted(person, DutyKind.ACTIVISTS, "", (coached,)),
        Wanted(person, DutyKind.CLASS, "计算机2301"),
        Wanted(other, DutyKind.DORMITORY, "3 号楼"),
    ]
    asked = {
        "branch": tree.b1, "first": SEPTEMBER, "last": JANUARY, "wanted": wanted, "by": secretary, "now": NOW,
        "per_month": {DutyKind.ACTIVISTS: 2, DutyKind.DORMITORY: 1, DutyKind.CLASS: 1},
    }  # fmt: skip
    assert len(assign_duties(**asked)) == 3
    assert assign_duties(**asked) == []  # the same form sent twice
    columns = ("member__name", "kind", "subject", "per_month", "activists__name")
    assert sorted(Duty.objects.values_list(*columns), key=str) == sorted([
        (person.name, "activists", "", 2, "钱子涵"), (person.name, "class", "计算机2301", 1, None),
        (other.name, "dormitory", "3 号楼", 1, None),
    ], key=str)  # fmt: skip
    assert AuditEntry.objects.filter(action="duty.assigned").count() == 3
    assert sorted(Notification.objects.values_list("user", "kind")) == sorted(
        (one.user_id, "duties_assigned") for one in (person, other)
    )


def test_somebody_with_another_duty_of_the_kind_stops_the_whole_form(tree, secretary, duty):
    other = make_member(tree.b1)
    wanted = [Wanted(other, DutyKind.DORMITORY, "4 号楼"), Wanted(duty.member, DutyKind.DORMITORY, "4 号楼")]
    with pytest.raises(DutyRefused, match="赵明远"), translation.override("en"):
        assign_duties(
            branch=tree.b1, first=JANUARY, last=date(2027, 6, 1), per_month=dict.fromkeys(DutyKind, 1), wanted=wanted,
            by=secretary, now=NOW,
        )  # fmt: skip
    assert Duty.objects.count() == 1


def test_a_duty_is_changed_in_view_of_how_it_stood(duty, secretary):
    asked = {"duty": duty, "subject": "5 号楼", "activists": [], "last": NOVEMBER, "per_month": 2, "by": secretary}
    assert change_duty(version=1, **asked).version == 2
    assert change_duty(version=1, **asked).version == 2  # sent twice
    with pytest.raises(StaleDuty):
        change_duty(version=1, **{**asked, "subject": "6 号楼"})
    duty.refresh_from_db()
    assert (duty.subject, duty.last_month, duty.per_month) == ("5 号楼", NOVEMBER, 2)
    assert AuditEntry.objects.get(action="duty.changed").after == {
        "subject": "5 号楼", "last_month": "2026-11", "per_month": 2,
    }  # fmt: skip


def test_a_duty_that_is_taken_back_expects_nothing_and_keeps_its_entries(duty, secretary):
    entry = write(duty)
    withdraw_duty(duty=duty, version=1, reason="换宿舍", by=secretary, now=NOW)
    [kept] = own_standings(duty.member, TODAY)
    assert (kept.duty.is_past, kept.lines) == (True, [(entry, False)])
    values = {"on": entry.on, "topic": entry.topic, "text": "别的"}
    by = {"row": entry, "version": 1, "by": duty.member.user, "now": NOW}
    for act in (
        lambda: write(duty),
        lambda: change_entry(values=values, upload=None, **by),
        lambda: withdraw_entry(reason="写错", **by),
    ):
        with pytest.raises(EntryRefused, match="This duty was taken back"), translation.override("en"):
            act()
    assert list(DutyEntry.objects.values_list("text", "withdrawn_at")) == [("检查用电安全", None)]


def test_for_a_duty_of_a_former_branch_nothing_is_written(tree, duty):
    entry = write(duty)
    Member.objects.filter(pk=duty.member_id).update(branch=tree.b2)
    with pytest.raises(EntryRefused, match="本科生第一党支部"):
        write(duty)
    [kept] = own_standings(duty.member, TODAY)
    assert (kept.duty.is_past, kept.lines) == (True, [(entry, False)])


def test_a_rated_duty_only_ends(duty, secretary):
    close_months(branch=duty.branch, member=duty.member, kind=duty.kind, first=SEPTEMBER, last=OCTOBER, now=NOW)
    asked = {"duty": duty, "version": 1, "subject": "3 号楼", "activists": [], "per_month": 1, "by": secretary}
    for refused in ({"subject": "5 号楼", "last": JANUARY}, {"per_month": 2, "last": JANUARY}, {"last": SEPTEMBER}):
        with pytest.raises(DutyRefused):
            change_duty(**{**asked, **refused})
    with pytest.raises(DutyRefused):
        withdraw_duty(duty=duty, version=1, reason="换宿舍", by=secretary, now=NOW)
    assert change_duty(last=OCTOBER, **asked).last_month == OCTOBER


def test_an_entry_is_stored_once(duty):
    entry = uuid4()
    assert write(duty, entry=entry) == write(duty, entry=entry)
    assert list(DutyEntry.objects.values_list("on", "topic", "text")) == [(date(2026, 10, 8), "safety", "检查用电安全")]
    assert AuditEntry.objects.filter(action="duty_entry.written").count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"on": TODAY + timedelta(days=1)},
        {"on": date(2026, 8, 31)},
        {"topic": "thought"},  # a topic of another kind
    ],
)
def test_an_entry_lies_in_its_months_and_on_its_topics(duty, wrong):
    with pytest.raises(EntryRefused):
        write(duty, **wrong)
    assert not DutyEntry.objects.exists()


def test_each_file_counts_once_until_its_entry_is_taken_back(tree, duty):
    first = write(duty, upload=PAPER)
    other = give(make_user(Role.MEMBER, tree.b1).member)
    with translation.override("en"):
        with pytest.raises(EntryRefused, match="your entry of 2026-10-08"):
            write(duty, date(2026, 11, 2), upload=PAPER)
        with pytest.raises(EntryRefused, match="shows another entry") as refused:
            write(other, upload=PAPER)
    assert "2026" not in str(refused.value)
    withdraw_entry(row=first, version=1, reason="写错", by=duty.member.user, now=NOW)
    assert write(other, upload=PAPER).evidence == first.evidence
    assert (DutyEntry.objects.count(), Evidence.objects.count()) == (2, 1)


def test_an_entry_is_changed_and_its_old_file_dropped(duty, django_capture_on_commit_callbacks):
    row = write(duty, upload=PAPER)
    name = row.evidence.file.name
    values = {"on": date(2026, 10, 9), "topic": "solved", "text": "修好路灯"}
    asked = {"row": row, "version": 1, "values": values, "by": duty.member.user, "now": NOW}
    with django_capture_on_commit_callbacks(execute=True):
        changed = change_entry(upload=Upload("a.png", PNG, "image/png"), **asked)
    assert (changed.version, changed.text, changed.evidence.content_type) == (2, "修好路灯", "image/png")
    assert not default_storage.exists(name)
    assert change_entry(upload=None, **asked).version == 2  # the same once more
    with pytest.raises(StaleEntry):
        change_entry(upload=None, **{**asked, "values": {**values, "text": "别的"}})


def test_what_is_rated_stands(duty):
    row = write(duty)
    close_months(branch=duty.branch, member=duty.member, kind=duty.kind, first=SEPTEMBER, last=OCTOBER, now=NOW)
    by = {"row": row, "version": 1, "by": duty.member.user, "now": NOW}
    for act in (
        lambda: write(duty, date(2026, 9, 20)),
        lambda: change_entry(values={"on": date(2026, 11, 2), "topic": "safety", "text": "…"}, upload=None, **by),
        lambda: withdraw_entry(reason="写错", **by),
    ):
        with pytest.raises(EntryRefused):
            act()
    assert write(duty, date(2026, 11, 2)).pk
    december = datetime(2026, 12, 1, tzinfo=SHANGHAI)
    with pytest.raises(DutyRefused, match="2026-09"):
        close_months(branch=duty.branch, member=duty.member, kind=duty.kind, first=OCTOBER, last=NOVEMBER, now=december)


def test_a_month_is_closed_once_its_last_day_is_over(duty):
    asked = {"branch": duty.branch, "member": duty.member, "kind": duty.kind, "first": OCTOBER, "last": NOVEMBER}
    with pytest.raises(DutyRefused, match=r"2026-11 .*2026-11-30"), translation.override("en"):
        close_months(now=datetime(2026, 11, 30, 23, 59, tzinfo=SHANGHAI), **asked)
    assert close_months(now=datetime(2026, 12, 1, tzinfo=SHANGHAI), **asked).last_month == NOVEMBER


def test_who_is_latest_comes_first_and_is_reminded_once_a_day(tree, secretary, duty):
    diligent = give(make_user(Role.MEMBER, tree.b1, name="钱子涵").member)
    for day in (date(2026, 9, 3), date(2026, 10, 8)):
        write(diligent, day)
    half = give(make_user(Role.MEMBER, tree.b1, name="孙雨桐").member)
    write(half, date(2026, 9, 3))
    withdraw_entry(row=write(half), version=1, reason="写错", by=half.member.user, now=NOW)
    give(make_member(tree.b1, name="未登录"), by=secretary)
    give(make_user(Role.MEMBER, tree.b2).member)
    Notification.objects.all().delete()

    rows = [(one.duty.member.name, one.progress.percent, one.late) for one in branch_standings(tree.b1, TODAY)]
    assert sorted(rows[:2]) == [("未登录", 0, 2), ("赵明远", 0, 2)]
    assert rows[2:] == [("孙雨桐", 50, 1), ("钱子涵", 100, 0)]
    reminded = remind_late(branch=tree.b1, by=secretary, now=NOW)
    assert [one.name for one in reminded] == ["赵明远", "孙雨桐"]
    assert remind_late(branch=tree.b1, by=secretary, now=NOW) == []
    assert len(remind_late(branch=tree.b1, by=secretary, now=NOW + timedelta(days=1))) == 2
    assert sorted(Notification.objects.values_list("user__name", "context")) == sorted([
        ("孙雨桐", {"number": 1, "months": ["2026-10"]}), ("赵明远", {"number": 2, "months": ["2026-09", "2026-10"]}),
    ] * 2)  # fmt: skip
    assert AuditEntry.objects.filter(action="duty.reminded").count() == 2
