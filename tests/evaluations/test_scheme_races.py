"""Do many ticks install once, does one form ask for one ranking, and does one of two editors learn of the other?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection, transaction

from branchportal import jobs
from branchportal.models import AuditEntry, JobRun
from evaluations.models import RankingRun, ScoringScheme
from evaluations.refusals import Refused
from evaluations.services import compile as compiling
from evaluations.services import compiled_runs, scheme_drafts, schemes
from members.models import Branch
from tests.evaluations.ranking_material import NOVEMBER, NOW, SEPTEMBER, install, make_scheme, ready_document
from tests.factories import make_branch_tree, make_member
from tests.parallel import Aside, at_once, refused_or_done

AT_ONCE = 8


@pytest.fixture
def tree(transactional_db):
    return make_branch_tree()


def test_many_ticks_at_once_install_three_schemes(tree):
    at_once([lambda: schemes.install_where_missing(now=NOW)] * AT_ONCE)

    assert sorted(ScoringScheme.objects.values_list("purpose", flat=True)) == ["appraisal", "candidate", "conversion"]


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite lets one writer work at a time anyway")
def test_without_the_lock_they_collide(tree, monkeypatch):
    """The control twin: the same with the lock off."""
    monkeypatch.setattr(connection.features.__class__, "has_select_for_update", False)

    def install_or_collide():
        try:
            return schemes.install_ready_schemes(committee=tree.root, by=None, first_month=date(2026, 1, 1), now=NOW)
        except Refused:
            return "collided"

    assert "collided" in at_once([install_or_collide] * AT_ONCE)


def test_one_form_sent_many_times_asks_for_one_ranking(tree):
    install(tree.b1)

    def send():
        job, _created = compiling.request(
            branch=tree.b1, purpose="candidate", first=SEPTEMBER, last=NOVEMBER, by=None, now=NOW, nonce="n" * 32
        )
        jobs.run(str(job.pk))
        return job.pk

    assert len(set(at_once([send] * AT_ONCE))) == 1
    assert JobRun.objects.count() == 1


def test_without_the_forms_mark_a_job_that_has_ended_is_asked_for_again(tree):
    """The control twin: the same without the nonce, one after the other."""
    install(tree.b1)
    asked = {"branch": tree.b1, "purpose": "candidate", "first": SEPTEMBER, "last": NOVEMBER, "by": None, "now": NOW}

    for _ in range(2):
        job, _created = compiling.request(**asked)
        jobs.run(str(job.pk))

    assert JobRun.objects.count() == 2


def drafted(tree) -> ScoringScheme:
    return make_scheme(tree.root, ready_document(name="草案"))


def typists(draft: ScoringScheme) -> list:
    """Eight people who all saw the same draft and each give it another name."""
    seen = draft.mark

    def save(number: int) -> Callable[[], str]:
        document = draft.document | {"name": f"草案 {number}"}
        return refused_or_done(
            lambda: scheme_drafts.save_draft(
                scheme=draft, seen=seen, document=document, sources=draft.sources, by=None
            ),
            scheme_drafts.StaleDraft,
        )

    return [save(number) for number in range(AT_ONCE)]


def test_of_many_who_edit_one_draft_one_is_taken_and_the_others_are_told(tree):
    answers = at_once(typists(drafted(tree)))

    assert sorted(answers) == ["StaleDraft"] * (AT_ONCE - 1) + ["done"]
    assert AuditEntry.objects.filter(action="scheme.edit").count() == 1


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite lets one writer work at a time anyway")
def test_without_the_lock_editors_overwrite_each_other(tree, monkeypatch):
    """The control twin: the same with the lock off."""
    monkeypatch.setattr(connection.features.__class__, "has_select_for_update", False)

    assert at_once(typists(drafted(tree))).count("done") > 1


def queued(branch: Branch) -> JobRun:
    job, _new = compiling.request(branch=branch, purpose="candidate", first=SEPTEMBER, last=NOVEMBER, by=None, now=NOW)
    return job


def exchanged_while_compiled(tree) -> tuple[Aside, JobRun]:
    """A ranking is compiled while another scheme takes the place of the one that it rests on."""
    install(tree.b1)
    make_member(tree.b1)
    job, other = queued(tree.b1), make_scheme(tree.root, ready_document(version="2"))
    with transaction.atomic():
        schemes.publish(scheme=other, first_month=date(2026, 1, 1), last_month=None, by=None, now=NOW)
        compiled = Aside(lambda: jobs.run(str(job.pk)))
        compiled.waits  # noqa: B018 (until it does, or is done)
    compiled.ends()
    job.refresh_from_db()
    return compiled, job


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite lets one writer work at a time anyway")
def test_no_ranking_rests_on_a_scheme_that_became_a_draft_meanwhile(tree):
    _compiled, job = exchanged_while_compiled(tree)

    assert (job.state, RankingRun.objects.count()) == ("failed", 0)
    assert "was taken back to a draft while this was compiled" in job.error
    assert sorted(ScoringScheme.objects.filter(purpose="candidate").values_list("version", "state")) == [
        ("2", "published"), ("2026-1", "draft"),
    ]  # fmt: skip


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite lets one writer work at a time anyway")
def test_control_without_the_lock_a_ranking_rests_on_a_draft(tree, monkeypatch):
    monkeypatch.setattr(compiled_runs.scheme_sealing, "seal_for_rankings", lambda *, schemes, now: schemes)

    exchanged_while_compiled(tree)

    assert RankingRun.objects.get().scheme.state == "draft"
