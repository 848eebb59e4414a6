"""Is a run of the ledger stored, told of once, done once a night, and does the command say what it found?"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command

from branchportal import jobs, ledger
from branchportal.ledger import Asked
from branchportal.messages import text_of
from branchportal.models import JobRun, LedgerRun, Notification
from members.models import Branch
from members.roles import Role
from tests.factories import make_branch_tree, make_members, make_user

pytestmark = pytest.mark.django_db

EVENING = datetime(2026, 11, 21, 19, 59, tzinfo=UTC)  # one minute to four in Shanghai
NIGHT = EVENING + timedelta(minutes=1)
WRONG = {"code": "branches.path", "violations": 1}


@pytest.fixture(autouse=True)
def head(settings, tmp_path):
    settings.AUDIT_HEAD = tmp_path / "audit_head.json"


@pytest.fixture
def tree():
    return make_branch_tree()


@pytest.fixture
def administrator(tree):
    make_user(Role.SECRETARY, tree.b1)
    ended = {"starts_on": date(2025, 1, 1), "ends_on": date(2025, 2, 1)}
    make_user(Role.ADMINISTRATOR, tree.root, **ended)
    return make_user(Role.ADMINISTRATOR, tree.root)


def break_path(branch: Branch) -> str:
    Branch.objects.filter(pk=branch.pk).update(path=f"ELSEWHERE/{branch.code}/")
    return f"members.Branch {branch.pk}"


def run(now=NIGHT, **more) -> LedgerRun:
    outcomes = list(ledger.verify(Asked(now), only=["branches.path"]))
    return ledger.keep(outcomes, began_at=now, is_full=True, **more)


def test_a_run_stores_when_how_long_and_where(tree):
    where = break_path(tree.b1)
    stored = run()
    assert (stored.began_at, stored.violations, stored.found) == (
        NIGHT, 1, [{"code": "branches.path", "where": where, "what": "code=B001 path=ELSEWHERE/B001/"}],
    )  # fmt: skip
    assert [{key: one[key] for key in WRONG} for one in stored.checks] == [WRONG]


def test_administrators_of_today_are_told_of_what_was_not_known_before(administrator, tree):
    run()
    assert not Notification.objects.exists()
    break_path(tree.b1)
    run()
    run(NIGHT + timedelta(days=1))  # still the same
    assert [(message.user, message.kind, message.url) for message in Notification.objects.all()] == [
        (administrator, "ledger_violations", "/operations/")
    ]
    break_path(tree.b2)
    run(NIGHT + timedelta(days=2))
    assert [text_of(message) for message in Notification.objects.order_by("pk")] == [
        "数据核对发现 1 处不符。",
        "数据核对发现 2 处不符。",
    ]


def test_of_many_places_the_first_are_kept_and_all_are_counted(tree, monkeypatch):
    monkeypatch.setattr(ledger, "KEPT", 3)
    monkeypatch.setattr(ledger, "SHOWN", 2)
    for branch in Branch.objects.exclude(parent=None):
        break_path(branch)
    stored = run()
    [found] = ledger.found_by_check(stored)
    assert (stored.violations, len(stored.found), len(found.places), found.more) == (6, 3, 2, 4)
    assert (found.code, found.invariant) == ("branches.path", "每个组织都在其路径所示的位置。")


def test_a_run_of_a_check_that_is_gone_is_still_shown(tree):
    stored = run()
    stored.found, stored.checks = [{"code": "gone", "where": "x 1", "what": "y"}], []
    [found] = ledger.found_by_check(stored)
    assert (found.code, found.invariant, found.remedy, found.more) == ("gone", "gone", "", 0)


def test_the_job_runs_once_a_night_however_many_clocks_tick(tree, django_capture_on_commit_callbacks):
    assert [ledger.enqueue_nightly(now=now) for now in (EVENING, NIGHT, NIGHT, NIGHT + timedelta(hours=9))] == [
        False, True, False, False,
    ]  # fmt: skip
    job = JobRun.objects.get()
    jobs.run(str(job.pk))
    stored, job = LedgerRun.objects.get(), JobRun.objects.get()
    assert (job.key, job.state, job.result) == ("2026-11-22", "done", {"run": stored.pk, "violations": 0})
    assert (stored.night, stored.is_full, len(stored.checks)) == (date(2026, 11, 22), False, len(ledger.checks()))
    assert ledger.enqueue_nightly(now=NIGHT + timedelta(hours=12)) is False
    assert ledger.enqueue_nightly(now=NIGHT + timedelta(days=1)) is True


def test_a_night_that_was_stored_is_not_run_again(tree):
    run(night=date(2026, 11, 22))
    ledger.enqueue_nightly(now=NIGHT)
    jobs.run(str(JobRun.objects.get().pk))
    assert (LedgerRun.objects.count(), JobRun.objects.get().state) == (1, "done")


def test_a_long_check_gives_signs_of_life_between_its_slices(tree):
    make_members(tree.b1, 7)
    signs = []
    slices = list(ledger.rows_of(Branch.objects.all(), Asked(NIGHT, alive=lambda: signs.append(1)), size=3))
    assert [[branch.code for branch in rows] for rows in slices] == [
        ["ROOT", "GB1", "GB2"], ["B001", "B002", "B003"], ["B004"],
    ]  # fmt: skip
    assert len(signs) == 3


def test_the_slices_of_nothing_are_empty(db):
    assert [list(rows) for rows in ledger.rows_of(Branch.objects.all(), Asked(NIGHT))] == [[]]


def test_signs_of_life_are_given_now_and_then(monkeypatch):
    signs = []
    sometimes = ledger._now_and_then(lambda: signs.append(1))
    for _time in range(100):
        sometimes()
    assert len(signs) == 1


def test_the_command_prints_each_check_with_its_time(tree, capsys):
    call_command("verify_ledger")
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(ledger.checks()) + 1
    assert lines[-1].startswith(f"{len(ledger.checks())} ")
    assert (LedgerRun.objects.get().violations, LedgerRun.objects.get().is_full) == (0, True)


def test_the_command_ends_with_1_and_says_where_and_what_to_do(tree, capsys):
    where = break_path(tree.b1)
    with pytest.raises(SystemExit) as ended:
        call_command("verify_ledger", "branches.path")
    said = capsys.readouterr().out
    assert ended.value.code == 1
    assert f"! {where}: code=B001 path=ELSEWHERE/B001/" in said
    assert str(ledger.check_of("branches.path").remedy) in said
    assert not LedgerRun.objects.exists()  # only some of the checks: no run of the ledger


def test_the_command_prints_one_document(tree, capsys):
    where = break_path(tree.b1)
    with pytest.raises(SystemExit):
        call_command("verify_ledger", "branches.path", "links", "--json")
    document = json.loads(capsys.readouterr().out)
    assert document["violations"] == 1
    assert [(check["code"], check["violations"], check["found"]) for check in document["checks"]] == [
        ("links", 0, []),
        ("branches.path", 1, [{"where": where, "what": "code=B001 path=ELSEWHERE/B001/"}]),
    ]


def test_the_command_leaves_no_trace_if_asked(administrator, tree):
    break_path(tree.b1)
    with pytest.raises(SystemExit):
        call_command("verify_ledger", "--no-store", "--quick", stdout=None)
    assert (LedgerRun.objects.count(), Notification.objects.count()) == (0, 0)


def test_an_unknown_check_is_named(db):
    with pytest.raises(CommandError, match="nonsense"):
        call_command("verify_ledger", "nonsense")


def test_every_code_stands_once():
    codes = [check.code for check in ledger.checks()]
    assert len(codes) == len({*codes})
