"""Does one page say everything about a branch's month, to everybody what he may know?"""

from __future__ import annotations

import re
from datetime import date, datetime

import pytest
from django.urls import reverse

from evaluations.deadlines import SHANGHAI
from evaluations.models import BranchReview, Cycle, Due, ReviewAnswer, SelfReview
from members.roles import Role
from tests.factories import make_member, make_members, make_user, sign_in

pytestmark = pytest.mark.django_db

NOVEMBER = date(2026, 11, 1)
POINTS = dict.fromkeys(("thought", "study", "life", "work", "conduct"), 85)


def at(day: int) -> datetime:
    return datetime(2026, 11, day, 12, tzinfo=SHANGHAI)


@pytest.fixture
def cycle(tree):
    return Cycle.objects.create(committee=tree.root, month=NOVEMBER)


@pytest.fixture
def month(tree, cycle):
    """One person in every state; {name: member}."""
    names = ("甲未交", "乙已交", "丙退回", "丁已回复", "戊已评")
    people = {name: make_member(tree.b1, name=name, pinyin=str(place)) for place, name in enumerate(names)}
    Due.objects.bulk_create(Due(cycle=cycle, member=member, branch=tree.b1) for member in people.values())
    for name in ("乙已交", "丁已回复", "戊已评"):
        submit(SelfReview, cycle, people[name])
    returned = SelfReview.objects.create(cycle=cycle, member=people["丙退回"], branch=tree.b1)
    answer(returned, "return", text="请补充", words={})
    for name in ("丁已回复", "戊已评"):
        answer(SelfReview.objects.get(member=people[name]), "read")
    submit(BranchReview, cycle, people["戊已评"], notes={"card": "值班认真"})
    return people


def submit(model, cycle, member, **fields):
    return model.objects.create(
        cycle=cycle, member=member, branch=member.branch, submitted_at=at(5), **{**POINTS, **fields}
    )


def answer(review, kind, **fields):
    ReviewAnswer.objects.create(review=review, kind=kind, at=at(6), submitted_at=at(5), **fields)


def page(client, branch, show=""):
    address = reverse("evaluations:month", kwargs={"code": branch.code, "month": NOVEMBER})
    return client.get(address, {"show": show} if show else {})


def shown(answer) -> list[str]:
    return [line.member.name for line in answer.context["lines"]]


@pytest.mark.parametrize(
    ("show", "names"),
    [
        ("", ["甲未交", "乙已交", "丙退回", "丁已回复", "戊已评"]),
        ("missing", ["甲未交", "丙退回"]),
        ("returned", ["丙退回"]),
        ("waiting", ["乙已交"]),
        ("unrated", ["甲未交", "乙已交", "丙退回", "丁已回复"]),
        ("nonsense", ["甲未交", "乙已交", "丙退回", "丁已回复", "戊已评"]),
    ],
)
def test_each_filter_leaves_its_people(client, tree, month, time_machine, show, names):
    time_machine.move_to(at(10))
    sign_in(client, make_user(Role.SECRETARY, tree.b1))
    answer = page(client, tree.b1, show)
    assert shown(answer) == names
    assert [(value, count) for value, _label, count in answer.context["filters"]] == [
        ("", 5), ("missing", 2), ("returned", 1), ("waiting", 1), ("unrated", 4),
    ]  # fmt: skip


def test_who_was_handed_a_review_back_is_not_named_as_missing(client, tree, month, time_machine):
    time_machine.move_to(at(10))
    context = page(sign_in(client, make_user(Role.SECRETARY, tree.b1)), tree.b1).context
    assert [[member.name for member in context[name]] for name in ("missing", "returned")] == [["甲未交"], ["丙退回"]]


def test_who_may_not_read_reviews_sees_neither_answers_nor_their_filters(client, tree, month, time_machine):
    time_machine.move_to(at(10))
    make_user(Role.SECRETARY, tree.b1)  # else the commissioner would act as one
    sign_in(client, make_user(Role.PUBLICITY_COMMISSIONER, tree.b1))
    answer = page(client, tree.b1, "returned")
    assert [value for value, _label, _count in answer.context["filters"]] == ["", "missing", "unrated"]
    assert (len(shown(answer)), answer.context["show"]) == (5, "")
    text = answer.content.decode()
    assert "已退回" not in text
    assert "待回复" not in text
    assert "remind" not in text


def test_the_comment_on_oneself_waits_for_the_closing(client, tree, cycle, month, time_machine):
    time_machine.move_to(at(10))
    deputy = make_user(Role.DEPUTY_SECRETARY, tree.b1)
    own = make_member(tree.b1, user=deputy)
    Due.objects.create(cycle=cycle, member=own, branch=tree.b1)
    submit(BranchReview, cycle, own, notes={"card": "关于您本人"})
    text = page(sign_in(client, deputy), tree.b1).content.decode()
    assert "值班认真" in text
    assert "关于您本人" not in text


@pytest.mark.parametrize(("day", "members", "officers"), [(10, True, True), (18, True, True), (21, False, False)])
def test_reminding_is_offered_while_it_helps(client, tree, month, time_machine, day, members, officers):
    time_machine.move_to(at(day))
    answer = page(sign_in(client, make_user(Role.SECRETARY, tree.b1)), tree.b1)
    offered = (answer.context["may_remind_members"], answer.context["may_remind_officers"])
    assert offered == (members, officers)


@pytest.mark.parametrize("people", [1, 30])
def test_the_page_costs_the_same_for_one_and_for_thirty(
    client, tree, cycle, people, time_machine, django_assert_num_queries
):
    time_machine.move_to(at(10))
    for member in make_members(tree.b1, people):
        Due.objects.create(cycle=cycle, member=member, branch=tree.b1)
        answer(submit(SelfReview, cycle, member), "read")
        submit(BranchReview, cycle, member)
    sign_in(client, make_user(Role.SECRETARY, tree.b1))
    page(client, tree.b1)
    with django_assert_num_queries(13):
        page(client, tree.b1)


def test_what_was_typed_and_not_given_has_the_same_word_as_on_the_rating_sheet(client, tree, cycle, time_machine):
    time_machine.move_to(at(10), tick=False)
    half, whole, again = (make_member(tree.b1, pinyin=str(place)) for place in range(3))
    for member in (half, whole, again):
        Due.objects.create(cycle=cycle, member=member, branch=tree.b1)
    common = {"cycle": cycle, "branch": tree.b1}
    BranchReview.objects.create(member=half, draft={"points": {"thought": 85}}, **common)
    BranchReview.objects.create(member=whole, draft={"points": POINTS}, **common)
    submit(BranchReview, cycle, again, draft={"points": POINTS | {"work": 95}})
    sign_in(client, make_user(Role.SECRETARY, tree.b1))
    sheet = client.get(reverse("evaluations:ratings", kwargs={"code": "B001", "month": NOVEMBER}))
    for answer in (page(client, tree.b1), sheet):
        words = re.findall(r'<span class="badge badge-amber">(未填完|待提交|待重新提交)</span>', answer.text)
        assert words == ["未填完", "待提交", "待重新提交"]
