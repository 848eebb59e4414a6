"""Does a defence go from its plan to its snapshot by its rules, and by nothing else?"""

from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from branchportal.models import AuditEntry, Notification
from evaluations.defence_scores import Criterion
from evaluations.models import DefenceSession, DefenceSpeaker, JudgeScore
from evaluations.queries import defences as queries
from evaluations.refusals import Refused, StaleReviewError
from evaluations.sampling import drawn
from evaluations.services.defences import judging, links, preparing, running
from evaluations.services.defences.judging import Marks
from members.models import Branch
from members.roles import Role
from members.stages import Stage
from tests.evaluations.defence_material import CRITERIA, DAY, NOW, ONE, give, heard, make_session, panel, submit
from tests.factories import make_branch_tree, make_member, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def tree():
    return make_branch_tree()


@pytest.fixture
def secretary(tree):
    return make_user(Role.SECRETARY, tree.b1)


def plan(*criteria, title="答辩"):
    return preparing.Plan(title, DAY, "", criteria)


def lines() -> list[tuple]:
    """(action, by, reason) of every line about defences."""
    found = AuditEntry.objects.filter(action__startswith="defence.").order_by("pk")
    return list(found.values_list("action", "reason"))


# Preparing


def test_the_same_form_twice_makes_one_session(tree, secretary):
    entry = uuid4()
    asked = {"branch": tree.b1, "kind": "candidate", "plan": plan(*ONE), "entry": entry, "by": secretary}
    assert preparing.create(**asked) == preparing.create(**asked)
    assert lines() == [("defence.created", "")]


@pytest.mark.parametrize(
    ("criteria", "words"),
    [
        ((), "合计为 0"),
        ((Criterion("甲", 60, 100),), "合计为 60"),
        ((Criterion("甲", 60, 100), Criterion("甲", 40, 100)), "同名"),
        ((Criterion("甲", 75, 100), Criterion("乙", 25, 30)), "乙"),
    ],
)
def test_criteria_that_do_not_add_up_are_refused(tree, secretary, criteria, words):
    with pytest.raises(Refused, match=words):
        preparing.create(branch=tree.b1, kind="candidate", plan=plan(*criteria), entry=uuid4(), by=secretary)
    assert not DefenceSession.objects.exists()


def test_branches_defend_above_themselves(tree, secretary):
    reviewer = make_user(Role.REVIEWER, tree.root)
    with pytest.raises(Refused, match="党总支"):
        preparing.create(branch=tree.b1, kind="branch", plan=plan(*ONE), entry=uuid4(), by=secretary)
    session = preparing.create(branch=tree.first, kind="branch", plan=plan(*ONE), entry=uuid4(), by=reviewer)
    preparing.choose_speakers(session=session, branches=[tree.b1, tree.b2], by=reviewer, now=NOW)
    assert [speaker.name for speaker in heard(session)] == [tree.b1.name, tree.b2.name]
    with pytest.raises(Refused, match=tree.b4.name):
        preparing.choose_speakers(session=session, branches=[tree.b1, tree.b4], by=reviewer, now=NOW)


def test_who_speaks_stands_at_the_stage_and_belongs_to_the_branch(tree, secretary):
    session = make_session(tree.b1, by=secretary, speakers=1, opened=False)
    elsewhere = make_member(tree.b2, name="外支部人")
    applicant = make_member(tree.b1, name="申请人", stage=Stage.APPLICANT)
    with pytest.raises(Refused, match="外支部人、申请人"):
        preparing.choose_speakers(session=session, members=[elsewhere, applicant], by=secretary, now=NOW)
    assert len(heard(session)) == 1


def test_speakers_are_exactly_those_chosen_last(tree, secretary):
    session = make_session(tree.b1, by=secretary, speakers=2, opened=False)
    stays = heard(session)[0].member
    comes = make_member(tree.b1)
    preparing.choose_speakers(session=session, members=[stays, comes], by=secretary, now=NOW)
    preparing.choose_speakers(session=session, members=[stays, comes], by=secretary, now=NOW)  # again: nothing more
    assert {speaker.member for speaker in heard(session)} == {stays, comes}
    assert [action for action, _reason in lines()].count("defence.speakers") == 2


def test_judges_have_an_account_of_the_committee_or_a_name(tree, secretary):
    session = make_session(tree.b1, by=secretary, judges=0, opened=False)
    teacher = make_user(Role.COUNSELOR, tree.root, number="900777")
    stranger = make_user(Role.COUNSELOR, make_branch_tree("X").root, number="900888")
    judge = preparing.add_judge(session=session, number="900777", by=secretary, now=NOW)
    assert (judge.user, judge.name, judge.is_outside) == (teacher, teacher.name, False)
    assert preparing.add_judge(session=session, number="900777", by=secretary, now=NOW) == judge
    with pytest.raises(Refused, match=stranger.number):
        preparing.add_judge(session=session, number="900888", by=secretary, now=NOW)
    preparing.add_judge(session=session, name="赵老师", role="校友", by=secretary, now=NOW)
    assert [(one.position, one.name) for one in panel(session)] == [(1, teacher.name), (2, "赵老师")]


def test_a_change_made_from_an_old_page_is_refused(tree, secretary):
    session = make_session(tree.b1, by=secretary, opened=False)
    preparing.change(session=session, plan=plan(*CRITERIA, title="甲"), version=1, by=secretary, now=NOW)
    with pytest.raises(Refused, match="重新载入"):
        preparing.change(session=session, plan=plan(*CRITERIA, title="乙"), version=1, by=secretary, now=NOW)
    assert DefenceSession.objects.get().title == "甲"


# Opening


def test_the_order_can_be_drawn_again_by_anybody(tree, secretary):
    session = make_session(tree.b1, by=secretary, speakers=7)
    numbers = [speaker.number for speaker in heard(session)]
    assert numbers == drawn("seed", sorted(numbers), 7)
    assert [speaker.position for speaker in heard(session)] == [1, 2, 3, 4, 5, 6, 7]
    assert running.open_session(session=session, by=secretary, now=NOW).seed == "seed"


def test_once_open_nothing_of_the_plan_changes(tree, secretary):
    session = make_session(tree.b1, by=secretary)
    for change in (
        lambda: preparing.change(session=session, plan=plan(*CRITERIA), version=1, by=secretary, now=NOW),
        lambda: preparing.add_judge(session=session, name="甲", by=secretary, now=NOW),
        lambda: preparing.remove_judge(session=session, judge=panel(session)[0].pk, by=secretary, now=NOW),
        lambda: preparing.choose_speakers(session=session, members=[], by=secretary, now=NOW),
        lambda: preparing.delete(session=session, by=secretary, now=NOW),
    ):
        with pytest.raises(Refused, match="正在进行"):
            change()


def test_an_empty_session_does_not_open(tree, secretary):
    session = make_session(tree.b1, by=secretary, judges=0, opened=False)
    with pytest.raises(Refused, match="至少"):
        running.open_session(session=session, by=secretary, now=NOW)


def test_nobody_judges_himself_or_the_own_branch(tree, secretary):
    judge = make_user(Role.MEMBER, tree.b1, stage=Stage.ACTIVIST)
    session = make_session(tree.b1, by=secretary, judges=1, speakers=[judge.member, make_member(tree.b1)], opened=False)
    preparing.add_judge(session=session, number=judge.number, by=secretary, now=NOW)
    running.open_session(session=session, by=secretary, now=NOW)
    own = next(speaker for speaker in heard(session) if speaker.member == judge.member)
    seat = queries.seat_of(session, judge)
    with pytest.raises(Refused, match="回避"):
        submit(seat, own, "100")
    assert list(JudgeScore.objects.values_list("judge", "speaker", "recused_for")) == [(seat.pk, own.pk, "himself")]
    assert Notification.objects.get().user == judge


def test_a_judge_of_a_branch_that_speaks_is_recused_there(tree):
    reviewer, judge = make_user(Role.REVIEWER, tree.root), make_user(Role.MEMBER, tree.b1)
    session = preparing.create(branch=tree.first, kind="branch", plan=plan(*ONE), entry=uuid4(), by=reviewer)
    preparing.choose_speakers(
        session=session, branches=Branch.objects.filter(code__in=["B001", "B002"]), by=reviewer, now=NOW
    )
    preparing.add_judge(session=session, number=judge.number, by=reviewer, now=NOW)
    running.open_session(session=session, by=reviewer, now=NOW)
    assert list(JudgeScore.objects.values_list("speaker__branch__code", "recused_for")) == [("B001", "own_branch")]


# Judging


def test_a_submitted_score_is_locked(tree, secretary):
    session = make_session(tree.b1, by=secretary)
    judge, speaker = panel(session)[0], heard(session)[0]
    submit(judge, speaker, "90")
    submit(judge, speaker, "90")  # a second press
    with pytest.raises(Refused, match="锁定"):
        submit(judge, speaker, "95")
    with pytest.raises(Refused, match="锁定"):
        judging.keep_draft(judge=judge, speaker=speaker, marks=Marks(["95"]), version=1, now=NOW)
    assert JudgeScore.objects.get().marks == ["90"]
    assert [action for action, _reason in lines()].count("defence.submitted") == 1


@pytest.mark.parametrize("mark", ["", "101", "-1", "90.55", "九十"])
def test_marks_that_are_none_are_refused_by_name(tree, secretary, mark):
    session = make_session(tree.b1, by=secretary)
    with pytest.raises(Refused, match="总体印象"):
        submit(panel(session)[0], heard(session)[0], mark)
    assert not JudgeScore.objects.exists()


def test_a_draft_counts_for_nothing_and_is_not_overwritten_unseen(tree, secretary):
    session = make_session(tree.b1, by=secretary)
    judge, speaker = panel(session)[0], heard(session)[0]
    kept = judging.keep_draft(judge=judge, speaker=speaker, marks=Marks(["80"], "a", 1), version=0, now=NOW)
    judging.keep_draft(judge=judge, speaker=speaker, marks=Marks(["81"], "a", 2), version=0, now=NOW)  # answer lost
    with pytest.raises(StaleReviewError):
        judging.keep_draft(judge=judge, speaker=speaker, marks=Marks(["70"], "b", 1), version=kept.version, now=NOW)
    assert JudgeScore.objects.get().draft["marks"] == ["81"]
    assert running.close(session=session, by=secretary, now=NOW).state == "closed"
    assert [speaker.total for speaker in heard(session)] == ["", ""]


def test_a_score_comes_back_with_a_reason_and_not_by_oneself(tree, secretary):
    session = make_session(tree.b1, by=secretary, judges=0, opened=False)
    preparing.add_judge(session=session, number=secretary.number, by=secretary, now=NOW)
    preparing.add_judge(session=session, name="赵老师", by=secretary, now=NOW)
    running.open_session(session=session, by=secretary, now=NOW)
    (own, other), speaker = panel(session), heard(session)[0]
    submit(own, speaker, "90")
    submit(other, speaker, "80")
    asked = {"speaker": speaker, "by": secretary, "now": NOW}
    with pytest.raises(Refused, match="您自己"):
        judging.reopen(judge=own, reason="改分", **asked)
    with pytest.raises(Refused, match="理由"):
        judging.reopen(judge=other, reason=" ", **asked)
    judging.reopen(judge=other, reason="看错了人", **asked)
    back = other.scores.get()
    assert (back.marks, back.draft["marks"], back.reopened_for) == (None, ["80"], "看错了人")
    submit(other, speaker, "82")
    assert lines()[-2:] == [("defence.reopened", "看错了人"), ("defence.submitted", "")]


def test_who_is_recused_gives_no_score(tree, secretary):
    session = make_session(tree.b1, by=secretary)
    judge, (first, second) = panel(session)[0], heard(session)
    judging.keep_draft(judge=judge, speaker=first, marks=Marks(["80"]), version=0, now=NOW)
    judging.recuse(judge=judge, speaker=first, reason="师生关系", by=None, now=NOW)
    with pytest.raises(Refused, match="回避"):
        submit(judge, first, "90")
    submit(judge, second, "90")
    with pytest.raises(Refused, match="退回"):
        judging.recuse(judge=judge, speaker=second, reason="师生关系", by=None, now=NOW)
    assert JudgeScore.objects.get(speaker=first).draft is None
    assert lines()[-2:] == [("defence.recused", "师生关系"), ("defence.submitted", "")]


# Closing


def test_the_snapshot_by_hand(tree, secretary):
    """Five judges: the highest and the lowest go; one is recused for the second person, so four count there."""
    session = make_session(tree.b1, by=secretary, speakers=3)
    a, b, c = (speaker.member for speaker in heard(session))
    judging.recuse(judge=panel(session)[4], speaker=heard(session)[1], reason="亲属", by=None, now=NOW)
    give(session, {a: ["70", "80", "84", "85", "99"], b: ["70", "80", "84", "99", None], c: [None] * 5})
    running.close(session=session, by=secretary, now=NOW)
    found = {speaker.member: ([score for _judge, score in speaker.scores], speaker.total, speaker.rank)
             for speaker in heard(session)}  # fmt: skip
    assert found == {
        a: (["70", "80", "84", "85", "99"], "83.00", 2),
        b: (["70", "80", "84", "99"], "83.25", 1),
        c: ([], "", None),
    }


def test_it_closes_once_and_then_nothing_moves(tree, secretary):
    session = make_session(tree.b1, by=secretary)
    judge, speaker = panel(session)[0], heard(session)[0]
    submit(judge, speaker, "90")
    running.close(session=session, by=secretary, now=NOW)
    running.close(session=session, by=secretary, now=NOW)
    for late in (
        lambda: submit(judge, speaker, "95"),
        lambda: submit(panel(session)[1], speaker, "95"),
        lambda: judging.reopen(judge=judge, speaker=speaker, reason="改", by=secretary, now=NOW),
        lambda: judging.recuse(judge=judge, speaker=speaker, reason="改", by=None, now=NOW),
    ):
        with pytest.raises(Refused, match="已结束"):
            late()
    assert [action for action, _reason in lines()].count("defence.closed") == 1
    assert JudgeScore.objects.count() == 1


def test_a_session_that_has_not_opened_does_not_close(tree, secretary):
    session = make_session(tree.b1, by=secretary, opened=False)
    with pytest.raises(Refused, match="尚未开始"):
        running.close(session=session, by=secretary, now=NOW)


def test_no_line_of_the_trail_tells_a_score(tree, secretary):
    session = make_session(tree.b1, by=secretary)
    submit(panel(session)[0], heard(session)[0], "87.5")
    told = AuditEntry.objects.filter(action="defence.submitted").get()
    assert "87.5" not in str((told.before, told.after))


# Links


def test_a_link_is_spent_once_and_a_newer_one_ends_it(tree, secretary):
    session = make_session(tree.b1, by=secretary)
    judge = panel(session)[0]
    code = links.make_link(judge=judge, by=secretary, now=NOW, as_of=NOW)
    judge.refresh_from_db()
    assert code not in str(judge.__dict__)
    assert links.judge_behind(code) == links.judge_behind(code) == judge
    assert links.seat(session, links.hash_of(code)) is None  # looking spends nothing
    assert links.spend(code=code, now=NOW) == judge
    assert links.seat(session, links.hash_of(code)) == judge
    with pytest.raises(Refused, match="已经用过"):
        links.spend(code=code, now=NOW)
    later = NOW.replace(hour=5)
    with pytest.raises(Refused, match="刚刚"):
        links.make_link(judge=judge, by=secretary, now=later, as_of=NOW.replace(hour=3))
    links.make_link(judge=judge, by=secretary, now=later, as_of=later)
    assert links.seat(session, links.hash_of(code)) is None
    with pytest.raises(Refused, match="无效"):
        links.spend(code=code, now=later)


def test_a_link_waits_for_the_session_and_ends_with_it(tree, secretary):
    session = make_session(tree.b1, by=secretary, opened=False)
    judge = panel(session)[0]
    code = links.make_link(judge=judge, by=secretary, now=NOW, as_of=NOW)
    with pytest.raises(Refused, match="尚未开始"):
        links.spend(code=code, now=NOW)
    running.open_session(session=session, by=secretary, now=NOW)
    links.spend(code=code, now=NOW)
    session = running.close(session=session, by=secretary, now=NOW)
    assert links.seat(session, links.hash_of(code)) is None


def test_who_has_an_account_gets_no_link(tree, secretary):
    session = make_session(tree.b1, by=secretary, judges=0, opened=False)
    judge = preparing.add_judge(session=session, number=secretary.number, by=secretary, now=NOW)
    with pytest.raises(Refused, match=secretary.name):
        links.make_link(judge=judge, by=secretary, now=NOW, as_of=NOW)


# What the tables refuse by themselves


@pytest.mark.parametrize(
    "values",
    [{"recused_at": NOW, "recused_for": "亲属"}, {"draft": {"marks": []}}, {"marks": None}],
)
def test_the_database_keeps_submitted_scores_whole(tree, secretary, values):
    session = make_session(tree.b1, by=secretary)
    submit(panel(session)[0], heard(session)[0], "90")
    with pytest.raises(IntegrityError), transaction.atomic():
        JudgeScore.objects.update(**values)


def test_a_speaker_is_a_person_or_a_branch(tree, secretary):
    make_session(tree.b1, by=secretary, speakers=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        DefenceSpeaker.objects.update(branch=tree.b1)
