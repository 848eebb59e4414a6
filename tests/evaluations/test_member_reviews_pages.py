"""Can a secretary read, answer and return thirty reviews in a few minutes, and does each member see what was said?"""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from branchportal.models import AccessRecord
from evaluations.deadlines import SHANGHAI
from evaluations.models import ReviewAnswer, SelfReview
from evaluations.services import months, review_answers, self_reviews
from evaluations.services.self_reviews import Words
from members.models import RoleAssignment
from members.roles import Role
from tests.factories import make_user, sign_in

pytestmark = pytest.mark.django_db

OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
GOOD = {"thought": 95, "study": 85, "life": 85, "work": 75, "conduct": 65}
OTHER = {"thought": 55, "study": 55, "life": 55, "work": 55, "conduct": 55}


def at(day: int, hour: int = 12) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=SHANGHAI)


@pytest.fixture
def secretary(tree):
    return make_user(Role.SECRETARY, tree.b1, name="钟书记")


@pytest.fixture
def member(tree, cycle):
    member = make_user(Role.MEMBER, tree.b1, name="李晓岚").member
    months.open_month(cycle=cycle, branch=tree.b1, now=at(1))
    return member


@pytest.fixture
def office(client, secretary, time_machine) -> Client:
    """The secretary's signed-in client, in English, at noon of the 12th."""
    time_machine.move_to(at(12), tick=False)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return sign_in(client, secretary)


@pytest.fixture
def phone_of(member):
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return sign_in(client, member.user)


def submit(member, cycle, points=GOOD, *, version=0, now=None, **words) -> SelfReview:
    return self_reviews.submit(
        member=member, cycle=cycle, words=Words(points, **words), version=version, by=member.user, now=now or at(9)
    )


def address(name: str, tree, member=None, month=NOVEMBER) -> str:
    about = {"member": member.pk} if member else {}
    return reverse(f"evaluations:{name}", kwargs={"code": tree.b1.code, "month": month, **about})


def token(review) -> str:
    return review.submitted_at.isoformat()


# --- The secretary ------------------------------------------------------------------------------------------


def test_a_review_shows_words_last_month_and_marks(office, tree, member, cycle, secretary):
    october = months.ensure_month(committee=tree.root, month=OCTOBER)
    SelfReview.objects.create(
        cycle=october, member=member, branch=tree.b1, submitted_at=at(1), notes={"life": "Was ill"}, **OTHER
    )
    submit(member, cycle, notes={"study": "First in class"})
    answer = office.get(address("member_review", tree, member))
    assert [row[1:] for row in answer.context["rows"]] == [
        ("Excellent", "", "To improve", ""),
        ("Good", "First in class", "To improve", ""),
        ("Good", "", "To improve", "Was ill"),
        ("Fair", "", "To improve", ""),
        ("Passable", "", "To improve", ""),
    ]
    assert "Submitted 9 November 12:00" in answer.text
    assert list(AccessRecord.objects.values_list("action", "user", "subject_id")) == [
        ("self_review.read", secretary.pk, str(member.pk)),
    ]  # fmt: skip


def test_a_draft_is_seen_by_its_member_alone(office, tree, member, cycle):
    words = Words({**GOOD, "work": None}, {"life": "SECRET WORDS"})
    self_reviews.save_draft(member=member, cycle=cycle, words=words, version=0, by=member.user, now=at(9))
    page = office.get(address("member_review", tree, member))
    assert (page.status_code, page.context["rows"]) == (200, [])
    assert "SECRET WORDS" not in page.text + office.get(address("reviews", tree)).text
    assert "nothing submitted" in office.get(address("reviews", tree)).text


def test_read_without_remarks_is_one_press_and_leads_to_the_next(office, tree, member, cycle):
    second = make_user(Role.MEMBER, tree.b1, name="李安琪", joined_on=date(2026, 11, 3)).member
    review, later = submit(member, cycle), submit(second, cycle, now=at(10))
    url = address("reply_to_review", tree, member)
    answer = office.post(url, {"submission": token(review), "text": "", "read": "1"})
    assert answer["Location"] == address("member_review", tree, second)
    assert list(ReviewAnswer.objects.values_list("review", "kind", "text")) == [(review.pk, "read", "")]
    answer = office.post(
        address("reply_to_review", tree, second), {"submission": token(later), "text": "Well done."}, follow=True
    )
    assert answer.redirect_chain == [(address("reviews", tree), 302)]
    assert f"Answered: {second.name}" in answer.text
    assert [(line.member, line.waits, line.answer.text) for line in answer.context["lines"]] == [
        (second, False, "Well done."), (member, False, ""),
    ]  # fmt: skip


def test_a_written_answer_is_not_thrown_away_by_the_other_button(office, tree, member, cycle):
    review = submit(member, cycle)
    url = address("reply_to_review", tree, member)
    answer = office.post(url, {"submission": token(review), "text": "Talk to me on Monday", "read": "1"})
    assert (answer.status_code, answer.context["answer_form"]["text"].value()) == (422, "Talk to me on Monday")
    assert not ReviewAnswer.objects.exists()


def test_an_empty_answer_is_asked_for_again(office, tree, member, cycle):
    review = submit(member, cycle)
    answer = office.post(address("reply_to_review", tree, member), {"submission": token(review), "text": "  "})
    assert answer.status_code == 422
    assert "Write an answer, or choose “Read, no remarks”." in answer.text
    assert ReviewAnswer.objects.count() == 0


def test_a_return_without_a_reason_is_asked_for_again_and_opens_its_fold(office, tree, member, cycle):
    review = submit(member, cycle)
    answer = office.post(address("return_review", tree, member), {"submission": token(review), "reason": ""})
    assert answer.status_code == 422
    assert "Say why you return the review" in answer.text
    assert 'return-fold" open' in answer.text
    assert SelfReview.objects.submitted().count() == 1


def test_a_review_that_changed_meanwhile_is_shown_again_with_what_was_typed(office, tree, member, cycle):
    first = token(submit(member, cycle))
    submit(member, cycle, OTHER, version=1, now=at(11))
    second = "2026-11-11T04:00:00+00:00"
    typed = {"submission": first, "reason": "Typed with care"}
    answer = office.post(address("return_review", tree, member), typed)
    assert answer.status_code == 409
    assert "This review has changed since you opened it." in answer.text
    assert "Typed with care" in answer.text
    assert answer.context["return_form"]["submission"].value() == second
    assert SelfReview.objects.submitted().count() == 1
    office.post(address("return_review", tree, member), {**typed, "submission": second})
    assert (SelfReview.objects.submitted().count(), ReviewAnswer.objects.get().words["points"]) == (0, OTHER)


def test_an_answer_to_what_another_officer_has_returned_is_not_lost(office, tree, member, cycle):
    review = submit(member, cycle)
    deputy = make_user(Role.DEPUTY_SECRETARY, tree.b1)
    review_answers.return_review(
        review=review, submission=review.submitted_at, reason="Why?", by=deputy, now=at(11)
    )  # fmt: skip
    answer = office.post(address("reply_to_review", tree, member), {"submission": token(review), "text": "With care"})
    assert answer.status_code == 409
    assert "With care" in answer.text
    assert ReviewAnswer.objects.count() == 1


@pytest.mark.parametrize("junk", ["", "yesterday", "2026-13-40T99:00", "2026-11-09T12:00:00"])
def test_a_moment_that_is_none_breaks_nothing(office, tree, member, cycle, junk):
    submit(member, cycle)
    for name, field in (("reply_to_review", "text"), ("return_review", "reason")):
        answer = office.post(address(name, tree, member), {"submission": junk, field: "x"})
        assert (answer.status_code, ReviewAnswer.objects.count()) == (422, 0)


def test_what_remains_is_marked_as_read_after_a_look(office, tree, member, cycle):
    review = submit(member, cycle)
    page = office.get(address("mark_reviews_read", tree))
    assert [found.member for found, _seen in page.context["waiting"]] == [member]
    seen = [seen for _review, seen in page.context["waiting"]]
    answer = office.post(
        address("mark_reviews_read", tree), {"seen": [*seen, "x@y", "999@2026-11-09T12:00:00+08:00"]}, follow=True
    )
    assert "1 review marked as read." in answer.text
    assert list(ReviewAnswer.objects.values_list("review", "kind")) == [(review.pk, "read")]
    assert "Nothing waits" in office.get(address("mark_reviews_read", tree)).text


def test_the_own_review_is_answered_by_somebody_else(client, tree, member, cycle, time_machine):
    time_machine.move_to(at(12), tick=False)
    RoleAssignment.objects.create(user=member.user, branch=tree.b1, role=Role.SECRETARY, starts_on=date(2024, 9, 1))
    review = submit(member, cycle)
    sign_in(client, member.user).cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    page = client.get(address("member_review", tree, member))
    assert "This is your own review" in page.text
    assert (page.context["may_answer"], AccessRecord.objects.count()) == (False, 0)
    for name, field in (("reply_to_review", "text"), ("return_review", "reason")):
        answer = client.post(address(name, tree, member), {"submission": token(review), field: "x"})
        assert answer.status_code == 422
    assert client.get(address("mark_reviews_read", tree)).context["waiting"] == []
    assert ReviewAnswer.objects.count() == 0


def test_who_belongs_to_another_branch_or_month_is_not_found(office, tree, member, cycle):
    stranger = make_user(Role.MEMBER, tree.b2).member
    months.open_month(cycle=cycle, branch=tree.b2, now=at(1))
    months.ensure_month(committee=tree.root, month=OCTOBER)
    submit(stranger, cycle)
    assert office.get(address("member_review", tree, stranger)).status_code == 404
    assert office.get(address("member_review", tree, member, OCTOBER)).status_code == 404


def test_the_month_and_the_list_of_months_say_how_long_answers_take(office, tree, member, cycle, secretary):
    review = submit(member, cycle)
    review_answers.reply(review=review, submission=at(9), text="", by=secretary, now=at(10, 18))
    page = office.get(address("month", tree))
    assert (page.context["answers"]["waiting"], page.context["answers"]["reply_time"]) == (0, "30 hours")
    reviewer = make_user(Role.REVIEWER, tree.root)
    lines = sign_in(office, reviewer).get("/months/").context["lines"]
    assert [(line.branch, told) for line, told in lines] == [
        (tree.b1, "30 hours"), (tree.b2, ""), (tree.b3, ""), (tree.b4, ""),
    ]  # fmt: skip


@pytest.mark.parametrize("people", [1, 30])
def test_list_month_and_review_take_the_same_queries(office, tree, cycle, secretary, people, django_assert_num_queries):
    members = [make_user(Role.MEMBER, tree.b1).member for _ in range(people)]
    months.open_month(cycle=cycle, branch=tree.b1, now=at(1))
    for place, member in enumerate(members):
        review = submit(member, cycle)
        if place % 2:
            review_answers.reply(review=review, submission=at(9), text="Good.", by=secretary, now=at(10))
    for name, count in (("reviews", 8), ("month", 13), ("mark_reviews_read", 6)):
        with django_assert_num_queries(count):
            assert office.get(address(name, tree)).status_code == 200
    with django_assert_num_queries(15):
        assert office.get(address("member_review", tree, members[0])).status_code == 200


# --- The member ---------------------------------------------------------------------------------------------


def test_the_member_reads_the_reason_on_top_and_submits_again(office, phone_of, tree, member, cycle):
    review = submit(member, cycle, notes={"study": "First in class"})
    office.post(address("return_review", tree, member), {"submission": token(review), "reason": "Which class?"})
    page = phone_of.get("/review/2026-11/")
    assert "Your branch has returned this review." in page.text
    assert page.text.index("Which class?") < page.text.index("First in class")
    assert "submit it again until 20 November 23:59" in page.text
    grades = {"thought": "excellent", "study": "good", "life": "good", "work": "fair", "conduct": "passable"}
    typed = {**grades, "study_note": "First of 32", "version": str(page.context["card"].version)}
    page = phone_of.post("/review/2026-11/", typed, follow=True)
    assert "Submitted 12 November 12:00" in page.text
    assert "What was said before (1)" in page.text
    assert "Which class?" in page.text
    assert SelfReview.objects.get().notes == {"study": "First of 32"}
    office_page = office.get(address("member_review", tree, member)).text
    assert "submitted again after a return" in office_page
    assert "First in class" in office_page


def test_the_answer_stands_on_the_card_open_or_closed(phone_of, tree, member, cycle, secretary, time_machine):
    review = submit(member, cycle)
    review_answers.reply(review=review, submission=at(9), text="Keep it up.", by=secretary, now=at(10))
    for day in (12, 25):
        time_machine.move_to(at(day), tick=False)
        page = phone_of.get("/review/2026-11/").text
        assert "Your branch has answered" in page
        assert "Keep it up." in page
        assert "钟书记 · 10 November 12:00" in page


def test_what_was_returned_and_never_submitted_again_is_told(phone_of, member, cycle, secretary, time_machine):
    review = submit(member, cycle)
    review_answers.return_review(review=review, submission=at(9), reason="Which class?", by=secretary, now=at(10))
    time_machine.move_to(at(25), tick=False)
    page = phone_of.get("/review/2026-11/").text
    assert "it was not submitted again in time" in page
    assert "Which class?" in page
