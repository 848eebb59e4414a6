"""Is whoever submits while the month closes, its days or its scale change, a scheme is published, or the branch returns
the review, either in under the rule that holds, or told so?
"""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.db import connection, transaction

from evaluations.deadlines import SHANGHAI
from evaluations.models import LatePolicy, ReviewAnswer, ScoringScheme, SelfReview
from evaluations.refusals import StaleReviewError
from evaluations.services import months, review_answers, schemes, self_reviews
from evaluations.services.calendar import MonthSettings, set_month
from evaluations.services.self_reviews import Words
from members.roles import Role
from tests.evaluations.ranking_material import make_scheme, ready_document
from tests.factories import make_user
from tests.parallel import WAIT, Aside

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite lets one writer work at a time anyway"),
]

NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)
GOOD = {"thought": 95, "study": 85, "life": 85, "work": 75, "conduct": 65}
OTHER = {"thought": 55, "study": 55, "life": 55, "work": 55, "conduct": 55}


def at(day: int, hour: int = 12) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=SHANGHAI)


@pytest.fixture
def unlocked(monkeypatch):
    """The control: the same with the advisory locks off."""
    monkeypatch.setattr(months, "_lock", lambda *_args, **_more: None)


def submit(member, cycle, points=GOOD, *, version=0, now=None) -> SelfReview:
    return self_reviews.submit(
        member=member, cycle=cycle, words=Words(points), version=version, by=member.user, now=now or at(9)
    )


def shorten(cycle, by) -> None:
    """On the 9th self-reviews end that same day."""
    set_month(cycle=cycle, settings=MonthSettings(False, 9, 20, "grades"), version=1, by=by, now=at(9))


def points_scale(cycle, by) -> None:
    set_month(cycle=cycle, settings=MonthSettings(False, 15, 20, "points"), version=1, by=by, now=at(9))


# --- The month's days and scale ------------------------------------------------------------------------------


def test_who_submits_while_the_days_change_is_judged_by_the_new_ones(tree, member, cycle):
    reviewer = make_user(Role.REVIEWER, tree.root)
    with transaction.atomic():
        shorten(cycle, reviewer)
        late = Aside(lambda: submit(member, cycle, now=at(10)))
        assert late.waits
    assert late.ends().params == {"day": date(2026, 11, 9)}
    assert (SelfReview.objects.submitted().count(), SelfReview.objects.get().draft["points"]) == (0, GOOD)


def test_control_without_the_lock_the_old_days_let_him_in(tree, member, cycle, unlocked):
    with transaction.atomic():
        shorten(cycle, make_user(Role.REVIEWER, tree.root))
        late = Aside(lambda: submit(member, cycle, now=at(10)))
        assert not late.waits
    assert (late.raised, SelfReview.objects.submitted().count()) == (None, 1)


def test_the_scale_changes_only_after_whoever_submits_on_it(tree, member, cycle):
    reviewer = make_user(Role.REVIEWER, tree.root)
    with transaction.atomic():
        submit(member, cycle)
        change = Aside(lambda: points_scale(cycle, reviewer))
        assert change.waits
    assert "scale" in change.ends().text
    cycle.refresh_from_db()
    assert cycle.scale == "grades"


def test_control_without_the_lock_a_grade_lies_in_a_month_of_points(tree, member, cycle, unlocked):
    reviewer = make_user(Role.REVIEWER, tree.root)
    with transaction.atomic():
        submit(member, cycle)
        change = Aside(lambda: points_scale(cycle, reviewer))
        assert not change.waits
    cycle.refresh_from_db()
    assert (change.raised, cycle.scale, SelfReview.objects.submitted().count()) == (None, "points", 1)


# --- A scheme is published -----------------------------------------------------------------------------------


def publish(tree):
    draft = make_scheme(tree.root, ready_document())
    return lambda: schemes.publish(scheme=draft, first_month=NOVEMBER, last_month=None, by=None, now=at(9))


def test_a_scheme_is_sealed_by_the_rating_that_came_in_while_it_was_published(tree, member, cycle):
    put_into_force = publish(tree)
    with transaction.atomic():
        submit(member, cycle)
        publication = Aside(put_into_force)
        assert publication.waits
    assert publication.ends() is None
    assert ScoringScheme.objects.get().state == "sealed"


def test_a_rating_that_waits_for_a_publication_seals_the_scheme(tree, member, cycle):
    put_into_force = publish(tree)
    with transaction.atomic():
        put_into_force()
        rating = Aside(lambda: submit(member, cycle))
        assert rating.waits
    assert rating.ends() is None
    assert ScoringScheme.objects.get().state == "sealed"


def test_control_without_the_lock_the_scheme_stays_open(tree, member, cycle, unlocked):
    put_into_force = publish(tree)
    with transaction.atomic():
        submit(member, cycle)
        publication = Aside(put_into_force)
        assert not publication.waits
    assert (publication.raised, ScoringScheme.objects.get().state) == (None, "published")


# --- The month closes over a late review ---------------------------------------------------------------------


def close_with(cycle, branch, snapshot):
    def take(_cycle, _branch):
        snapshot.extend(SelfReview.objects.submitted().values_list("member", flat=True))

    return lambda: months.close_month(cycle=cycle, branch=branch, now=at(21), on_closed=take)


@pytest.fixture
def accepting(tree):
    LatePolicy.objects.create(branch=tree.b1, from_month=NOVEMBER, accepts_late=True, set_at=at(1))


def test_a_late_review_is_in_the_snapshot_of_the_closing_month(tree, member, cycle, accepting):
    snapshot = []
    with transaction.atomic():
        assert submit(member, cycle, now=at(20, 23)).is_late
        closing = Aside(close_with(cycle, tree.b1, snapshot))
        assert closing.waits
    closing.ends()
    assert snapshot == [member.pk]


def test_a_late_review_that_comes_while_the_month_closes_is_refused(tree, member, cycle, accepting):
    snapshot = []
    with transaction.atomic():
        close_with(cycle, tree.b1, snapshot)()
        late = Aside(lambda: submit(member, cycle, now=at(20, 23)))
        assert late.waits
    assert late.ends() is not None
    assert (snapshot, SelfReview.objects.submitted().count()) == ([], 0)


def test_control_without_the_lock_a_late_review_counts_and_is_in_no_snapshot(tree, member, cycle, accepting, unlocked):
    snapshot = []
    with transaction.atomic():
        submit(member, cycle, now=at(20, 23))
        closing = Aside(close_with(cycle, tree.b1, snapshot))
        assert not closing.waits
    assert (snapshot, SelfReview.objects.submitted().count()) == ([], 1)


# --- The branch returns what is being submitted ---------------------------------------------------------------


def test_what_is_submitted_while_it_is_returned_meets_the_return(tree, member, cycle):
    secretary, review = make_user(Role.SECRETARY, tree.b1), submit(member, cycle)
    with transaction.atomic():
        review_answers.return_review(review=review, submission=at(9), reason="Why?", by=secretary, now=at(10))
        again = Aside(lambda: submit(member, cycle, OTHER, version=1, now=at(10)))
        assert again.waits
    assert isinstance(again.ends(), StaleReviewError)
    review.refresh_from_db()
    assert (review.submitted_at, review.draft["points"]) == (None, GOOD)


def test_what_was_submitted_anew_is_not_returned_unseen(tree, member, cycle):
    secretary, review = make_user(Role.SECRETARY, tree.b1), submit(member, cycle)

    def hand_back():
        review_answers.return_review(review=review, submission=at(9), reason="Why?", by=secretary, now=at(10))

    with transaction.atomic():
        submit(member, cycle, OTHER, version=1, now=at(10))
        returning = Aside(hand_back)
        assert returning.waits
    assert isinstance(returning.ends(), StaleReviewError)
    assert (SelfReview.objects.get().points, ReviewAnswer.objects.count()) == (OTHER, 0)


def test_control_without_row_locks_new_words_are_returned_unseen(tree, member, cycle, monkeypatch):
    monkeypatch.setattr(connection.features.__class__, "has_select_for_update", False)
    secretary, review = make_user(Role.SECRETARY, tree.b1), submit(member, cycle)
    told = []

    def hand_back():
        answer = review_answers.return_review(review=review, submission=at(9), reason="Why?", by=secretary, now=at(10))
        told.append(answer.words["points"])

    with transaction.atomic():
        submit(member, cycle, OTHER, version=1, now=at(10))
        returning = Aside(hand_back)
        returning.thread.join(timeout=WAIT)  # it has read the old words and waits only to write
    returning.ends()
    assert told == [GOOD]
