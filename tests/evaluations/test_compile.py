"""Does a compilation find the right people and figures, in one snapshot, however many there are?"""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from branchportal import jobs
from branchportal.models import AuditEntry, JobRun
from evaluations import bundle
from evaluations.models import RankingEntry, RankingRun
from evaluations.queries import compile as material
from evaluations.refusals import Refused
from evaluations.services import compile as compiling
from members.models import FormerMembership, Member
from members.roles import Role
from members.stages import Stage
from tests.evaluations.ranking_material import (
    NOVEMBER,
    NOW,
    OCTOBER,
    SEPTEMBER,
    compile_now,
    file_self,
    install,
    make_month,
    rate,
    review,
)
from tests.factories import make_branch_tree, make_member, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def tree():
    tree = make_branch_tree()
    install(tree.b1)
    return tree


def test_a_compiled_run_holds_the_figures_of_the_scheme(tree):
    wang = make_member(tree.b1, name="王一", number="2023000001", class_name="软件2301")
    review(wang, SEPTEMBER, own=95, branch=85)
    review(wang, OCTOBER, own=85, branch=75)

    run = compile_now(tree.b1)

    entry = run.entries.get()
    assert (entry.rank, entry.total, entry.tied, entry.name, entry.class_name, entry.stage) == (
        1, "83.00", False, "王一", "软件2301", "activist",
    )  # fmt: skip
    assert entry.components == {
        "self": {"value": "90.0000", "points": "90.0000", "weight": "30.0000", "contribution": "27.0000"},
        "branch": {"value": "80.0000", "points": "80.0000", "weight": "70.0000", "contribution": "56.0000"},
    }
    assert entry.inputs["months_as_activist"] == "32"
    assert entry.evidence["self"] == {"months": ["2026-09", "2026-10"], "missing": [], "not_due": ["2026-11"]}
    assert (run.number, run.ranked_count, run.not_ranked_count, run.supersedes) == (1, 1, 0, None)
    assert [line.action for line in AuditEntry.objects.filter(subject_type="evaluations.rankingrun")] == [
        "ranking.compile"
    ]
