"""Who may lead a defence, what may he do with a judge's score, and how is a slip taken back?"""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from branchportal.models import AuditEntry
from evaluations.models import DefenceSession, JudgeScore
from evaluations.refusals import Refused
from evaluations.services.defences import judging, links, preparing, running
from members.roles import Role
from members.services.absences import enter_absence
from members.stages import Stage
from tests.evaluations.defence_material import NOW, ONE, heard, make_session, panel, submit
from tests.factories import make_branch_tree, make_member, make_user, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def tree():
    return make_branch_tree()


@pytest.fixture
def secretary(tree):
    """Somebody who might also speak: an activist of the branch."""
    user = make_user(Role.MEMBER, tree.b1, stage=Stage.ACTIVIST, name="赵书记")
    user.role_assignments.create(branch=tree.b1, role=Role.SECRETARY, starts_on=date(2024, 9, 1))
    return user


@pytest.fixture
def reviewer(tree):
    return make_user(Role.REVIEWER, tree.root, name="孙审核")


def acts(session, by):
    """Everything that whoever leads a session does, by name."""
    judge, speaker = panel(session)[0], heard(session)[0]
    asked = {"judge": judge, "speaker": speaker, "reason": "改", "by": by, "now": NOW}
    before = {"session": session, "by": by, "now": NOW}
    plan = preparing.Plan("答辩", session.held_on, "", ONE)
    return {
        "preparing": {
            "change": lambda: preparing.change(plan=plan, version=session.version, **before),
            "speakers": lambda: preparing.choose_speakers(members=[speaker.member], **before),
            "add": lambda: preparing.add_judge(name="钱老师", **before),
            "remove": lambda: preparing.remove_judge(judge=judge.pk, **before),
            "delete": lambda: preparing.delete(**before),
            "open": lambda: running.open_session(**before),
        },
        "open": {
            "recuse": lambda: judging.recuse(**asked),
            "reopen": lambda: judging.reopen(**asked),
            "restore": lambda: judging.restore(**asked),
            "link": lambda: links.make_link(judge=judge, by=by, now=NOW, as_of=NOW),
            "close": lambda: running.close(**before),
        },
    }[str(session.state)]


def speaking(tree, secretary, reviewer, *, opened):
    """A session in which the secretary speaks, as somebody above him has prepared it."""
    people = [secretary.member, make_member(tree.b1)]
    return make_session(tree.b1, by=reviewer, judges=2, speakers=people, opened=opened)


@pytest.mark.parametrize("opened", [False, True])
def test_who_speaks_leads_nothing_of_the_session(tree, secretary, reviewer, opened):
    session = speaking(tree, secretary, reviewer, opened=opened)
    lines = AuditEntry.objects.count()
    for name, act in acts(session, secretary).items():
        with pytest.raises(Refused, match="孙审核"):
            act()
        assert AuditEntry.objects.count() == lines, name


@pytest.mark.parametrize("act", ["recuse", "link", "close"])
def test_somebody_above_him_leads_it(tree, secretary, reviewer, act):
    session = speaking(tree, secretary, reviewer, opened=True)
    acts(session, reviewer)[act]()
    assert AuditEntry.objects.filter(action__startswith="defence.").order_by("-pk")[0].actor == reviewer


def test_nor_does_whoever_stands_in_for_a_speaker(tree, secretary, reviewer):
    stand_in = make_user(Role.MEMBER, tree.b1, stage=Stage.FULL)
    stand_in.role_assignments.create(branch=tree.b1, role=Role.DEPUTY_SECRETARY, starts_on=date(2024, 9, 1))
    session = speaking(tree, secretary, reviewer, opened=True)
    office = secretary.role_assignments.get(role=Role.SECRETARY)
    days = {"starts_on": NOW.date(), "ends_on": date(2026, 11, 30)}
    enter_absence(office=office, stand_in=stand_in, kind="leave", by=secretary, now=NOW, **days)
    with pytest.raises(Refused, match=r"赵书记.*孙审核"):
        running.close(session=session, by=stand_in, now=NOW)
    assert DefenceSession.objects.get().state == "open"


def test_nobody_chooses_himself_as_a_speaker(tree, secretary, reviewer):
    session = make_session(tree.b1, by=secretary, opened=False)
    before = {speaker.pk for speaker in heard(session)}
    with pytest.raises(Refused, match="孙审核"):
        preparing.choose_speakers(session=session, members=[secretary.member], by=secretary, now=NOW)
    assert {speaker.pk for speaker in heard(session)} == before


def test_the_page_of_a_speaker_says_who_leads(tree, secretary, reviewer, time_machine):
    time_machine.move_to(NOW, tick=False)
    session = speaking(tree, secretary, reviewer, opened=True)
    close = reverse("evaluations:defence_close", args=[session.pk])
    shown = {
        user: sign_in(Client(), user).get(reverse("evaluations:defence", args=[session.pk])).content.decode()
        for user in (secretary, reviewer)
    }
    assert [("孙审核" in page, close in page) for page in shown.values()] == [(True, False), (True, True)]
    assert "涉及您本人" in shown[secretary]
    assert "涉及您本人" not in shown[reviewer]
    answer = sign_in(Client(), secretary).post(close, follow=True)
    assert "孙审核" in answer.content.decode()
    assert DefenceSession.objects.get().state == "open"


# Scores that were submitted once


def test_the_leader_takes_no_submitted_score_away(tree, secretary):
    session = make_session(tree.b1, by=secretary, judges=1)
    judge, speaker = panel(session)[0], heard(session)[0]
    submit(judge, speaker, "60")
    asked = {"judge": judge, "speaker": speaker, "now": NOW}
    judging.reopen(reason="看错", by=secretary, **asked)
    with pytest.raises(Refused, match="评委本人"):
        judging.recuse(reason="导师", by=secretary, **asked)
    assert JudgeScore.objects.get().draft["marks"] == ["60"]
    assert judging.recuse(reason="导师", by=None, **asked).recused_at == NOW


def test_a_score_that_was_given_back_and_not_submitted_again_is_named(tree, secretary, time_machine):
    time_machine.move_to(NOW, tick=False)
    session = make_session(tree.b1, by=secretary, judges=2, speakers=1)
    (first, second), speaker = panel(session), heard(session)[0]
    for judge in (first, second):
        submit(judge, speaker, "60")
        judging.reopen(judge=judge, speaker=speaker, reason="看错", by=secretary, now=NOW)
    submit(second, speaker, "61")
    office, url = sign_in(Client(), secretary), reverse("evaluations:defence_close", args=[session.pk])
    named = f"{first.name} – {speaker.name}"
    assert named in office.get(url).content.decode()
    office.post(url)
    assert AuditEntry.objects.get(action="defence.closed").after["given_back"] == [named]


# A recusal that was a slip


def test_a_recusal_is_taken_back_with_a_reason(tree, secretary):
    session = make_session(tree.b1, by=secretary, judges=1)
    judge, speaker = panel(session)[0], heard(session)[0]
    asked = {"judge": judge, "speaker": speaker, "now": NOW}
    judging.recuse(reason="导师", by=None, **asked)
    with pytest.raises(Refused, match="理由"):
        judging.restore(reason=" ", by=secretary, **asked)
    judging.restore(reason="点错了人", by=secretary, **asked)
    judging.restore(reason="点错了人", by=secretary, **asked)  # a second press
    submit(judge, speaker, "80")
    told = AuditEntry.objects.get(action="defence.restored")
    assert (told.actor, told.reason, told.before) == (secretary, "点错了人", {"reason": "导师"})
    running.close(session=session, by=secretary, now=NOW)
    with pytest.raises(Refused, match="已结束"):
        judging.restore(reason="点错了人", by=secretary, **asked)


def test_what_the_portal_recused_stays_and_nobody_takes_his_own_back(tree, secretary):
    session = make_session(tree.b1, by=secretary, judges=0, opened=False)
    officer = make_user(Role.MEMBER, tree.b1, stage=Stage.ACTIVIST)
    for user in (secretary, officer):
        preparing.add_judge(session=session, number=user.number, by=secretary, now=NOW)
    people = [speaker.member for speaker in heard(session)]
    preparing.choose_speakers(session=session, members=[*people, officer.member], by=secretary, now=NOW)
    running.open_session(session=session, by=secretary, now=NOW)
    mine, his = panel(session)
    own = next(speaker for speaker in heard(session) if speaker.member == officer.member)
    asked = {"speaker": own, "reason": "点错", "by": secretary, "now": NOW}
    with pytest.raises(Refused, match="不评"):
        judging.restore(judge=his, **asked)
    judging.recuse(judge=mine, **asked)
    with pytest.raises(Refused, match="回避"):
        judging.restore(judge=mine, **asked)
    assert JudgeScore.objects.filter(recused_at=None).count() == 0


def test_the_matrix_leads_to_taking_a_recusal_back(tree, secretary, time_machine):
    time_machine.move_to(NOW, tick=False)
    session = make_session(tree.b1, by=secretary, judges=1, speakers=1)
    judge, speaker = panel(session)[0], heard(session)[0]
    judging.recuse(judge=judge, speaker=speaker, reason="导师关系", by=None, now=NOW)
    office = sign_in(Client(), secretary)
    cell = reverse("evaluations:defence_score", args=[session.pk, judge.pk, speaker.pk])
    assert f'href="{cell}"' in office.get(reverse("evaluations:defence", args=[session.pk])).content.decode()
    shown = office.get(cell).content.decode()
    assert ("导师关系" in shown, 'value="restore"' in shown) == (True, True)
    assert office.post(cell, {"wish": "restore", "reason": "点错"}).status_code == 302
    assert JudgeScore.objects.get().recused_at is None
