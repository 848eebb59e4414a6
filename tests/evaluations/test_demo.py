"""Is the demo what it says: the same college every time, alive on any day, and never in a portal that is used?"""

from datetime import UTC, datetime

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client
from django.utils import timezone, translation

from activities.models import Activity, Attendance
from branchportal.models import AuditEntry, JobRun
from evaluations.deadlines import Phase
from evaluations.demo import loading
from evaluations.demo.log_ins import PASSWORD, log_ins
from evaluations.demo.months import evaluated
from evaluations.models import BranchReview, Cycle, RankingRun, SelfReview
from evaluations.queries.months import progress_of, window_of
from evaluations.queries.rankings import tied_at_the_line
from members.models import Branch, Member, User
from members.roles import Role
from tests.factories import make_branch_tree

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def demo(clock):
    return loading.load(size=loading.Size(), now=NOW)


def test_the_college_has_the_people_and_months_that_are_promised(demo):
    sizes = {branch.code: branch.members.count() for branch in Branch.objects.party_branches()}
    teachers = {
        branch.code: branch.members.filter(kind=Member.Kind.TEACHER).count()
        for branch in Branch.objects.party_branches()
    }
    assert sizes == {"B001": 32, "B002": 29, "B003": 24}
    assert teachers == {"B001": 4, "B002": 4, "B003": 4}
    assert [f"{month:%Y-%m}" for month in demo.months] == [
        "2026-04",
        "2026-05",
        "2026-06",
        "2026-09",
        "2026-10",
        "2026-11",
    ]
    assert sorted(str(cycle) for cycle in Cycle.objects.filter(is_off=True)) == ["2026-07", "2026-08"]
    assert Member.objects.filter(name__contains="·").exists()
    assert any(ord(sign) > 0xFFFF for member in Member.objects.all() for sign in member.name)


def test_two_share_the_place_at_the_cut_line_and_two_are_not_eligible(demo):
    run = RankingRun.objects.get(branch__code="B001", purpose="candidate", first_month="2026-09-01", superseded_by=None)
    ranked = list(run.entries.filter(rank__isnull=False).order_by("rank", "number"))
    assert [entry.rank for entry in tied_at_the_line(ranked, 3)] == [3, 3]
    assert [entry.reasons for entry in run.entries.filter(rank=None)] == [["one_year"], ["one_year"]]
    assert run.number == 2
    assert run.fingerprint != run.supersedes.fingerprint
    assert not JobRun.objects.exclude(state=JobRun.State.DONE).exists()


def test_one_branch_is_late_and_drafts_wait(demo):
    late, october = Branch.objects.get(code="B003"), Cycle.objects.get(month="2026-10-01")
    assert progress_of(october, late).missing == 4
    assert progress_of(october, late).unrated == 7
    assert not RankingRun.objects.filter(branch=late, first_month="2026-09-01").exists()
    assert SelfReview.objects.filter(draft__isnull=False, cycle__month="2026-11-01").exists()
    assert BranchReview.objects.filter(draft__isnull=False, cycle__month="2026-11-01").exists()
    assert not SelfReview.objects.filter(draft__isnull=False).exclude(cycle__month="2026-11-01").exists()


def test_every_role_signs_in_and_the_member_has_a_card_to_fill(demo):
    found = list(log_ins())
    assert [log_in.role for log_in in found] == list(Role)
    for log_in in found:
        assert Client().login(username=log_in.number, password=PASSWORD)
    member = Member.objects.get(number=found[0].number)
    assert window_of(Cycle.objects.get(month="2026-11-01"), member.branch).phase(NOW) == Phase.FILING
    assert not member.selfreviews.filter(cycle__month="2026-11-01").exists()


def test_nobody_rates_himself_and_everybody_files_for_himself(demo):
    given = BranchReview.objects.filter(submitted_at__isnull=False).select_related("member")
    assert [review for review in given if review.submitted_by_id == review.member.user_id] == []
    filed = SelfReview.objects.filter(submitted_at__isnull=False).select_related("member")
    assert [review for review in filed if review.submitted_by_id != review.member.user_id] == []
    assert not SelfReview.objects.filter(submitted_at__gt=NOW).exists()
    assert not Attendance.objects.filter(activity__starts_at__gt=NOW).exists()
    assert Activity.objects.filter(starts_at__gt=NOW).count() == 15


def test_the_same_numbers_give_the_same_college(clock):
    size = loading.Size(branches=1, members=20, months=2)

    def content():
        people = list(
            Member.objects.order_by("number").values_list("number", "name", "stage", "activist_on", "class_name")
        )
        filed = list(
            SelfReview.objects.order_by("member__number", "cycle__month").values_list("thought", "work", "notes")
        )
        return people, filed

    found = []
    for _time in range(2):
        before = transaction.savepoint()
        loading.load(size=size, now=NOW)
        found.append(content())
        transaction.savepoint_rollback(before)
    assert found[0] == found[1]
    assert len(found[0][0]) == 20


@pytest.mark.parametrize(
    ("now", "months"),
    [
        (datetime(2026, 7, 31, 15, 59, tzinfo=UTC), ["2026-05", "2026-06"]),
        (datetime(2026, 2, 28, 12, 0, tzinfo=UTC), ["2025-12", "2026-01"]),
        (datetime(2026, 9, 1, 0, 30, tzinfo=UTC), ["2026-06", "2026-09"]),
        (datetime(2026, 10, 30, 1, 0, tzinfo=UTC), ["2026-09", "2026-10"]),
        (datetime(2024, 2, 29, 1, 0, tzinfo=UTC), ["2023-12", "2024-01"]),
    ],
)
def test_it_loads_on_any_day(now, months):
    with time_machine.travel(now, tick=False):
        loaded = loading.load(size=loading.Size(branches=2, members=12, months=2), now=now)
        assert [f"{month:%Y-%m}" for month in loaded.months] == months
        assert not Member.objects.filter(activist_on__gt=timezone.localdate(now)).exists()
        assert SelfReview.objects.filter(submitted_at__gt=now).count() == 0


def test_months_off_are_not_counted():
    assert [f"{month:%Y-%m}" for month in evaluated(NOW, 4)] == ["2026-06", "2026-09", "2026-10", "2026-11"]


def test_a_portal_that_is_used_is_left_alone():
    make_branch_tree()
    before = Branch.objects.count()
    with pytest.raises(CommandError):
        call_command("seed_demo")
    assert (Branch.objects.count(), User.objects.count()) == (before, 0)


def test_a_second_call_changes_nothing_and_log_ins_are_shown(demo, capsys):
    before = (Member.objects.count(), AuditEntry.objects.count())
    call_command("seed_demo")
    assert (Member.objects.count(), AuditEntry.objects.count()) == before
    capsys.readouterr()
    call_command("seed_demo", "--show-logins")
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1 + len(Role)
    assert all(line.endswith(PASSWORD) for line in lines[1:])


@pytest.mark.parametrize(("embedded", "options"), [(True, []), (False, ["--demo-passwords"])])
def test_a_portal_on_one_machine_or_with_a_word_of_consent_takes_the_demo(clock, settings, embedded, options):
    settings.EMBEDDED = embedded
    call_command("seed_demo", "--branches=1", "--members=5", "--months=1", *options)
    assert Branch.objects.party_branches().count() == 1


def test_public_passwords_do_not_come_into_a_portal_with_its_own_database(settings):
    settings.EMBEDDED = False
    with translation.override("en"), pytest.raises(CommandError) as refusal:
        call_command("seed_demo", "--branches=1", "--members=5", "--months=1")
    assert str(refusal.value) == (
        "This portal has a database of its own, and everybody in the demo has the same public password: "
        "if nobody else can reach it, repeat the command with --demo-passwords."
    )
    assert (Branch.objects.count(), User.objects.count()) == (0, 0)


def test_log_ins_of_an_empty_portal_are_refused():
    with pytest.raises(CommandError):
        call_command("seed_demo", "--show-logins")


@pytest.mark.parametrize("option", ["--branches=0", "--members=4", "--months=x", "--members=1000"])
def test_impossible_numbers_are_refused(option):
    with pytest.raises(CommandError):
        call_command("seed_demo", option)
