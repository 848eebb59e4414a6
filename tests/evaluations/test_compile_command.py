"""Does the command line compile one branch or all, wait for the result and say in one line what is wrong?"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from branchportal.models import JobRun
from evaluations.models import RankingRun
from tests.evaluations.ranking_material import NOVEMBER, OCTOBER, SEPTEMBER, install, make_month, review
from tests.factories import make_branch, make_branch_tree, make_member
from tests.live import same_database

ROOT = Path(__file__).resolve().parents[2]
PERIOD = ("--from", "2026-09", "--to", "2026-11")


@pytest.fixture
def tree(transactional_db):
    tree = make_branch_tree()
    install(tree.b1)
    for branch in (tree.b1, tree.b2, tree.b3, tree.b4):
        review(make_member(branch), SEPTEMBER, own=80, branch=80)
    return tree


def run(capsys, *arguments) -> tuple[list[str], list[str]]:
    call_command("compile_ranking", *arguments)
    captured = capsys.readouterr()
    return captured.out.splitlines(), captured.err.splitlines()


def test_one_branch_is_compiled_and_waited_for(tree, live_worker, capsys):
    out, err = run(capsys, "--branch", "B001", *PERIOD, "--wait")

    assert err == []
    assert out[0] == f"B001: 已排队 ({JobRun.objects.get().pk})"
    assert out[-1] == "B001: 完成"
    assert RankingRun.objects.get().branch == tree.b1


def test_all_branches_become_independent_jobs(tree, live_worker, capsys):
    out, _err = run(capsys, "--all", *PERIOD, "--purpose", "appraisal", "--wait")

    assert sorted(line for line in out if line.endswith("完成")) == [
        "B001: 完成", "B002: 完成", "B003: 完成", "B004: 完成",
    ]  # fmt: skip
    assert sorted(RankingRun.objects.values_list("branch__code", "purpose")) == [
        ("B001", "appraisal"), ("B002", "appraisal"), ("B003", "appraisal"), ("B004", "appraisal"),
    ]  # fmt: skip


def test_refusals_are_told_branch_by_branch_and_end_with_an_error(tree, capsys):
    with pytest.raises(CommandError, match="4 个排名中有 4 个生成失败。"):
        call_command("compile_ranking", "--all", "--from", "2025-09", "--to", "2026-11", "--wait")

    assert len(capsys.readouterr().err.splitlines()) == 4
    assert JobRun.objects.count() == 0


def test_a_period_that_is_switched_off_is_refused_with_its_reason(tree):
    make_month(tree.b1, OCTOBER, is_off=True)

    with pytest.raises(CommandError) as refusal:
        call_command("compile_ranking", "--branch", "B001", "--from", "2026-10", "--to", "2026-10")

    assert str(refusal.value) == "2026-10 不开展考评，没有可以生成的排名。"
    assert JobRun.objects.count() == 0


def test_one_refused_branch_does_not_hold_up_the_others(tree, live_worker, capsys):
    other = make_branch("XROOT", None, kind="committee")
    make_branch("XB001", other)
    tree.root.schemes.update(first_month=SEPTEMBER)
    install(other, NOVEMBER)

    with pytest.raises(CommandError, match="5 个排名中有 1 个生成失败。"):
        call_command("compile_ranking", "--all", *PERIOD, "--wait")

    assert RankingRun.objects.count() == 4
    assert capsys.readouterr().err.startswith("XB001: XB001 在 2026-09 没有适用于此用途的已公布方案。")


def test_without_waiting_the_jobs_are_only_queued(tree, capsys):
    out, _err = run(capsys, "--branch", "B001", *PERIOD)

    job = JobRun.objects.get()
    assert out == [f"B001: 已排队 ({job.pk})"]
    assert run(capsys, "--branch", "B001", *PERIOD)[0] == [f"B001: 正在生成 ({job.pk})"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--branch", "B999", *PERIOD], "没有代码为 B999 的支部。"),
        (
            ["--branch", "B001", "--from", "2026-9", "--to", "2026-11"],
            "--from 写的是 2026-9，月份请写成 2026-09 这样。",
        ),
        (
            ["--branch", "B001", "--from", "2026-09", "--to", "2026-13"],
            "--to 写的是 2026-13，月份请写成 2026-09 这样。",
        ),
        (["--branch", "GB1", *PERIOD], "本科生党总支 没有直属成员，请选择其下的党支部。"),
        (["--branch", "B001", "--from", "2026-11", "--to", "2026-09"], "截止月份早于起始月份，请对调。"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(tree, arguments, message):
    with pytest.raises(CommandError) as refusal:
        call_command("compile_ranking", *arguments)

    assert str(refusal.value) == message
    assert JobRun.objects.count() == 0


def test_without_a_broker_it_says_what_to_start(tree):
    environment = {
        **os.environ,
        **same_database(),
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "PORTAL_TEST_REDIS_URL": "redis://127.0.0.1:1",
    }

    done = subprocess.run(
        [sys.executable, "manage.py", "compile_ranking", "--branch", "B001", *PERIOD],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "CommandError: 任务队列没有响应，请先启动系统（bin/portal）或 Redis（REDIS_URL）。\n"
    assert JobRun.objects.count() == 0
