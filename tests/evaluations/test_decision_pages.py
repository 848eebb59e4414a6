"""Do the pages of decisions lead through a meeting, lose nothing typed, and tell each person only his own outcome?"""

from __future__ import annotations

import pytest
from django.urls import reverse

from activities.models import Minutes
from evaluations.models import DecisionMeeting
from members.models import User
from members.roles import Role
from tests.evaluations.decision_material import (
    HELD_ON,
    MINUTES_TEXT,
    NOT_SELECTED,
    NOW,
    POSTPONED,
    SELECTED,
    begin,
    consent,
    consented,
    make_frozen,
    record,
    recorded,
    save,
    send_back,
)
from tests.evaluations.freezing_material import WORDS, freeze, make_hands, make_run
from tests.factories import activity_kind, make_user, sign_in

pytestmark = pytest.mark.django_db

TYPED = {
    "held_on": "2026-11-23", "entitled": "5", "present": "4", "chair": "王书记", "recorder": "赵组织", "quota": "2",
    "minutes": MINUTES_TEXT,
}  # fmt: skip


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def frozen(tree):
    return make_frozen(tree)


@pytest.fixture
def run(frozen):
    return frozen[0]


@pytest.fixture
def hands(frozen):
    return frozen[1]


def of(client, user):
    return sign_in(client, user, language="en")


def page(name: str, thing) -> str:
    return reverse(f"evaluations:{name}", args=[thing.pk])


def filled(meeting: DecisionMeeting, *outcomes: str, **more: str) -> dict[str, str]:
    """The form as it is sent: an outcome for each in the order of the ranking, then of those who are not ranked."""
    rows = sorted(meeting.decisions.select_related("entry"), key=lambda one: (one.entry.rank or 99, one.entry.number))
    said = {f"outcome_{one.pk}": outcome for one, outcome in zip(rows, outcomes, strict=False)}
    return {"version": str(meeting.version), **TYPED, **said, **more}


def own_page(client, run, rank: int):
    """What the person on that place finds with the own result."""
    member = run.entries.get(rank=rank).member
    if member.user is None:
        member.user = User.objects.create(number=member.number, name=member.name, notice_version=99)
        member.save()
    return of(client, member.user).get(page("own_ranking", run))


def test_a_meeting_is_written_recorded_and_consented_to(client, run, hands):
    of(client, hands.secretary)
    assert page("decision_begin", run) in client.get(page("ranking", run)).text
    answer = client.post(page("decision_begin", run), follow=True)
    meeting = DecisionMeeting.objects.get()
    assert answer.redirect_chain == [(page("decision_edit", meeting), 302)]
    assert answer.text.count("checked") == 4  # all open
    answer = client.post(page("decision_edit", meeting), filled(meeting, SELECTED, SELECTED, ""), follow=True)
    assert answer.redirect_chain == [(page("decision", meeting), 302)]
    third = run.entries.get(rank=3).name
    assert f"Decide about everybody who is ranked. Open: {third}." in answer.text
    assert page("decision_record", meeting) not in answer.text

    meeting.refresh_from_db()
    answer = client.post(page("decision_edit", meeting), filled(meeting, SELECTED, SELECTED, POSTPONED), follow=True)
    assert "Everything is there." in answer.text
    assert page("decision_record", meeting) in answer.text
    meeting.refresh_from_db()
    wrong = client.post(page("decision_record", meeting), {"version": meeting.version, "password": "no"})
    assert (wrong.status_code, DecisionMeeting.objects.get().state) == (422, "draft")
    signed = {"version": meeting.version, "password": WORDS}
    assert "waits for consent" in client.post(page("decision_record", meeting), signed, follow=True).text

    of(client, hands.reviewer)
    assert page("decision_consent", meeting) in client.get(page("decision", meeting)).text
    answer = client.post(page("decision_consent", meeting), signed, follow=True)
    assert "You have consented to the decision; the branch has a message." in answer.text
    assert DecisionMeeting.objects.get().state == "consented"


def test_what_departs_is_marked_and_the_reason_asked_for(client, run, hands):
    meeting = save(begin(run, hands.secretary), hands.secretary, NOT_SELECTED, SELECTED, NOT_SELECTED)
    text = of(client, hands.secretary).get(page("decision_edit", meeting)).text
    assert text.count("A reason is needed.") == 2
    assert text.count("Passed over: somebody further down or not ranked was selected.") == 1
    assert text.count("Selected, although somebody further up was not.") == 1


def test_whoever_saves_second_sees_both_and_loses_nothing(client, run, hands):
    meeting = begin(run, hands.secretary)
    mine = filled(meeting, NOT_SELECTED, "", "", minutes="我的记录")
    save(meeting, hands.secretary, SELECTED)
    answer = of(client, hands.secretary).post(page("decision_edit", meeting), mine)
    assert answer.status_code == 409
    name = run.entries.get(rank=1).name
    assert [one[0] for one in answer.context["differences"]] == ["Minutes", name]
    assert "我的记录" in answer.text
    assert DecisionMeeting.objects.get().minutes == MINUTES_TEXT
    again = {**mine, "version": str(answer.context["form"]["version"].value())}
    assert client.post(page("decision_edit", meeting), again).status_code == 302
    assert DecisionMeeting.objects.get().minutes == "我的记录"


def test_a_number_that_cannot_be_is_said_at_its_field(client, run, hands):
    meeting = begin(run, hands.secretary)
    wrong = filled(meeting, entitled="3", present="4")
    answer = of(client, hands.secretary).post(page("decision_edit", meeting), wrong)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["present"])


def test_about_oneself_nothing_can_be_entered(client, run, hands):
    member = run.entries.get(rank=1).member
    member.user = hands.secretary
    member.save()
    meeting = begin(run, hands.secretary)
    answer = of(client, hands.secretary).get(page("decision_edit", meeting))
    assert "About you somebody else of the committee decides and enters it." in answer.text
    client.post(page("decision_edit", meeting), filled(meeting, SELECTED, SELECTED, NOT_SELECTED))
    found = meeting.decisions.filter(entry__rank__isnull=False).order_by("entry__rank")
    assert list(found.values_list("outcome", flat=True)) == ["", "selected", "not_selected"]
    assert "On this list and in the committee" in client.get(page("decision", meeting)).text


def test_a_draft_is_read_only_by_those_who_may_write_it(client, tree, run, hands):
    meeting = save(begin(run, hands.secretary), hands.secretary, SELECTED)
    for user in (hands.reviewer, make_user(Role.COUNSELOR, tree.b1), make_user(Role.DISCIPLINE_COMMISSIONER, tree.b1)):
        of(client, user)
        assert client.get(page("decision", meeting)).status_code == 404
        assert page("decision", meeting) not in client.get(reverse("evaluations:decisions")).text
        assert page("decision", meeting) not in client.get(page("ranking", run)).text
    of(client, make_user(Role.ORGANISATION_COMMISSIONER, tree.b1))
    assert client.get(page("decision_edit", meeting)).status_code == 200
    assert client.get(page("decision_record", meeting)).status_code == 403


def test_everybody_reads_his_own_outcome_only_and_only_with_consent(client, run, hands):
    reason = "缺一次思想汇报"
    meeting = begin(run, hands.secretary)
    meeting = save(meeting, hands.secretary, SELECTED, (POSTPONED, reason), (SELECTED, "任务完成突出"))
    assert "Decision of the branch committee" not in own_page(client, run, 2).text
    meeting = record(meeting, hands.secretary)
    waiting = "The branch committee met on 2026-11-23; its decision waits for the superior committee"
    assert waiting in own_page(client, run, 2).text
    assert reason not in own_page(client, run, 2).text
    consent(meeting, hands.reviewer)
    mine = own_page(client, run, 2).text
    assert "Decision of the branch committee on 2026-11-23: Postponed." in mine
    assert reason in mine
    assert "任务完成突出" not in mine
    assert "Postponed" in client.get(reverse("evaluations:own_rankings")).text
    assert client.get(page("decision", meeting)).status_code == 403
    send_back(meeting, hands.reviewer)
    assert "Decision of the branch committee" not in own_page(client, run, 2).text


def test_it_stands_in_the_own_data(client, run, hands):
    consented(run, hands)
    own_page(client, run, 3)
    text = client.get(reverse("evaluations:my_data_section", args=["rankings"])).text
    assert "Decision of the branch committee on 2026-11-23: Not selected." in text


def test_sent_back_the_branch_begins_the_next_sheet(client, run, hands):
    meeting = recorded(run, hands)
    of(client, hands.reviewer)
    answer = client.post(page("decision_send_back", meeting), {"reason": "请补充理由"}, follow=True)
    assert "The decision went back to the branch with your reason." in answer.text
    of(client, hands.secretary)
    assert page("decision_begin", run) in client.get(page("decision", meeting)).text
    client.post(page("decision_begin", run))
    newest = DecisionMeeting.objects.get(number=2)
    assert page("decision", newest) in client.get(page("decision", meeting)).text
    assert [one.number for one in client.get(reverse("evaluations:decisions")).context["page"]] == [2, 1]


def test_a_step_that_is_over_says_so_on_the_sheet(client, run, hands):
    meeting = consented(run, hands)
    of(client, hands.reviewer)
    answer = client.get(page("decision_consent", meeting), follow=True)
    assert answer.redirect_chain == [(page("decision", meeting), 302)]
    assert "李审核 has consented to this decision meanwhile." in answer.text
    of(client, hands.secretary)
    assert client.get(page("decision_edit", meeting)).status_code == 302
    assert "This decision is recorded already." in client.get(page("decision_record", meeting), follow=True).text


def test_an_unfrozen_ranking_offers_no_sheet(client, tree):
    run, hands = make_run(tree), make_hands(tree)
    of(client, hands.secretary)
    assert page("decision_begin", run) not in client.get(page("ranking", run)).text
    answer = client.post(page("decision_begin", run), follow=True)
    assert "The branch committee decides on a frozen ranking" in answer.text


def test_a_kept_meeting_can_be_linked(client, tree, run, hands):
    of(client, hands.secretary)
    meeting = begin(run, hands.secretary)
    assert 'name="activity"' not in client.get(page("decision_edit", meeting)).text
    kept = tree.b1.activities.create(
        kind=activity_kind("committee_meeting"), title="支委会", starts_at=NOW.replace(day=23), ends_at=NOW, hours=1
    )
    Minutes.objects.create(activity=kept, saved_at=NOW, saved_by=hands.secretary)
    assert "2026-11-23 · 支委会" in client.get(page("decision_edit", meeting)).text
    client.post(page("decision_edit", meeting), filled(meeting, activity=str(kept.pk)))
    meeting.refresh_from_db()
    assert (meeting.activity, meeting.held_on) == (kept, HELD_ON)
    assert reverse("activities:minutes", args=[kept.pk]) in client.get(page("decision", meeting)).text


def test_the_paper_says_who_met_and_leaves_room_to_sign(client, run, hands):
    text = of(client, hands.reviewer).get(page("decision", consented(run, hands))).text
    assert text.count('class="sign-here"') == 4
    for words in ("4 of 5", run.fingerprint, "王书记 (", "李审核 ("):
        assert words in text


def test_the_list_asks_as_often_for_one_as_for_many(client, tree, run, hands, django_assert_num_queries):
    of(client, hands.reviewer)
    meeting = send_back(recorded(run, hands), hands.reviewer)
    client.get(reverse("evaluations:decisions"))
    with django_assert_num_queries(5):
        client.get(reverse("evaluations:decisions"))
    for number in range(2, 31):
        meeting.pk, meeting.number = None, number
        meeting.save()
    with django_assert_num_queries(5):
        assert len(client.get(reverse("evaluations:decisions")).context["page"]) == 30


def test_a_sheet_asks_as_often_for_one_as_for_thirty(client, tree, django_assert_num_queries):
    run, hands = make_run(tree, people=30), make_hands(tree)
    freeze(run, hands)
    meeting = begin(run, hands.secretary)
    of(client, hands.secretary)
    client.get(page("decision", meeting))
    with django_assert_num_queries(7):
        client.get(page("decision", meeting))
