"""Does the committee decide person by person on a frozen ranking, with a reason wherever it departs from the order?"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from branchportal.messages import text_of
from branchportal.models import AuditEntry, Notification
from evaluations.departures import Departure
from evaluations.models import Decision, DecisionMeeting, RankingRun
from evaluations.queries import decisions as queries
from evaluations.refusals import Refused
from evaluations.services import decision_signing
from evaluations.services.decisions import Meeting, StaleSheetError
from members.models import Absence, RoleAssignment, User
from members.roles import Role
from tests.evaluations.decision_material import (
    HELD_ON,
    MEETING,
    NOT_SELECTED,
    NOW,
    POSTPONED,
    SELECTED,
    begin,
    consent,
    consented,
    make_frozen,
    make_tied,
    record,
    recorded,
    save,
    send_back,
)
from tests.evaluations.freezing_material import make_hands, make_run
from tests.evaluations.notice_material import prepared
from tests.factories import make_member, make_user

pytestmark = pytest.mark.django_db

TOO_EARLY_OR_LATE = "The meeting took place after the ranking was frozen on 2026-11-22 and not in the future."
ABOUT = "Development candidates of 本科生第一党支部, 2026-09 – 2026-10: "


@pytest.fixture(autouse=True)
def english(settings):
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def frozen(tree):
    return make_frozen(tree)


@pytest.fixture
def run(frozen):
    return frozen[0]


@pytest.fixture
def hands(frozen):
    return frozen[1]


def refusal(act, *args, **kwargs) -> str:
    with pytest.raises(Refused) as refused:
        act(*args, **kwargs)
    return str(refused.value)


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def outcomes(meeting: DecisionMeeting) -> list[tuple[int | None, str, str]]:
    return [(line.entry.rank, line.decision.outcome, line.decision.reason) for line in queries.lines(meeting)]


def missing(meeting: DecisionMeeting) -> list[str]:
    meeting.refresh_from_db()
    return [str(one) for one in decision_signing.what_is_missing(meeting, queries.lines(meeting), NOW)]


def overtake(run: RankingRun) -> RankingRun:
    """A newer run, as an appeal makes one."""
    columns = ("branch_id", "purpose", "first_month", "last_month", "scheme_id", "scheme_document", "fingerprint")
    same = {name: getattr(run, name) for name in (*columns, "ranked_count", "not_ranked_count", "compiled_at")}
    return RankingRun.objects.create(**same, number=run.number + 1, supersedes=run)


def trail() -> list[tuple]:
    lines = AuditEntry.objects.filter(action__startswith="decision.").order_by("pk")
    return list(lines.values_list("action", "actor_name", "after", "reason"))


def told() -> list[tuple[str, str]]:
    notes = Notification.objects.filter(kind__startswith="decision").select_related("user").order_by("pk")
    return [(note.user.name, text_of(note)) for note in notes]


def test_nobody_starts_with_an_outcome(run, hands):
    meeting = begin(run, hands.secretary)
    assert (meeting.state, meeting.number, meeting.held_on, meeting.quota) == ("draft", 1, None, None)
    assert outcomes(meeting) == [(1, "", ""), (2, "", ""), (3, "", ""), (None, "", "")]
    assert begin(run, hands.secretary).pk == meeting.pk
    assert trail() == [("decision.begun", "王书记", {"sheet": 1}, "")]


def test_a_quota_is_a_line_and_fills_nothing_in(run, hands):
    meeting = save(begin(run, hands.secretary), hands.secretary, held=Meeting(quota=2))
    assert [line.is_last_above_the_line for line in queries.lines(meeting)] == [False, True, False, False]
    assert {outcome for _rank, outcome, _reason in outcomes(meeting)} == {""}


def test_only_a_frozen_ranking_is_decided_on(tree):
    run, hands = make_run(tree), make_hands(tree)
    assert refusal(begin, run, hands.secretary) == (
        "The branch committee decides on a frozen ranking: propose this one for freezing first."
    )
    assert not DecisionMeeting.objects.exists()


def test_a_draft_is_kept_unfinished_and_by_several(tree, run, hands):
    recorder = make_user(Role.ORGANISATION_COMMISSIONER, tree.b1, name="赵组织")
    meeting = save(begin(run, hands.secretary), recorder, SELECTED, held=Meeting(chair="王书记"))
    assert (meeting.version, meeting.saved_by, meeting.held_on) == (2, recorder, None)
    meeting = save(meeting, hands.secretary, SELECTED, (POSTPONED, "缺一次谈话"))
    assert outcomes(meeting) == [(1, "selected", ""), (2, "postponed", "缺一次谈话"), (3, "", ""), (None, "", "")]
    assert [line[2] for line in trail()[1:]] == [{"sheet": 1, "changed": 1}, {"sheet": 1, "changed": 1}]


def test_whoever_saves_second_overwrites_nothing(run, hands):
    meeting = begin(run, hands.secretary)
    save(meeting, hands.secretary, SELECTED)
    with pytest.raises(StaleSheetError) as stale:
        save(meeting, hands.secretary, NOT_SELECTED, version=1)
    assert stale.value.meeting.version == 2
    assert outcomes(meeting)[0] == (1, "selected", "")


def test_what_a_sheet_lacks_is_said_all_at_once(run, hands):
    meeting = begin(run, hands.secretary)
    names = list(run.entries.filter(rank__isnull=False).values_list("name", flat=True))
    assert missing(meeting) == [
        "Enter the date of the meeting.",
        "Enter how many members the committee has and how many of them were present.",
        "Enter who chaired the meeting and who recorded it.",
        "Write into the minutes what was discussed.",
        f"Decide about everybody who is ranked. Open: {', '.join(names)}.",
    ]
    assert refusal(record, meeting, hands.secretary) == "Enter the date of the meeting."
    meeting = save(meeting, hands.secretary, NOT_SELECTED, SELECTED, SELECTED)
    assert missing(meeting) == [
        f"Give a reason where the decision departs from the order. Missing: {', '.join(names)}."
    ]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"held_on": date(2026, 11, 21)}, TOO_EARLY_OR_LATE),
        ({"held_on": date(2026, 11, 25)}, TOO_EARLY_OR_LATE),
        ({"entitled": 4, "present": 2}, "More than half of the committee has to be present: 2 of 4 are not enough."),
        ({"present": None}, "Enter how many members the committee has and how many of them were present."),
        ({"recorder": ""}, "Enter who chaired the meeting and who recorded it."),
        ({"minutes": ""}, "Write into the minutes what was discussed."),
    ],
)  # fmt: skip
def test_a_meeting_that_cannot_be_recorded(run, hands, changes, sentence):
    held = replace(MEETING, **changes)
    meeting = save(begin(run, hands.secretary), hands.secretary, SELECTED, SELECTED, NOT_SELECTED, held=held)
    assert missing(meeting) == [sentence]
    assert refusal(record, meeting, hands.secretary) == sentence
    assert DecisionMeeting.objects.get().is_draft


def test_departing_from_the_order_needs_a_reason(run, hands):
    meeting = save(begin(run, hands.secretary), hands.secretary, SELECTED, (POSTPONED, "缺一次谈话"), SELECTED)
    assert [line.departure for line in queries.lines(meeting)] == [
        None, Departure.PASSED_OVER, Departure.OVER_BETTER, None,
    ]  # fmt: skip
    third = run.entries.get(rank=3).name
    assert missing(meeting) == [f"Give a reason where the decision departs from the order. Missing: {third}."]
    meeting = save(meeting, hands.secretary, SELECTED, (POSTPONED, "缺一次谈话"), (SELECTED, "承担三个一任务突出"))
    assert missing(meeting) == []
    assert record(meeting, hands.secretary).is_recorded


def test_among_equals_a_reason_says_what_decided(tree):
    run, hands = make_tied(tree)
    meeting = save(begin(run, hands.secretary), hands.secretary, SELECTED, NOT_SELECTED, NOT_SELECTED)
    equals = Departure.AMONG_EQUALS
    assert [line.departure for line in queries.lines(meeting)] == [equals, equals, None]


def test_who_is_not_ranked_is_selected_only_with_a_reason(run, hands):
    meeting = save(begin(run, hands.secretary), hands.secretary, SELECTED, SELECTED, SELECTED, SELECTED)
    assert missing(meeting) == ["Give a reason where the decision departs from the order. Missing: 李四."]


def test_recording_fixes_the_sheet_and_tells_the_superior(run, hands):
    meeting = recorded(run, hands)
    meeting.refresh_from_db()
    assert (meeting.state, meeting.signer, meeting.signer_name, meeting.signer_role, meeting.recorded_at) == (
        "recorded", hands.secretary, "王书记", "secretary", NOW,
    )  # fmt: skip
    assert record(meeting, hands.secretary).version == meeting.version
    assert refusal(save, meeting, hands.secretary, NOT_SELECTED) == (
        "This decision has been recorded meanwhile: what is to change goes through a new sheet."
    )
    assert refusal(begin, run, hands.secretary) == (
        "The decision on this ranking is recorded. To correct it, ask the superior committee to send it back with a "
        "reason."
    )
    after = {
        "sheet": 1, "held_on": "2026-11-23", "selected": 2, "not_selected": 1, "postponed": 0, "departing": 0,
    }  # fmt: skip
    assert trail()[-1] == ("decision.recorded", "王书记", after, "")
    assert told() == [
        ("李审核", f"{ABOUT}王书记 has recorded the branch committee's decision. It waits for your consent.")
    ]


def test_the_superior_consents_and_everybody_concerned_is_told(run, hands):
    own = run.entries.get(rank=3).member
    own.user = User.objects.create(number=own.number, name=own.name)
    own.save()
    meeting = recorded(run, hands)
    assert list(queries.listed(meeting)) == []
    assert list(queries.consented_for(run.branch)) == []
    meeting = consent(meeting, hands.reviewer)
    assert (meeting.state, meeting.reviewer_name, meeting.reviewer_role, meeting.reviewed_at) == (
        "consented", "李审核", "reviewer", NOW,
    )  # fmt: skip
    assert [entry.rank for entry in queries.listed(meeting)] == [1, 2]
    assert list(queries.consented_for(run.branch)) == [meeting]
    assert consent(meeting, hands.reviewer).pk == meeting.pk
    assert told()[1:] == [
        ("王书记", f"{ABOUT}李审核 consents to the branch committee's decision."),
        (own.name, f"{ABOUT}the branch committee has decided. What it decided about you stands with your result."),
    ]
    assert [line[0] for line in trail()] == [
        "decision.begun", "decision.saved", "decision.recorded", "decision.consented",
    ]  # fmt: skip


def test_sent_back_the_old_sheet_stays_and_the_next_begins_with_its_words(run, hands):
    first = send_back(recorded(run, hands), hands.reviewer)
    assert (first.state, first.reason, first.number) == ("sent_back", "请补充理由", 1)
    assert told()[-1] == ("王书记", f"{ABOUT}李审核 sends the decision back: 请补充理由")
    second = begin(run, hands.secretary)
    assert (second.number, second.held_on, second.chair, second.quota, second.version) == (2, HELD_ON, "王书记", 2, 1)
    assert outcomes(second) == outcomes(first)
    second = save(second, hands.secretary, SELECTED, NOT_SELECTED, NOT_SELECTED)
    consent(record(second, hands.secretary), hands.reviewer)
    assert [(one.number, one.state) for one in run.decision_meetings.order_by("number")] == [
        (1, "sent_back"), (2, "consented"),
    ]  # fmt: skip
    assert outcomes(first)[1] == (2, "selected", "")


def test_after_consent_it_is_corrected_only_by_sending_back(run, hands):
    meeting = consented(run, hands)
    send_back(meeting, hands.reviewer, "收到新的情况")
    meeting.refresh_from_db()
    assert list(queries.listed(meeting)) == []
    assert list(queries.consented_for(run.branch)) == []
    assert begin(run, hands.secretary).number == 2


def test_a_notice_ends_with_its_decision(run, hands):
    meeting = consented(run, hands)
    notice = prepared(meeting, by=hands.secretary)
    send_back(meeting, hands.reviewer, "收到新的情况")
    notice.refresh_from_db()
    assert (notice.state, notice.reason) == ("withdrawn", "收到新的情况")


def test_sending_back_says_why(run, hands):
    assert refusal(send_back, recorded(run, hands), hands.reviewer, "  ") == (
        "Write why: the branch committee has to know what to discuss again."
    )


def test_one_person_never_records_and_consents(tree, run, hands):
    RoleAssignment.objects.create(
        user=hands.secretary, branch=tree.root, role=Role.REVIEWER, starts_on=date(2026, 1, 1)
    )
    meeting = recorded(run, hands)
    said = (
        "王书记 has recorded this decision: somebody else of the superior committee looks at it, nobody who acts in "
        "the place of the other."
    )
    assert refusal(consent, meeting, fresh(hands.secretary)) == said
    assert refusal(send_back, meeting, fresh(hands.secretary)) == said
    office = RoleAssignment.objects.get(user=hands.secretary, role=Role.SECRETARY)
    Absence.objects.create(
        office=office, stand_in=hands.reviewer, starts_on=HELD_ON, ends_on=HELD_ON + timedelta(days=9),
        entered_by=hands.secretary,
    )  # fmt: skip
    assert refusal(consent, meeting, fresh(hands.reviewer)) == said


def test_nobody_decides_about_himself(tree, run, hands):
    """The secretary and the reviewer stand in the list; a commissioner enters what is said of the secretary."""
    for rank, user in ((1, hands.secretary), (2, hands.reviewer)):
        member = run.entries.get(rank=rank).member
        member.user = user
        member.save()
    meeting = begin(run, hands.secretary)
    assert [line.decision.recused for line in queries.lines(meeting)] == [True, False, False, False]
    assert refusal(save, meeting, hands.secretary, SELECTED, SELECTED, NOT_SELECTED) == (
        "Nobody decides about himself: somebody else of the committee enters what it says of you."
    )
    recorder = make_user(Role.ORGANISATION_COMMISSIONER, tree.b1, name="赵组织")
    meeting = save(meeting, recorder, SELECTED, SELECTED, NOT_SELECTED)
    meeting = record(save(meeting, hands.secretary, SELECTED, SELECTED, POSTPONED), hands.secretary)
    assert refusal(consent, meeting, hands.reviewer) == (
        "Nobody decides about himself: you are on this list, so somebody else consents to it."
    )
    assert consent(meeting, make_user(Role.REVIEWER, tree.root, name="周审核")).is_consented


def test_who_sat_in_the_committee_that_day_is_recused(tree, run, hands):
    member = run.entries.get(rank=1).member
    member.user = make_user(Role.DEPUTY_SECRETARY, tree.b1, name=member.name)
    member.save()
    meeting = save(begin(run, hands.secretary), hands.secretary, SELECTED)
    assert queries.lines(meeting)[0].decision.recused
    RoleAssignment.objects.filter(user=member.user).update(ends_on=HELD_ON - timedelta(days=1))
    save(meeting, hands.secretary, SELECTED)
    assert not queries.lines(meeting)[0].decision.recused


def test_a_list_that_has_changed_is_decided_on_anew(run, hands):
    meeting = recorded(run, hands)
    newer = overtake(run)
    said = "The list has changed since: a newer run has replaced this one, and the decision is taken there."
    assert queries.is_replaced(meeting)
    assert refusal(consent, meeting, hands.reviewer) == said
    assert refusal(send_back, meeting, hands.reviewer) == said
    assert refusal(begin, newer, hands.secretary).startswith("The branch committee decides on a frozen ranking")
    assert [list(found) for found in (queries.to_consent(hands.reviewer), queries.to_decide(hands.secretary))] == [
        [],
        [],
    ]


def test_a_consented_decision_on_a_replaced_list_no_longer_holds(run, hands):
    consented(run, hands)
    overtake(run)
    assert list(queries.consented_for(run.branch)) == []


def test_what_waits_for_whom(tree, run, hands):
    other = make_user(Role.SECRETARY, tree.b2)

    def waiting():
        found = (
            queries.to_decide(hands.secretary),
            queries.to_consent(hands.reviewer),
            queries.sent_back(hands.secretary),
        )
        assert [list(one) for one in (queries.to_decide(other), queries.sent_back(other))] == [[], []]
        return [one.count() for one in found]

    assert waiting() == [1, 0, 0]
    meeting = begin(run, hands.secretary)
    assert waiting() == [1, 0, 0]
    record(save(meeting, hands.secretary, SELECTED, SELECTED, NOT_SELECTED), hands.secretary)
    assert waiting() == [0, 1, 0]
    send_back(meeting, hands.reviewer)
    assert waiting() == [0, 0, 1]
    begin(run, hands.secretary)
    assert waiting() == [0, 0, 0]


def test_the_database_refuses_what_the_portal_never_writes(run, hands):
    meeting = consented(run, hands)
    for wrong in (
        {"state": "sent_back", "reason": ""}, {"reviewer": hands.secretary}, {"present": 9}, {"minutes": ""},
        {"state": "draft"}, {"recorded_at": None},
    ):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            DecisionMeeting.objects.filter(pk=meeting.pk).update(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        DecisionMeeting.objects.create(run=run, number=2, saved_at=NOW, saved_by=hands.secretary)
    with pytest.raises(IntegrityError), transaction.atomic():
        one = meeting.decisions.first()
        Decision.objects.create(meeting=meeting, entry=one.entry)


def test_everybody_is_asked_for_in_the_same_number_of_queries(tree, django_assert_num_queries):
    run, hands = make_frozen(tree, people=12)
    meeting = begin(run, hands.secretary)
    with django_assert_num_queries(1):
        assert len(queries.lines(meeting)) == 13


def test_a_member_of_another_branch_may_neither_write_nor_consent(tree, run, hands):
    meeting = recorded(run, hands)
    stranger = make_user(Role.SECRETARY, tree.b2, name="外支书记")
    make_member(tree.b2)
    assert refusal(consent, meeting, stranger) == "You hold no office any more that signs for 本科生第一党支部."
