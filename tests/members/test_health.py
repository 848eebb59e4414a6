"""Does the operator's page say what answers and what does not, and does its retry button queue a job once?"""

from __future__ import annotations

import os
import shutil
from collections import namedtuple
from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError, connection
from django.urls import reverse

from branchportal import audit, health, ledger, maintenance
from branchportal.health import State
from branchportal.models import AuditEntry, JobRun, LedgerRun, Notification, Pulse
from branchportal.notifications import notify
from members.roles import Role
from tests.factories import make_branch_tree, make_user, sign_in

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
NOWHERE = "redis://127.0.0.1:1/0"  # a port on which nobody listens
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture(autouse=True)
def folders(settings, tmp_path, time_machine):
    time_machine.move_to(NOW, tick=False)
    settings.AUDIT_HEAD = tmp_path / "audit_head.json"
    settings.DATA_DIR = settings.MEDIA_ROOT = tmp_path
    settings.REDIS_URL = NOWHERE  # answers at once; one test asks the real broker


@pytest.fixture
def tree():
    return make_branch_tree()


@pytest.fixture
def administrator(tree):
    return make_user(Role.ADMINISTRATOR, tree.root)


@pytest.fixture
def page(client, administrator):
    sign_in(client, administrator)
    return lambda: client.get(reverse("members:health"))


def make_job(key: str, *, state="failed", branch=None, **more) -> JobRun:
    ended = {"finished_at": NOW - HOUR, "attempt": 5} if state in {"failed", "done"} else {}
    return JobRun.objects.create(kind="probe", key=key, arguments={"key": key}, state=state, branch=branch,
                                 **{"created_at": NOW - 2 * HOUR, **ended, **more})  # fmt: skip


def vital(label: str) -> health.Vital:
    return next(one for one in health.vitals(now=NOW) if one.label == label)


def test_the_page_names_each_part_with_a_word_and_what_to_do(page):
    rows = {one.label: (one.state.value, bool(one.advice)) for one in page().context["vitals"]}
    assert rows["数据库"] == ("green", False)
    assert rows["定时器"] == ("red", True)  # nothing has ever ticked in a test
    assert rows["备份"] == ("red", True)
    assert {state == "green" for state, _advice in rows.values()} == {True, False}
    assert all(advice == (state != "green") for state, advice in rows.values())


def test_without_a_broker_the_page_opens_and_says_so(page):
    response = page()
    rows = {one.label: one for one in response.context["vitals"]}
    assert response.status_code == 200
    assert (rows["消息队列"].state, rows["任务进程"].state) == (State.RED, State.AMBER)
    assert "消息队列没有应答" in rows["任务进程"].fact


def test_a_broker_without_a_worker(settings):
    settings.REDIS_URL = os.environ["REDIS_URL"]
    found = {one.label: (one.state.value, one.fact) for one in health.vitals(now=NOW)}
    assert (found["消息队列"][0], found["任务进程"]) == ("green", ("red", "没有任务进程应答"))


@pytest.mark.parametrize(
    ("ago", "state"), [(119 * SECOND, "green"), (120 * SECOND, "amber"), (10 * MINUTE, "red")]
)  # fmt: skip
def test_a_clock_that_is_late(ago, state):
    health.note_pulse("worker1@portal", now=NOW - HOUR)
    health.note_pulse("worker1@portal", now=NOW - ago)
    assert (vital("定时器").state.value, Pulse.objects.count()) == (state, 1)


@pytest.mark.parametrize(
    ("ago", "state"), [(119 * SECOND, "green"), (2 * MINUTE, "amber"), (30 * MINUTE, "red")]
)  # fmt: skip
def test_a_job_that_waits_too_long(ago, state):
    make_job("1", state="queued", created_at=NOW - ago)
    assert vital("任务").state.value == state


def test_a_failed_job_is_told_of_for_a_week():
    make_job("1", finished_at=NOW - timedelta(days=7))
    assert vital("任务").state == State.AMBER
    JobRun.objects.update(finished_at=NOW - timedelta(days=7) - SECOND)
    assert vital("任务").state == State.GREEN


@pytest.mark.parametrize(("ago", "state"), [(9 * MINUTE, "green"), (10 * MINUTE, "amber")])
def test_lines_of_the_audit_trail_that_are_not_sealed(ago, state):
    line = audit.record("job.retention", by=None)
    AuditEntry.objects.filter(pk=line.pk).update(at=NOW - ago)
    assert vital("操作记录").state.value == state
    audit.seal()
    assert (vital("操作记录").state, "1" in vital("操作记录").fact) == (State.GREEN, True)


@pytest.mark.parametrize(
    ("ago", "state"), [(36 * HOUR, "green"), (37 * HOUR, "amber"), (192 * HOUR, "red"), (41 * 24 * HOUR, "red")]
)
def test_a_backup_that_is_old(ago, state):
    line = audit.record(health.BACKUP, by=None, after={"bytes": 3 * 2**20})
    AuditEntry.objects.filter(pk=line.pk).update(at=NOW - ago)
    assert vital("备份").state.value == state


@pytest.mark.parametrize(("free", "state"), [(101, "green"), (99, "amber"), (0.4, "red")])
def test_a_disk_that_fills_up(monkeypatch, free, state):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: usage(1000 * 2**30, 0, int(free * 2**30)))
    assert vital("数据所在磁盘").state.value == state


@pytest.mark.parametrize(
    ("mail", "ago", "state"),
    [("waiting", 59 * MINUTE, "green"), ("waiting", 61 * MINUTE, "amber"), ("failed", MINUTE, "amber"),
     ("sent", 99 * HOUR, "green")],
)  # fmt: skip
def test_mail_that_does_not_go(settings, administrator, mail, ago, state):
    assert vital("外发邮件").state == State.AMBER if not settings.MAIL_IS_SET_UP else True
    settings.MAIL_IS_SET_UP = True
    notify([administrator], "password_changed", key="1", context={})
    Notification.objects.update(mail=mail, created_at=NOW - ago, mail_at=NOW - ago)
    assert vital("外发邮件").state.value == state


def test_a_portal_that_is_closed():
    maintenance.begin(maintenance.Notice())
    assert vital("访问").state == State.AMBER


def test_the_last_check_of_the_data_is_shown_with_where_and_what_to_do(page, tree):
    assert "尚未运行" in page().text
    ledger.keep(list(ledger.verify(ledger.Asked(NOW), only=["branches.path"])), began_at=NOW, is_full=True)
    assert (vital("数据核对").state, "没有不符" in page().text) == (State.GREEN, True)
    type(tree.b1).objects.filter(pk=tree.b1.pk).update(path="X/")
    ledger.keep(list(ledger.verify(ledger.Asked(NOW), only=["branches.path"])), began_at=NOW, is_full=True)
    text = page().text
    assert vital("数据核对").state == State.RED
    assert f"members.Branch {tree.b1.pk}: code=B001 path=X/" in text
    assert str(ledger.check_of("branches.path").remedy) in text
    LedgerRun.objects.update(violations=0, began_at=NOW - 37 * HOUR)
    assert vital("数据核对").state == State.AMBER


def test_jobs_of_the_own_committee_and_of_none_are_listed(page, tree):
    own, nobodys = make_job("own", branch=tree.b1), make_job("nobodys", error="lost_worker")
    make_job("foreign", branch=make_branch_tree("X").b1)
    make_job("over", finished_at=NOW - timedelta(days=8))
    make_job("done", state="done")
    shown = {job.pk: error for job, error in page().context["jobs"]}
    assert shown == {own.pk: "", nobodys.pk: "任务进程五次中途退出，多半是内存不足。"}


def test_the_page_costs_the_same_for_one_and_many_jobs(page, tree, django_assert_num_queries):
    make_job("0", branch=tree.b1)
    page()
    with django_assert_num_queries(QUERIES):
        page()
    for number in range(1, 30):
        make_job(str(number), branch=tree.b2)
    with django_assert_num_queries(QUERIES):
        page()


QUERIES = 16


def test_a_failed_job_is_queued_again_once_for_whoever_asked_for_it(client, administrator, tree):
    secretary = make_user(Role.SECRETARY, tree.b1)
    job = make_job("1", branch=tree.b1, requested_by=secretary)
    sign_in(client, administrator)
    for _press in range(2):
        assert client.post(reverse("members:retry_job", args=[job.pk])).url == reverse("members:health")
    again = JobRun.objects.exclude(pk=job.pk).get()
    assert (again.state, again.requested_by, again.branch, again.arguments) == (
        "queued", secretary, tree.b1, {"key": "1"},
    )  # fmt: skip
    line = AuditEntry.objects.get(action="job.retried")
    assert (line.actor, line.branch, line.after) == (administrator, tree.b1, {"work": "probe", "key": "1"})


def test_what_has_ended_well_or_long_ago_or_elsewhere_is_not_queued_again(client, administrator, tree):
    sign_in(client, administrator)
    for job in (
        make_job("done", state="done", branch=tree.b1),
        make_job("old", finished_at=NOW - timedelta(days=8)),
        make_job("foreign", branch=make_branch_tree("X").b1),
    ):
        assert client.post(reverse("members:retry_job", args=[job.pk])).status_code == 404
    assert JobRun.objects.count() == 3


def test_the_health_check_tells_a_load_balancer_and_nothing_else(client):
    assert (client.get("/health/").status_code, client.get("/health/").json()) == (200, {"status": "ok"})

    def away(*_arguments):
        raise OperationalError("no password for portal@10.0.0.4")

    with connection.execute_wrapper(away):
        response = client.get("/health/")
    assert (response.status_code, response.json()) == (503, {"status": "unavailable"})
