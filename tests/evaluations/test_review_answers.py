"""Is a review that was returned out of every count and lost in nothing, and is every submission answered once?"""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from branchportal.models import AuditEntry, Notification
from evaluations.deadlines import SHANGHAI
from evaluations.models import ReviewAnswer, SelfReview
from evaluations.queries import answers
from evaluations.queries.compile import read
from evaluations.queries.monthly import branch_months
from evaluations.queries.months import missing_members, progress_of
from evaluations.queries.ratings import rated_people
from evaluations.queries.self_reviews import card_of, history_of, missed_months, own_reviews
from evaluations.refusals import Refused, StaleReviewError
from evaluations.services import months, review_answers, self_reviews
from evaluations.services.score_import import write_scores
from evaluations.services.self_reviews import Words
from evaluations.stages import CardState
from members.roles import Role
from tests.evaluations.ranking_material import install
from tests.factories import make_member, make_user

pytestmark = pytest.mark.django_db

NOVEMBER = date(2026, 11, 1)
GOOD = {"thought": 95, "study": 85, "life": 85, "work": 75, "conduct": 65}
OTHER = {"thought": 55, "study": 55, "life": 55, "work": 55, "conduct": 55}
NOTHING = dict.fromkeys(GOOD)
LAST_MOMENT = datetime(2026, 11, 20, 23, 59, 59, 999999, tzinfo=SHANGHAI)
TOO_LATE = datetime(2026, 11, 21, tzinfo=SHANGHAI)


def at(day: int, hour: int = 12) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=SHANGHAI)


@pytest.fixture
def secretary(tree):
    return make_user(Role.SECRETARY, tree.b1)


def submit(member, cycle, points=GOOD, *, version=0, now=None, **words) -> SelfReview:
    return self_reviews.submit(
        member=member, cycle=cycle, words=Words(points, **words), version=version, by=member.user, now=now or at(9)
    )


def hand_back(review, by, *, reason="Say more about your studies.", now=None, submission=None) -> ReviewAnswer:
    return review_answers.return_review(
        review=review, submission=submission or review.submitted_at, reason=reason, by=by, now=now or at(10)
    )


def reply(review, by, text="", *, now=None, submission=None) -> ReviewAnswer:
    return review_answers.reply(
        review=review, submission=submission or review.submitted_at, text=text, by=by, now=now or at(10)
    )


def told(member) -> list[str]:
    return list(Notification.objects.filter(user=member.user).order_by("pk").values_list("kind", flat=True))[1:]


# --- Returned -----------------------------------------------------------------------------------------------


def test_a_returned_review_is_a_draft_again_and_nothing_is_lost(member, cycle, secretary):
    review = submit(member, cycle, notes={"study": "First in class"})
    answer = hand_back(review, secretary)
    review.refresh_from_db()
    assert (review.submitted_at, review.submitted_by, review.points, review.notes, review.version) == (
        None, None, NOTHING, {}, 2,
    )  # fmt: skip
    assert (review.draft["points"], review.draft["notes"]) == (GOOD, {"study": "First in class"})
    assert (answer.kind, answer.text, answer.at, answer.by, answer.submitted_at, answer.resubmitted_at) == (
        "return", "Say more about your studies.", at(10), secretary, at(9), None,
    )  # fmt: skip
    assert answer.words == {"points": GOOD, "notes": {"study": "First in class"}}
    line = AuditEntry.objects.get(action="self_review.returned")
    assert (line.actor, line.branch, line.before, line.reason) == (
        secretary, member.branch, GOOD, "Say more about your studies.",
    )  # fmt: skip
    message = Notification.objects.get(user=member.user, kind="review_returned")
    assert (message.url, message.context) == (
        "/review/2026-11/",
        {
            "month": "2026-11", "branch": member.branch.name, "reason": "Say more about your studies.",
            "until": "2026-11-20",
        },
    )  # fmt: skip


def test_a_returned_review_is_out_of_every_count(tree, member, cycle, secretary):
    install(tree.root)
    review = submit(member, cycle)

    def counted():
        material = read(branches=[tree.b1], purpose="candidate", first=NOVEMBER, last=NOVEMBER, today=at(22).date())[
            tree.b1.pk
        ]
        lines = branch_months([tree.b1], NOVEMBER)[0]
        return (
            progress_of(cycle, tree.b1).filed,
            [person.name for person in missing_members(cycle, tree.b1)],
            [person.evidence["self"]["months"] for person in material.people],
            [line.member.name for line in lines.missing],
            [str(own.cycle) for own in own_reviews(member)],
        )

    assert counted() == (1, [], [["2026-11"]], [], ["2026-11"])
    hand_back(review, secretary)
    assert counted() == (0, [member.name], [[]], [member.name], [])
    submit(member, cycle, version=2, now=at(18))
    assert counted() == (1, [], [["2026-11"]], [], ["2026-11"])


def test_somebody_who_was_not_due_and_whose_review_is_returned_is_not_to_be_rated(tree, member, cycle, secretary):
    later = make_user(Role.MEMBER, tree.b1, joined_on=date(2026, 11, 5)).member
    review = submit(later, cycle)
    assert later in rated_people(cycle, tree.b1)
    hand_back(review, secretary)
    assert list(rated_people(cycle, tree.b1)) == [member]


def test_newer_words_stay_the_draft_and_the_submitted_ones_stay_in_the_return(member, cycle, secretary):
    review = submit(member, cycle)
    self_reviews.save_draft(
        member=member, cycle=cycle, words=Words(OTHER, page="phone", step=1), version=1, by=member.user, now=at(9, 13)
    )
    answer = hand_back(review, secretary)
    review.refresh_from_db()
    assert (review.draft["points"], answer.words["points"]) == (OTHER, GOOD)


def test_it_may_be_submitted_again_until_the_ratings_end(member, cycle, secretary):
    review = submit(member, cycle)
    hand_back(review, secretary, now=at(17))
    card = card_of(member, NOVEMBER, LAST_MOMENT)
    assert (card.state, card.until, card.days_left(LAST_MOMENT), card.returned.text) == (
        CardState.RETURNED, TOO_LATE, 1, "Say more about your studies.",
    )  # fmt: skip
    assert missed_months(history_of(member, LAST_MOMENT)) == []
    again = submit(member, cycle, OTHER, version=2, now=LAST_MOMENT)
    assert (again.points, again.submitted_at, again.is_late) == (OTHER, LAST_MOMENT, False)
    returned = ReviewAnswer.objects.get()
    assert (returned.resubmitted_at, returned.words["points"]) == (LAST_MOMENT, GOOD)
    assert card_of(member, NOVEMBER, LAST_MOMENT).returned is None


def test_after_the_ratings_have_ended_it_is_too_late(member, cycle, secretary):
    hand_back(submit(member, cycle), secretary)
    with pytest.raises(Refused, match="20"):
        submit(member, cycle, OTHER, version=2, now=TOO_LATE)
    review = SelfReview.objects.get()
    assert (review.submitted_at, review.draft["points"]) == (None, OTHER)
    assert card_of(member, NOVEMBER, TOO_LATE).state == CardState.MISSED_DRAFT
    assert [str(month) for month in missed_months(history_of(member, TOO_LATE))] == ["2026-11"]


def test_an_old_page_does_not_submit_unseen_what_was_returned(member, cycle, secretary):
    """The same words again would be the same submission, had nobody said no to it."""
    review = submit(member, cycle, page="phone", step=1)
    hand_back(review, secretary)
    for points in (GOOD, OTHER):
        with pytest.raises(StaleReviewError):
            submit(member, cycle, points, page="phone", step=2, version=1)
    with pytest.raises(StaleReviewError):
        self_reviews.save_draft(
            member=member, cycle=cycle, words=Words(OTHER, page="phone", step=3), version=1, by=member.user, now=at(11)
        )
    assert SelfReview.objects.get().submitted_at is None
    assert submit(member, cycle, GOOD, page="new", step=1, version=2, now=at(11)).submitted_at == at(11)


@pytest.mark.parametrize("reason", ["", "  \n ", "长" * 501])
def test_a_return_needs_a_reason_of_at_most_500_characters(member, cycle, secretary, reason):
    review = submit(member, cycle)
    with pytest.raises(Refused):
        hand_back(review, secretary, reason=reason)
    assert (SelfReview.objects.submitted().count(), ReviewAnswer.objects.count()) == (1, 0)


def test_nothing_is_returned_once_the_ratings_have_ended_or_the_month_is_closed(member, cycle, secretary):
    review = submit(member, cycle)
    with pytest.raises(Refused):
        hand_back(review, secretary, now=TOO_LATE)
    months.close_month(cycle=cycle, branch=member.branch, now=TOO_LATE, on_closed=lambda *_: None)
    with pytest.raises(Refused):
        hand_back(review, secretary, now=LAST_MOMENT)
    assert (SelfReview.objects.submitted().count(), ReviewAnswer.objects.count()) == (1, 0)


def test_nobody_answers_himself(tree, member, cycle):
    review = submit(member, cycle)
    for act in (hand_back, reply):
        with pytest.raises(Refused):
            act(review, member.user)
    assert review_answers.mark_read(
        cycle=cycle, branch=tree.b1, seen={review.pk: review.submitted_at}, by=member.user, now=at(10)
    ) == 0  # fmt: skip
    assert (SelfReview.objects.submitted().count(), ReviewAnswer.objects.count()) == (1, 0)


def test_the_same_return_again_changes_nothing(member, cycle, secretary):
    review = submit(member, cycle)
    submission = review.submitted_at
    first = hand_back(review, secretary)
    assert hand_back(review, secretary, submission=submission, now=at(11)) == first
    assert (AuditEntry.objects.filter(action="self_review.returned").count(), told(member)) == (1, ["review_returned"])


def test_words_that_came_in_since_are_not_answered_unseen(member, cycle, secretary):
    review = submit(member, cycle)
    submit(member, cycle, OTHER, version=1, now=at(9, 13))
    for act in (hand_back, reply):
        with pytest.raises(StaleReviewError) as stale:
            act(review, secretary, submission=at(9))
        assert stale.value.current.points == OTHER
    assert ReviewAnswer.objects.count() == 0


def test_two_returns_are_both_kept(member, cycle, secretary):
    hand_back(submit(member, cycle), secretary, reason="First", now=at(10))
    hand_back(submit(member, cycle, version=2, now=at(11)), secretary, reason="Second", now=at(12))
    submit(member, cycle, OTHER, version=4, now=at(13))
    assert list(ReviewAnswer.objects.values_list("text", "at", "resubmitted_at")) == [
        ("First", at(10), at(11)), ("Second", at(12), at(13)),
    ]  # fmt: skip


def test_paper_takes_the_place_of_what_was_returned(tree, member, cycle, secretary):
    hand_back(submit(member, cycle), secretary)
    content = f"学号,思想,学习,生活,工作,作风\n{member.number},优秀,优秀,优秀,优秀,优秀\n".encode()
    write_scores(
        content=content, file_name="a.csv", branch=tree.b1, cycle=cycle, source="self", by=secretary, now=at(12)
    )
    review = SelfReview.objects.get()
    assert (review.submitted_at, review.from_paper, review.is_late) == (at(12), True, False)
    assert ReviewAnswer.objects.get().resubmitted_at == at(12)


def test_one_return_is_open_at_a_time(member, cycle, secretary):
    review = submit(member, cycle)
    hand_back(review, secretary)
    values = {"review": review, "kind": "return", "text": "x", "at": at(10), "submitted_at": at(9), "words": {"a": 1}}
    with pytest.raises(IntegrityError), transaction.atomic():
        ReviewAnswer.objects.create(**values)
    ReviewAnswer.objects.create(**values, resubmitted_at=at(11))


# --- Answered -----------------------------------------------------------------------------------------------


def test_a_reply_is_dated_told_and_kept_once(member, cycle, secretary):
    review = submit(member, cycle)
    first = reply(review, secretary, " Well done. ")
    assert reply(review, secretary, "Well done.", now=at(11)) == first
    assert (first.kind, first.text, first.at, first.by) == ("reply", "Well done.", at(10), secretary)
    message = Notification.objects.get(user=member.user, kind="review_answered")
    assert message.context == {"month": "2026-11", "branch": member.branch.name, "text": "Well done."}
    assert AuditEntry.objects.get(action="self_review.answered").after == {"text": "Well done."}
    assert SelfReview.objects.submitted().count() == 1


def test_read_without_remarks(member, cycle, secretary):
    review = submit(member, cycle)
    answer = reply(review, secretary)
    assert (answer.kind, answer.text, reply(review, secretary) == answer, told(member)) == (
        "read", "", True, ["review_answered"],
    )  # fmt: skip


def test_answers_are_possible_after_the_month_has_closed(member, cycle, secretary):
    review = submit(member, cycle)
    months.close_month(cycle=cycle, branch=member.branch, now=TOO_LATE, on_closed=lambda *_: None)
    assert reply(review, secretary, "Late, but read.", now=at(25)).at == at(25)


def test_what_waits_is_what_counts_and_was_not_answered_the_oldest_first(tree, cycle, secretary):
    people = [make_user(Role.MEMBER, tree.b1).member for _ in range(5)]
    elsewhere = make_user(Role.MEMBER, tree.b2).member
    for branch in (tree.b1, tree.b2):
        months.open_month(cycle=cycle, branch=branch, now=at(1))
    reviews = [submit(person, cycle, now=at(9 - place)) for place, person in enumerate(people)]
    submit(elsewhere, cycle)
    reply(reviews[0], secretary)
    hand_back(reviews[1], secretary)
    reply(reviews[2], secretary)
    submit(people[2], cycle, OTHER, version=1, now=at(10))
    waiting = [(review.member, review.submitted_at) for review in answers.awaiting_reply(cycle, tree.b1)]
    assert waiting == [(people[4], at(5)), (people[3], at(6)), (people[2], at(10))]
    own = [review.member for review in answers.awaiting_reply_by(people[3].user, cycle, tree.b1)]
    assert own == [people[4], people[2]]


def test_all_that_the_preview_listed_are_marked_as_read(tree, cycle, secretary):
    people = [make_user(Role.MEMBER, tree.b1).member for _ in range(3)]
    unlisted = make_user(Role.MEMBER, tree.b1).member
    months.open_month(cycle=cycle, branch=tree.b1, now=at(1))
    seen = {review.pk: review.submitted_at for review in [submit(person, cycle) for person in people]}
    submit(people[2], cycle, OTHER, version=1, now=at(9, 13))
    submit(unlisted, cycle)
    for _again in range(2):
        review_answers.mark_read(cycle=cycle, branch=tree.b1, seen=seen, by=secretary, now=at(10))
    answered = ReviewAnswer.objects.values_list("review__member", "kind", "at", "submitted_at").order_by("pk")
    assert list(answered) == [(person.pk, "read", at(10), at(9)) for person in people[:2]]
    assert [told(person) for person in [*people, unlisted]] == [["review_answered"], ["review_answered"], [], []]
    assert AuditEntry.objects.filter(action="self_review.answered").count() == 2


def test_the_median_time_to_the_first_answer(tree, cycle, secretary):
    people = [make_user(Role.MEMBER, tree.b1).member for _ in range(3)]
    other = make_user(Role.MEMBER, tree.b2).member
    for branch in (tree.b1, tree.b2):
        months.open_month(cycle=cycle, branch=branch, now=at(1))
    reviews = [submit(person, cycle, now=at(5)) for person in [*people, other]]
    reply(reviews[0], secretary, now=at(5, 14))
    reply(reviews[0], secretary, "More.", now=at(19))
    hand_back(reviews[1], secretary, now=at(6))
    reply(reviews[3], secretary, now=at(8))
    branches = [tree.b1, tree.b2, tree.b3]
    assert answers.reply_times(cycle, branches) == {tree.b1.pk: timedelta(hours=13), tree.b2.pk: timedelta(days=3)}


def test_the_list_has_everybody_of_the_month(tree, member, cycle, secretary):
    stranger, newcomer = make_member(tree.b2), make_user(Role.MEMBER, tree.b1, joined_on=date(2026, 11, 5)).member
    make_member(tree.b1, joined_on=date(2026, 11, 6))
    submit(newcomer, cycle)
    months.open_month(cycle=cycle, branch=tree.b2, now=at(1))
    lines = {line.member: line for line in answers.review_lines(cycle, tree.b1, reader=secretary)}
    assert stranger not in lines
    assert {person: (line.is_submitted, line.waits) for person, line in lines.items()} == {
        member: (False, False), newcomer: (True, True),
    }  # fmt: skip
