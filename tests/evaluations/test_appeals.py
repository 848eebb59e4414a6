"""Does an appeal lead to a correction and a new run, by the right hands, and does nothing else replace a frozen run?"""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from branchportal import jobs
from branchportal.ledger import Asked
from branchportal.messages import text_of
from branchportal.models import AuditEntry, JobRun, Notification
from evaluations.appeal_times import end_of, last_day_to_answer, last_day_to_appeal
from evaluations.models import Appeal, BranchReview, Freezing, RankingRun, SelfReview
from evaluations.queries import appeals as queries
from evaluations.queries.invariants import CHECKS
from evaluations.refusals import Refused, shown
from evaluations.services import compile as compiling
from evaluations.services.appeals import deciding, filing
from members.models import Absence, Member
from members.roles import Role
from tests.evaluations.appeal_material import NOW, appeal, make_ranked, points, uphold, work
from tests.evaluations.freezing_material import confirm, freeze, propose
from tests.evaluations.ranking_material import OCTOBER, SEPTEMBER, rate
from tests.evaluations.test_freezing import as_stored
from tests.factories import make_user

pytestmark = pytest.mark.django_db

ABOUT = "Development candidates of 本科生第一党支部, 2026-09 – 2026-10: "
CORRECT = ABOUT + "the superior committee asks for a figure of 孙三 to be corrected where it stands: "
ASKED = {"purpose": "candidate", "first": SEPTEMBER, "last": OCTOBER, "by": None, "now": NOW}


@pytest.fixture
def ranked(tree):
    return make_ranked(tree)


@pytest.fixture(autouse=True)
def english(settings):
    settings.LANGUAGE_CODE = "en"


def refusal(act, *args, **kwargs) -> str:
    with pytest.raises(Refused) as refused:
        act(*args, **kwargs)
    return str(refused.value)


def trail() -> list[tuple]:
    lines = AuditEntry.objects.filter(action__regex=r"appeal\.|corrected").order_by("pk")
    return list(lines.values_list("action", "actor_name", "branch__code", "reason"))


def told(*kinds: str) -> list[tuple[str, str]]:
    notes = Notification.objects.filter(kind__in=kinds).select_related("user").order_by("pk")
    return [(note.user.name, text_of(note)) for note in notes]


def violations() -> list:
    asked = Asked(now=NOW)
    ours = [check for check in CHECKS if check.code.startswith(("appeals.", "freezings.", "rankings."))]
    return [found.where for check in ours for found in check.find(asked)]


def standing(run: RankingRun) -> list[tuple]:
    return list(run.entries.exclude(rank=None).order_by("rank", "number").values_list("rank", "name", "total"))


def test_an_upheld_appeal_corrects_the_month_and_compiles_again(ranked):
    third = ranked.members[2]
    one = appeal(ranked, third, words=" 十月评分登记错了 ", evidence="评分表第三行")
    assert (one.state, one.words, one.evidence, one.filed_at) == ("waiting", "十月评分登记错了", "评分表第三行", NOW)
    before = as_stored(ranked.run)

    uphold(one, ranked.hands.reviewer, 95)
    assert BranchReview.objects.get(member=third, cycle__month=OCTOBER).points == points(95)
    assert work() == ["done", "done"]

    one.refresh_from_db()
    assert (one.state, one.decider_name, one.decider_role, one.reason) == ("upheld", "李审核", "reviewer", "登记有误")
    after = one.run_after
    assert (after.number, after.supersedes, after.compiled_by) == (2, ranked.run, ranked.hands.reviewer)
    assert standing(ranked.run) == [(1, "赵一", "86.50"), (2, "钱二", "79.20"), (3, "孙三", "71.90")]
    assert standing(after) == [(1, "赵一", "86.50"), (2, "孙三", "82.40"), (3, "钱二", "79.20")]
    assert as_stored(ranked.run) == before
    assert trail() == [
        ("appeal.filed", "孙三", "ROOT", ""),
        ("appeal.upheld", "李审核", "ROOT", "登记有误"),
        ("branch_rating.corrected", "李审核", "B001", ""),  # not that it was he who appealed
        ("appeal.followed", "李审核", "B001", ""),
    ]
    assert told("appeal_filed", "appeal_upheld", "appeal_followed", "place_changed") == [
        ("李审核", f"{ABOUT}somebody appeals against a figure. Answer until 29 November."),
        ("孙三", f"{ABOUT}your appeal was upheld. 登记有误"),
        ("孙三", f"{ABOUT}compiled again because of your appeal. Your place was 3 and is 2 now."),
        ("钱二", f"{ABOUT}compiled again, because a figure was corrected. Your place was 2 and is 3 now."),
    ]
    assert violations() == []


def test_a_frozen_run_is_replaced_by_exactly_the_run_of_an_upheld_appeal(ranked):
    frozen = freeze(ranked.run, ranked.hands)
    one = appeal(ranked, ranked.members[2])
    sealed, signed = as_stored(ranked.run), Freezing.objects.filter(pk=frozen.pk).values().get()
    branch = ranked.run.branch

    assert refusal(compiling.request, branch=branch, **ASKED).startswith("This ranking was frozen on 2026-11-22")
    waiting = refusal(compiling.request, branch=branch, **ASKED, appeal=one)
    assert waiting == "No upheld appeal waits for this: it was not upheld, or the ranking was compiled for it already."

    uphold(one, ranked.hands.reviewer)
    assert refusal(compiling.request, branch=branch, **ASKED).startswith("This ranking was frozen on 2026-11-22")
    work()
    one.refresh_from_db()
    assert (one.run_after.number, one.run_after.freezing) == (2, None)
    assert (as_stored(ranked.run), Freezing.objects.filter(pk=frozen.pk).values().get()) == (sealed, signed)
    assert violations() == []

    again = propose(one.run_after, ranked.hands.secretary)
    assert confirm(again, ranked.hands.reviewer).is_frozen
    assert refusal(compiling.request, branch=branch, **ASKED).startswith("This ranking was frozen on 2026-11-22")
    assert refusal(compiling.request, branch=branch, **ASKED, appeal=one) == waiting
    assert violations() == []


def queued(branch, arguments: dict) -> JobRun:
    usual = {"branch": branch.code, "first": "2026-09", "last": "2026-10", "purpose": "candidate"}
    return JobRun.objects.create(kind="compile_ranking", key=str(arguments), arguments=usual | arguments, branch=branch)


def ended(job: JobRun) -> tuple[str, str]:
    jobs.run(str(job.pk))
    job.refresh_from_db()
    return job.state, shown(job.error)


def test_behind_the_lock_no_other_job_replaces_a_frozen_run(ranked):
    """Without an appeal, with one that waits, was declined, is about another ranking, or has its run already."""
    freeze(ranked.run, ranked.hands)
    waiting, declined, done = (appeal(ranked, member) for member in ranked.members)
    deciding.decline(appeal=declined, reason="登记无误", by=ranked.hands.reviewer, now=NOW)
    not_carried = "No upheld appeal waits for this: it was not upheld, or the ranking was compiled for it already."

    for arguments, why in (
        ({}, "This ranking was frozen on 2026-11-22"),
        ({"appeal": waiting.pk}, not_carried),
        ({"appeal": declined.pk}, not_carried),
        ({"appeal": 0}, not_carried),
    ):
        state, error = ended(queued(ranked.run.branch, arguments))
        assert (state, error[: len(why)]) == ("failed", why), arguments
    uphold(done, ranked.hands.reviewer)
    of_another_ranking = queued(ranked.run.branch, {"appeal": done.pk, "last": "2026-09"})
    assert sorted(work()) == ["done", "done", *["failed"] * 5]
    of_another_ranking.refresh_from_db()
    assert shown(of_another_ranking.error) == not_carried
    freeze(RankingRun.objects.get(number=2), ranked.hands)
    assert ended(queued(ranked.run.branch, {"appeal": done.pk}))[0] == "failed"
    assert list(RankingRun.objects.values_list("number", flat=True)) == [2, 1]


def test_control_without_the_check_behind_the_lock_a_frozen_run_is_replaced(ranked, monkeypatch):
    freeze(ranked.run, ranked.hands)
    waiting = appeal(ranked, ranked.members[2])
    monkeypatch.setattr("evaluations.services.compiled_runs.Grounds.refusal", lambda *_args: None)
    assert ended(queued(ranked.run.branch, {"appeal": waiting.pk}))[0] == "done"
    assert violations() == [f"evaluations.Freezing {ranked.run.freezing.pk}"]


def test_nothing_is_proposed_or_confirmed_while_a_correction_waits_for_its_run(ranked):
    proposed = propose(ranked.run, ranked.hands.secretary)
    one = appeal(ranked, ranked.members[2])
    uphold(one, ranked.hands.reviewer)
    why = "An appeal against this ranking was upheld: a figure is corrected and the ranking compiled again first."
    assert refusal(confirm, proposed, ranked.hands.reviewer) == why
    work()
    proposed.refresh_from_db()
    assert proposed.state == "overtaken"
    assert propose(RankingRun.objects.get(number=2), ranked.hands.secretary).is_open


def test_a_job_that_read_before_the_correction_does_not_undo_it(ranked, monkeypatch):
    """As where somebody has compiled again while the committee corrected."""
    one = appeal(ranked, ranked.members[2])
    early, _created = compiling.request(branch=ranked.run.branch, **ASKED)
    read = compiling._read

    def read_and_wait(contexts):
        found = read(contexts)
        uphold(one, ranked.hands.reviewer)
        monkeypatch.setattr(compiling, "_read", read)
        carried = JobRun.objects.get(state="queued")
        jobs.run(str(carried.pk))
        return found

    monkeypatch.setattr(compiling, "_read", read_and_wait)
    assert ended(early) == (
        "failed",
        "A figure was corrected because of an appeal, and this would be without it: compile the newest run again.",
    )
    assert list(RankingRun.objects.values_list("number", flat=True)) == [2, 1]
    again, _created = compiling.request(branch=ranked.run.branch, **ASKED)
    assert ended(again)[0] == "done"


def test_several_upheld_appeals_share_a_run(ranked):
    for member, value in zip(ranked.members, (95, 85, 75), strict=True):
        uphold(appeal(ranked, member, place="2026-09"), ranked.hands.reviewer, value)
    assert sorted(work()) == ["done", "done", "failed", "failed"]
    assert set(Appeal.objects.values_list("run_after__number", flat=True)) == {2}
    assert violations() == []


def test_an_appeal_is_carried_over_to_the_next_run(ranked):
    late, early = appeal(ranked, ranked.members[1]), appeal(ranked, ranked.members[2])
    uphold(early, ranked.hands.reviewer)
    work()
    freeze(RankingRun.objects.get(number=2), ranked.hands)
    uphold(late, ranked.hands.reviewer)
    work()
    late.refresh_from_db()
    assert (late.run_after.number, late.run.number) == (3, 1)
    assert violations() == []


def test_a_missing_month_is_entered(ranked, tree):
    member = ranked.members[2]
    SelfReview.objects.filter(member=member, cycle__month=OCTOBER).delete()
    ranked.run = rerun(ranked)
    one = appeal(ranked, member, "self", "2026-10")
    uphold(one, ranked.hands.reviewer, 85)
    review = SelfReview.objects.get(member=member, cycle__month=OCTOBER)
    assert (review.points, review.from_paper, review.submitted_by) == (points(85), True, ranked.hands.reviewer)
    work()
    one.refresh_from_db()
    assert one.run_after.number == 3
    assert "self_review.corrected" in [line[0] for line in trail()]


def rerun(ranked) -> RankingRun:
    job, _created = compiling.request(branch=ranked.run.branch, **ASKED)
    assert ended(job)[0] == "done"
    return RankingRun.objects.get(job=job)


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (65, "These are the points that count already: correct what is wrong, or decline the appeal."),
        (88, "Give all five: each is one of the five grades, or a whole number from 0 to 100."),
        (None, "Give all five: each is one of the five grades, or a whole number from 0 to 100."),
    ],
)
def test_a_correction_that_corrects_nothing_is_refused_whole(ranked, value, why):
    one = appeal(ranked, ranked.members[2])
    assert refusal(uphold, one, ranked.hands.reviewer, value) == why
    one.refresh_from_db()
    assert (one.state, len(trail()), work()) == ("waiting", 1, ["done"])


def test_what_stands_elsewhere_is_corrected_there_and_then_compiled(ranked):
    """Whole months as an activist come from the roster: its officers correct it, the committee compiles."""
    member, reviewer = ranked.members[2], ranked.hands.reviewer
    one = appeal(ranked, member, "months_as_activist", "")
    uphold(one, reviewer, None)
    assert told("figure_to_correct") == [
        ("王书记", f"{CORRECT}Whole months as an activist until the end of the period.")
    ]
    why = "The figure still rests on what it rested on: first it has to be corrected where it stands."
    assert refusal(deciding.recompile, appeal=one, by=reviewer, now=NOW) == why
    Member.objects.filter(pk=member.pk).update(activist_on=date(2026, 5, 1))
    job = deciding.recompile(appeal=one, by=reviewer, now=NOW)
    assert deciding.recompile(appeal=one, by=reviewer, now=NOW) == job
    assert ended(job)[0] == "done"
    one.refresh_from_db()
    assert one.run_after.number == 2
    assert told("appeal_followed") == [
        ("孙三", f"{ABOUT}compiled again because of your appeal. You had place 3 and are not ranked now.")
    ]
    assert refusal(deciding.recompile, appeal=one, by=reviewer, now=NOW).startswith("No upheld appeal waits for this")


def test_a_declined_appeal_tells_why_and_changes_nothing(ranked):
    one = appeal(ranked, ranked.members[2])
    for _twice in range(2):
        deciding.decline(appeal=one, reason="与评分表 一致", by=ranked.hands.reviewer, now=NOW)
    assert told("appeal_declined") == [("孙三", f"{ABOUT}your appeal was not upheld. 与评分表 一致")]
    assert [line[0] for line in trail()] == ["appeal.filed", "appeal.declined"]
    assert work() == ["done"]
    assert refusal(uphold, one, ranked.hands.reviewer) == "李审核 has declined this appeal meanwhile."
    assert refusal(deciding.recompile, appeal=one, by=ranked.hands.reviewer, now=NOW) == (
        "This appeal was not upheld: nothing is compiled because of it."
    )


def test_nobody_handles_an_appeal_about_himself(ranked, tree):
    member = ranked.members[2]
    member.user.role_assignments.create(role=Role.REVIEWER, branch=tree.root, starts_on=date(2026, 1, 1))
    himself = type(member.user).objects.get(pk=member.user.pk)
    one = appeal(ranked, member)
    why = "Nobody handles an appeal about himself or about whom he stands in for: somebody else does."
    assert refusal(uphold, one, himself) == why
    assert refusal(deciding.decline, appeal=one, reason="否", by=himself, now=NOW) == why
    assert [user for user, _text in told("appeal_filed")] == ["李审核"]
    assert list(queries.to_decide(himself, NOW.date())) == []

    office = himself.role_assignments.get(role=Role.REVIEWER)
    stand_in = make_user(Role.SECRETARY, tree.b2, name="周代行")
    Absence.objects.create(
        office=office, stand_in=stand_in, entered_by=himself, starts_on=date(2026, 11, 1), ends_on=date(2026, 12, 1)
    )
    stand_in = type(stand_in).objects.get(pk=stand_in.pk)
    assert refusal(uphold, one, stand_in) == why
    assert uphold(one, ranked.hands.reviewer).is_upheld


@pytest.mark.parametrize("who", ["secretary", "member"])
def test_who_holds_no_such_office_decides_nothing(ranked, who):
    user = ranked.hands.secretary if who == "secretary" else ranked.members[0].user
    one = appeal(ranked, ranked.members[2])
    assert refusal(uphold, one, user) == "You hold no office any more that signs for 本科生第一党支部."


def test_who_may_appeal_against_what_and_until_when(ranked):
    member, other = ranked.members[2], ranked.members[0]
    entry = ranked.run.entries.get(member=member)
    values = {"entry": entry, "figure": "branch", "place": "2026-10", "words": "错", "evidence": "", "now": NOW}
    why = "You can appeal against figures of your own row only."
    assert refusal(filing.file_appeal, **values, by=other.user) == why
    for wrong in ({"figure": "peer"}, {"place": "2026-11"}, {"place": "1"}):
        assert refusal(filing.file_appeal, **(values | wrong), by=member.user) == (
            "There is no such figure in your row. Open your result again."
        )
    assert refusal(filing.file_appeal, **(values | {"words": " \n"}), by=member.user) == (
        "Write what is wrong with the figure: the committee looks into just that."
    )
    assert refusal(filing.file_appeal, **(values | {"words": "错" * 501}), by=member.user) == (
        "At most 500 characters. Please shorten it."
    )
    compiled = ranked.run.compiled_at
    too_late = compiled + timedelta(days=8)
    assert refusal(filing.file_appeal, **(values | {"now": too_late}), by=member.user).startswith(
        "Appeals against this ranking were accepted until "
    )
    RankingRun.objects.filter(pk=ranked.run.pk).update(compiled_at=compiled - timedelta(days=30))
    ranked.run.refresh_from_db()
    freeze(ranked.run, ranked.hands)  # from its freezing on there is time again
    assert appeal(ranked, member) == appeal(ranked, member, words="第二次")
    assert Appeal.objects.count() == 1


def test_a_run_that_was_replaced_is_not_appealed_against(ranked):
    rate(ranked.members[0], date(2026, 11, 1), 95)
    rerun(ranked)
    assert refusal(appeal, ranked, ranked.members[2]) == (
        "A newer run has replaced this one: open your newest result and appeal there."
    )


def test_an_appeal_is_withdrawn_by_whoever_filed_it(ranked):
    one = appeal(ranked, ranked.members[2])
    assert refusal(filing.withdraw, appeal=one, by=ranked.members[0].user, now=NOW) == (
        "Only whoever appealed takes the appeal back."
    )
    for _twice in range(2):
        assert filing.withdraw(appeal=one, by=ranked.members[2].user, now=NOW).state == "withdrawn"
    assert [line[0] for line in trail()] == ["appeal.filed", "appeal.withdrawn"]
    assert refusal(uphold, one, ranked.hands.reviewer) == "The member has taken this appeal back meanwhile."
    answered = uphold(appeal(ranked, ranked.members[2]), ranked.hands.reviewer)
    assert refusal(filing.withdraw, appeal=answered, by=ranked.members[2].user, now=NOW) == (
        "The committee has answered this appeal meanwhile."
    )


def test_the_last_day_is_counted_whole():
    late = datetime.fromisoformat("2026-11-22T23:59:00+08:00")
    assert last_day_to_appeal(late, None) == date(2026, 11, 29)
    assert last_day_to_appeal(late, late + timedelta(minutes=1)) == date(2026, 11, 30)
    assert last_day_to_answer(late) == date(2026, 11, 29)
    assert end_of(date(2026, 11, 29)) == datetime.fromisoformat("2026-11-30T00:00:00+08:00")


def test_a_second_appeal_may_correct_the_first_correction(ranked):
    for value in (95, 85):
        uphold(appeal(ranked, ranked.members[0]), ranked.hands.reviewer, value)
        work()
        ranked.run = RankingRun.objects.get(superseded_by=None)
    assert list(Appeal.objects.values_list("run_after__number", flat=True)) == [2, 3]
    assert violations() == []
