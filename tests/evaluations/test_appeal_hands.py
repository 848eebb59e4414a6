"""Who answers an appeal, what does the branch learn of it, and how does one end that no run can follow?"""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from branchportal.messages import text_of
from branchportal.models import AuditEntry, Notification
from evaluations.models import Appeal, BranchReview, DecisionMeeting, RankingRun
from evaluations.queries import appeals as queries
from evaluations.queries.appeals import Figure
from evaluations.services import decision_signing
from evaluations.services.appeals import deciding
from evaluations.services.public_notices import publishing
from members.models import Member, User
from members.roles import Permission, Role
from tests.evaluations.appeal_material import NOW, appeal, make_ranked, points, uphold, work
from tests.evaluations.freezing_material import freeze, propose
from tests.evaluations.notice_material import consented, prepared
from tests.evaluations.ranking_material import (
    OCTOBER,
    SEPTEMBER,
)
from tests.evaluations.test_appeals import ABOUT, refusal, told, trail, violations
from tests.factories import make_user, sign_in

pytestmark = pytest.mark.django_db

LATER = datetime(2026, 11, 24, 3, tzinfo=UTC)
UPHELD = "An appeal against this ranking was upheld: a figure is corrected and the ranking compiled again first."
OWN_BRANCH = "Nobody handles an appeal from his own branch: a reviewer from outside it does."


@pytest.fixture
def ranked(tree):
    return make_ranked(tree)


@pytest.fixture(autouse=True)
def english(settings):
    settings.LANGUAGE_CODE = "en"


@pytest.mark.parametrize("figure", ["branch", "months_as_activist"])
def test_the_branch_does_not_learn_who_appealed_nor_why_he_was_right(ranked, figure):
    """Neither from its trail nor from a message: there stands that the committee has corrected a figure, or asks to."""
    one = appeal(ranked, ranked.members[2], figure, "2026-10" if figure == "branch" else "")
    uphold(one, ranked.hands.reviewer, 95 if figure == "branch" else None, reason="培养联系人的记录为证")
    assert work()[0] == "done"
    lines = AuditEntry.objects.filter(branch=ranked.run.branch).exclude(action="appeal.followed")
    read = [f"{line.reason} {line.after}" for line in lines]
    read += [text_of(note) for note in Notification.objects.filter(user=ranked.hands.secretary)]
    assert [text for text in read if "培养联系人" in text or f"#{one.pk}" in text or "appeal" in text] == []
    assert [line for line in trail() if line[3]] == [("appeal.upheld", "李审核", "ROOT", "培养联系人的记录为证")]


def test_whoever_imports_columns_and_points_is_asked_to_correct_them():
    assert [deciding.CORRECTED_BY[source] for source in ("column", "points")] == [Permission.IMPORT_SCORES] * 2


def test_what_is_corrected_by_the_month_is_appealed_against_by_the_month(ranked):
    """As a whole nobody could correct it, and an upheld appeal would keep the ranking from being frozen for good."""
    assert queries.figures_of(ranked.run.entries.get(member=ranked.members[2])) == [
        Figure("self", "2026-09", "self_review"), Figure("self", "2026-10", "self_review"),
        Figure("branch", "2026-09", "branch_rating"), Figure("branch", "2026-10", "branch_rating"),
        Figure("months_as_activist", "", "months_as_activist"),
    ]  # fmt: skip


def test_an_uphold_that_nobody_can_follow_is_taken_back(ranked):
    member, reviewer = ranked.members[2], ranked.hands.reviewer
    one = uphold(appeal(ranked, member, "months_as_activist", ""), reviewer, None)
    assert refusal(propose, ranked.run, ranked.hands.secretary) == UPHELD
    for _twice in range(2):
        deciding.take_back(appeal=one, reason="入党时间 无误", by=reviewer, now=NOW)
    one.refresh_from_db()
    assert (one.state, one.reason, one.run_after) == ("declined", "入党时间 无误", None)
    assert trail()[2:] == [("appeal.taken_back", "李审核", "ROOT", "入党时间 无误")]
    text = "the superior committee has taken back that your appeal was upheld, and the figure stays as it is."
    assert told("appeal_taken_back") == [("孙三", f"{ABOUT}{text} 入党时间 无误")]
    assert propose(ranked.run, ranked.hands.secretary).is_open
    assert violations() == []


def test_what_is_waiting_corrected_or_followed_is_not_taken_back(ranked):
    member, reviewer = ranked.members[2], ranked.hands.reviewer
    one = appeal(ranked, member, "months_as_activist", "")
    ending = {"appeal": one, "reason": "无误", "now": NOW}
    assert refusal(deciding.take_back, **ending, by=reviewer).startswith("This appeal is not upheld")
    uphold(one, reviewer, None)
    assert refusal(deciding.take_back, **ending, by=ranked.hands.secretary).startswith("You hold no office")
    Member.objects.filter(pk=member.pk).update(activist_on=date(2026, 5, 1))
    assert refusal(deciding.take_back, **ending, by=reviewer) == (
        "The figure has been corrected already: have the ranking compiled again."
    )
    deciding.recompile(appeal=one, by=reviewer, now=NOW)
    work()
    assert refusal(deciding.take_back, **ending, by=reviewer) == (
        "The ranking was compiled again because of this appeal: what was corrected stands."
    )


def test_the_page_of_an_upheld_appeal_leads_to_taking_it_back(client, ranked):
    one = appeal(ranked, ranked.members[2], "months_as_activist", "")
    address = reverse("evaluations:appeal_take_back", args=[one.pk])
    sign_in(client, ranked.hands.reviewer, language="en")
    assert "there is nothing to take back" in client.get(address, follow=True).text
    uphold(one, ranked.hands.reviewer, None)
    assert address in client.get(reverse("evaluations:appeal", args=[one.pk])).text
    assert client.get(address).status_code == 200
    assert client.post(address, {"reason": " "}).status_code == 422
    assert "The appeal is ended" in client.post(address, {"reason": "无误"}, follow=True).text
    assert address not in client.get(reverse("evaluations:appeal", args=[one.pk])).text


@pytest.mark.parametrize("belongs", ["officer", "member"])
def test_a_reviewer_of_the_branch_neither_reads_nor_answers_its_appeals(client, tree, ranked, belongs):
    user = make_user(Role.REVIEWER, tree.root, name="郑委员")
    if belongs == "officer":
        user.role_assignments.create(role=Role.ORGANISATION_COMMISSIONER, branch=tree.b1, starts_on=date(2026, 1, 1))
    else:
        Member.objects.filter(pk=ranked.members[1].pk).update(user=user)
    user = User.objects.get(pk=user.pk)
    one = appeal(ranked, ranked.members[2])
    assert [name for name, _text in told("appeal_filed")] == ["李审核"]
    assert list(queries.to_decide(user, NOW.date())) == []
    assert refusal(uphold, one, user) == OWN_BRANCH
    assert refusal(deciding.decline, appeal=one, reason="无误", by=user, now=NOW) == OWN_BRANCH
    sign_in(client, user, language="en")
    assert client.get(reverse("evaluations:appeal", args=[one.pk])).status_code == 404
    assert client.get(reverse("evaluations:appeals")).context["lines"] == []
    assert list(queries.to_decide(ranked.hands.reviewer, NOW.date())) == [one]


def test_a_correction_leaves_no_draft_that_would_undo_it(ranked):
    third = ranked.members[2]
    draft = {"points": points(65), "notes": {}}
    BranchReview.objects.filter(member=third, cycle__month=OCTOBER).update(draft=draft)
    uphold(appeal(ranked, third), ranked.hands.reviewer, 95)
    row = BranchReview.objects.get(member=third, cycle__month=OCTOBER)
    assert (row.points, row.draft) == (points(95), None)


def test_a_month_that_is_open_is_corrected_by_whoever_gives_its_points(ranked):
    one = appeal(ranked, ranked.members[2])
    early = datetime(2026, 10, 20, 3, tzinfo=UTC)
    assert refusal(uphold, one, ranked.hands.reviewer, now=early) == (
        "2026-10 is open in 本科生第一党支部 until 2026-10-20: until then whoever gives these points can correct them. "
        "Answer the appeal when the month has closed."
    )
    assert BranchReview.objects.get(member=ranked.members[2], cycle__month=OCTOBER).points == points(65)
    assert Appeal.objects.get().is_waiting


def test_nothing_is_decided_or_put_on_notice_while_a_correction_waits_for_its_run(ranked):
    secretary, reviewer = ranked.hands.secretary, ranked.hands.reviewer
    freeze(ranked.run, ranked.hands)
    meeting = consented(ranked.run, [ranked.members[0].pk])
    notice = prepared(meeting, by=secretary, now=LATER)
    one = uphold(appeal(ranked, ranked.members[2], "months_as_activist", ""), reviewer, None)

    signed = {"version": 1, "now": LATER}
    assert refusal(publishing.publish, notice=notice, by=secretary, **signed) == UPHELD
    again = DecisionMeeting.objects.filter(pk=meeting.pk)
    again.update(state="recorded", reviewer=None, reviewed_at=None)
    assert refusal(decision_signing.consent, meeting=meeting, by=reviewer, **signed) == UPHELD
    again.update(state="draft", signer=None, recorded_at=None)
    assert refusal(decision_signing.record, meeting=meeting, by=secretary, **signed) == UPHELD
    deciding.take_back(appeal=one, reason="无误", by=reviewer, now=NOW)
    assert refusal(decision_signing.record, meeting=meeting, by=secretary, **signed) != UPHELD


def test_the_moves_name_everybody_whose_figures_changed_beside_the_appeal(client, ranked):
    """What somebody slipped in meanwhile does not hide behind the correction."""
    second, third = ranked.members[1:]
    uphold(appeal(ranked, third), ranked.hands.reviewer, 95)
    BranchReview.objects.filter(member=second, cycle__month=SEPTEMBER).update(thought=95)
    Member.objects.filter(pk=third.pk).update(activist_on=date(2025, 1, 1))
    work()
    run = RankingRun.objects.get(number=2)
    assert queries.changed_beside(run) == [second.name, third.name]
    page = sign_in(client, ranked.hands.secretary, language="en").get(
        reverse("evaluations:ranking_moves", args=[run.pk])
    )
    assert "Besides, other figures have changed since the run before: 钱二, 孙三." in " ".join(page.text.split())


def test_the_moves_name_nobody_where_only_the_appeal_changed_something(ranked):
    uphold(appeal(ranked, ranked.members[2]), ranked.hands.reviewer, 95)
    work()
    assert queries.changed_beside(RankingRun.objects.get(number=2)) == []


def test_whoever_signs_reads_how_many_appeals_wait(client, ranked):
    address = reverse("evaluations:freezing_propose", args=[ranked.run.pk])
    sign_in(client, ranked.hands.secretary, language="en")
    assert "against this ranking" not in client.get(address).text
    appeal(ranked, ranked.members[2])
    assert "1 appeal against this ranking waits for an answer." in client.get(address).text
