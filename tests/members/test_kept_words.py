"""Does a form that arrives after the session has ended, or under an old token, keep its words?"""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from lxml import html

from branchportal.kept_words import Kept, pack, unpack
from members.models import Member
from members.roles import Role
from tests.factories import make_branch_tree, make_member, make_user, sign_in

pytestmark = pytest.mark.django_db

BROWSER = {"Accept": "text/html,application/xhtml+xml"}
PASSWORD = "green-Bamboo-77"


@pytest.fixture
def secretary():
    return make_user(Role.SECRETARY, make_branch_tree().b1, number="9001", password=PASSWORD)


def fields(page: str) -> dict[str, str]:
    """The fields of the page's own form."""
    return {one.get("name"): one.get("value", "") for one in html.fromstring(page).xpath("//main//form//input")}


def person_form(branch) -> dict[str, str]:
    return {"branch": branch.pk, "number": "3009", "name": "王芳", "kind": "student", "stage": "applicant",
            "joined_on": "2026-09-01"}  # fmt: skip


def test_words_of_an_ended_session_are_sent_after_the_log_in(client, secretary):
    branch = secretary.role_assignments.get().branch
    sent = person_form(branch)
    expired = client.post(reverse("members:person_add"), sent, headers=BROWSER)
    assert (expired.status_code, Member.objects.count()) == (401, 0)
    words = fields(expired.text)["words"]

    wrong = client.post(reverse("members:login"), {"number": "9001", "password": "no", "words": words})
    assert fields(wrong.text)["words"] == words

    again = client.post(reverse("members:login"), {"number": "9001", "password": PASSWORD, "words": words})
    assert again.status_code == 200
    form = html.fromstring(again.text).xpath("//main//form")[0]
    assert form.get("action") == reverse("members:person_add")
    kept = fields(again.text)
    kept.pop("csrfmiddlewaretoken")
    assert kept == {name: str(value) for name, value in sent.items()}

    client.post(form.get("action"), kept)
    assert Member.objects.get().name == "王芳"


def test_words_wait_also_for_who_has_logged_in_in_another_window(client, secretary):
    branch = secretary.role_assignments.get().branch
    expired = client.post(reverse("members:person_add"), person_form(branch), headers=BROWSER)
    words = fields(expired.text)["words"]
    sign_in(client, secretary)
    again = client.post(reverse("members:login"), {"number": "9001", "words": words})
    assert fields(again.text)["name"] == "王芳"
    assert client.post(reverse("members:login"), {"words": "forged"}).status_code == 302


def test_before_words_are_sent_the_page_names_whose_they_will_be(client, secretary):
    client.cookies["django_language"] = "en"
    expired = client.post(reverse("members:email"), {"email": "new@example.edu"}, headers=BROWSER)
    other = make_user(Role.COUNSELOR, secretary.role_assignments.get().branch, name="李明", number="9002")
    sign_in(client, other)
    again = client.post(reverse("members:login"), {"words": fields(expired.text)["words"]})
    assert "It is sent in the name of <strong>李明</strong> (9002)." in again.text


def test_a_script_that_saves_is_led_to_the_log_in(client):
    url = reverse("members:person_add")
    assert client.post(url, {"name": "王芳"}).status_code == 302
    assert client.get(url, headers=BROWSER).status_code == 302


def test_passwords_are_never_carried(client):
    sent = {"old_password": "old secret", "new_password": "new secret", "note": "一句说明文字"}
    expired = client.post(reverse("members:password"), sent, headers=BROWSER)
    form = unpack(fields(expired.text)["words"])
    assert form == Kept(reverse("members:password"), (("note", "一句说明文字"),))
    assert form.sentences == ["一句说明文字"]


def test_words_that_were_changed_or_are_too_many_are_not_taken(client):
    packed = pack(Kept("/people/add/", (("name", "王芳"),)))
    assert unpack(packed) == Kept("/people/add/", (("name", "王芳"),))
    assert unpack(packed[:-1] + ("A" if packed[-1] != "A" else "B")) is None
    assert unpack("") is None
    assert pack(Kept("/", (("note", "x" * 200_001),))) == ""


@pytest.mark.parametrize(
    ("origin", "comes_back"), [("http://testserver", True), ("https://evil.example", False), ("", False)]
)
def test_an_old_token_gives_the_words_back_to_our_own_page_alone(secretary, origin, comes_back):
    client = sign_in(Client(enforce_csrf_checks=True), secretary)
    headers = {"Origin": origin} if origin else {}
    answer = client.post(reverse("members:email"), {"email": "new@example.edu"}, headers=headers)
    assert answer.status_code == 403
    assert ("new@example.edu" in answer.text) == comes_back
    secretary.refresh_from_db()
    assert secretary.email == ""


def test_a_file_that_is_far_too_large_is_refused(client, secretary, settings):
    settings.UPLOAD_LIMIT = 1000
    sign_in(client, secretary, language="en")
    answer = client.post(reverse("members:roster_import"), {"name": "x" * 2000})
    assert answer.status_code == 413
    assert "Files have 10 MB at most." in answer.text


def test_a_form_that_is_too_large_is_refused(client, secretary, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    sign_in(client, secretary)
    assert client.post(reverse("members:email"), {"email": "x" * 200}).status_code == 413


def test_a_page_that_does_not_open_says_which_right_is_missing(client):
    tree = make_branch_tree()
    sign_in(client, make_user(Role.COUNSELOR, tree.first), language="en")
    assert (
        "It needs the right to keep the roster, which comes with these offices: Secretary, Organisation commissioner. "
        "They are given by: Secretary, Committee reviewer, System administrator."
    ) in client.get(reverse("members:person_add")).text
    assert "This page is for people who belong to a branch." in client.get(reverse("members:own_record")).text


def test_a_missing_page_offers_search_and_the_usual_places(client):
    tree = make_branch_tree()
    member = make_member(tree.b2)
    sign_in(client, make_user(Role.SECRETARY, tree.b1))
    for url in ("/nowhere/", reverse("members:person", args=[member.pk])):
        page = html.fromstring(client.get(url).text)
        assert page.xpath("//main//form[@role='search']/@action") == ["/search/"]
        assert page.xpath("//main//ul[@class='todo-list']//a/@href")[0] == "/"
        assert member.name not in client.get(url).text
