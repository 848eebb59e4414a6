"""Is the card of the month one page that a person on a phone fills in, understands and trusts?"""

from __future__ import annotations

import gzip
from datetime import date, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client
from lxml import html

from evaluations.deadlines import SHANGHAI
from evaluations.models import SelfReview
from evaluations.services import months, self_reviews
from evaluations.services.self_reviews import Words
from members.roles import Role
from members.stages import Stage
from tests.factories import make_user, sign_in

pytestmark = pytest.mark.django_db

NOVEMBER = date(2026, 11, 1)
PAGE = "/review/2026-11/"
GRADES = {"thought": "excellent", "study": "good", "life": "good", "work": "fair", "conduct": "passable"}
POINTS = {"thought": 95, "study": 85, "life": 85, "work": 75, "conduct": 65}
OTHER = {"thought": 55, "study": 55, "life": 55, "work": 55, "conduct": 55}


def at(day: int, hour: int = 12, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI)


def in_english(client: Client) -> Client:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


@pytest.fixture
def phone_of(client, member, time_machine):
    """The member's signed-in client, in English, at noon of the 12th."""
    time_machine.move_to(at(12), tick=False)
    return sign_in(in_english(client), member.user)


def store(member, cycle, points, *, act=self_reviews.submit, version=0, now=None, **words):
    return act(
        member=member, cycle=cycle, words=Words(points, **words), version=version, by=member.user, now=now or at(10)
    )


class Marks(HTMLParser):
    """What stands on a page: checked radio buttons, inputs with their values, whether something is hidden."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.checked, self.fields, self.visible_ids = {}, {}, set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        if "checked" in found:
            self.checked[found["name"]] = found["value"]
        if tag == "input" and "name" in found and found.get("type") != "radio":
            self.fields.setdefault(found["name"], found.get("value", ""))
        if "id" in found and "hidden" not in found:
            self.visible_ids.add(found["id"])


def marks(answer) -> Marks:
    return Marks(answer.content.decode())


# --- States --------------------------------------------------------------------------------------------------


def test_an_open_empty_card_has_nothing_chosen(phone_of):
    answer = phone_of.get("/review/")
    assert answer.status_code == 200
    assert (answer.context["card"].state, marks(answer).checked) == ("empty", {})
    assert "4 days left" in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"


def test_last_month_stands_beside_and_is_never_chosen(phone_of, tree, member):
    october = months.ensure_month(committee=tree.root, month=date(2026, 10, 1))
    SelfReview.objects.create(cycle=october, member=member, branch=tree.b1, submitted_at=at(1), **POINTS)
    answer = phone_of.get("/review/")
    assert [field["last"] for field in answer.context["fields"]] == [
        "last month: Excellent", "last month: Good", "last month: Good", "last month: Fair", "last month: Passable",
    ]  # fmt: skip
    assert marks(answer).checked == {}


def test_a_draft_comes_back(phone_of, member, cycle):
    store(member, cycle, {**POINTS, "work": None}, act=self_reviews.save_draft, notes={"life": "Tidied up"})
    answer = phone_of.get("/review/")
    assert marks(answer).checked == {"thought": "excellent", "study": "good", "life": "good", "conduct": "passable"}
    assert "Tidied up" in answer.content.decode()
    assert "Saved 12:00" in answer.content.decode()


def test_a_submitted_card_says_when_and_until_when(phone_of, member, cycle):
    store(member, cycle, POINTS, now=at(11, 21, 3))
    answer = phone_of.get("/review/")
    text = answer.content.decode()
    assert "Submitted 11 November 21:03" in text
    assert "submit again until 15 November 23:59" in text
    assert "changed" not in marks(answer).visible_ids


def test_a_newer_draft_is_told_apart_from_what_was_submitted(phone_of, member, cycle):
    store(member, cycle, POINTS)
    store(member, cycle, OTHER, act=self_reviews.save_draft, version=1)
    answer = phone_of.get("/review/")
    assert "changed" in marks(answer).visible_ids
    assert marks(answer).checked == dict.fromkeys(POINTS, "weak")
    assert phone_of.post(f"{PAGE}discard/", {"version": "2"}).status_code == 302
    assert SelfReview.objects.get().draft is None
    assert marks(phone_of.get("/review/")).checked == GRADES


@pytest.mark.parametrize(
    ("stored", "state", "said"),
    [
        (None, "missed", "counts as missing"),
        ("draft", "missed_draft", "What you typed and did not submit"),
        ("submitted", "final", "This is what counts."),
        ("both", "final_draft", "What you typed and did not submit"),
    ],
)
def test_after_the_deadline(phone_of, member, cycle, time_machine, stored, state, said):
    if stored in {"submitted", "both"}:
        store(member, cycle, POINTS)
    if stored in {"draft", "both"}:
        store(member, cycle, OTHER, act=self_reviews.save_draft, version=SelfReview.objects.count())
    time_machine.move_to(datetime(2026, 11, 16, tzinfo=SHANGHAI), tick=False)
    answer = phone_of.get("/review/")
    assert (answer.status_code, answer.context["card"].state) == (200, state)
    assert said in answer.content.decode()


def test_a_month_that_is_off_leads_to_the_next(phone_of, tree, cycle):
    cycle.is_off = True
    cycle.save()
    months.ensure_month(committee=tree.root, month=date(2026, 12, 1))
    text = phone_of.get("/review/").content.decode()
    assert "switched this month off" in text
    assert "it opens on 1 December" in text


def test_a_month_that_was_never_made(phone_of, cycle):
    SelfReview.objects.all().delete()
    member_cycles = type(cycle).objects.all()
    member_cycles.first().dues.all().delete()
    member_cycles.delete()
    assert "not set up this month" in phone_of.get("/review/").content.decode()
    assert phone_of.get(PAGE).status_code == 404


def test_a_month_that_has_not_begun(phone_of, tree):
    months.ensure_month(committee=tree.root, month=date(2026, 12, 1))
    assert "Opens on 1 December" in phone_of.get("/review/2026-12/").content.decode()


def test_somebody_who_does_not_file(client, tree, cycle, time_machine):
    time_machine.move_to(at(12), tick=False)
    applicant = make_user(Role.MEMBER, tree.b1, stage=Stage.APPLICANT)
    answer = sign_in(client, applicant).get("/review/")
    assert (answer.status_code, answer.context["card"].state) == (200, "not_filer")


def test_somebody_who_joined_later_is_told_that_he_may(client, tree, cycle, time_machine):
    time_machine.move_to(at(12), tick=False)
    later = make_user(Role.MEMBER, tree.b1, joined_on=date(2026, 11, 5))
    text = sign_in(in_english(client), later).get("/review/").content.decode()
    assert "You were not due on the first day" in text


def test_an_officer_without_a_membership_has_no_card(client, tree, cycle):
    assert sign_in(client, make_user(Role.SECRETARY, tree.b1)).get("/review/").status_code == 403


# --- Submitting, without a script ----------------------------------------------------------------------------


def test_five_grades_and_one_button(phone_of, member):
    form = {**GRADES, "version": "0", "study_note": "  Two   courses\r\npassed "}
    answer = phone_of.post(PAGE, form)
    assert (answer.status_code, answer.url) == (302, PAGE)
    review = SelfReview.objects.get()
    assert (review.points, review.notes, review.submitted_at) == (POINTS, {"study": "Two courses passed"}, at(12))


def test_what_is_missing_is_named_and_what_was_typed_stays(phone_of):
    form = {**GRADES, "version": "0", "life_note": "字" * 201}
    del form["work"]
    answer = phone_of.post(PAGE, form)
    assert answer.status_code == 422
    assert answer.context["problems"] == [
        ("life_note", "Life, note: at most 200 characters. Please shorten it."),
        ("work", "Work: nothing chosen yet. Choose one of the five grades."),
    ]
    shown = marks(answer)
    assert shown.checked == {name: grade for name, grade in GRADES.items() if name != "work"}
    assert "字" * 201 in answer.content.decode()
    assert SelfReview.objects.count() == 0


@pytest.mark.parametrize("typed", ["101", "-1", "1.5", "abc", "", "９９９"])
def test_points_off_the_scale_are_named(phone_of, cycle, typed):
    cycle.scale = "points"
    cycle.save()
    form = {**dict.fromkeys(GRADES, "80"), "study": typed, "version": "0"}
    answer = phone_of.post(PAGE, form)
    assert (answer.status_code, [field for field, _message in answer.context["problems"]]) == (422, ["study"])
    assert marks(answer).fields["study"] == typed
    assert SelfReview.objects.count() == 0


def test_points_are_taken_where_the_month_says_so(phone_of, cycle):
    cycle.scale = "points"
    cycle.save()
    phone_of.post(PAGE, {"thought": "0", "study": "100", "life": "59", "work": "60", "conduct": "88", "version": "0"})
    assert list(SelfReview.objects.get().points.values()) == [0, 100, 59, 60, 88]


def test_a_draft_can_be_kept_without_a_script(phone_of):
    assert phone_of.post(PAGE, {"thought": "good", "version": "0", "keep": "1"}).status_code == 302
    assert marks(phone_of.get("/review/")).checked == {"thought": "good"}


def test_a_stale_page_shows_both_and_loses_nothing(phone_of, member, cycle):
    store(member, cycle, OTHER, act=self_reviews.save_draft, notes={"work": "From the other phone"})
    answer = phone_of.post(PAGE, {**GRADES, "version": "0", "page": "old"})
    assert answer.status_code == 409
    assert answer.context["conflict"]["lines"] == [
        ["Thought", "To improve"], ["Study", "To improve"], ["Life", "To improve"],
        ["Work", "To improve · From the other phone"], ["Conduct", "To improve"],
    ]  # fmt: skip
    assert (marks(answer).checked, marks(answer).fields["version"]) == (GRADES, "1")
    assert SelfReview.objects.get().submitted_at is None
    assert phone_of.post(PAGE, {**GRADES, "version": "1"}).status_code == 302
    assert SelfReview.objects.get().points == POINTS


def test_too_late_says_so_and_shows_the_words_that_were_kept(phone_of, time_machine):
    time_machine.move_to(datetime(2026, 11, 16, tzinfo=SHANGHAI), tick=False)
    answer = phone_of.post(PAGE, {**GRADES, "version": "0", "life_note": "Kept all the same"})
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "Too late: self-reviews were due until 15 November, 23:59." in text
    assert "Kept all the same" in text
    assert SelfReview.objects.get().draft["points"] == POINTS


def test_the_last_moment_is_in_time(phone_of, time_machine):
    time_machine.move_to(datetime(2026, 11, 15, 23, 59, 59, 999999, tzinfo=SHANGHAI), tick=False)
    assert phone_of.post(PAGE, {**GRADES, "version": "0"}).status_code == 302
    assert SelfReview.objects.get().submitted_at is not None


@pytest.mark.parametrize("junk", ["-1", "x", "9" * 30, "0x1", ""])
def test_a_version_that_never_was_breaks_nothing(phone_of, junk):
    form = {**GRADES, "version": junk, "step": junk, "page": "p" * 40}
    assert phone_of.post(PAGE, form).status_code in {302, 422}
    assert phone_of.post(f"{PAGE}draft/", form).status_code in {200, 409, 422}


@pytest.mark.parametrize("words", ["<script>alert(1)</script>", "=1+1", "{{ 7|add:7 }}", "\x00", "'\"><img src=x>"])
def test_a_note_is_only_text(phone_of, words):
    phone_of.post(f"{PAGE}draft/", {"life_note": words, "version": "0"})
    text = phone_of.get("/review/").content.decode()
    assert "<script>alert" not in text
    assert "<img src=x" not in text
    assert "14" not in [note["note"] for note in phone_of.get("/review/").context["fields"]]


# --- Autosave ------------------------------------------------------------------------------------------------


def test_autosave_answers_with_version_and_clock(phone_of):
    answer = phone_of.post(f"{PAGE}draft/", {"thought": "good", "version": "0", "page": "p", "step": "1"})
    assert answer.json() == {"version": 1, "saved": "12:00", "is_draft": True, "is_late": False, "problem": ""}


def test_autosave_keeps_what_it_can_read_and_names_the_rest(phone_of, cycle):
    cycle.scale = "points"
    cycle.save()
    answer = phone_of.post(f"{PAGE}draft/", {"thought": "80", "study": "801", "version": "0"})
    assert answer.json()["problem"] == "Study: points are a whole number from 0 to 100. Please correct it."
    assert SelfReview.objects.get().draft["points"] == {**dict.fromkeys(POINTS), "thought": 80}


def test_autosave_of_a_stale_page_answers_what_stands_there(phone_of, member, cycle):
    store(member, cycle, OTHER, act=self_reviews.save_draft)
    answer = phone_of.post(f"{PAGE}draft/", {"thought": "good", "version": "0", "page": "p", "step": "1"})
    assert (answer.status_code, answer.json()["version"], answer.json()["lines"][0]) == (
        409,
        1,
        ["Thought", "To improve"],
    )


def test_autosave_without_a_session_leads_to_the_log_in(client, cycle):
    assert client.post(f"{PAGE}draft/", {"thought": "good"}).status_code == 302


def test_autosave_after_the_deadline_says_that_it_does_not_count(phone_of, time_machine):
    time_machine.move_to(at(18), tick=False)
    answer = phone_of.post(f"{PAGE}draft/", {"thought": "good", "version": "0"})
    assert (answer.status_code, answer.json()["is_late"]) == (200, True)


# --- History and weight --------------------------------------------------------------------------------------


def test_the_own_months_take_the_same_queries_for_one_and_twenty(phone_of, tree, member, django_assert_num_queries):
    def file(month: date) -> None:
        cycle = months.ensure_month(committee=tree.root, month=month)
        SelfReview.objects.create(cycle=cycle, member=member, branch=tree.b1, submitted_at=at(1), **POINTS)

    file(date(2024, 1, 1))
    with django_assert_num_queries(8):
        assert len(phone_of.get("/review/mine/").context["rows"]) == 1
    for number in range(19):
        file(date(2024 + (number + 1) // 12, (number + 1) % 12 + 1, 1))
    with django_assert_num_queries(8):
        assert len(phone_of.get("/review/mine/").context["rows"]) == 20


def test_the_own_months_are_the_own(phone_of, tree, cycle):
    other = make_user(Role.MEMBER, tree.b1).member
    SelfReview.objects.create(cycle=cycle, member=other, branch=tree.b1, submitted_at=at(1), **POINTS)
    assert phone_of.get("/review/mine/").context["rows"] == []


def test_the_card_weighs_little(phone_of, member, cycle):
    store(member, cycle, OTHER, act=self_reviews.save_draft, notes=dict.fromkeys(POINTS, "字" * 200))
    phone_of.cookies.pop(settings.LANGUAGE_COOKIE_NAME)
    page = phone_of.get("/review/").content
    files = [Path(finders.find(name)).read_bytes() for name in ("evaluations/card.css", "evaluations/card.js")]
    icon = Path(finders.find("branchportal/icon.svg")).read_bytes()
    weight = sum(len(gzip.compress(part)) for part in [page, *files, icon])
    assert weight < 60 * 1024
    assert "提交自评" in page.decode()


def test_the_card_leads_to_the_other_places_of_a_member(phone_of, member, cycle):
    page = html.fromstring(phone_of.get("/review/").content)
    [menu] = page.find_class("places")
    assert [link.get("href") for link in menu.iter("a")] == [
        "/", "/review/mine/", "/results/", "/activities/", "/my-hours/", "/my-record/", "/messages/", "/account/",
    ]  # fmt: skip
    assert [phone_of.get(link.get("href")).status_code for link in menu.iter("a")] == [200] * 8
