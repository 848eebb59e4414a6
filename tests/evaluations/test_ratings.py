"""Is the branch's rating kept while it is typed, given once, and never by the person himself?"""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from branchportal.models import AuditEntry
from evaluations.models import BranchReview, Cycle, Due, SelfReview
from evaluations.queries.months import window_of
from evaluations.queries.ratings import rating_rows, unrated_members
from evaluations.refusals import Refused, StaleReviewError
from evaluations.services import branch_reviews
from members.models import Member
from members.roles import Role
from tests.factories import make_member, make_members, make_user, sign_in

pytestmark = pytest.mark.django_db

IN_TIME = datetime(2026, 11, 18, 4, tzinfo=UTC)  # self-reviews are over, ratings are not
LAST_INSTANT = datetime(2026, 11, 20, 15, 59, 59, 999999, tzinfo=UTC)
TOO_LATE = datetime(2026, 11, 20, 16, tzinfo=UTC)
GOOD = {"thought": 85, "study": 85, "life": 75, "work": 95, "conduct": 85}
HALF = {"thought": 85, "study": None, "life": 75, "work": None, "conduct": 85}


@pytest.fixture
def secretary(tree):
    return make_user(Role.SECRETARY, tree.b1)


@pytest.fixture
def cycle(tree):
    return Cycle.objects.create(committee=tree.root, month=date(2026, 11, 1))


@pytest.fixture
def member(tree, cycle):
    return make_due(cycle, tree.b1)


def make_due(cycle, branch, **fields) -> Member:
    member = make_member(branch, **fields)
    Due.objects.create(cycle=cycle, member=member, branch=branch)
    return member


def keep(cycle, member, points, *, by, comment="", version=0, now=IN_TIME):
    return branch_reviews.save_draft(
        cycle=cycle,
        window=window_of(cycle, member.branch),
        member=member,
        branch=member.branch,
        points=points,
        comment=comment,
        version=version,
        by=by,
        now=now,
    )


def give(cycle, branch, *, by, now=IN_TIME):
    return branch_reviews.give_ratings(cycle=cycle, window=window_of(cycle, branch), branch=branch, by=by, now=now)


def test_a_draft_counts_nothing_until_it_is_given(cycle, member, secretary):
    keep(cycle, member, GOOD, by=secretary)
    review = BranchReview.objects.get()
    assert (review.draft, review.points, review.submitted_at) == (
        {"points": GOOD, "notes": {}},
        dict.fromkeys(GOOD),
        None,
    )
    assert give(cycle, member.branch, by=secretary) == 1
    review.refresh_from_db()
    assert (review.draft, review.points, review.submitted_at, review.submitted_by) == (None, GOOD, IN_TIME, secretary)


def test_giving_twice_gives_nothing_new(cycle, member, secretary):
    keep(cycle, member, GOOD, by=secretary)
    assert [give(cycle, member.branch, by=secretary) for _ in range(2)] == [1, 0]
    assert AuditEntry.objects.filter(action="branch_rating.given").count() == 1


def test_an_incomplete_row_is_kept_and_not_given(cycle, member, secretary):
    keep(cycle, member, HALF, by=secretary)
    assert give(cycle, member.branch, by=secretary) == 0
    assert BranchReview.objects.get().draft == {"points": HALF, "notes": {}}


def test_nobody_rates_himself_and_another_officer_does(cycle, tree, secretary):
    own = make_due(cycle, tree.b1, user=secretary)
    with pytest.raises(Refused):
        keep(cycle, own, GOOD, by=secretary)
    deputy = make_user(Role.DEPUTY_SECRETARY, tree.b1)
    keep(cycle, own, GOOD, by=deputy)
    assert give(cycle, tree.b1, by=secretary) == 0
    assert give(cycle, tree.b1, by=deputy) == 1


@pytest.mark.parametrize(("now", "accepted"), [(LAST_INSTANT, True), (TOO_LATE, False)])
def test_the_last_instant_of_the_day_still_counts(cycle, member, secretary, now, accepted):
    keep(cycle, member, GOOD, by=secretary)
    if accepted:
        assert give(cycle, member.branch, by=secretary, now=now) == 1
        return
    with pytest.raises(Refused):
        give(cycle, member.branch, by=secretary, now=now)
    with pytest.raises(Refused):
        keep(cycle, member, HALF, by=secretary, version=1, now=now)
    assert BranchReview.objects.get().submitted_at is None


@pytest.mark.parametrize("points", [-1, 84, 101])
def test_points_off_the_scale_are_refused(cycle, member, secretary, points):
    with pytest.raises(Refused):
        keep(cycle, member, {**GOOD, "study": points}, by=secretary)
    assert not BranchReview.objects.exists()


def test_any_whole_number_counts_on_the_other_scale(cycle, member, secretary):
    cycle.scale = Cycle.Scale.POINTS
    cycle.save()
    keep(cycle, member, {**GOOD, "study": 84}, by=secretary)
    assert BranchReview.objects.get().draft["points"]["study"] == 84


def test_two_officers_never_overwrite_each_other_silently(cycle, member, secretary, tree):
    deputy = make_user(Role.DEPUTY_SECRETARY, tree.b1)
    keep(cycle, member, GOOD, by=secretary)
    with pytest.raises(StaleReviewError) as stale:
        keep(cycle, member, HALF, by=deputy)
    assert stale.value.current.rated_by == secretary
    keep(cycle, member, HALF, by=secretary, version=1)
    with pytest.raises(StaleReviewError):
        keep(cycle, member, {**GOOD, "life": 55}, by=deputy, version=1)
    assert BranchReview.objects.get().draft == {"points": HALF, "notes": {}}


def test_the_same_row_sent_twice_is_one_effect(cycle, member, secretary):
    first = keep(cycle, member, GOOD, by=secretary)
    again = keep(cycle, member, GOOD, by=secretary)
    assert (first.pk, first.version) == (again.pk, again.version)


def test_later_joiners_who_filed_are_rated_too_and_strangers_are_not(cycle, member, secretary, tree):
    joiner, idle, elsewhere = make_member(tree.b1), make_member(tree.b1), make_due(cycle, tree.b2)
    for person in (joiner, elsewhere):
        SelfReview.objects.create(cycle=cycle, member=person, branch=person.branch, submitted_at=IN_TIME, **GOOD)
    shown = {row.member for row in rating_rows(cycle, tree.b1, rater=secretary)}
    assert shown == {member, joiner}
    assert idle not in shown
    assert list(unrated_members(cycle, tree.b1)) == [member]


def url(name, branch, **more):
    return reverse(f"evaluations:{name}", kwargs={"code": branch.code, "month": date(2026, 11, 1), **more})


def test_the_page_copies_nothing_from_the_self_review(client, cycle, member, secretary, time_machine):
    time_machine.move_to(IN_TIME)
    SelfReview.objects.create(
        cycle=cycle, member=member, branch=member.branch, submitted_at=IN_TIME, notes={"work": "值班十次"}, **GOOD
    )
    sign_in(client, secretary)
    page = client.get(url("ratings", member.branch)).content.decode()
    assert member.name in page
    assert "值班十次" not in page
    assert "selected" not in page.split("<tbody>")[1].split("</tbody>")[0]


def test_autosave_answers_with_the_next_version(client, cycle, member, secretary, time_machine):
    time_machine.move_to(IN_TIME, tick=False)
    sign_in(client, secretary)
    typed = {f"{dimension}-{member.pk}": points for dimension, points in GOOD.items()} | {f"version-{member.pk}": 0}
    answer = client.post(url("rating_draft", member.branch, member=member.pk), typed)
    assert (answer.status_code, answer.json()) == (200, {"version": 1, "saved": "12:00"})
    stale = client.post(url("rating_draft", member.branch, member=member.pk), typed | {f"life-{member.pk}": 55})
    assert stale.status_code == 409
    wrong = client.post(url("rating_draft", member.branch, member=member.pk), typed | {f"life-{member.pk}": "1e2"})
    assert wrong.status_code == 422


def test_the_page_works_without_a_script(client, cycle, member, secretary, time_machine):
    time_machine.move_to(IN_TIME)
    sign_in(client, secretary)
    typed = {f"{dimension}-{member.pk}": points for dimension, points in GOOD.items()} | {f"version-{member.pk}": 0}
    answer = client.post(url("ratings", member.branch), typed | {"give": "1"})
    assert answer.status_code == 302
    assert BranchReview.objects.get().points == GOOD


def test_a_stale_row_keeps_what_was_typed_and_says_whose_stands(client, cycle, member, secretary, tree, time_machine):
    time_machine.move_to(IN_TIME)
    deputy = make_user(Role.DEPUTY_SECRETARY, tree.b1)
    keep(cycle, member, GOOD, by=deputy)
    sign_in(client, secretary)
    typed = {f"{dimension}-{member.pk}": 55 for dimension in GOOD} | {f"version-{member.pk}": 0}
    answer = client.post(url("ratings", member.branch), typed | {"give": "1"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert deputy.name in page
    assert page.count('<option value="55" selected>') == 5
    assert BranchReview.objects.get().draft == {"points": GOOD, "notes": {}}
    again = client.post(url("ratings", member.branch), typed | {f"version-{member.pk}": 1, "give": "1"})
    assert again.status_code == 302
    assert set(BranchReview.objects.get().points.values()) == {55}


def test_a_person_of_another_branch_is_not_found(client, cycle, member, secretary, tree, time_machine):
    time_machine.move_to(IN_TIME)
    elsewhere = make_due(cycle, tree.b2)
    sign_in(client, secretary)
    assert client.post(url("rating_draft", tree.b1, member=elsewhere.pk), {}).status_code == 404
    assert client.get(url("ratings", tree.b2)).status_code == 404


@pytest.mark.parametrize("people", [1, 30])
def test_the_page_costs_the_same_for_one_and_for_thirty(
    client, cycle, tree, secretary, people, time_machine, django_assert_num_queries
):
    time_machine.move_to(IN_TIME)
    for member in make_members(tree.b1, people):
        Due.objects.create(cycle=cycle, member=member, branch=tree.b1)
        keep(cycle, member, GOOD, by=secretary)
    sign_in(client, secretary)
    client.get(url("ratings", tree.b1))
    with django_assert_num_queries(7):
        client.get(url("ratings", tree.b1))


def test_an_untouched_row_leaves_what_another_officer_typed_meanwhile(
    client, cycle, member, secretary, tree, time_machine
):
    time_machine.move_to(IN_TIME)
    other = make_due(cycle, tree.b1)
    deputy = make_user(Role.DEPUTY_SECRETARY, tree.b1)
    keep(cycle, member, GOOD, by=deputy)  # after the secretary opened the page
    sign_in(client, secretary)
    page = {
        f"was-{member.pk}": ",,,,,",
        f"version-{member.pk}": 0,
        f"was-{other.pk}": ",,,,,",
        f"version-{other.pk}": 0,
    }
    typed = {f"{dimension}-{other.pk}": 95 for dimension in GOOD}
    answer = client.post(url("ratings", tree.b1), page | typed | {"keep": "1"})
    assert answer.status_code == 302
    drafts = {review.member: review.draft["points"] for review in BranchReview.objects.all()}
    assert drafts == {member: GOOD, other: dict.fromkeys(GOOD, 95)}


def test_a_draft_off_the_new_scale_is_not_given(cycle, member, secretary):
    cycle.scale = Cycle.Scale.POINTS
    cycle.save()
    keep(cycle, member, {**GOOD, "study": 84}, by=secretary)
    cycle.scale = Cycle.Scale.GRADES
    cycle.save()
    assert give(cycle, member.branch, by=secretary) == 0


# --- Comments ------------------------------------------------------------------------------------------------


def test_a_comment_is_kept_with_the_points_and_given_with_them(cycle, member, secretary):
    keep(cycle, member, GOOD, by=secretary, comment="值班认真")
    assert BranchReview.objects.get().draft == {"points": GOOD, "notes": {"card": "值班认真"}}
    give(cycle, member.branch, by=secretary)
    assert BranchReview.objects.get().card_note == "值班认真"
    keep(cycle, member, GOOD, by=secretary, version=2)
    give(cycle, member.branch, by=secretary)
    assert BranchReview.objects.get().notes == {}


def test_what_paper_said_of_a_dimension_stays_beside_the_comment(cycle, member, secretary):
    BranchReview.objects.create(
        cycle=cycle,
        member=member,
        branch=member.branch,
        submitted_at=IN_TIME,
        notes={"work": "十次", "card": "旧"},
        **GOOD,
    )
    keep(cycle, member, GOOD, by=secretary, comment="新", version=1)
    give(cycle, member.branch, by=secretary)
    assert BranchReview.objects.get().notes == {"work": "十次", "card": "新"}


def test_a_comment_that_is_too_long_is_refused(cycle, member, secretary):
    with pytest.raises(Refused, match="200"):
        keep(cycle, member, GOOD, by=secretary, comment="长" * 201)
    keep(cycle, member, GOOD, by=secretary, comment="长" * 200)


def test_the_page_keeps_a_comment_alone_and_names_who_is_left(client, cycle, member, secretary, tree, time_machine):
    time_machine.move_to(IN_TIME)
    left = make_due(cycle, tree.b1, name="单雨桐")
    sign_in(client, secretary)
    typed = {f"{dimension}-{member.pk}": points for dimension, points in GOOD.items()}
    answer = client.post(
        url("ratings", tree.b1),
        typed | {f"version-{member.pk}": 0, f"version-{left.pk}": 0, f"comment-{left.pk}": "  请补\n交 ", "give": "1"},
        follow=True,
    )
    assert [str(message) for message in answer.context["messages"]] == [
        "已提交 1 人的评分。还有 1 人没有评分：单雨桐。"
    ]
    drafts = {review.member: review.draft for review in BranchReview.objects.all()}
    assert drafts == {member: None, left: {"points": dict.fromkeys(GOOD), "notes": {"card": "请补 交"}}}
    assert answer.context["left_count"] == 1
    assert 'value="请补 交"' in answer.content.decode()


@pytest.mark.parametrize(("now", "is_shown"), [(LAST_INSTANT, False), (TOO_LATE, True)])
def test_the_member_reads_the_comment_once_the_month_has_closed(
    client, cycle, tree, secretary, time_machine, now, is_shown
):
    user = make_user(Role.MEMBER, tree.b1)
    Due.objects.create(cycle=cycle, member=user.member, branch=tree.b1)
    keep(cycle, user.member, GOOD, by=secretary, comment="值班认真")
    give(cycle, tree.b1, by=secretary)
    time_machine.move_to(now, tick=False)
    page = sign_in(client, user).get(reverse("evaluations:own_month", kwargs={"month": date(2026, 11, 1)}))
    assert ("值班认真" in page.content.decode()) is is_shown
