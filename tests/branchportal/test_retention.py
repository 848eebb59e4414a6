"""Does every kind of record end exactly when its time is over, and nothing else with it?"""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.utils import timezone

from branchportal import audit, jobs, retention
from branchportal.models import AccessRecord, AuditEntry, JobRun, Notification
from branchportal.notifications import notify
from evaluations.models import BranchReview, RankingEntry, RankingRun, Reminder, ReviewAnswer, SelfReview
from members.models import (
    Absence,
    ActivationSlip,
    CorrectionRequest,
    FormerNumber,
    ImportBatch,
    LoginFailure,
    Member,
    User,
)
from members.roles import Role
from tests.evaluations.ranking_material import OCTOBER, SEPTEMBER, compile_now, install, make_month, review
from tests.factories import make_branch_tree, make_member, make_user, sign_in

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def limit(code: str) -> datetime:
    return next(rule for rule in retention.rules() if rule.code == code).limit(NOW)


def ended() -> dict[str, int]:
    """What the nightly run ends, without the kinds of which nothing ended."""
    foreseen = retention.counts(now=NOW)
    found = retention.apply(now=NOW)
    assert found == foreseen
    return {kind: count for kind, count in found.items() if count}


@pytest.fixture
def tree():
    return make_branch_tree()


@pytest.fixture
def user(tree):
    return make_user(Role.MEMBER, tree.b1)


def make_message(user, at):
    notify([user], "password_changed", key=at.isoformat(), context={})
    Notification.objects.filter(key=at.isoformat()).update(created_at=at)


def make_session(user, at):
    Session.objects.create(session_key=f"s{at.timestamp()}", session_data="", expire_date=at)


def make_look(user, at):
    AccessRecord.objects.create(user=user, action="member.viewed", at=at)


def make_failure(user, at):
    LoginFailure.objects.create(account="x", address="10.0.0.1", at=at)


def make_slip(user, at):
    ActivationSlip.objects.create(user=user, code_hash="x", expires_at=at, withdrawn_at=at)


def make_upload(user, at):
    ImportBatch.objects.create(
        kind="roster", branch=user.member.branch, uploaded_by=user, file_name="a", content=b"", created_at=at
    )


def make_correction(user, at):
    CorrectionRequest.objects.create(
        member=user.member, field="name", reason="x", state="declined", decided_at=at, decided_by=user
    )


def make_reminder(user, at):
    cycle = make_month(user.member.branch, OCTOBER if at.minute else SEPTEMBER)  # one a day and month
    Reminder.objects.create(
        cycle=cycle, branch=user.member.branch, user=user, task="reviews", day=at.date(), press=uuid4(), sent_by=user,
        sent_at=at,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("code", "make", "model"),
    [
        ("messages", make_message, Notification),
        ("sessions", make_session, Session),
        ("access", make_look, AccessRecord),
        ("failures", make_failure, LoginFailure),
        ("slips", make_slip, ActivationSlip),
        ("uploads", make_upload, ImportBatch),
        ("corrections", make_correction, CorrectionRequest),
        ("reminders", make_reminder, Reminder),
    ],
)
def test_rows_on_both_sides_of_the_limit(user, code, make, model):
    make(user, limit(code) - SECOND)
    make(user, limit(code) + SECOND)
    others = {one: one.objects.count() for one in (User, Member, AuditEntry)}
    assert ended() == {code: 1}
    assert model.objects.count() == 1
    assert retention.apply(now=NOW)[code] == 0
    others[AuditEntry] += 1
    assert {one: one.objects.count() for one in others} == others
    line = AuditEntry.objects.get(action="job.retention")
    assert (line.actor, line.after) == (None, {"kind": code, "count": 1})


def test_absences_count_from_their_last_day(user):
    last = limit("absences").date()
    for number, day in enumerate((last - timedelta(days=1), last), start=1):
        office = user.role_assignments.create(
            role=Role.SECRETARY, branch=user.member.branch, starts_on=date(2020, number, 1), ends_on=date(2026, 1, 1)
        )
        Absence.objects.create(office=office, stand_in=user, starts_on=day, ends_on=day, entered_by=user)
    assert ended() == {"absences": 1}
    assert Absence.objects.get().ends_on == last


def test_replies_go_two_years_after_the_membership(tree):
    cycle = make_month(tree.b1, OCTOBER)
    for day in (date(2024, 11, 21), date(2024, 11, 22)):
        member = left(tree, day, email="", contact="", cultivation_contact="")
        mine = SelfReview.objects.create(cycle=cycle, member=member, branch=tree.b1)
        mine.answers.create(kind="reply", text="写得实", at=NOW, submitted_at=NOW)
    assert ended() == {"answers": 1}
    assert (ReviewAnswer.objects.get().review.member.ended_on, SelfReview.objects.count()) == (date(2024, 11, 22), 2)


def test_periods_are_calendar_months():
    end_of_march = datetime(2026, 3, 31, 4, 0, tzinfo=UTC)
    assert retention.months_before(end_of_march, 1).date() == date(2026, 2, 28)
    assert retention.months_before(end_of_march, 12).date() == date(2025, 3, 31)
    assert retention.months_before(end_of_march, 25).date() == date(2024, 2, 29)


def test_what_an_open_request_and_an_open_slip_wait_for_stays(user):
    CorrectionRequest.objects.create(member=user.member, field="name", reason="x", asked_at=NOW - timedelta(days=3000))
    ActivationSlip.objects.create(user=user, code_hash="x", expires_at=NOW)
    assert ended() == {}


def test_an_old_job_keeps_that_it_ran_and_loses_what_it_was_told(tree):
    for days in (200, 100):
        JobRun.objects.create(
            kind="probe", key=str(days), state="done", arguments={"branch": "B001"}, result={"rows": 3},
            finished_at=NOW - timedelta(days=days),
        )  # fmt: skip
    JobRun.objects.create(kind="probe", key="open", arguments={"branch": "B001"}, created_at=NOW - timedelta(days=999))
    assert ended() == {"jobs": 1}
    assert list(JobRun.objects.order_by("key").values_list("key", "arguments", "result")) == [
        ("100", {"branch": "B001"}, {"rows": 3}),
        ("200", {}, {}),
        ("open", {"branch": "B001"}, {}),
    ]


def left(tree, day: date, **changed) -> Member:
    """A person with log-in, contact and a former number whose membership ended on that day."""
    user = make_user(Role.MEMBER, tree.b1, joined_on=date(2018, 9, 1))
    User.objects.filter(pk=user.pk).update(email=changed.pop("email", "x@example.edu"))
    FormerNumber.objects.create(member=user.member, number=f"F{user.pk}", until=day)
    values = {"contact": "13800000000", "cultivation_contact": "王文静", **changed}
    Member.objects.filter(pk=user.member.pk).update(ended_on=day, end_reason="graduated", **values)
    return Member.objects.select_related("user").get(pk=user.member.pk)


def test_contacts_go_a_year_after_the_membership(tree):
    old, young = left(tree, date(2025, 11, 21)), left(tree, date(2025, 11, 22))
    assert ended() == {"contacts": 1}
    for one in (old, young):
        one.refresh_from_db()
    assert (old.contact, old.cultivation_contact, old.user.email) == ("", "", "")
    assert (young.contact, young.cultivation_contact, young.user.email) == ("13800000000", "王文静", "x@example.edu")


@pytest.mark.parametrize("last_day", [None, timezone.localdate()])
def test_an_officer_keeps_his_address_after_the_membership(tree, last_day):
    officer = left(tree, date(2025, 1, 1))
    officer.user.role_assignments.create(
        role=Role.CLASS_CONTACT, branch=tree.b1, starts_on=date(2025, 2, 1), ends_on=last_day
    )
    assert ended() == {"contacts": 1}
    assert User.objects.get(pk=officer.user_id).email == "x@example.edu"


@pytest.mark.parametrize(("days_left", "name"), [(None, "王芳"), (0, "王芳"), (-1, "#")])
def test_an_officer_keeps_name_and_account_up_to_the_last_day_in_office(tree, days_left, name):
    without = {"email": "", "contact": "", "cultivation_contact": ""}
    officer = left(tree, date(2020, 1, 1), name="王芳", **without)
    last_day = None if days_left is None else timezone.localdate() + timedelta(days=days_left)
    officer.user.role_assignments.create(
        role=Role.CLASS_CONTACT, branch=tree.b1, starts_on=date(2020, 2, 1), ends_on=last_day
    )
    retention.apply(now=NOW)
    officer = Member.objects.select_related("user").get(pk=officer.pk)
    assert (officer.name[: len(name)], officer.user.is_active) == (name, name != "#")


def test_a_record_is_made_anonymous_after_five_years_and_nobody_else_is(tree):
    without = {"email": "", "contact": "", "cultivation_contact": ""}
    old, young = left(tree, date(2021, 11, 21), **without), left(tree, date(2021, 11, 22), **without)
    present = make_member(tree.b1)
    assert ended() == {"record": 1}
    found = Member.objects.get(pk=old.pk)
    assert (found.name, found.number, found.pinyin, found.class_name, found.stage) == (
        f"#{old.pk}", f"#{old.pk}", "", "", old.stage,
    )  # fmt: skip
    user = User.objects.get(pk=old.user_id)
    assert (user.number, user.name, user.is_active, user.has_usable_password()) == (
        f"#{user.pk}", f"#{user.pk}", False, False,
    )  # fmt: skip
    assert list(FormerNumber.objects.values_list("member", flat=True)) == [young.pk]
    assert list(Member.objects.filter(pk__in=[young.pk, present.pk]).order_by("pk").values_list("name", flat=True)) == [
        young.name, present.name,
    ]  # fmt: skip


def test_rankings_points_and_their_sealed_copies_stay(tree):
    install(tree.root)
    member = make_member(tree.b1)
    for month in (SEPTEMBER, OCTOBER):
        review(member, month, own=95, branch=85)
    run = compile_now(tree.b1, SEPTEMBER, OCTOBER)
    SelfReview.objects.update(notes={"thought": "学习了讲话"})
    BranchReview.objects.update(notes={"work": "踏实"})
    Member.objects.filter(pk=member.pk).update(ended_on=date(2026, 11, 1), end_reason="graduated")
    entry = RankingEntry.objects.get()
    later = NOW.replace(year=2036)
    assert {kind: count for kind, count in retention.apply(now=later).items() if count} == {
        "record": 1, "review_words": 2, "rating_words": 2, "jobs": 1,
    }  # fmt: skip
    assert RankingRun.objects.get().fingerprint == run.fingerprint
    kept = RankingEntry.objects.get()
    assert (kept.name, kept.number, kept.inputs, kept.total) == (entry.name, entry.number, entry.inputs, entry.total)
    assert list(SelfReview.objects.values_list("thought", "notes")) == [(95, {}), (95, {})]
    assert list(BranchReview.objects.values_list("work", "notes")) == [(85, {}), (85, {})]


def test_forgotten_drafts_lose_their_words_and_filed_reviews_keep_theirs(tree):
    cycle = make_month(tree.b1, OCTOBER)
    draft = {"points": {}, "notes": {"thought": "…"}}
    for moment, submitted in ((limit("review_drafts") - SECOND, None), (limit("review_drafts") + SECOND, None)):
        SelfReview.objects.create(
            cycle=cycle, member=make_member(tree.b1), branch=tree.b1, draft=draft, saved_at=moment,
            submitted_at=submitted,
        )  # fmt: skip
    assert ended() == {"review_drafts": 1}
    assert list(SelfReview.objects.order_by("saved_at").values_list("draft", flat=True)) == [None, draft]


def test_many_rows_end_in_several_steps_each_with_its_line(user, monkeypatch):
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    for second in range(5):
        make_look(user, limit("access") - second * SECOND - SECOND)
    assert ended() == {"access": 5}
    assert [line.after["count"] for line in AuditEntry.objects.filter(action="job.retention").order_by("pk")] == [
        2, 2, 1,
    ]  # fmt: skip


def test_the_job_runs_once_a_night(django_capture_on_commit_callbacks):
    evening = datetime(2026, 11, 21, 18, 59, tzinfo=UTC)  # one minute to three in Shanghai
    night = evening + timedelta(minutes=1)
    assert [retention.enqueue_daily(now=now) for now in (evening, night, night + timedelta(hours=9))] == [
        False, True, False,
    ]  # fmt: skip
    job = JobRun.objects.get()
    jobs.run(str(job.pk))
    job.refresh_from_db()
    assert (job.key, job.state, job.result["access"]) == ("2026-11-22", "done", 0)
    assert retention.enqueue_daily(now=night + timedelta(hours=12)) is False
    assert retention.enqueue_daily(now=night + timedelta(days=1)) is True


def test_a_dry_run_counts_and_changes_nothing(user, capsys):
    make_look(user, timezone.now() - timedelta(days=1200))
    call_command("retention", "--dry-run")
    assert [line.split()[:2] for line in capsys.readouterr().out.splitlines() if line.split()[0] != "0"] == [
        ["1", "access"],
    ]  # fmt: skip
    assert (AccessRecord.objects.count(), AuditEntry.objects.count()) == (1, 0)
    call_command("retention")
    assert AccessRecord.objects.count() == 0


def test_the_table_is_read_by_everybody_signed_in(client, user):
    text = sign_in(client, user).get("/privacy/retention/").content.decode()
    assert all(str(rule.label) in text and rule.period in text for rule in retention.rules())


def test_the_audit_trail_is_never_in_the_way_of_the_seal(user):
    make_look(user, limit("access") - SECOND)
    retention.apply(now=NOW)
    audit.seal()
    assert audit.first_broken_line() is None
