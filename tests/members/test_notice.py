"""Is the privacy notice read once per version before first use, and is nothing lost to it?"""

from datetime import date

import pytest
from django.test import Client

from branchportal.models import AuditEntry
from members import notice
from members.models import User
from members.roles import Role
from tests.factories import make_user, sign_in

pytestmark = pytest.mark.django_db
READ = "/privacy/reading/"


@pytest.fixture
def newcomer(tree):
    user = make_user(Role.MEMBER, tree.b1, password="ming-yuan-2026")
    User.objects.filter(pk=user.pk).update(notice_version=0)
    return user


@pytest.fixture
def page(client, newcomer):
    return sign_in(client, newcomer)


def test_the_first_page_is_the_notice_and_one_click_leads_on(page, newcomer):
    met = page.get("/people/?q=a")
    assert (met.status_code, met["Location"]) == (302, "/privacy/?next=%2Fpeople%2F%3Fq%3Da")
    shown = page.get(met["Location"])
    assert (shown.context["is_unread"], shown.context["next"]) == (True, "/people/?q=a")
    assert page.post(READ, {"version": "1", "next": "/account/"})["Location"] == "/account/"
    assert page.get("/account/").status_code == 200
    newcomer.refresh_from_db()
    assert (newcomer.notice_version, newcomer.notice_at is not None) == (1, True)
    line = AuditEntry.objects.get()
    assert (line.action, line.after, line.branch) == ("account.notice_read", {"version": 1}, newcomer.member.branch)


def test_two_clicks_count_once(page, newcomer):
    page.post(READ, {"version": "1", "next": "/"})
    first = User.objects.get(pk=newcomer.pk).notice_at
    page.post(READ, {"version": "1", "next": "/"})
    assert (User.objects.get(pk=newcomer.pk).notice_at, AuditEntry.objects.count()) == (first, 1)


def test_a_new_version_is_read_again_by_everybody_once(page, monkeypatch):
    page.post(READ, {"version": "1"})
    monkeypatch.setattr(notice, "VERSION", 2)
    assert page.get("/account/")["Location"] == "/privacy/?next=%2Faccount%2F"
    old_window = page.post(READ, {"version": "1", "next": "/account/"})
    assert old_window["Location"] == "/privacy/?next=%2Faccount%2F"
    page.post(READ, {"version": "2"})
    assert page.get("/account/").status_code == 200


@pytest.mark.parametrize("version", ["", "0", "x", "２", "99999999999999999999"])
def test_no_other_version_is_taken(page, newcomer, version):
    assert page.post(READ, {"version": version})["Location"] == "/privacy/?next=%2F"
    assert User.objects.get(pk=newcomer.pk).notice_version == 0


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example/", ""])
def test_it_leads_nowhere_else(page, wanted):
    assert page.post(READ, {"version": "1", "next": wanted})["Location"] == "/"


def test_what_somebody_sends_in_is_never_lost_to_the_notice(page, newcomer):
    sent = page.post("/account/email/", {"email": "zhao@example.edu"})
    assert (sent.status_code, User.objects.get(pk=newcomer.pk).email) == (302, "zhao@example.edu")


def test_logging_out_the_language_and_the_table_need_no_notice(page):
    assert page.get("/privacy/retention/").status_code == 200
    assert page.post("/language/", {"language": "en"}).status_code == 302
    assert page.get("/health/").status_code == 200
    assert page.get("/account/messages/", headers={"HX-Request": "true"}).status_code == 200
    assert page.post("/logout/")["Location"] == "/login/"


def test_logging_in_leads_over_the_notice_to_the_wanted_page(newcomer):
    browser = Client()
    form = {"number": newcomer.number, "password": "ming-yuan-2026", "next": "/account/"}
    assert browser.post("/login/", form, follow=True).redirect_chain == [
        ("/account/", 302), ("/privacy/?next=%2Faccount%2F", 302),
    ]  # fmt: skip


def test_everybody_reads_it_at_any_time_without_a_button(client, tree):
    assert client.get("/privacy/").context["is_unread"] is False
    make_user(Role.SECRETARY, tree.b1, name="王文静")
    make_user(Role.SECRETARY, tree.b2, name="李浩然")
    make_user(Role.SECRETARY, tree.b1, name="孙前任", ends_on=date(2025, 9, 1))
    response = sign_in(client, make_user(Role.MEMBER, tree.b1)).get("/privacy/")
    assert (response.context["is_unread"], response.context["secretaries"]) == (False, ["王文静"])
    assert "button-main" not in response.content.decode()
    assert client.get("/").status_code == 200


def test_a_read_notice_costs_no_query(client, tree, django_assert_num_queries):
    sign_in(client, make_user(Role.MEMBER, tree.b1))
    client.get("/account/email/")
    with django_assert_num_queries(4):
        client.get("/account/email/")
