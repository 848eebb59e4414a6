"""Do the pages lead a member from a figure to an appeal, and the committee from the appeal to an answer?"""

from __future__ import annotations

import pytest
from django.urls import reverse
from lxml import html

from branchportal.models import AccessRecord
from evaluations.models import Appeal, BranchReview, RankingRun
from members.roles import Role
from tests.evaluations.appeal_material import appeal, make_ranked, points, uphold, work
from tests.evaluations.freezing_material import freeze
from tests.evaluations.ranking_material import OCTOBER, SEPTEMBER, compile_now, review
from tests.factories import make_user, sign_in

pytestmark = pytest.mark.django_db

QUERIES_OF_THE_LIST = 6
QUERIES_OF_THE_OWN_PAGE = 8
WRITTEN = {"words": "十月登记错了", "evidence": ""}


@pytest.fixture
def ranked(tree):
    return make_ranked(tree)


def of(client, user):
    return sign_in(client, user, language="en")


def own_page(run) -> str:
    return reverse("evaluations:own_ranking", args=[run.pk])


def words(node) -> str:
    return " ".join(node.text_content().split())


def test_the_own_page_says_the_sum_and_opens_to_every_month(client, ranked):
    """In words, with what was given by which office; nothing of the others."""
    page = html.fromstring(of(client, ranked.members[1].user).get(own_page(ranked.run)).content)
    [total] = page.find_class("sum-total")
    assert words(total) == "Your total: 30 % × 89 + 70 % × 75 = 79.20, rounded once to 2 decimals."
    parts = page.find_class("part")
    assert [words(part.find("summary")) for part in parts] == [
        "每月自评 30 % × 89 = 26.7 points", "支部总评 70 % × 75 = 52.5 points",
    ]  # fmt: skip
    assert [[words(row.find("th")) for row in part.iter("tr")][1:] for part in parts] == [
        [f"2026-09 Appeal {label} · September 2026", f"2026-10 Appeal {label} · October 2026"]
        for label in ("每月自评", "支部总评")
    ]
    assert "You gave these points yourself, in your self-review of each month." in words(parts[0])
    assert "The branch committee gave these points; the rating is the branch's, not one person's." in words(parts[1])
    assert "you have 31" in words(page)
    assert [name for name in ("赵一", "孙三", "王书记") if name in words(page)] == []


def test_what_is_missing_and_what_it_does_to_the_weights_is_said(client, tree, ranked):
    member = make_user(Role.MEMBER, tree.b1, name="周五").member
    review(member, SEPTEMBER, own=80, branch=75)
    BranchReview.objects.filter(member=member).delete()
    run = compile_now(tree.b1, SEPTEMBER, OCTOBER)
    page = html.fromstring(of(client, member.user).get(own_page(run)).content)
    assert [words(part.find("summary")) for part in page.find_class("part")] == [
        "每月自评 100 % × 80 = 80 points", "支部总评 missing: the person is not ranked",
    ]  # fmt: skip


def test_from_a_figure_to_an_appeal_and_back(client, ranked):
    member = ranked.members[2]
    page = html.fromstring(of(client, member.user).get(own_page(ranked.run)).content)
    address = [link.get("href") for link in page.find_class("appeal-link")]
    assert len(address) == 5  # two months of each component, and one condition
    assert address[3] == f"/results/{ranked.run.pk}/appeal/2026-10/branch/"

    refused = client.post(address[4], {"words": " ", "evidence": "在台账里"})
    assert (refused.status_code, "在台账里" in refused.text) == (422, True)
    sent = client.post(address[4], WRITTEN, follow=True)
    one = Appeal.objects.get()
    assert sent.redirect_chain == [(reverse("evaluations:own_appeal", args=[one.pk]), 302)]
    assert "Your appeal has gone to the superior committee." in sent.text

    again = client.get(own_page(ranked.run)).text
    assert (again.count("under review"), again.count("Waiting")) == (1, 1)
    assert client.get(reverse("evaluations:appeal_withdraw", args=[one.pk])).status_code == 200
    client.post(reverse("evaluations:appeal_withdraw", args=[one.pk]))
    one.refresh_from_db()
    assert one.state == "withdrawn"


def test_no_way_to_appeal_where_it_is_too_late_or_another_run_stands(client, ranked, time_machine):
    later = compile_now(ranked.run.branch, SEPTEMBER, OCTOBER)
    user = ranked.members[2].user
    page = of(client, user).get(own_page(ranked.run)).text
    assert ("appeal-link" in page, "A later run has replaced this one." in page) == (False, True)
    time_machine.move_to(later.compiled_at.replace(year=2027))
    page = of(client, user).get(own_page(later)).text
    assert ("appeal-link" in page, "Appeals were accepted until" in page) == (False, True)
    answer = client.get(f"/results/{later.pk}/appeal/2026-10/branch/", follow=True)
    assert "be appealed against any more." in answer.text


@pytest.mark.parametrize(
    ("place", "figure"), [("2026-11", "branch"), ("-", "peer"), ("-", "branch"), ("1", "branch"), ("x", "a/b")]
)
def test_a_figure_that_is_not_in_the_row_is_not_found(client, ranked, place, figure):
    address = f"/results/{ranked.run.pk}/appeal/{place}/{figure}/"
    assert of(client, ranked.members[2].user).get(address).status_code == 404


def test_nobody_reads_an_appeal_of_somebody_else_but_the_committee(client, ranked):
    one = appeal(ranked, ranked.members[2])
    own, office = reverse("evaluations:own_appeal", args=[one.pk]), reverse("evaluations:appeal", args=[one.pk])
    for user, answers in (
        (ranked.members[2].user, [200, 403]), (ranked.members[0].user, [404, 403]),
        (ranked.hands.secretary, [403, 403]), (ranked.hands.reviewer, [403, 200]),
    ):  # fmt: skip
        of(client, user)
        assert [client.get(own).status_code, client.get(office).status_code] == answers, user.name
    record = AccessRecord.objects.get(action="appeal.read")
    assert (record.user, record.subject_id) == (ranked.hands.reviewer, str(ranked.members[2].pk))


def test_the_committee_corrects_the_month_on_the_page_and_everybody_sees_what_came_of_it(client, ranked):
    freeze(ranked.run, ranked.hands)
    one = appeal(ranked, ranked.members[2])
    of(client, ranked.hands.reviewer)
    assert "1 appeal waits for an answer" in client.get("/").text
    shown = client.get(reverse("evaluations:appeal", args=[one.pk])).text
    assert [text in shown for text in ("十月的评分登记错了", "支部总评 · October 2026", "(65 + 65) ÷ 2 = 65")] == [
        True
    ] * 3

    address = reverse("evaluations:appeal_uphold", args=[one.pk])
    form = client.get(address).context["form"]
    assert [form[name].value() for name in points(0)] == [65] * 5
    kept = client.post(address, {**points(85), "work": "90", "reason": "登记有误"})
    assert (kept.status_code, list(kept.context["form"].errors)) == (422, ["work"])
    client.post(address, {**points(85), "reason": "登记有误"})
    assert work() == ["done", "done"]
    run = RankingRun.objects.get(number=2)

    of(client, ranked.hands.secretary)
    old, new, moves = (
        client.get(reverse(f"evaluations:{page}", args=[pk])).text
        for page, pk in (("ranking", ranked.run.pk), ("ranking", run.pk), ("ranking_moves", run.pk))
    )
    assert "A figure was corrected because of an appeal, and a later run has replaced this ranking" in old
    assert "Compiled again because of an appeal: a figure of run 1 was corrected." in new
    assert "A figure was corrected because of an appeal." in moves
    assert [text for page in (old, new, moves) for text in ("登记有误", "十月的评分") if text in page] == []


def test_an_appeal_is_declined_with_a_reason(client, ranked):
    one = appeal(ranked, ranked.members[2])
    of(client, ranked.hands.reviewer)
    address = reverse("evaluations:appeal_decline", args=[one.pk])
    assert client.post(address, {"reason": ""}).status_code == 422
    client.post(address, {"reason": "与评分表一致"})
    answered = client.get(address, follow=True)
    assert "This appeal is answered already." in answered.text
    assert (
        "与评分表一致" in of(client, ranked.members[2].user).get(reverse("evaluations:own_appeal", args=[one.pk])).text
    )


def test_a_figure_from_elsewhere_waits_for_its_correction(client, ranked):
    one = appeal(ranked, ranked.members[2], "months_as_activist", "")
    of(client, ranked.hands.reviewer)
    client.post(reverse("evaluations:appeal_uphold", args=[one.pk]), {"reason": "花名册有误"})
    assert "1 upheld appeal waits for its correction" in client.get("/").text
    answer = client.post(reverse("evaluations:appeal_compile", args=[one.pk]), follow=True)
    assert "The figure still rests on what it rested on" in answer.text


def test_the_list_filters_by_state_and_asks_as_little_for_thirty_as_for_one(
    client, tree, ranked, django_assert_num_queries
):
    uphold(appeal(ranked, ranked.members[0]), ranked.hands.reviewer)
    appeal(ranked, ranked.members[1])
    of(client, ranked.hands.reviewer)
    page = client.get(reverse("evaluations:appeals"), {"state": "waiting"}).text
    assert [name in page for name in ("赵一", "钱二")] == [False, True]
    assert "No appeal in this state" in client.get(reverse("evaluations:appeals"), {"state": "declined"}).text
    Appeal.objects.filter(state="upheld").delete()
    with django_assert_num_queries(QUERIES_OF_THE_LIST):
        assert len(client.get(reverse("evaluations:appeals")).context["lines"]) == 1
    waiting = Appeal.objects.get()
    Appeal.objects.bulk_create(
        Appeal(entry=waiting.entry, figure="self", place=f"x{place}", words="错", filed_at=waiting.filed_at)
        for place in range(29)
    )
    with django_assert_num_queries(QUERIES_OF_THE_LIST):
        assert len(client.get(reverse("evaluations:appeals")).context["lines"]) == 30


def test_the_own_page_asks_as_little_with_appeals_as_without(client, ranked, django_assert_num_queries):
    of(client, ranked.members[2].user)
    with django_assert_num_queries(QUERIES_OF_THE_OWN_PAGE):
        client.get(own_page(ranked.run))
    for figure, place in (("branch", "2026-09"), ("branch", "2026-10"), ("months_as_activist", "")):
        appeal(ranked, ranked.members[2], figure, place)
    with django_assert_num_queries(QUERIES_OF_THE_OWN_PAGE):
        client.get(own_page(ranked.run))


def test_nobody_has_appealed_yet(client, ranked):
    page = of(client, ranked.hands.reviewer).get(reverse("evaluations:appeals")).text
    assert "Nobody has appealed" in page
