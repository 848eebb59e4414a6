"""Does a branch rate the three ones for some months, each once, and does a ranking count just that?"""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.utils import translation

from activities.duties import DutyKind
from activities.models import DutyClosing
from activities.services.duties import DutyRefused, withdraw_duty
from activities.services.duty_entries import EntryRefused
from branchportal.models import AuditEntry
from evaluations.documents import SchemeError
from evaluations.models import Cycle, DutyRating, RankingEntry, ScoringScheme
from evaluations.queries import compile as material
from evaluations.scheme import parse_scheme
from evaluations.scheme_wording import component_sentences
from evaluations.services import schemes
from evaluations.services.duty_ratings import Given, NotRated, rate_duties
from evaluations.sources import usual_sources
from members.models import Member
from members.roles import Role
from members.stages import Stage
from tests.activities.duties import NOW, give, write
from tests.evaluations.ranking_material import NOVEMBER, OCTOBER, SEPTEMBER, compile_now, make_month, review
from tests.factories import make_branch_tree, make_member, make_members, make_user, sign_in

pytestmark = pytest.mark.django_db
VECTOR = Path(__file__).parents[1] / "data/vectors/seeds_default.json"
DECEMBER = datetime(2026, 12, 1, 4, tzinfo=UTC)  # November is over
URL = "/duties/of/B001/rate/?first=2026-09&last=2026-10"


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def tree():
    return make_branch_tree()


@pytest.fixture
def secretary(tree):
    return make_user(Role.SECRETARY, tree.b1, name="王文静")


@pytest.fixture
def duty(tree):
    return give(make_user(Role.MEMBER, tree.b1, name="赵明远").member)


def rate(by, *given, first=SEPTEMBER, last=OCTOBER, reason="", branch=None, now=NOW):
    """Rate (duty, points) or (duty, points, version)."""
    rows = [Given(one.member_id, one.kind, points, *(version or [0])) for one, points, *version in given]
    branch = branch or given[0][0].branch
    return rate_duties(branch=branch, first=first, last=last, given=rows, reason=reason, by=by, now=now)


def problems_of(by, *given, **named):
    with pytest.raises(NotRated) as refused, translation.override("en"):
        rate(by, *given, **named)
    return list(refused.value.problems.values())


def test_a_rating_closes_its_months_with_what_was_done_in_them(secretary, duty):
    write(duty)
    assert rate(secretary, (duty, 85)) == 1
    assert rate(secretary, (duty, 85)) == 0  # the same form sent twice
    rating = DutyRating.objects.get()
    assert (rating.points, rating.done, rating.due, rating.rated_by) == (85, 1, 2, secretary)
    with pytest.raises(EntryRefused):
        write(duty, date(2026, 9, 20))
    line = AuditEntry.objects.get(action="duty_rating.given")
    assert line.after == {
        "person": "赵明远", "kind": "dormitory", "first_month": "2026-09", "last_month": "2026-10", "points": 85,
    }  # fmt: skip


def test_a_given_rating_changes_with_a_reason_and_in_view_of_how_it_stood(secretary, duty):
    rate(secretary, (duty, 85))
    assert problems_of(secretary, (duty, 95, 1)) == ["This is rated already. Say above why it changes."]
    assert rate(secretary, (duty, 95, 1), reason="漏看一条记录") == 1
    [stale] = problems_of(secretary, (duty, 75, 1), reason="再改")
    assert stale.startswith("王文静 rated this meanwhile: 95.")
    assert DutyRating.objects.get().points == 95
    line = AuditEntry.objects.get(action="duty_rating.corrected")
    assert (line.before, line.after["points"], line.reason) == ({"points": 85}, 95, "漏看一条记录")


def test_a_rating_that_is_taken_back_opens_its_months(secretary, duty):
    rate(secretary, (duty, 85))
    assert rate(secretary, (duty, None, 1), reason="选错月份") == 1
    assert (DutyRating.objects.count(), DutyClosing.objects.count()) == (0, 0)
    assert write(duty, date(2026, 9, 20)).pk


def test_nobody_rates_himself_and_one_problem_stops_the_whole_form(tree, secretary, duty):
    own = give(make_member(tree.b1, user=secretary))
    problems = problems_of(secretary, (own, 95), (duty, 85))
    assert problems == ["Nobody rates himself or whom he stands in for: ask another officer."]
    assert not DutyRating.objects.exists()


def test_what_is_off_the_scale_is_refused(tree, secretary, duty):
    assert len(problems_of(secretary, (duty, 90))) == 1  # no grade stands for it
    Cycle.objects.create(committee=tree.root, month=OCTOBER, scale=Cycle.Scale.POINTS)
    assert len(problems_of(secretary, (duty, 101))) == 1
    assert rate(secretary, (duty, 90)) == 1


def test_months_are_rated_once(secretary, duty):
    rate(secretary, (duty, 85))
    [problem] = problems_of(secretary, (duty, 75), first=OCTOBER, last=NOVEMBER, now=DECEMBER)
    assert "2026-09 to 2026-10" in problem
    assert rate(secretary, (duty, 75), first=NOVEMBER, last=NOVEMBER, now=DECEMBER) == 1


@pytest.mark.parametrize("last", [NOVEMBER, date(2026, 12, 1)])
def test_months_that_are_not_over_are_refused(secretary, duty, last):
    """November's entry is due on the 30th: rated on the 10th it would count as missing and could not be written."""
    with pytest.raises(DutyRefused, match="is not over: entries are due until"), translation.override("en"):
        rate(secretary, (duty, 85), last=last)
    assert not DutyRating.objects.exists()


def test_duties_of_another_branch_are_not_there(tree, secretary):
    other = give(make_user(Role.MEMBER, tree.b2).member)
    assert len(problems_of(secretary, (other, 85), branch=tree.b1)) == 1


def test_the_page_keeps_what_was_typed_and_says_what_is_wrong(client, tree, secretary, duty):
    make_month(tree.b1, OCTOBER)
    own = give(make_member(tree.b1, user=secretary))
    window = sign_in(client, secretary)
    page = window.get(URL)
    assert {place.name: place.is_free for place in page.context["places"]} == {
        f"dormitory-{duty.member_id}": True, f"dormitory-{own.member_id}": False,
    }  # fmt: skip
    name = f"dormitory-{duty.member_id}"
    wrong = window.post(URL, {name: "90", f"version-{name}": "0"})
    shown = {place.name: (place.typed, bool(place.problem)) for place in wrong.context["places"]}
    assert (wrong.status_code, shown[name]) == (409, ("90", True))
    assert window.post(URL, {name: "85", f"version-{name}": "0"}).status_code == 302
    assert list(DutyRating.objects.values_list("closing__member", "points")) == [(duty.member_id, 85)]
    assert window.get(URL).context["rated_periods"] == [(SEPTEMBER, OCTOBER)]
    later = window.get("/duties/of/B001/rate/?first=2026-10&last=2026-10")
    assert [place.other.points for place in later.context["places"] if place.other] == [85]


def typed_for(duty, points, version=0):
    name = f"{duty.kind}-{duty.member_id}"
    return {name: points, f"version-{name}": str(version)}


def test_nothing_that_was_typed_vanishes(client, tree, secretary, duty):
    """While the page was open one duty was taken back, one rated for other months, one person left; one stands."""
    taken_back, rated, gone = (
        give(make_user(Role.MEMBER, tree.b1, name=name).member) for name in ("钱子涵", "孙雨桐", "李思远")
    )
    elsewhere = give(make_user(Role.MEMBER, tree.b2, name="周乐怡").member)
    window = sign_in(client, secretary, language="en")
    withdraw_duty(duty=taken_back, version=1, reason="换人", by=secretary, now=NOW)
    rate(secretary, (rated, 75), first=OCTOBER)
    Member.objects.filter(pk=gone.member_id).update(branch=tree.b2)
    duties = [(duty, "95"), (taken_back, "85"), (rated, "85"), (gone, "85"), (elsewhere, "85")]
    sent = {name: value for one, points in duties for name, value in typed_for(one, points).items()}
    answer = window.post(URL, sent)
    assert answer.status_code == 409
    rated_text = "孙雨桐 is rated for 2026-10 to 2026-10 already: choose just these months, or none of them."
    gone_text = "This duty is not there any more: it was taken back, or the person has left the branch."
    assert [(one["person"], one["typed"], one["problem"]) for one in answer.context["not_taken"]] == [
        ("钱子涵", "Good", gone_text),
        ("孙雨桐", "Good", rated_text),
        ("李思远", "Good", gone_text),
        ("Somebody of another branch", "Good", gone_text),
    ]
    assert [(place.member.name, place.typed) for place in answer.context["places"] if place.is_free] == [
        ("赵明远", "95")
    ]
    assert list(DutyRating.objects.values_list("closing__member__name", "points")) == [("孙雨桐", 75)]
    assert window.post(URL, typed_for(duty, "95")).status_code == 302  # what the page now holds
    assert DutyRating.objects.get(closing__member=duty.member).points == 95


def test_fields_left_empty_of_a_duty_that_is_gone_stop_nothing(client, tree, secretary, duty):
    gone = give(make_user(Role.MEMBER, tree.b1).member)
    withdraw_duty(duty=gone, version=1, reason="换人", by=secretary, now=NOW)
    window = sign_in(client, secretary)
    assert window.post(URL, typed_for(gone, "") | typed_for(duty, "95")).status_code == 302
    assert list(DutyRating.objects.values_list("closing__member", "points")) == [(duty.member_id, 95)]


def test_the_page_rates_the_months_it_was_opened_for(client, secretary, duty, time_machine):
    time_machine.move_to(datetime(2026, 11, 30, 4, tzinfo=UTC), tick=False)
    window = sign_in(client, secretary)
    page = window.get("/duties/of/B001/rate/")
    assert 'action="?first=2026-09&amp;last=2026-10"' in page.content.decode()
    time_machine.move_to(datetime(2026, 12, 1, 4, tzinfo=UTC), tick=False)
    assert window.get("/duties/of/B001/rate/").context["months"] == (SEPTEMBER, NOVEMBER)
    assert window.post(URL, typed_for(duty, "85")).status_code == 302
    assert list(DutyRating.objects.values_list("closing__first_month", "closing__last_month")) == [(SEPTEMBER, OCTOBER)]


@pytest.mark.parametrize("asked", ["", "?first=2026-09&last=2026-11", "?first=2026-10&last=2026-09"])
def test_no_guess_is_made_for_which_months_ratings_were_meant(client, secretary, duty, asked):
    window = sign_in(client, secretary)
    answer = window.post(f"/duties/of/B001/rate/{asked}", typed_for(duty, "85"))
    assert (answer.status_code, [place.typed for place in answer.context["places"]]) == (422, ["85"])
    assert bool(answer.context["refusal"])
    assert answer.context["months"] == (SEPTEMBER, OCTOBER)
    assert not DutyRating.objects.exists()


def test_an_address_with_a_month_that_runs_says_why_it_shows_others(client, secretary, duty):
    window = sign_in(client, secretary, language="en")
    page = window.get("/duties/of/B001/rate/?first=2026-09&last=2026-11")
    expected = "2026-11 is not over: entries are due until 2026-11-30. Choose months that are over."
    assert page.context["refusal"] == expected
    assert page.context["months"] == (SEPTEMBER, OCTOBER)


@pytest.mark.parametrize("people", [1, 30])
def test_the_page_asks_the_same_for_1_and_30(client, tree, secretary, people, django_assert_num_queries):
    for member in make_members(tree.b1, people, stage=Stage.FULL):
        rate(secretary, (give(member, DutyKind.CLASS, "计算机2301", by=secretary), 85))
    window = sign_in(client, secretary)
    window.get(URL)
    with django_assert_num_queries(11):
        assert len(window.get(URL).context["places"]) == people


def scheme_of_the_vector():
    """三个一 of the ready example, with the parts of which a portal of ratings alone has figures."""
    document = json.loads(VECTOR.read_text(encoding="utf-8"))["scheme"]
    weights = {"self": "24", "branch": "36", "duties": "40"}
    document["components"] = [
        {**one, "weight": weights[one["code"]]} for one in document["components"] if one["code"] in weights
    ]
    document["gates"], document["tie_break"] = document["gates"][:1], ["duties"]
    return document


def publish(tree, document):
    draft = schemes.create_draft(
        branch=tree.root, purpose="candidate", document=document, by=None, sources=usual_sources(parse_scheme(document))
    )
    schemes.publish(scheme=draft, first_month=date(2026, 1, 1), last_month=None, by=None, now=NOW)


def make_rated(tree, secretary, name, own, branch, points):
    """A person with three months of reviews, and a rating of one kind of duty after the other."""
    member = make_member(tree.b1, name=name)
    for month in (SEPTEMBER, OCTOBER, NOVEMBER):
        review(member, month, own=own, branch=branch)
    for kind, value in zip(DutyKind, points, strict=False):
        duty = give(member, kind, "一组", by=secretary)
        rate(secretary, (duty, value), last=NOVEMBER, now=DECEMBER)
    return member


@pytest.fixture
def ranked(tree, secretary):
    """Three people; the duties of the first two are those of the vector's, the third has an unrated one."""
    Cycle.objects.create(committee=tree.root, month=NOVEMBER, scale=Cycle.Scale.POINTS)
    publish(tree, scheme_of_the_vector())
    make_rated(tree, secretary, "赵明远", 90, 85, (93, 99, 80))
    make_rated(tree, secretary, "钱子涵", 70, 60, (62, 86, 82))
    give(make_rated(tree, secretary, "孙雨桐", 80, 75, ()), by=secretary)
    return compile_now(tree.b1)


def test_a_ranking_counts_the_duties_as_by_hand(ranked):
    found = {entry.name: (entry.total, entry.components.get("duties")) for entry in ranked.entries.all()}
    assert found == {
        # (24 · 90 + 36 · 85 + 40 · 272/3) / 100
        "赵明远": ("88.47", {"value": "90.6667", "points": "90.6667", "weight": "40.0000", "contribution": "36.2667"}),
        # (24 · 70 + 36 · 60 + 40 · 230/3) / 100
        "钱子涵": ("69.07", {"value": "76.6667", "points": "76.6667", "weight": "40.0000", "contribution": "30.6667"}),
        # (24 · 80 + 36 · 75) / 100: missing counts as 0 in this scheme
        "孙雨桐": ("46.20", None),
    }  # fmt: skip
    assert ScoringScheme.objects.get().state == ScoringScheme.State.SEALED


def test_the_ratings_are_sealed_with_what_they_rest_on(ranked):
    entry = RankingEntry.objects.get(run=ranked, name="赵明远")
    assert entry.inputs["duties"] == ["93", "99", "80"]
    shown = [(one["kind"], one["first"], one["last"], one["points"]) for one in entry.evidence["duties"]["duties"]]
    assert shown == [
        ("activists", "2026-09", "2026-11", 93), ("dormitory", "2026-09", "2026-11", 99),
        ("class", "2026-09", "2026-11", 80),
    ]  # fmt: skip
    missing = RankingEntry.objects.get(run=ranked, name="孙雨桐")
    assert missing.evidence["duties"] == {"duties": [], "unrated": ["dormitory"]}


def test_the_page_says_how_it_was_made(client, secretary, ranked):
    window = sign_in(client, secretary)
    entries = {entry.name: entry for entry in ranked.entries.all()}
    page = window.get(f"/rankings/{ranked.pk}/people/{entries['赵明远'].pk}/", headers={"accept-language": "en"})
    part = next(line for line in page.context["parts"] if line["is_of_duties"])
    assert [(str(one["points"]), one["done"], one["due"]) for one in part["duties"]] == [
        ("93", 0, 3), ("99", 0, 3), ("80", 0, 3),
    ]  # fmt: skip
    assert f'href="/duties/{part["duties"][0]["duty"]}/"' in page.content.decode()
    page = window.get(f"/rankings/{ranked.pk}/people/{entries['孙雨桐'].pk}/")
    assert next(len(line["unrated"]) for line in page.context["parts"] if line["is_of_duties"]) == 1


def test_only_ratings_whose_months_all_lie_in_the_period_count(tree, secretary, ranked):
    run = compile_now(tree.b1, OCTOBER, NOVEMBER)
    assert [entry.inputs["duties"] for entry in run.entries.order_by("number")] == [[], [], []]


@pytest.mark.parametrize(("branches", "people"), [(1, 1), (3, 1), (3, 10)])
def test_however_many_are_read_together_duties_cost_two_queries(
    tree, secretary, branches, people, django_assert_num_queries
):
    publish(tree, scheme_of_the_vector())
    chosen = [tree.b1, tree.b2, tree.b3][:branches]
    for member in [one for branch in chosen for one in make_members(branch, people)]:
        rate(secretary, (give(member, by=secretary), 85))
    today = NOW.date()
    with django_assert_num_queries(5):  # schemes, people, months (there are none) and two of the duties
        found = material.read(branches=chosen, purpose="candidate", first=SEPTEMBER, last=NOVEMBER, today=today)
    assert [len(one.people) for one in found.values()] == [people] * branches
    assert {str(person.inputs["duties"]) for one in found.values() for person in one.people} == {"['85']"}


def test_a_scheme_says_what_it_counts_and_takes_no_dimensions_for_it(tree):
    document = scheme_of_the_vector()
    component = parse_scheme(document).components[-1]
    with translation.override("en"):
        assert component_sentences(component, {"duties": "duties"})[:2] == [
            "Source: Three ones, as the branch rated them.", "The mean of all ratings counts.",
        ]  # fmt: skip
    document["components"][-1]["dimensions"] = {"thought": "50", "study": "50"}
    with pytest.raises(SchemeError, match=r"components\[2\]\.dimensions"):
        publish(tree, document)
