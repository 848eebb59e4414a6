"""Are a member's words kept, counted once, and never lost, whatever the phone, the clock or a second tap does?"""

from __future__ import annotations

from datetime import date, datetime
from functools import partial
from threading import Barrier

import pytest

from activities.models import Activity, Attendance
from branchportal.models import AuditEntry
from evaluations.deadlines import SHANGHAI
from evaluations.models import CycleDeadline, SelfReview
from evaluations.queries.self_reviews import card_of, history_of, missed_months, own_reviews
from evaluations.refusals import Refused, StaleReviewError
from evaluations.services import months, self_reviews
from evaluations.services.self_reviews import Words
from evaluations.stages import CardState
from members.models import Member
from members.roles import Role
from members.stages import Stage
from tests.factories import activity_kind, make_branch_tree, make_member, make_user
from tests.parallel import at_once, refused_or_done

pytestmark = pytest.mark.django_db

NOVEMBER = date(2026, 11, 1)
LAST_MOMENT = datetime(2026, 11, 15, 23, 59, 59, 999999, tzinfo=SHANGHAI)
TOO_LATE = datetime(2026, 11, 16, tzinfo=SHANGHAI)
GOOD = {"thought": 95, "study": 85, "life": 85, "work": 75, "conduct": 65}
OTHER = {"thought": 55, "study": 55, "life": 55, "work": 55, "conduct": 55}
HALF = {"thought": 95, "study": None, "life": None, "work": None, "conduct": None}


def at(day: int, hour: int = 12) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=SHANGHAI)


def save(act, member, cycle, points=GOOD, *, version=0, now=None, **words):
    return act(
        member=member, cycle=cycle, words=Words(points, **words), version=version, by=member.user, now=now or at(9)
    )


def submit(member, cycle, points=GOOD, **more):
    return save(self_reviews.submit, member, cycle, points, **more)


def draft(member, cycle, points=HALF, **more):
    return save(self_reviews.save_draft, member, cycle, points, **more)


def state(member, now=None) -> CardState:
    return card_of(member, NOVEMBER, now or at(9)).state


# --- From the first tap to what counts -----------------------------------------------------------------------


def test_a_draft_counts_for_nothing(member, cycle):
    review = draft(member, cycle, notes={"thought": "Read two reports"}, page="p", step=1)
    assert review.draft == {"points": HALF, "notes": {"thought": "Read two reports"}, "page": "p", "step": 1}
    assert (review.submitted_at, set(review.points.values()), review.version) == (None, {None}, 1)
    assert AuditEntry.objects.count() == 0
    assert state(member) == CardState.DRAFT


def test_a_submission_counts_and_leaves_one_audit_line(member, cycle):
    draft(member, cycle)
    submit(member, cycle, version=1, notes={"study": "First in class"})
    review = SelfReview.objects.get()
    assert (review.points, review.notes, review.draft, review.submitted_at, review.submitted_by, review.version) == (
        GOOD, {"study": "First in class"}, None, at(9), member.user, 2,
    )  # fmt: skip
    line = AuditEntry.objects.get(action="self_review.submitted")
    assert (line.actor, line.branch, line.before, line.after) == (member.user, member.branch, {}, GOOD)
    assert state(member) == CardState.SUBMITTED


def test_words_typed_after_a_submission_change_nothing_until_submitted_again(member, cycle):
    submit(member, cycle)
    draft(member, cycle, OTHER, version=1)
    review = SelfReview.objects.get()
    assert (review.points, review.draft["points"], state(member)) == (GOOD, OTHER, CardState.CHANGED)
    submit(member, cycle, OTHER, version=2, now=at(10))
    review = SelfReview.objects.get()
    assert (review.points, review.draft, review.submitted_at) == (OTHER, None, at(10))
    second = AuditEntry.objects.filter(action="self_review.submitted").latest("id")
    assert (second.before, second.after) == (GOOD, OTHER)


def test_words_back_at_what_was_submitted_are_no_draft(member, cycle):
    submit(member, cycle)
    draft(member, cycle, OTHER, version=1)
    draft(member, cycle, GOOD, version=2)
    assert state(member) == CardState.SUBMITTED


def test_discarding_goes_back_to_what_was_submitted(member, cycle):
    submit(member, cycle)
    draft(member, cycle, OTHER, version=1)
    for _again in range(2):
        self_reviews.discard_draft(member=member, cycle=cycle, version=2, by=member.user, now=at(9))
    review = SelfReview.objects.get()
    assert (review.points, review.draft, review.version) == (GOOD, None, 3)


@pytest.mark.parametrize("points", [HALF, {**GOOD, "work": 80}, {**GOOD, "work": 101}, {**GOOD, "work": -1}])
def test_what_is_incomplete_or_off_the_scale_is_refused(member, cycle, points):
    with pytest.raises(Refused):
        submit(member, cycle, points)
    assert SelfReview.objects.count() == 0


def test_points_from_0_to_100_where_the_month_says_so(member, cycle):
    cycle.scale = "points"
    cycle.save()
    points = {"thought": 0, "study": 100, "life": 59, "work": 60, "conduct": 88}
    assert submit(member, cycle, points).points == points


def test_a_note_that_is_too_long_is_refused(member, cycle):
    submit(member, cycle, notes={"study": "字" * 200})
    with pytest.raises(Refused):
        submit(member, cycle, notes={"study": "字" * 201}, version=1)


# --- Who, and until when -------------------------------------------------------------------------------------


def test_nobody_files_for_somebody_else(tree, member, cycle):
    for other in (make_user(Role.SECRETARY, tree.b1), make_user(Role.MEMBER, tree.b1)):
        for act in (self_reviews.submit, self_reviews.save_draft):
            with pytest.raises(Refused):
                act(member=member, cycle=cycle, words=Words(GOOD), version=0, by=other, now=at(9))
    assert SelfReview.objects.count() == 0


def test_the_last_microsecond_is_accepted_and_the_next_refused_with_the_words_kept(tree, cycle):
    first, second = [make_user(Role.MEMBER, tree.b1).member for _ in range(2)]
    months.open_month(cycle=cycle, branch=tree.b1, now=at(1))
    assert submit(first, cycle, now=LAST_MOMENT).submitted_at == LAST_MOMENT
    with pytest.raises(Refused, match="15"):
        submit(second, cycle, now=TOO_LATE, notes={"life": "Kept"})
    review = SelfReview.objects.get(member=second)
    assert (review.submitted_at, review.draft["points"], review.draft["notes"]) == (None, GOOD, {"life": "Kept"})
    assert (state(first, TOO_LATE), state(second, TOO_LATE)) == (CardState.FINAL, CardState.MISSED_DRAFT)
    assert AuditEntry.objects.filter(action="self_review.submitted").count() == 1


def test_each_general_branch_has_its_own_last_moment(tree, cycle):
    CycleDeadline.objects.create(cycle=cycle, branch=tree.second, review_day=12, rating_day=20)
    here, there = make_user(Role.MEMBER, tree.b1).member, make_user(Role.MEMBER, tree.b4).member
    with pytest.raises(Refused):
        submit(there, cycle, now=datetime(2026, 11, 13, tzinfo=SHANGHAI))
    submit(here, cycle, now=datetime(2026, 11, 13, tzinfo=SHANGHAI))
    review = SelfReview.objects.get(member=there)
    submit(there, cycle, version=review.version, now=datetime(2026, 11, 12, 23, 59, 59, 999999, tzinfo=SHANGHAI))


def test_a_month_that_is_off_keeps_the_words(member, cycle):
    cycle.is_off = True
    cycle.save()
    with pytest.raises(Refused):
        submit(member, cycle)
    assert (SelfReview.objects.get().draft["points"], state(member)) == (GOOD, CardState.OFF)


def test_a_month_that_has_not_begun_takes_nothing(member, cycle):
    with pytest.raises(Refused):
        draft(member, cycle, now=datetime(2026, 10, 31, 23, 59, 59, tzinfo=SHANGHAI))
    assert SelfReview.objects.count() == 0


def test_what_is_submitted_after_the_branch_has_closed_is_refused_whatever_its_clock_says(member, cycle):
    months.close_month(cycle=cycle, branch=member.branch, now=at(21), on_closed=lambda *_: None)
    with pytest.raises(Refused):
        submit(member, cycle, now=LAST_MOMENT)
    assert SelfReview.objects.get().submitted_at is None


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"stage": Stage.ACTIVIST}, CardState.EMPTY),
        ({"stage": Stage.APPLICANT}, CardState.NOT_FILER),
        ({"stage": Stage.FULL, "kind": Member.Kind.TEACHER}, CardState.NOT_FILER),
        ({"stage": Stage.ACTIVIST, "activist_on": date(2026, 11, 9)}, CardState.EMPTY),
        ({"stage": Stage.ACTIVIST, "activist_on": date(2026, 11, 10)}, CardState.NOT_FILER),
        ({"stage": Stage.ACTIVIST, "joined_on": date(2026, 11, 5)}, CardState.EMPTY),
    ],
)
def test_who_has_a_card(tree, cycle, fields, expected):
    member = make_member(tree.b1, **fields)
    assert state(member, at(9)) == expected


def test_a_later_joiner_may_file_and_is_not_due(tree, member, cycle):
    later = make_user(Role.MEMBER, tree.b1, joined_on=date(2026, 11, 5)).member
    submit(later, cycle)
    card = card_of(later, NOVEMBER, at(9))
    assert (card.is_due, card.state) == (False, CardState.SUBMITTED)
    assert card_of(member, NOVEMBER, at(9)).is_due


def test_before_the_clock_has_opened_the_month_nobody_is_told_that_he_is_not_due(tree, cycle):
    member = make_user(Role.MEMBER, tree.b1).member
    later = make_user(Role.MEMBER, tree.b1, joined_on=date(2026, 11, 5)).member
    assert [card_of(person, NOVEMBER, at(9)).is_due for person in (member, later)] == [True, False]
    months.open_month(cycle=cycle, branch=tree.b1, now=at(9))
    assert [card_of(person, NOVEMBER, at(9)).is_due for person in (member, later)] == [True, False]


def test_somebody_who_moved_files_where_he_was_due(tree, member, cycle):
    member.branch = tree.b4
    member.save()
    assert submit(member, cycle).branch == tree.b1


# --- Two pages, lost answers, second taps --------------------------------------------------------------------


def test_a_second_page_is_not_overwritten_silently(member, cycle):
    draft(member, cycle, GOOD, page="phone", step=1)
    for act in (self_reviews.save_draft, self_reviews.submit):
        with pytest.raises(StaleReviewError) as stale:
            save(act, member, cycle, OTHER, page="desktop", step=1, version=0)
        assert stale.value.current.draft["points"] == GOOD
    assert SelfReview.objects.get().submitted_at is None


def test_a_page_whose_answer_got_lost_goes_on_from_its_old_version(member, cycle):
    draft(member, cycle, HALF, page="phone", step=1)
    draft(member, cycle, GOOD, page="phone", step=2, version=0)
    review = submit(member, cycle, OTHER, page="phone", step=3, version=0)
    assert (review.points, review.version) == (OTHER, 3)


def test_the_same_words_from_another_page_are_no_conflict(member, cycle):
    draft(member, cycle, GOOD, page="phone", step=7)
    assert submit(member, cycle, GOOD, page="desktop", step=1, version=0).points == GOOD


def test_older_words_that_arrive_late_are_dropped(member, cycle):
    draft(member, cycle, GOOD, page="phone", step=5)
    assert draft(member, cycle, HALF, page="phone", step=5, version=0).draft["points"] == GOOD
    with pytest.raises(StaleReviewError):
        draft(member, cycle, HALF, page="phone", step=4, version=0)
    review = SelfReview.objects.get()
    assert (review.draft["points"], review.version) == (GOOD, 1)


def test_the_same_submission_again_changes_nothing(member, cycle):
    submit(member, cycle)
    review = submit(member, cycle, now=at(12))
    assert (review.submitted_at, review.version) == (at(9), 1)
    assert AuditEntry.objects.filter(action="self_review.submitted").count() == 1


@pytest.fixture
def committed_member(transactional_db):
    tree = make_branch_tree()
    cycle = months.ensure_month(committee=tree.root, month=NOVEMBER)
    return make_user(Role.MEMBER, tree.b1).member, cycle


def test_fifty_parallel_submits_of_one_form_are_one_effect(committed_member):
    member, cycle = committed_member
    at_once([lambda: submit(member, cycle)] * 50)
    review = SelfReview.objects.get()
    assert (review.points, review.version) == (GOOD, 1)
    assert AuditEntry.objects.filter(action="self_review.submitted").count() == 1


def test_control_fifty_submits_that_look_before_they_write_are_many_effects(committed_member):
    """The twin without lock and unique row: it must go wrong, or the test above proves nothing."""
    member, cycle = committed_member
    looked = Barrier(50)

    def careless() -> None:
        is_new = not SelfReview.objects.filter(member=member, cycle=cycle).exists()
        looked.wait(timeout=60)
        if is_new:
            AuditEntry.objects.create(action="self_review.submitted")

    at_once([careless] * 50)
    assert AuditEntry.objects.filter(action="self_review.submitted").count() == 50


@pytest.mark.django_db(transaction=True)
def test_fifty_submit_while_the_month_closes():
    """Each is in the snapshot or refused, never both or neither."""
    tree = make_branch_tree()
    cycle = months.ensure_month(committee=tree.root, month=NOVEMBER)
    CycleDeadline.objects.create(cycle=cycle, branch=tree.b1, review_day=15, rating_day=15)
    people = [make_user(Role.MEMBER, tree.b1).member for _ in range(50)]
    months.open_month(cycle=cycle, branch=tree.b1, now=at(1))
    snapshot = []

    def take_snapshot(_cycle, branch):
        filed = SelfReview.objects.filter(branch=branch, submitted_at__isnull=False)
        snapshot.append(set(filed.values_list("member_id", flat=True)))

    def close() -> None:
        months.close_month(cycle=cycle, branch=tree.b1, now=TOO_LATE, on_closed=take_snapshot)

    submits = [refused_or_done(partial(submit, member, cycle, now=LAST_MOMENT), Refused) for member in people]
    *answers, _closed = at_once([*submits, close])
    accepted = {member.pk for member, answer in zip(people, answers, strict=True) if answer == "done"}
    assert snapshot == [accepted]
    assert set(SelfReview.objects.filter(submitted_at__isnull=False).values_list("member_id", flat=True)) == accepted


# --- Beside the card -----------------------------------------------------------------------------------------


def test_last_month_and_what_was_missed(tree, member, cycle):
    october = months.ensure_month(committee=tree.root, month=date(2026, 10, 1))
    september = months.ensure_month(committee=tree.root, month=date(2026, 9, 1))
    for month in (october, september):
        months.open_month(cycle=month, branch=tree.b1, now=datetime(2026, 10, 1, tzinfo=SHANGHAI))
    SelfReview.objects.create(cycle=september, member=member, branch=tree.b1, submitted_at=at(1), **OTHER)
    SelfReview.objects.create(cycle=october, member=member, branch=tree.b1, draft={"points": GOOD, "notes": {}})
    assert card_of(member, NOVEMBER, at(9)).previous.points == OTHER
    assert [str(review.cycle) for review in own_reviews(member)] == ["2026-09"]
    assert [str(month) for month in missed_months(history_of(member, at(9)))] == ["2026-10"]
    assert [str(month) for month in missed_months(history_of(member, TOO_LATE))] == ["2026-11", "2026-10"]


def test_the_records_are_those_since_the_previous_deadline(tree, member, cycle):
    def record(title, begins, state=Attendance.State.PRESENT, who=member):
        activity = Activity.objects.create(
            branch=tree.b1, kind=activity_kind("theme_day"), title=title, starts_at=begins,
            ends_at=begins.replace(hour=begins.hour + 1 if begins.hour < 23 else 23, minute=59), hours=2,
        )  # fmt: skip
        Attendance.objects.create(activity=activity, member=who, state=state, hours=2)

    record("before", datetime(2026, 10, 15, 23, 0, tzinfo=SHANGHAI))
    record("first day", datetime(2026, 10, 16, 0, 0, tzinfo=SHANGHAI))
    record("last day", datetime(2026, 11, 15, 23, 0, tzinfo=SHANGHAI))
    record("after", datetime(2026, 11, 16, 0, 0, tzinfo=SHANGHAI))
    record("absent", at(3), Attendance.State.ABSENT)
    record("somebody else", at(3), who=make_member(tree.b1))
    card = card_of(member, NOVEMBER, at(9))
    assert [attendance.activity.title for attendance in card.records] == ["last day", "first day"]
    assert card.looked_back == (date(2026, 10, 16), date(2026, 11, 15))
