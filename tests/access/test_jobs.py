"""Does a job that somebody asked for check his right once more when it runs, minutes or a restart later?"""

from __future__ import annotations

import pytest

from branchportal import jobs
from branchportal.celery import app
from branchportal.models import AuditEntry, JobRun, Notification
from evaluations.models import RankingRun
from evaluations.services import compile as compiling
from members.models import User
from members.roles import Role
from tests.access.world import NOW
from tests.evaluations.ranking_material import OCTOBER, SEPTEMBER, install, make_month, review
from tests.factories import make_branch_tree, make_member, make_user

pytestmark = pytest.mark.django_db

ASKED_BY_PEOPLE = {"compile_ranking"}
BY_THE_CLOCK = {"ledger", "retention"}


@pytest.fixture
def tree(time_machine):
    time_machine.move_to(NOW, tick=False)
    tree = make_branch_tree()
    install(tree.root)
    member = make_member(tree.b1)
    for month in (SEPTEMBER, OCTOBER):
        make_month(tree.b1, month)
        review(member, month, own=95, branch=85)
    return tree


def lose_the_office(user: User) -> None:
    user.role_assignments.update(ends_on="2026-11-01")


def be_deactivated(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def go_to_another_branch(user: User) -> None:
    user.role_assignments.update(branch=make_branch_tree("X").b1)


def become_less(user: User) -> None:
    user.role_assignments.update(role=Role.PUBLICITY_COMMISSIONER)
    make_user(Role.SECRETARY, user.role_assignments.get().branch)


def stay(user: User) -> None:
    """The twin: the right is still there."""


@pytest.mark.parametrize(
    ("happens", "state", "runs"),
    [
        (stay, "done", 1), (lose_the_office, "failed", 0), (be_deactivated, "failed", 0),
        (go_to_another_branch, "failed", 0), (become_less, "failed", 0),
    ],
)  # fmt: skip
def test_a_ranking_is_compiled_only_for_who_may_still_ask(happens, state, runs, tree):
    secretary = make_user(Role.SECRETARY, tree.b1)
    job, _created = compiling.request(
        branch=tree.b1, purpose="candidate", first=SEPTEMBER, last=OCTOBER, by=secretary, now=NOW
    )
    lines = AuditEntry.objects.count()
    happens(secretary)
    jobs.run(str(job.pk))
    assert (JobRun.objects.get(pk=job.pk).state, RankingRun.objects.count()) == (state, runs)
    assert bool(AuditEntry.objects.count() - lines) is bool(runs)
    assert Notification.objects.filter(user=secretary, kind__contains="ranking").count() == runs


def test_a_job_for_another_branch_is_refused_though_it_was_queued(tree):
    stranger = make_user(Role.SECRETARY, tree.b2)
    job, _created = compiling.request(
        branch=tree.b1, purpose="candidate", first=SEPTEMBER, last=OCTOBER, by=stranger, now=NOW
    )
    jobs.run(str(job.pk))
    assert (JobRun.objects.get(pk=job.pk).state, RankingRun.objects.count()) == ("failed", 0)


def test_every_kind_of_job_is_one_or_the_other():
    """A new kind of job says here whether people ask for it; then it gets a row above."""
    app.loader.import_default_modules()  # as a worker does
    assert {*jobs._handlers} == ASKED_BY_PEOPLE | BY_THE_CLOCK
