"""Do selected people hang out for five working days after consent, named and dated and nothing else?"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from activities import working_days
from branchportal.ledger import Asked, verify
from branchportal.messages import text_of
from branchportal.models import AuditEntry, Notification
from evaluations.models import DecisionMeeting, PublicNotice
from evaluations.queries import public_notices
from evaluations.queries.invariants import public_notices as invariants
from evaluations.refusals import Refused, StaleReviewError
from evaluations.services.public_notices import ending, objecting, publishing
from evaluations.services.public_notices.publishing import Wording
from members.roles import Role
from tests.evaluations.notice_material import (
    AFTER,
    DURING,
    LAST_MOMENT,
    LINKED,
    NOW,
    consented,
    make_meeting,
    objected,
    prepared,
    published,
)
from tests.evaluations.ranking_material import OCTOBER, SEPTEMBER, compile_now
from tests.factories import make_user

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)
CODES = [check.code for check in invariants.CHECKS]


@pytest.fixture(autouse=True)
def english(settings):
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def secretary(tree):
    return make_user(Role.SECRETARY, tree.b1, name="王书记")


@pytest.fixture
def reviewer(tree):
    return make_user(Role.REVIEWER, tree.root, name="李审核")


@pytest.fixture
def meeting(tree):
    return make_meeting(tree)


def refusal(act, **kwargs) -> str:
    with pytest.raises(Refused) as refused:
        act(**kwargs)
    return str(refused.value)


def trail() -> list[tuple]:
    lines = AuditEntry.objects.filter(action__startswith="public_notice.").order_by("pk")
    return list(lines.values_list("action", "actor_name", "reason"))


def told() -> list[tuple[str, str]]:
    notes = Notification.objects.exclude(kind="ranking_compiled").select_related("user").order_by("pk")
    return [(note.user.name, text_of(note)) for note in notes]


def sound() -> None:
    assert [(one.check.code, one.first) for one in verify(Asked(now=AFTER), only=CODES) if one.count] == []


def test_five_working_days_after_the_day_of_publishing(meeting, secretary, reviewer):
    notice = published(meeting, by=secretary)

    assert (notice.first_on, notice.last_on, notice.is_provisional) == (date(2026, 11, 23), date(2026, 11, 27), False)
    assert notice.runs(date(2026, 11, 20))
    assert notice.runs(date(2026, 11, 27))
    assert not notice.runs(date(2026, 11, 28))
    assert trail() == [("public_notice.prepared", "王书记", ""), ("public_notice.published", "王书记", "")]
    assert (
        "李审核",
        "本科生第一党支部 has put people on public notice (Development candidates), until 2026-11-27.",
    ) in told()
    sound()


def test_only_name_class_and_stage_dates_of_the_selected(meeting, secretary):
    notice = published(meeting, by=secretary)
    entries = list(meeting.run.entries.order_by("rank"))
    shown = [(one.member_id, one.name, one.class_name, one.dates) for one in notice.people.all()]
    dates = {"applicant": "2023-03-01", "activist": "2024-03-15"}
    assert shown == [(one.member_id, one.name, "计算机2301", dates) for one in entries[:2]]
    assert {field.name for field in notice.people.model._meta.fields} == {
        "id", "notice", "member", "position", "name", "class_name", "dates",
    }  # fmt: skip
    assert [str(label) for label in public_notices.table(notice)["heads"]] == ["Applied on", "Activist since"]


def test_over_holidays_and_a_make_up_day(meeting, secretary):
    DecisionMeeting.objects.update(reviewed_at=datetime(2026, 9, 27, tzinfo=UTC))
    notice = published(meeting, by=secretary, now=datetime(2026, 9, 28, 3, tzinfo=UTC))
    assert (notice.first_on, notice.last_on) == (date(2026, 9, 29), date(2026, 10, 10))


def test_an_unknown_year_is_provisional_until_it_is_announced(meeting, secretary, monkeypatch):
    moment = datetime(2041, 3, 4, 3, tzinfo=UTC)
    notice = published(meeting, by=secretary, now=moment)
    assert (notice.last_on, notice.is_provisional) == (date(2041, 3, 11), True)
    assert publishing.renew_last_days(now=moment) == 0

    announced = working_days.Found(date(2041, 3, 6), date(2041, 3, 13), is_provisional=False)
    monkeypatch.setattr(publishing, "working_days_after", lambda day, count: announced)
    assert publishing.renew_last_days(now=moment + timedelta(days=1)) == 1
    notice.refresh_from_db()
    assert (notice.first_on, notice.last_on, notice.is_provisional) == (date(2041, 3, 6), date(2041, 3, 13), False)
    assert trail()[-1] == ("public_notice.days_known", "", "")


def test_announced_days_never_bring_it_down_earlier(meeting, secretary, monkeypatch):
    moment = datetime(2041, 3, 4, 3, tzinfo=UTC)
    notice = published(meeting, by=secretary, now=moment)
    earlier = working_days.Found(notice.first_on, date(2041, 3, 8), is_provisional=False)
    monkeypatch.setattr(publishing, "working_days_after", lambda day, count: earlier)
    publishing.renew_last_days(now=moment)
    notice.refresh_from_db()
    assert (notice.last_on, notice.is_provisional) == (date(2041, 3, 11), False)


def test_not_before_consent_nor_of_nobody(meeting, secretary):
    before = "A public notice begins after the superior's consent, and only of a decision that stands."
    DecisionMeeting.objects.update(state="recorded", reviewed_at=None, reviewer=None)
    assert refusal(prepared, meeting=meeting, by=secretary) == before

    DecisionMeeting.objects.update(state="consented", reviewed_at=NOW, reviewer=secretary)
    meeting.decisions.update(outcome="postponed")
    nobody = "This decision selected nobody: there is nothing to put on notice."
    assert refusal(prepared, meeting=meeting, by=secretary) == nobody


def test_not_of_a_ranking_that_a_newer_run_has_replaced(meeting, secretary, tree):
    notice = prepared(meeting, by=secretary)
    compile_now(tree.b1, SEPTEMBER, OCTOBER)
    assert "of a decision that stands" in refusal(publishing.publish, notice=notice, version=1, by=secretary, now=NOW)


@pytest.mark.parametrize("days", [0, 4, 31])
def test_never_fewer_than_five_days(meeting, secretary, days):
    wording = Wording("signed_in", "a", "b", days)
    assert refusal(prepared, meeting=meeting, by=secretary, wording=wording) == (
        "A notice hangs out for 5 working days at least and 30 at most."
    )


def test_the_database_refuses_four_days_too(meeting, secretary):
    notice = prepared(meeting, by=secretary)
    with pytest.raises(IntegrityError), transaction.atomic():
        PublicNotice.objects.filter(pk=notice.pk).update(days=4)


def test_pressed_twice_is_once(meeting, secretary):
    first = published(meeting, by=secretary)
    again = publishing.publish(notice=first, version=1, by=secretary, now=NOW + timedelta(days=1))
    assert (again.pk, again.last_on, PublicNotice.objects.count()) == (first.pk, first.last_on, 1)
    assert "is there already" in refusal(prepared, meeting=meeting, by=secretary)


def test_what_was_previewed_is_what_hangs_out(meeting, secretary):
    notice = prepared(meeting, by=secretary)
    publishing.edit(notice=notice, wording=LINKED, version=1, by=secretary)
    with pytest.raises(StaleReviewError):
        publishing.edit(notice=notice, wording=Wording("link", "c", "d", 6), version=1, by=secretary)
    changed = refusal(publishing.publish, notice=notice, version=1, by=secretary, now=NOW)
    assert changed == "Somebody has changed this notice meanwhile: look at it again before you publish it."
    assert publishing.publish(notice=notice, version=2, by=secretary, now=NOW).token != ""


def test_a_link_of_its_own_that_ends_with_the_notice(meeting, secretary):
    notice = published(meeting, by=secretary, wording=LINKED)
    assert len(notice.token) == 32
    assert public_notices.behind_link(notice.token, date(2026, 11, 27)) == notice
    assert public_notices.behind_link(notice.token, date(2026, 11, 28)) is None
    assert public_notices.behind_link("", TODAY) is None
    ending.take_down(notice=notice, reason="名单有误", by=secretary, now=DURING)
    assert public_notices.behind_link(notice.token, TODAY) is None


def test_taken_down_begins_from_the_first_day(meeting, secretary, reviewer):
    notice = published(meeting, by=secretary)
    down = ending.take_down(notice=notice, reason=" 名单 有误 ", by=secretary, now=DURING)
    assert ending.take_down(notice=notice, reason="名单 有误", by=secretary, now=AFTER).ended_at == DURING
    assert (down.state, down.reason, down.runs(TODAY)) == ("taken_down", "名单 有误", False)
    assert "does not hang out" in refusal(ending.take_down, notice=notice, reason="再次", by=secretary, now=DURING)
    assert "Write why" in refusal(ending.take_down, notice=notice, reason="  ", by=secretary, now=DURING)

    renewed = published(meeting, by=secretary, now=DURING)
    assert (renewed.replaces, renewed.first_on, renewed.last_on) == (down, date(2026, 11, 25), date(2026, 12, 1))
    text = "Development candidates of 本科生第一党支部: the public notice was taken down early: 名单 有误"
    assert ("李审核", text) in told()
    sound()


def test_a_correction_is_a_new_notice_with_the_full_days(meeting, secretary):
    notice = published(meeting, by=secretary)
    wrong = notice.people.get(position=1).member
    wrong.class_name = "计算机2302"
    wrong.save(update_fields=["class_name"])
    new = ending.correct(notice=notice, reason="班级有误", by=secretary, now=DURING)
    assert ending.correct(notice=notice, reason="班级有误", by=secretary, now=DURING) == new
    assert (new.state, new.replaces, new.people.get(position=1).class_name) == ("prepared", notice, "计算机2302")
    notice.refresh_from_db()
    assert (notice.state, notice.people.get(position=1).class_name) == ("corrected", "计算机2301")
    again = publishing.publish(notice=new, version=1, by=secretary, now=DURING)
    assert (again.first_on, again.last_on) == (date(2026, 11, 25), date(2026, 12, 1))
    sound()


def test_withdrawn_with_its_decision(meeting, secretary, reviewer):
    notice = published(meeting, by=secretary)
    with transaction.atomic():
        ending.withdraw(meeting=meeting, reason="重新讨论", by=reviewer, now=DURING)
        DecisionMeeting.objects.update(state="sent_back", reason="重新讨论")
    notice.refresh_from_db()
    assert (notice.state, notice.reason, notice.ended_by) == ("withdrawn", "重新讨论", reviewer)
    text = "Development candidates of 本科生第一党支部: the public notice ended with its decision: 重新讨论"
    assert [line for line in told() if line[0] == "王书记"] == [("王书记", text)]
    sound()


def test_a_notice_whose_ranking_was_replaced_hangs_out_no_more(meeting, secretary, tree):
    notice = published(meeting, by=secretary, wording=LINKED)
    compile_now(tree.b1, SEPTEMBER, OCTOBER)
    assert public_notices.behind_link(notice.token, TODAY) is None
    assert list(public_notices.readable(secretary, TODAY)) == []
    assert not public_notices.told().get(pk=notice.pk).runs(TODAY)


def test_the_outcome_follows_from_what_was_filed(meeting, secretary, reviewer):
    notice = published(meeting, by=secretary)
    early = "The outcome is recorded after the last day of a notice that was not taken down."
    assert refusal(ending.record_outcome, notice=notice, note="", by=reviewer, now=LAST_MOMENT) == early
    ended = ending.record_outcome(notice=notice, note="", by=reviewer, now=AFTER)
    assert (ended.outcome, ended.outcome_name) == ("no_objections", "李审核")
    assert ending.record_outcome(notice=notice, note="", by=reviewer, now=AFTER).outcome_at == AFTER
    text = "Development candidates of 本科生第一党支部: the public notice ended without objections."
    assert [line for line in told() if line[0] == "王书记"] == [("王书记", text)]
    late = refusal(ending.correct, notice=notice, reason="有误", by=secretary, now=AFTER)
    assert late == "The outcome of this notice is recorded: nothing in it can be corrected any more."
    sound()


def test_an_open_objection_blocks_the_outcome_also_one_to_the_notice_before(meeting, secretary, reviewer):
    first = published(meeting, by=secretary)
    objected(first)
    new = ending.correct(notice=first, reason="班级有误", by=secretary, now=DURING)
    publishing.publish(notice=new, version=1, by=secretary, now=DURING)
    later = datetime(2026, 12, 2, 3, tzinfo=UTC)
    blocked = refusal(ending.record_outcome, notice=new, note="", by=reviewer, now=later)
    assert blocked == "Objections that are still open: 1. Decide them first."


LATER = datetime(2026, 12, 2, 3, tzinfo=UTC)
NEXT = datetime(2026, 12, 10, 3, tzinfo=UTC)


def decided(objection, decision: str, *, by, now=DURING):
    return objecting.decide(objection=objection, decision=decision, reply="经核实，情况如此。", by=by, now=now)


@pytest.mark.parametrize("decision", ["upheld", "partly"])
def test_an_upheld_objection_ends_in_a_new_decision_and_not_in_an_outcome(meeting, secretary, reviewer, decision):
    notice = published(meeting, by=secretary)
    decided(objected(notice)[0], decision, by=reviewer)
    stopped = (
        "Objections that were upheld, wholly or in part: 1. This notice can't end with an outcome: send the decision "
        "back first, so that the branch committee decides anew."
    )
    assert refusal(ending.record_outcome, notice=notice, note="", by=reviewer, now=AFTER) == stopped

    second = revised(meeting, by=reviewer)
    new = published(second, by=secretary, now=LATER)
    assert ending.record_outcome(notice=new, note="", by=reviewer, now=NEXT).outcome == "settled"
    sound()


def revised(meeting, *, by):
    """The sheet is sent back, and the next one of the same run has consent."""
    with transaction.atomic():
        ending.withdraw(meeting=meeting, reason="重新讨论", by=by, now=AFTER)
    DecisionMeeting.objects.update(state="sent_back", reason="重新讨论")
    second = consented(
        meeting.run, list(meeting.run.entries.filter(rank=1).values_list("member_id", flat=True)), number=2
    )
    DecisionMeeting.objects.filter(pk=second.pk).update(recorded_at=AFTER, reviewed_at=AFTER)
    return DecisionMeeting.objects.get(pk=second.pk)


def test_an_objection_stays_open_over_a_new_sheet_and_a_new_run(tree, meeting, secretary, reviewer):
    objection, _receipt = objected(published(meeting, by=secretary))
    new = published(revised(meeting, by=reviewer), by=secretary, now=LATER)
    still_open = "Objections that are still open: 1. Decide them first."
    assert refusal(ending.record_outcome, notice=new, note="", by=reviewer, now=NEXT) == still_open

    newer = compile_now(tree.b1, SEPTEMBER, OCTOBER)
    other = published(consented(newer, [newer.entries.get(rank=1).member_id]), by=secretary, now=LATER)
    assert refusal(ending.record_outcome, notice=other, note="", by=reviewer, now=NEXT) == still_open
    PublicNotice.objects.filter(pk=other.pk).update(outcome="no_objections", outcome_at=NEXT)
    found = {one.check.code: one.count for one in verify(Asked(now=NEXT), only=["notices.outcome"]) if one.count}
    assert found == {"notices.outcome": 1}
    PublicNotice.objects.filter(pk=other.pk).update(outcome="", outcome_at=None)

    decided(objection, "not_upheld", by=reviewer)
    assert ending.record_outcome(notice=other, note="", by=reviewer, now=NEXT).outcome == "settled"


def test_an_objection_to_another_selection_does_not_count(tree, meeting, secretary, reviewer):
    objected(published(meeting, by=secretary))
    other_months = compile_now(tree.b1, OCTOBER, OCTOBER)
    notice = published(consented(other_months, [other_months.entries.get(rank=1).member_id]), by=secretary)
    assert ending.record_outcome(notice=notice, note="", by=reviewer, now=AFTER).outcome == "no_objections"
    sound()


def test_the_ledger_finds_an_outcome_beside_an_upheld_objection(meeting, secretary, reviewer):
    notice = published(meeting, by=secretary)
    decided(objected(notice)[0], "upheld", by=reviewer)
    PublicNotice.objects.update(outcome="settled", outcome_at=AFTER)
    found = {one.check.code: one.count for one in verify(Asked(now=AFTER), only=CODES) if one.count}
    assert found == {"notices.outcome": 1}


def test_a_notice_that_came_down_before_the_holidays_were_known_is_not_over(meeting, secretary, reviewer, monkeypatch):
    moment, after = datetime(2041, 3, 4, 3, tzinfo=UTC), datetime(2041, 3, 20, 3, tzinfo=UTC)
    notice = published(meeting, by=secretary, now=moment)
    announced = working_days.Found(date(2041, 3, 6), date(2041, 3, 13), is_provisional=False)
    for module in (publishing, invariants):
        monkeypatch.setattr(module, "working_days_after", lambda day, count: announced)
    assert refusal(ending.record_outcome, notice=notice, note="", by=reviewer, now=after) == (
        "This notice came down on 2041-03-11, but by the holidays announced since it had to hang out until 2041-03-13. "
        "The branch corrects it: the new notice hangs out its full days."
    )
    found = {one.check.code: one.count for one in verify(Asked(now=after), only=["notices.days"]) if one.count}
    assert found == {"notices.days": 1}

    new = ending.correct(notice=notice, reason="公示天数不足", by=secretary, now=after)
    assert (new.state, new.days) == ("prepared", 5)
    assert [one.count for one in verify(Asked(now=after), only=["notices.days"])] == [0]


def test_who_reads_it(tree, meeting, secretary):
    other_branch = make_user(Role.MEMBER, tree.b4)
    own = make_user(Role.MEMBER, tree.b1)
    notice = published(meeting, by=secretary)
    assert [list(public_notices.readable(one, TODAY)) for one in (own, other_branch)] == [[notice], [notice]]
    PublicNotice.objects.update(reach="link")
    assert [list(public_notices.readable(one, TODAY)) for one in (own, other_branch)] == [[notice], []]


def test_the_ledger_finds_what_was_changed_behind_it(meeting, secretary):
    notice = published(meeting, by=secretary)
    PublicNotice.objects.update(last_on=date(2026, 11, 26))
    meeting.decisions.filter(entry__member=notice.people.first().member).update(outcome="postponed")
    found = {one.check.code: one.count for one in verify(Asked(now=AFTER), only=CODES) if one.count}
    assert found == {"notices.days": 1, "notices.people": 1}
