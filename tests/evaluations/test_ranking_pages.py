"""Does each page of rankings show what it must, to whom it must, and nothing else?"""

from __future__ import annotations

from datetime import datetime

import pytest
from django.urls import reverse

from branchportal.models import AccessRecord
from evaluations.deadlines import SHANGHAI
from evaluations.models import BranchReview, RankingRun
from evaluations.queries import rankings
from members.roles import Role
from tests.evaluations.ranking_material import (
    NOVEMBER,
    OCTOBER,
    SEPTEMBER,
    compile_now,
    make_month,
    make_run,
    review,
)
from tests.factories import make_member, make_user, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ready_schemes")]

COPIED = (
    *("branch", "purpose", "scheme", "scheme_document", "fingerprint", "ranked_count", "not_ranked_count"),
    "compiled_at",
)
MONTHS = [SEPTEMBER.replace(year=2020 + place // 12, month=place % 12 + 1) for place in range(30)]
OF_A_RUN = ("ranking", "ranking_bundle", "ranking_workbook", "ranking_moves", "ranking_line")


@pytest.fixture
def run(tree):
    return make_run(tree.b1)


@pytest.fixture
def secretary(client, tree):
    user = make_user(Role.SECRETARY, tree.b1, name="王书记")
    sign_in(client, user, language="en")
    return user


def evidence(run, name):
    return reverse("evaluations:ranking_evidence", args=[run.pk, run.entries.get(name=name).pk])


def test_the_ranking_shows_places_ties_the_line_and_who_is_not_ranked(client, run, secretary):
    answer = client.get(reverse("evaluations:ranking", args=[run.pk]), {"places": "1"})

    rows = [
        (line["row"].entry.rank, line["row"].entry.name, [cell.text for cell in line["row"].cells],
         line["row"].entry.total, line["row"].entry.tied, line["row"].is_last_above_the_line)
        for line in answer.context["rows"]
    ]  # fmt: skip
    assert rows == [
        (1, "赵一", ["90.00", "80.00"], "83.00", True, False),
        (1, "钱二", ["90.00", "80.00"], "83.00", True, True),
        (3, "孙三", ["85.00", "75.00"], "78.00", False, False),
    ]
    assert [(line["entry"].name, line["reasons"]) for line in answer.context["not_ranked"]] == [
        ("李四", "no figure for 支部总评; no figure in any component")
    ]
    page = answer.text
    assert page.count('class="cut-line"') == 2  # in the table, and among those near the line
    assert "2 people share place 1 on the line; the branch committee decides." in page
    assert "For the branch committee's consideration" in page
    assert run.fingerprint in page


@pytest.mark.parametrize("places", ["0", "3", "99", "-1", "x", "9" * 50, "²"])
def test_a_line_that_lies_nowhere_is_not_drawn(client, run, secretary, places):
    answer = client.get(reverse("evaluations:ranking", args=[run.pk]), {"places": places})

    assert (answer.status_code, answer.text.count("cut-line")) == (200, 0)


def test_dots_lie_between_the_ends_of_the_scale(client, run, secretary):
    answer = client.get(reverse("evaluations:ranking", args=[run.pk]))

    assert (answer.context["low"], answer.context["high"]) == (70, 90)
    assert [[dot["x"] for dot in line["plot"]["dots"]] for line in answer.context["rows"]] == [
        [152, 80], [152, 80], [116, 44],
    ]  # fmt: skip


def test_the_evidence_of_a_figure_is_one_click_away(client, run, secretary):
    assert evidence(run, "孙三") in client.get(reverse("evaluations:ranking", args=[run.pk])).text

    page = client.get(evidence(run, "孙三")).text

    assert "Mean: (85 + 85) ÷ 2 = 85" in page
    assert "85 × 30 % = 25.5 points of the total" in page
    assert "25.5 + 52.5 = 78.00, rounded once to 2 decimals" in page
    assert "2026-11" in page
    assert "was not due" in page


def test_a_tie_names_who_shares_the_place_to_offices_and_only_how_many_to_the_person(client, tree, run, secretary):
    own = run.entries.get(name="钱二")
    page = " ".join(client.get(evidence(run, "钱二")).text.split())
    assert "Shares place 1 with 赵一, each with 83.00 in all. Next below: 孙三 with 78.00. With equal totals" in page
    user = make_user(Role.COUNSELOR, tree.b4, name="钱二")
    user.role_assignments.all().delete()
    own.member.user = user
    own.member.save()
    sign_in(client, user, language="en")
    page = " ".join(client.get(reverse("evaluations:own_ranking", args=[run.pk])).text.split())
    assert "2 people share place 1, each with 83.00 in all. With equal totals" in page
    assert [word for word in ("赵一", "孙三", "78.00") if word in page] == []


def test_looking_at_somebodys_figures_is_noted_for_him(client, run, secretary):
    client.get(evidence(run, "孙三"))

    record = AccessRecord.objects.get(user=secretary)
    assert (record.action, record.subject_type, record.subject_id) == (
        "ranking.explained", "members.member", str(run.entries.get(name="孙三").member_id),
    )  # fmt: skip


def test_the_evidence_of_somebody_who_is_not_ranked_says_why(client, run, secretary):
    page = client.get(evidence(run, "李四")).text

    assert "Not ranked: no figure for 支部总评; no figure in any component" in page
    assert "Missing here: the person is not ranked." in page


def test_weights_of_missing_components_are_shared_and_said(client, tree, secretary):
    member = make_member(tree.b1, name="周五")
    review(member, SEPTEMBER, own=80, branch=80)
    member.selfreviews.all().delete()
    run = compile_now(tree.b1)

    page = client.get(evidence(run, "周五")).text

    assert "80 × 100 % = 80 points of the total (published weight 70 %; others are missing here" in page


@pytest.mark.parametrize("name", OF_A_RUN)
def test_pages_of_a_run_are_404_from_another_branch_and_403_without_the_right(client, tree, run, name):
    address = reverse(f"evaluations:{name}", args=[compile_now(tree.b1).pk])

    statuses = [
        sign_in(client, make_user(role, branch)).get(address).status_code
        for role, branch in (
            (Role.SECRETARY, tree.b1),
            (Role.SECRETARY, tree.b2),
            (Role.COUNSELOR, tree.second),
            (Role.MEMBER, tree.b1),
            (Role.PUBLICITY_COMMISSIONER, tree.b1),
            (Role.ADMINISTRATOR, tree.root),
        )
    ]

    counselor = 403 if name == "ranking_bundle" else 404
    # A publicity commissioner acts where there is no secretary; here there is one.
    assert statuses == [200, 404, counselor, 403, 403, 403]


def test_the_evidence_of_one_run_is_not_reached_through_another(client, tree, run, secretary):
    member = make_member(tree.b2)
    review(member, SEPTEMBER, own=80, branch=80)
    foreign = compile_now(tree.b2).entries.get()

    assert client.get(reverse("evaluations:ranking_evidence", args=[run.pk, foreign.pk])).status_code == 404
    assert client.get(reverse("evaluations:ranking_evidence", args=[foreign.run_id, foreign.pk])).status_code == 404


def test_a_member_sees_only_the_own_row(client, tree, run):
    entry = run.entries.get(name="钱二")
    user = make_user(Role.COUNSELOR, tree.b4, name="钱二")
    user.role_assignments.all().delete()
    entry.member.user = user
    entry.member.save()
    sign_in(client, user)

    pages = [
        client.get(reverse("evaluations:own_rankings")).text,
        client.get(reverse("evaluations:own_ranking", args=[run.pk])).text,
    ]

    for page in pages:
        assert "83.00" in page
        assert "1/3" in page
        for foreign in ("赵一", "孙三", "李四", "78.00", "25.5 + 52.5", run.entries.get(name="孙三").number):
            assert foreign not in page.replace(run.fingerprint, "")


def test_a_member_who_is_not_in_a_run_gets_404(client, tree, run):
    sign_in(client, make_user(Role.MEMBER, tree.b1))

    assert client.get(reverse("evaluations:own_ranking", args=[run.pk])).status_code == 404
    assert client.get(reverse("evaluations:own_rankings")).text.count("83.00") == 0


@pytest.mark.parametrize("people", [1, 30])
def test_a_ranking_takes_eight_queries(client, tree, secretary, people, django_assert_num_queries):
    for _ in range(people):
        review(make_member(tree.b1), SEPTEMBER, own=80, branch=80)
    run = compile_now(tree.b1)

    with django_assert_num_queries(7):
        client.get(reverse("evaluations:ranking", args=[run.pk]))


@pytest.mark.parametrize("branches", [1, 30])
def test_the_list_takes_eight_queries(client, tree, branches, django_assert_num_queries):
    run = compile_now(tree.b1)
    RankingRun.objects.bulk_create(
        RankingRun(**{field: getattr(run, field) for field in COPIED}, number=1, last_month=OCTOBER, first_month=month)
        for month in MONTHS[: branches - 1]
    )
    sign_in(client, make_user(Role.SECRETARY, tree.b1))

    with django_assert_num_queries(7):
        answer = client.get(reverse("evaluations:rankings"))

    assert len(answer.context["page"].object_list) == branches


def test_the_list_is_filtered_by_the_address(client, tree, run):
    compile_now(tree.b2, OCTOBER, OCTOBER)
    compile_now(tree.b4, SEPTEMBER, SEPTEMBER, purpose="appraisal")
    sign_in(client, make_user(Role.COUNSELOR, tree.root))

    def found(**filters):
        answer = client.get(reverse("evaluations:rankings"), filters)
        return sorted(run.branch.code for run in answer.context["page"].object_list)

    assert found() == ["B001", "B002", "B004"]
    assert found(q="第二") == ["B002"]
    assert found(purpose="appraisal") == ["B004"]
    assert found(month="2026-09") == ["B001", "B004"]
    assert found(month="2026-13", purpose="nonsense", q="\0") == ["B001", "B002", "B004"]
    assert found(q="没有") == []


def test_the_months_to_choose_from_are_those_of_the_own_branches(client, tree, run):
    compile_now(tree.b2, SEPTEMBER, SEPTEMBER)
    sign_in(client, make_user(Role.SECRETARY, tree.b2))
    assert client.get(reverse("evaluations:rankings")).context["months"][0][0] == "2026-09"


def test_superseded_runs_leave_the_list_and_say_so(client, tree, run, secretary):
    newest = compile_now(tree.b1)

    listed = client.get(reverse("evaluations:rankings")).context["page"].object_list
    old = client.get(reverse("evaluations:ranking", args=[run.pk])).text

    assert list(listed) == [newest]
    assert "A later compilation has replaced this ranking; it stays as it was." in old


def test_who_moved_is_shown_against_the_run_before(client, tree, run, secretary):
    BranchReview.objects.filter(member__name="孙三").update(thought=100, study=100, life=100, work=100, conduct=100)
    newest = compile_now(tree.b1)

    answer = client.get(reverse("evaluations:ranking_moves", args=[newest.pk]))

    assert [(move.name, move.before.rank, move.after.rank, move.places_up) for move in answer.context["moves"]] == [
        ("孙三", 3, 1, 2), ("赵一", 1, 2, -1), ("钱二", 1, 2, -1),
    ]  # fmt: skip
    assert answer.context["unchanged"] == 1


def test_a_run_that_changed_nothing_says_so(client, tree, run, secretary):
    same = "Nothing that counts has changed since the run before."
    again = compile_now(tree.b1)
    BranchReview.objects.filter(member__name="孙三").update(thought=100)
    changed = compile_now(tree.b1)

    pages = [client.get(reverse("evaluations:ranking", args=[one.pk])).text for one in (run, again, changed)]
    assert [same in page for page in pages] == [False, True, False]
    assert ["Who moved since the run before" in page for page in pages] == [False, False, True]


def test_a_first_run_has_nothing_to_compare_with(client, run, secretary):
    assert client.get(reverse("evaluations:ranking_moves", args=[run.pk])).status_code == 404


def compiled_at(run, day: int, hour: int = 12) -> None:
    RankingRun.objects.filter(pk=run.pk).update(compiled_at=datetime(2026, 11, day, hour, tzinfo=SHANGHAI))


def test_a_month_that_had_not_closed_is_named_on_every_page_of_the_ranking(client, tree, run, secretary):
    own = run.entries.get(name="孙三").member
    own.user = secretary
    own.save()
    addresses = [
        reverse("evaluations:ranking", args=[run.pk]),
        evidence(run, "孙三"),
        reverse("evaluations:own_ranking", args=[run.pk]),
    ]
    notice = "November 2026 had not closed when this was compiled; figures may change."

    compiled_at(run, 20, hour=23)
    assert [client.get(address).text.count(notice) for address in addresses] == [1, 1, 1]
    compiled_at(run, 21)
    assert [client.get(address).text.count("had not closed") for address in addresses] == [0, 0, 0]


def test_months_had_closed_by_the_nearest_days_unless_they_are_off(tree, run, django_assert_num_queries):
    others = [compile_now(branch) for branch in (tree.b2, tree.b4)]
    november = make_month(tree.b1, NOVEMBER)
    november.deadlines.create(branch=tree.first, review_day=10, rating_day=12)
    november.deadlines.create(branch=tree.b2, review_day=10, rating_day=25)
    for one in (run, *others):
        compiled_at(one, 15)
    runs = list(RankingRun.objects.select_related("branch").order_by("branch__code"))

    with django_assert_num_queries(1):
        found = rankings.not_closed(runs)

    assert [found[one.pk] for one in runs] == [[], [NOVEMBER], [NOVEMBER]]
    november.is_off = True
    november.save()
    assert list(rankings.not_closed(runs).values()) == [[], [], []]


def test_the_ends_of_the_scale_are_read_aloud_apart(client, run, secretary):
    page = client.get(reverse("evaluations:ranking", args=[run.pk])).text

    assert '<span class="visually-hidden">Where the figures lie, between 70 and 90</span>' in page
    assert "70</span> <span>Spread</span> <span>90" in page


def test_payloads_in_names_stay_text_on_every_page(client, tree, secretary):
    payload = "<script>alert(1)</script>"
    review(make_member(tree.b1, name=payload, class_name=payload), SEPTEMBER, own=80, branch=80)
    compile_now(tree.b1)
    run = compile_now(tree.b1)

    for address in (
        reverse("evaluations:ranking", args=[run.pk]),
        evidence(run, payload),
        reverse("evaluations:ranking_moves", args=[run.pk]),
    ):
        assert payload not in client.get(address).text
