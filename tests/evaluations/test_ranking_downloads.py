"""Does each download of a ranking hold what it must, for whom it may, and is it noted?"""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
from django.urls import reverse

from branchportal.models import AccessRecord
from members.roles import Role
from tests.evaluations.ranking_material import compile_now, make_run
from tests.factories import make_user, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ready_schemes")]

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def run(tree):
    return make_run(tree.b1)


@pytest.fixture
def secretary(client, tree):
    user = make_user(Role.SECRETARY, tree.b1, name="王书记")
    sign_in(client, user, language="en")
    return user


def test_the_bundle_satisfies_the_outside_checker(client, run, secretary, tmp_path):
    answer = client.get(reverse("evaluations:ranking_bundle", args=[run.pk]))
    path = tmp_path / "bundle.json"
    path.write_bytes(answer.content)

    checked = subprocess.run(
        [sys.executable, "-S", "-m", "evaluations.bundle", "verify", path],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert (checked.returncode, checked.stderr) == (0, "")
    assert json.loads(answer.content)["fingerprint"] == run.fingerprint
    assert AccessRecord.objects.filter(user=secretary, action="ranking.bundle", branch=run.branch).count() == 1


def test_a_counselor_gets_all_rankings_of_a_month_in_one_workbook(client, tree, run):
    compile_now(tree.b2)
    compile_now(tree.b4)
    sign_in(client, make_user(Role.COUNSELOR, tree.first))

    answer = client.get(reverse("evaluations:ranking_workbooks"), {"month": "2026-10"})

    assert openpyxl.load_workbook(io.BytesIO(answer.content)).sheetnames == [
        "目录", f"1 发展对象2609-2611 {tree.b1.name}", f"2 发展对象2609-2611 {tree.b2.name}", "说明",
    ]  # fmt: skip
    noted = AccessRecord.objects.filter(action="ranking.export")
    assert sorted(noted.values_list("branch__code", flat=True)) == ["B001", "B002"]


def test_a_counselor_gets_all_branches_of_a_month_in_one_workbook(client, tree, run):
    sign_in(client, make_user(Role.COUNSELOR, tree.first))
    address = reverse("evaluations:month_workbook")

    answer = client.get(address, {"month": "2026-09"})

    assert openpyxl.load_workbook(io.BytesIO(answer.content)).sheetnames == [
        "汇总", tree.b1.name, tree.b2.name, tree.b3.name, "说明",
    ]  # fmt: skip
    noted = AccessRecord.objects.filter(action="month.export")
    assert sorted(noted.values_list("branch__code", "user__number")) == [
        (code, noted[0].user.number) for code in ("B001", "B002", "B003")
    ]
    assert client.get(address, {"month": "2026-09", "branch": "B004"}).status_code == 404
    assert client.get(address, {"month": "x"}).status_code == 404
