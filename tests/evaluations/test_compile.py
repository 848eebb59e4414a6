"""Does a compilation find the right people and figures, in one snapshot, however many there are?"""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import translation

from branchportal import jobs
from branchportal.messages import text_of
from branchportal.models import AuditEntry, JobRun, Notification
from evaluations import bundle
from evaluations.models import Cycle, RankingEntry, RankingRun, SelfReview
from evaluations.queries import compile as material
from evaluations.queries import rankings
from evaluations.refusals import Refused, shown
from evaluations.services import compile as compiling
from evaluations.services import schemes
from members.models import FormerMembership, Member, RoleAssignment
from members.roles import Role
from members.stages import Stage
from tests.evaluations.ranking_material import (
    NOVEMBER,
    NOW,
    OCTOBER,
    SEPTEMBER,
    compile_now,
    file_self,
    make_month,
    make_scheme,
    rate,
    ready_document,
    review,
)
from tests.factories import make_member, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ready_schemes")]

DECEMBER = date(2026, 12, 1)
TODAY = date(2026, 11, 22)


def names(members):
    return sorted(member.name for member in members)


def read(branch):
    """What a ranking of this branch is made of."""
    return material.read(branches=[branch], purpose="candidate", first=SEPTEMBER, last=NOVEMBER, today=TODAY)[branch.pk]


def table(run):
    return [(entry.rank, entry.name, entry.total, entry.tied) for entry in run.entries.filter(rank__isnull=False)]


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


def test_drafts_months_off_and_other_months_do_not_count(tree):
    member = make_member(tree.b1)
    review(member, SEPTEMBER, own=80, branch=80)
    review(member, date(2026, 8, 1), own=10, branch=10)
    review(member, OCTOBER, own=20, branch=20)
    Cycle.objects.filter(month=OCTOBER).update(is_off=True)
    SelfReview.objects.create(
        cycle=make_month(tree.b1, NOVEMBER), member=member, branch=tree.b1, draft={"points": {"thought": 5}}
    )

    run = compile_now(tree.b1)

    assert table(run) == [(1, member.name, "80.00", False)]
    assert run.entries.get().evidence["self"] == {"months": ["2026-09"], "missing": [], "not_due": ["2026-11"]}


def test_a_month_that_was_due_and_not_filed_is_named(tree):
    member = make_member(tree.b1)
    review(member, SEPTEMBER, own=80, branch=80)
    rate(member, OCTOBER, 90)

    evidence = compile_now(tree.b1).entries.get().evidence

    assert evidence == {
        "self": {"months": ["2026-09"], "missing": ["2026-10"], "not_due": ["2026-11"]},
        "branch": {"months": ["2026-09", "2026-10"], "missing": [], "not_due": ["2026-11"]},
    }


def test_pools_follow_the_stage_at_the_end_of_the_period(tree):
    make_member(tree.b1, name="积极", stage=Stage.ACTIVIST)
    make_member(tree.b1, name="刚列发展", stage=Stage.CANDIDATE, candidate_on=date(2026, 11, 10))
    make_member(tree.b1, name="发展", stage=Stage.CANDIDATE, candidate_on=date(2026, 5, 10))
    make_member(tree.b1, name="预备", stage=Stage.PROBATIONARY)
    make_member(tree.b1, name="刚转正", stage=Stage.FULL, full_on=date(2026, 11, 10))
    make_member(tree.b1, name="正式", stage=Stage.FULL)
    make_member(tree.b1, name="申请", stage=Stage.APPLICANT)
    make_member(tree.b1, name="老师", stage=Stage.FULL, kind=Member.Kind.TEACHER)
    make_member(tree.b2, name="外支部", stage=Stage.ACTIVIST)
    october, today = date(2026, 10, 31), TODAY

    found = {
        (purpose, day): names(material.pool(tree.b1, purpose, day))
        for purpose in ("candidate", "conversion", "appraisal")
        for day in (october, today)
    }

    assert found == {
        ("candidate", october): sorted(["积极", "刚列发展"]),
        ("candidate", today): ["积极"],
        ("conversion", october): sorted(["预备", "刚转正"]),
        ("conversion", today): ["预备"],
        ("appraisal", october): sorted(["预备", "刚转正", "正式"]),
        ("appraisal", today): sorted(["预备", "刚转正", "正式"]),
    }


def test_pools_hold_those_who_belonged_on_the_last_day(tree):
    day = date(2026, 10, 31)
    make_member(tree.b1, name="一直在")
    make_member(tree.b1, name="当天已走", ended_on=day, end_reason="graduated")
    make_member(tree.b1, name="次日才走", ended_on=date(2026, 11, 1), end_reason="graduated")
    make_member(tree.b1, name="后来", joined_on=date(2026, 11, 1))
    moved = make_member(tree.b2, name="后来转走", joined_on=date(2026, 11, 5))
    FormerMembership.objects.create(member=moved, branch=tree.b1, joined_on=date(2025, 9, 1), left_on=date(2026, 11, 5))

    assert names(material.pool(tree.b1, "candidate", day)) == sorted(["一直在", "次日才走", "后来转走"])
    assert names(material.pool(tree.b1, "candidate", TODAY)) == sorted(["一直在", "后来"])


@pytest.mark.parametrize(
    ("activist_on", "ranked"), [(date(2025, 11, 30), True), (date(2025, 12, 1), False), (None, False)]
)
def test_the_year_of_cultivation_is_counted_to_the_last_day_of_the_period(tree, activist_on, ranked):
    member = make_member(tree.b1, activist_on=activist_on)
    review(member, SEPTEMBER, own=80, branch=80)

    found = read(tree.b1)
    sealed = bundle.build(found.scheme.document, compiling.bundle_people(found))

    assert sealed["result"]["not_ranked"] == ([] if ranked else [{"id": member.number, "reasons": ["one_year"]}])


def test_everybody_who_is_not_ranked_is_listed_with_every_reason(tree):
    member = make_member(tree.b1, activist_on=date(2026, 3, 1))

    entry = compile_now(tree.b1).entries.get()

    assert (entry.member, entry.rank, entry.total, entry.reasons) == (
        member, None, "", ["one_year", "missing:branch", "no_data"],
    )  # fmt: skip


def test_equal_totals_are_parted_by_the_branch_rating_and_else_share_the_place(tree):
    for name, own, branch in (("甲", 79, 81), ("乙", 100, 72), ("丙", 79, 81), ("丁", 50, 50)):
        review(make_member(tree.b1, name=name), SEPTEMBER, own=own, branch=branch)

    assert table(compile_now(tree.b1)) == [
        (1, "甲", "80.40", True), (1, "丙", "80.40", True), (3, "乙", "80.40", False), (4, "丁", "50.00", False),
    ]  # fmt: skip


def test_the_bands_of_the_appraisal_leave_room_for_a_third(tree):
    for points in (95, 94, 93, 92, 75, 65):
        review(make_member(tree.b1, stage=Stage.FULL), SEPTEMBER, own=points, branch=points)

    run = compile_now(tree.b1, purpose="appraisal")

    assert list(run.entries.order_by("rank").values_list("total", "band")) == [
        ("95.00", "优秀"), ("94.00", "优秀"), ("93.00", "合格"),
        ("92.00", "合格"), ("75.00", "合格"), ("65.00", "基本合格"),
    ]  # fmt: skip


def test_recompiling_makes_the_next_run_and_leaves_the_first_as_it_was(tree):
    member = make_member(tree.b1)
    review(member, SEPTEMBER, own=80, branch=80)
    first = compile_now(tree.b1)
    before = (first.fingerprint, table(first))
    rate(member, OCTOBER, 90)

    second = compile_now(tree.b1)

    first.refresh_from_db()
    assert (first.fingerprint, table(first)) == before
    assert (second.number, second.supersedes, table(second)) == (2, first, [(1, member.name, "83.50", False)])
    assert second.fingerprint != first.fingerprint


def test_the_same_inputs_give_the_same_bytes(tree):
    for points in (90, 80, 70):
        review(make_member(tree.b1), SEPTEMBER, own=points, branch=points)

    runs = [compile_now(tree.b1), compile_now(tree.b1)]

    assert runs[0].fingerprint == runs[1].fingerprint
    assert rankings.bundle_of(runs[0]) == rankings.bundle_of(runs[1])
    bundle.verify(rankings.bundle_of(runs[0]))


def test_a_person_with_a_new_name_stands_in_old_runs_with_the_old_one(tree):
    member = make_member(tree.b1, name="旧名", class_name="旧班")
    review(member, SEPTEMBER, own=80, branch=80)
    run = compile_now(tree.b1)
    Member.objects.filter(pk=member.pk).update(name="新名", class_name="新班", branch=tree.b2)

    entry = run.entries.get()

    assert (entry.name, entry.class_name) == ("旧名", "旧班")


@pytest.mark.parametrize(("branches", "people"), [(1, 1), (1, 30), (4, 3)])
def test_reading_takes_six_queries_whatever_there_is_to_read(tree, branches, people, django_assert_num_queries):
    chosen = [tree.b1, tree.b2, tree.b3, tree.b4][:branches]
    for branch in chosen:
        for _ in range(people):
            review(make_member(branch), SEPTEMBER, own=80, branch=80)

    with django_assert_num_queries(6):
        found = material.read(branches=chosen, purpose="candidate", first=SEPTEMBER, last=NOVEMBER, today=TODAY)

    assert [len(found[branch.pk].people) for branch in chosen] == [people] * branches


def test_a_branch_without_people_gets_an_empty_run(tree):
    run = compile_now(tree.b2)

    assert (run.ranked_count, run.not_ranked_count) == (0, 0)


def test_a_message_delivered_five_times_compiles_once(tree):
    review(make_member(tree.b1), SEPTEMBER, own=80, branch=80)
    job, _created = compiling.request(
        branch=tree.b1, purpose="candidate", first=SEPTEMBER, last=NOVEMBER, by=None, now=NOW
    )

    for _ in range(5):
        jobs.run(str(job.pk))

    assert RankingRun.objects.count() == 1


def test_asking_twice_queues_one_job(tree):
    asked = {"branch": tree.b1, "purpose": "candidate", "first": SEPTEMBER, "last": NOVEMBER, "by": None, "now": NOW}

    first, created = compiling.request(**asked)
    second, again = compiling.request(**asked)

    assert (first.pk, created, again) == (second.pk, True, False)


def test_an_attempt_that_was_taken_over_writes_nothing(tree):
    review(make_member(tree.b1), SEPTEMBER, own=80, branch=80)
    job, _created = compiling.request(
        branch=tree.b1, purpose="candidate", first=SEPTEMBER, last=NOVEMBER, by=None, now=NOW
    )
    JobRun.objects.filter(pk=job.pk).update(state="running", attempt=2)
    stale = JobRun.objects.get(pk=job.pk)
    stale.attempt = 1
    found = read(tree.b1)
    sealed = bundle.build(found.scheme.document, compiling.bundle_people(found))

    compiling.write([compiling.Compiled(jobs.JobContext(stale), found, sealed)])

    assert (RankingRun.objects.count(), RankingEntry.objects.count()) == (0, 0)
    assert not AuditEntry.objects.filter(action="ranking.compile").exists()


def test_who_lost_the_office_meanwhile_gets_no_ranking(tree):
    secretary = make_user(Role.SECRETARY, tree.b1)
    job, _created = compiling.request(
        branch=tree.b1, purpose="candidate", first=SEPTEMBER, last=NOVEMBER, by=secretary, now=NOW
    )
    RoleAssignment.objects.filter(user=secretary).update(ends_on=date(2024, 12, 31))

    jobs.run(str(job.pk))

    job.refresh_from_db()
    assert (job.state, RankingRun.objects.count()) == ("failed", 0)
    assert tree.b1.name in shown(job.error)


def test_whoever_asked_is_told_when_it_is_ready(tree):
    secretary = make_user(Role.SECRETARY, tree.b1)

    run = compile_now(tree.b1, by=secretary)

    message = Notification.objects.get(user=secretary)
    assert (message.kind, message.url) == ("ranking_compiled", f"/rankings/{run.pk}/")
    with translation.override("en"):
        assert (
            text_of(message) == f"Development candidates: the ranking of {tree.b1.name}, 2026-09 – 2026-11, is ready."
        )


@pytest.mark.parametrize(
    ("first", "last", "word"),
    [
        (OCTOBER, SEPTEMBER, "对调"),
        (DECEMBER, DECEMBER, "2026-12"),
        (date(2022, 1, 1), NOVEMBER, "36"),
        (date(2025, 11, 1), NOVEMBER, "2025-11"),
    ],
)
def test_a_period_that_cannot_succeed_is_refused_before_it_is_queued(tree, first, last, word):
    with pytest.raises(Refused, match=word):
        compiling.request(branch=tree.b1, purpose="candidate", first=first, last=last, by=None, now=NOW)

    assert JobRun.objects.count() == 0


def test_a_general_branch_has_nobody_to_rank(tree):
    with pytest.raises(Refused, match=tree.first.name):
        compiling.request(branch=tree.first, purpose="candidate", first=SEPTEMBER, last=NOVEMBER, by=None, now=NOW)


def test_a_closed_month_queues_each_purpose_that_has_people_over_the_term_so_far(tree):
    make_member(tree.b1, stage=Stage.ACTIVIST)
    make_member(tree.b1, stage=Stage.FULL)

    found = compiling.request_for_closed_month(branch=tree.b1, month=OCTOBER, now=NOW)

    assert sorted((job.arguments["purpose"], job.arguments["first"], job.arguments["last"]) for job in found) == [
        ("appraisal", "2026-09", "2026-10"), ("candidate", "2026-09", "2026-10"),
    ]  # fmt: skip


def test_a_closed_month_goes_back_no_further_than_its_scheme(tree):
    make_member(tree.b1)
    draft = make_scheme(tree.b1, ready_document(version="2"))
    schemes.publish(scheme=draft, first_month=OCTOBER, last_month=None, by=None, now=NOW)

    (job,) = compiling.request_for_closed_month(branch=tree.b1, month=NOVEMBER, now=NOW)

    assert (job.arguments["first"], job.arguments["last"]) == ("2026-10", "2026-11")


def test_a_review_filed_in_another_branch_before_a_transfer_counts(tree):
    member = make_member(tree.b2)
    review(member, SEPTEMBER, own=80, branch=80)
    Member.objects.filter(pk=member.pk).update(branch=tree.b1, joined_on=date(2026, 10, 5))
    member.refresh_from_db()
    file_self(member, OCTOBER, 90)

    assert table(compile_now(tree.b1)) == [(1, member.name, "81.50", False)]
