"""Does it take two people to freeze a ranking, and does a frozen one stay as it is?"""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from branchportal import jobs
from branchportal.messages import text_of
from branchportal.models import AuditEntry, JobRun, Notification
from evaluations import bundle
from evaluations.models import BranchReview, Freezing, RankingEntry, RankingRun
from evaluations.queries import freezings, rankings
from evaluations.refusals import Refused, shown
from evaluations.services import compile as compiling
from evaluations.services import freezing
from members.models import Absence, RoleAssignment, User
from members.roles import Role
from tests.evaluations.freezing_material import NOW, confirm, freeze, make_hands, make_run, propose
from tests.evaluations.ranking_material import NOVEMBER, OCTOBER, SEPTEMBER, compile_now, make_month
from tests.factories import make_branch_tree, make_member, make_user

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 22)
ABOUT = "Development candidates of 本科生第一党支部, 2026-09 – 2026-10: "
SECOND = (
    "Two people freeze a ranking, and {} has proposed this one: somebody else of the superior committee confirms it, "
    "nobody who acts in the place of the other."
)


@pytest.fixture
def run(tree):
    return make_run(tree)


@pytest.fixture
def hands(tree):
    return make_hands(tree)


@pytest.fixture(autouse=True)
def english(settings):
    settings.LANGUAGE_CODE = "en"


def refusal(act, *args, **kwargs) -> str:
    with pytest.raises(Refused) as refused:
        act(*args, **kwargs)
    return str(refused.value)


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def trail() -> list[tuple]:
    lines = AuditEntry.objects.exclude(action__in=["ranking.compile"]).filter(action__startswith="ranking.")
    return list(lines.order_by("pk").values_list("action", "actor_name", "reason"))


def told() -> list[tuple[str, str]]:
    notes = Notification.objects.exclude(kind="ranking_compiled").select_related("user").order_by("pk")
    return [(note.user.name, text_of(note)) for note in notes]


def as_stored(run: RankingRun) -> str:
    """Every column of the run and of its rows."""
    rows = [RankingRun.objects.filter(pk=run.pk).values().get(), *RankingEntry.objects.filter(run=run).values()]
    return json.dumps(rows, default=str, sort_keys=True)


def test_the_secretary_proposes_and_a_reviewer_confirms(run, hands):
    before = as_stored(run)

    proposed = propose(run, hands.secretary, note=" 支委会  11 月 12 日讨论 ")
    frozen = confirm(proposed, hands.reviewer, now=NOW + timedelta(hours=1))

    assert (frozen.state, frozen.note, frozen.fingerprint) == ("frozen", "支委会 11 月 12 日讨论", run.fingerprint)
    assert (frozen.proposer_name, frozen.proposer_role, frozen.proposed_at) == ("王书记", "secretary", NOW)
    assert (frozen.decider_name, frozen.decider_role, frozen.decided_at) == (
        "李审核", "reviewer", NOW + timedelta(hours=1),
    )  # fmt: skip
    assert as_stored(run) == before
    assert trail() == [("ranking.freezing_proposed", "王书记", ""), ("ranking.frozen", "李审核", "")]
    assert told() == [
        ("李审核", f"{ABOUT}王书记 proposes to freeze it. Check and confirm it."),
        ("王书记", f"{ABOUT}frozen, confirmed by 李审核."),
    ]  # fmt: skip


def test_twice_is_once(run, hands):
    proposed = propose(run, hands.secretary)
    assert propose(run, hands.secretary) == proposed
    frozen = confirm(proposed, hands.reviewer)
    assert confirm(proposed, hands.reviewer, now=NOW + timedelta(days=1)).decided_at == frozen.decided_at
    assert [line[0] for line in trail()] == ["ranking.freezing_proposed", "ranking.frozen"]


def test_one_account_with_both_offices_is_refused(tree, run, hands):
    both = make_user(Role.REVIEWER, tree.root, name="赵两职")
    RoleAssignment.objects.create(user=both, role=Role.SECRETARY, branch=tree.b1, starts_on=date(2026, 1, 1))
    proposed = propose(run, both)

    assert refusal(confirm, proposed, both) == SECOND.format("赵两职")
    assert confirm(proposed, hands.reviewer).is_frozen


@pytest.mark.parametrize("role", [Role.DEPUTY_SECRETARY, Role.MEMBER])
def test_nobody_of_the_branch_confirms_for_the_superior(tree, run, hands, role):
    both = make_user(role, tree.b1, name="赵两职")
    RoleAssignment.objects.create(user=both, role=Role.REVIEWER, branch=tree.root, starts_on=date(2026, 1, 1))
    proposed = propose(run, hands.secretary)
    said = (
        "A ranking is confirmed by somebody of the superior committee who is not of 本科生第一党支部: neither a "
        "member nor in an office of it, nor acting for one."
    )
    assert refusal(confirm, proposed, fresh(both)) == said
    assert [list(freezings.to_confirm(fresh(one))) for one in (both, hands.reviewer)] == [[], [proposed]]

    elsewhere = make_user(role, tree.b2, name="周外支")
    RoleAssignment.objects.create(user=elsewhere, role=Role.REVIEWER, branch=tree.root, starts_on=date(2026, 1, 1))
    assert confirm(proposed, fresh(elsewhere)).is_frozen


def away(user: User, stand_in: User, *, until: date = TODAY) -> Absence:
    office = user.role_assignments.first()
    return Absence.objects.create(
        office=office, stand_in=stand_in, entered_by=user, starts_on=TODAY - timedelta(days=9), ends_on=until
    )


def test_whoever_acts_for_the_other_is_no_second_person(tree, run, hands):
    """Both ways round, and also when the absence has ended since."""
    away(hands.secretary, hands.reviewer)
    proposed = propose(run, hands.secretary)
    assert refusal(confirm, proposed, fresh(hands.reviewer)) == SECOND.format("王书记")

    freezing.withdraw(freezing=proposed, reason="换人", by=hands.secretary, now=NOW)
    by_stand_in = propose(run, fresh(hands.reviewer))
    assert (by_stand_in.proposer_role, by_stand_in.proposer_for) == ("secretary", hands.secretary)
    RoleAssignment.objects.create(
        user=hands.secretary, role=Role.REVIEWER, branch=tree.root, starts_on=date(2026, 1, 1)
    )
    Absence.objects.all().delete()
    assert refusal(confirm, by_stand_in, fresh(hands.secretary)) == SECOND.format("李审核")

    third = make_user(Role.REVIEWER, tree.root, name="孙第三")
    assert confirm(by_stand_in, third).is_frozen


def test_a_stand_in_of_the_reviewer_signs_in_his_place(tree, run, hands):
    counselor = make_user(Role.COUNSELOR, tree.root, name="周辅导")
    away(hands.reviewer, counselor)

    frozen = confirm(propose(run, hands.secretary), fresh(counselor))

    assert (frozen.decider, frozen.decider_role, frozen.decider_for) == (counselor, "reviewer", hands.reviewer)


def test_whoever_acts_as_secretary_proposes(tree, run):
    deputy = make_user(Role.DEPUTY_SECRETARY, tree.b1)
    assert propose(run, deputy).proposer_role == "deputy_secretary"


def test_an_office_that_has_ended_signs_nothing(run, hands):
    proposed = propose(run, hands.secretary)
    RoleAssignment.objects.all().delete()

    assert refusal(confirm, proposed, fresh(hands.reviewer)) == (
        "You hold no office any more that signs for 本科生第一党支部."
    )


def test_a_proposal_is_declined_with_a_reason_and_made_again(run, hands):
    proposed = propose(run, hands.secretary)

    assert refusal(freezing.decline, freezing=proposed, reason="  ", by=hands.reviewer, now=NOW) == (
        "Write why: the other side has to know what to do next."
    )
    declined = freezing.decline(freezing=proposed, reason="十月 测评缺一人", by=hands.reviewer, now=NOW)

    assert (declined.state, declined.reason, declined.decider_name) == ("declined", "十月 测评缺一人", "李审核")
    assert told()[-1] == (
        "王书记",
        f"{ABOUT}李审核 does not confirm the freezing: 十月 测评缺一人",
    )
    assert refusal(confirm, proposed, hands.reviewer) == "李审核 has declined this proposal meanwhile."
    assert confirm(propose(run, hands.secretary), hands.reviewer).is_frozen
    assert trail()[1] == ("ranking.freezing_declined", "李审核", "十月 测评缺一人")


def test_a_proposal_is_withdrawn_with_a_reason(run, hands):
    proposed = propose(run, hands.secretary)

    freezing.withdraw(freezing=proposed, reason="还要核对", by=hands.secretary, now=NOW)

    assert refusal(confirm, proposed, hands.reviewer) == "王书记 has withdrawn this proposal meanwhile."
    assert told()[-1] == (
        "李审核",
        f"{ABOUT}王书记 withdraws the proposal to freeze it: 还要核对",
    )


def test_only_the_newest_run_as_it_was_shown_is_proposed(tree, run, hands):
    second = make_user(Role.DEPUTY_SECRETARY, tree.b1)
    assert refusal(freezing.propose, run=run, fingerprint="0" * 64, note="", by=hands.secretary, now=NOW) == (
        "The page showed another ranking than the one that is stored: open it anew and compare."
    )
    propose(run, hands.secretary)
    assert refusal(propose, run, second) == (
        "王书记 has proposed this ranking already; it waits for the superior committee."
    )
    newer = compile_now(tree.b1, SEPTEMBER, OCTOBER)
    assert refusal(propose, run, hands.secretary) == (
        "A newer run has replaced this one: open the newest and propose that."
    )
    freeze(newer, hands)
    assert refusal(propose, newer, hands.secretary) == "This ranking is frozen already."


def test_what_is_still_provisional_or_empty_is_not_proposed(tree, run, hands):
    make_month(tree.b1, NOVEMBER)
    running = compile_now(tree.b1, SEPTEMBER, NOVEMBER)
    RankingRun.objects.filter(pk=running.pk).update(compiled_at=NOW - timedelta(days=10))
    empty = compile_now(tree.b2, SEPTEMBER, OCTOBER)
    of_b2 = make_user(Role.SECRETARY, tree.b2)

    assert refusal(propose, running, hands.secretary) == (
        "2026-11 had not closed when this was compiled: wait for its end and compile again."
    )
    assert refusal(propose, empty, of_b2) == "Nobody is ranked here: there is nothing to freeze."


def test_rows_that_were_changed_behind_the_portal_are_not_signed(run, hands):
    proposed = propose(run, hands.secretary)
    run.entries.filter(rank=1).update(total="99.99")

    assert refusal(confirm, proposed, hands.reviewer) == (
        "The stored rows do not agree with the fingerprint: compile again, and tell the system administrator."
    )


def test_a_newer_run_ends_the_proposal_and_says_so(tree, run, hands):
    proposed = propose(run, hands.secretary)
    newer = compile_now(tree.b1, SEPTEMBER, OCTOBER)

    assert refusal(confirm, proposed, hands.reviewer) == (
        "The ranking was compiled again meanwhile: the newest run has to be proposed first."
    )
    proposed.refresh_from_db()
    assert (proposed.state, proposed.decider, newer.supersedes) == ("overtaken", None, run)
    over = f"{ABOUT}compiled again, so the proposal to freeze it is over."
    assert sorted(told()[1:]) == sorted([("李审核", over), ("王书记", over)])
    assert confirm(propose(newer, hands.secretary), hands.reviewer).is_frozen


REFUSED_TO_COMPILE = (
    "This ranking was frozen on 2026-11-22 by 王书记 and 李审核 and is not compiled again, so that what was confirmed "
    "stays. If a figure in it is wrong, take it to the committee that confirmed it; for other months choose another "
    "period."
)


def test_a_frozen_ranking_is_not_compiled_again(tree, run, hands):
    asked = {"branch": tree.b1, "purpose": "candidate", "first": SEPTEMBER, "last": OCTOBER, "by": None, "now": NOW}
    job, _created = compiling.request(**asked)
    freeze(run, hands)

    assert refusal(compiling.request, **asked | {"nonce": "n"}) == REFUSED_TO_COMPILE
    jobs.run(str(job.pk))

    job.refresh_from_db()
    assert (job.state, shown(job.error)) == (JobRun.State.FAILED, REFUSED_TO_COMPILE)
    assert RankingRun.objects.count() == 1
    assert compile_now(tree.b1, OCTOBER, OCTOBER).number == 1


def test_the_clock_leaves_a_frozen_period_alone(tree, run, hands):
    def compiled() -> list[RankingRun]:
        made = compiling.request_for_closed_month(branch=tree.b1, month=OCTOBER, now=NOW)
        for job in made:
            jobs.run(str(job.pk))
        return list(RankingRun.objects.filter(job__in=made))

    (newest,) = compiled()
    freeze(newest, hands)
    assert compiled() == []


def test_nothing_that_happens_to_the_sources_touches_a_frozen_run(tree, run, hands):
    freeze(run, hands)
    before, sealed = as_stored(run), json.dumps(rankings.bundle_of(run), ensure_ascii=False)

    entry = run.entries.get(rank=1)
    BranchReview.objects.filter(member=entry.member).update(thought=60, study=60)
    entry.member.__class__.objects.filter(branch=tree.b1).update(
        name="改名", class_name="改班", ended_on=TODAY, end_reason="graduated"
    )
    make_member(tree.b1)
    compile_now(tree.b1, OCTOBER, OCTOBER)

    assert as_stored(run) == before
    assert json.dumps(rankings.bundle_of(RankingRun.objects.get(pk=run.pk)), ensure_ascii=False) == sealed
    bundle.verify(rankings.bundle_of(run))


def test_the_database_keeps_what_was_signed(run, hands):
    frozen = freeze(run, hands)
    wrong = [
        {"decider": frozen.proposer},
        {"decider": None},
        {"decided_at": None},
        {"state": "declined"},
    ]
    for values in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            Freezing.objects.filter(pk=frozen.pk).update(**values)
    with pytest.raises(ProtectedError):
        run.delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        Freezing.objects.create(
            run=run, fingerprint=run.fingerprint, proposer=frozen.proposer, proposer_name="王书记",
            proposer_role="secretary", proposed_at=NOW,
        )  # fmt: skip


def test_what_waits_and_what_came_back_is_told_to_nobody_elsewhere(tree, run, hands):
    elsewhere = make_branch_tree("X")
    strangers = make_user(Role.REVIEWER, elsewhere.root), make_user(Role.SECRETARY, elsewhere.b1)
    beside = make_user(Role.SECRETARY, tree.b2)
    proposed = propose(run, hands.secretary)
    waiting = [list(freezings.to_confirm(fresh(one))) for one in (hands.reviewer, strangers[0])]
    assert waiting == [[proposed], []]

    freezing.decline(freezing=proposed, reason="缺一份测评", by=hands.reviewer, now=NOW)

    told = [list(freezings.came_back(fresh(one))) for one in (hands.secretary, strangers[1], beside)]
    assert told == [[proposed], [], []]
