"""Is every state of a page as usable as the page: forms with errors, what is full, off or handed back, refusals?"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.template.loader import render_to_string
from django.urls import reverse

from activities.models import SignUp
from branchportal import maintenance
from branchportal.kept_words import Kept
from branchportal.maintenance import Notice
from evaluations.services.review_answers import return_review
from members.roles import Role
from tests.access.test_matrix import MATRIX, address
from tests.access.world import NOW, make_world
from tests.activities.examples import make_activity
from tests.evaluations.ranking_material import NOVEMBER, file_self, install, make_month
from tests.factories import make_branch_tree, make_member, make_user
from tests.journeys.conftest import faults

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.django_db(transaction=True)]

# Forms that refuse to be sent empty, by who fills them in.
FORMS = {
    "secretary": [
        "members:person_add", "members:password", "members:roster_import", "members:person_transfer",
        "members:person_end", "members:transfer_decline", "members:transfer_cancel", "members:absence_add",
        "members:appoint", "members:correction", "activities:add", "activities:cancel", "activities:minutes_add",
        "activities:award", "evaluations:score_import", "evaluations:scheme_import", "evaluations:column_import",
        "evaluations:column_withdraw", "evaluations:points_edit", "evaluations:points_withdraw",
    ],
    "member": ["members:ask_correction", "activities:award_add"],
    "reviewer": ["activities:add_kind", "evaluations:spot_check"],
    "administrator": ["members:add_branch"],
}  # fmt: skip
WORDS = "input[type=text], input[type=number], input[type=date], input[type=password], textarea"


def send_empty(page) -> None:
    """Send the page's main form with nothing typed or chosen, past the browser's own check."""
    form = page.locator("main form[method=post]").last
    form.evaluate(
        """(form, words) => {
            form.noValidate = true
            form.querySelectorAll(words).forEach(one => one.value = "")
            form.querySelectorAll("select").forEach(one => one.value = "")
            form.querySelectorAll("input[type=radio]").forEach(one => one.checked = false)
        }""",
        WORDS,
    )
    with page.expect_navigation():
        form.locator("button").last.click()


@pytest.mark.parametrize("person", FORMS)
def test_forms_sent_empty(person, clock, window, live_server):
    world = make_world(person)
    page, found = window(world.user), []
    for row in map(MATRIX.get, FORMS[person]):
        page.set_viewport_size({"width": 390, "height": 844})
        page.goto(live_server.url + address(row, world.own))
        send_empty(page)
        if not page.locator("[aria-invalid=true], .alert-danger").count():
            found.append(f"{row.page} shows no error")
        found += faults(page)
    assert found == []


def test_a_returned_review(clock, window, look):
    tree = make_branch_tree()
    secretary, member = make_user(Role.SECRETARY, tree.b1), make_user(Role.MEMBER, tree.b1)
    review = file_self(member.member, NOVEMBER, 85)
    return_review(review=review, submission=review.submitted_at, reason="请补充学习部分", by=secretary, now=NOW)
    own, desk = window(member), window(secretary)
    address_of = {"code": "B001", "month": NOVEMBER}
    pages = ["month", "reviews", "mark_reviews_read", "remind_members"]
    urls = [reverse(f"evaluations:{page}", kwargs=address_of) for page in pages]
    urls.append(reverse("evaluations:member_review", kwargs={**address_of, "member": member.member.pk}))
    assert [fault for url in ("/", "/review/", "/review/mine/", "/messages/") for fault in look(own, url)] == []
    assert [fault for url in urls for fault in look(desk, url)] == []


ACTIVITIES = {
    "cancelled": {"cancelled_at": NOW, "cancelled_because": "场地停电，改到下周。", "signs_up": True},
    "full": {"signs_up": True, "capacity": 1},
    "over": {"signs_up": True, "starts_at": NOW - timedelta(days=3)},
    "without an end of sign-up": {"signs_up": True},
}


@pytest.mark.parametrize("state", ACTIVITIES)
def test_activities(state, clock, window, look):
    tree = make_branch_tree()
    secretary, member = make_user(Role.SECRETARY, tree.b1), make_user(Role.MEMBER, tree.b1)
    activity = make_activity(tree.b1, **{"starts_at": NOW + timedelta(days=3), **ACTIVITIES[state]})
    for arrival, person in enumerate([make_member(tree.b1), member.member], start=1):
        SignUp.objects.create(activity=activity, member=person, at=NOW, arrival=arrival, has_place=arrival == 1)
    pages = [reverse("activities:activity", args=[activity.pk]), reverse("activities:activities")]
    for user in (secretary, member, make_user(Role.MEMBER, tree.b1)):
        page = window(user)
        assert [fault for url in pages for fault in look(page, url)] == []


def test_a_branch_with_nobody_in_it(clock, window, look):
    """Everything is set up for work, and there is nobody to work on."""
    tree = make_branch_tree()
    install(tree.root)
    make_month(tree.b1, NOVEMBER)
    page = window(make_user(Role.SECRETARY, tree.b1))
    month = {"code": "B001", "month": NOVEMBER}
    of_the_month = ["month", "reviews", "mark_reviews_read", "ratings", "remind_members", "remind_officers"]
    urls = [reverse(f"evaluations:{name}", kwargs=month) for name in of_the_month]
    urls += [
        reverse(name) for name in ("members:roster", "activities:hours", "activities:awards", "members:graduation")
    ]
    assert [fault for url in urls for fault in look(page, url)] == []


def test_a_search_and_filters_that_find_nothing(clock, window, look):
    page = window(make_user(Role.SECRETARY, make_branch_tree().b1))
    lists = ["members:search", "members:roster", "activities:activities", "activities:awards", "activities:hours"]
    urls = [reverse(name, query={"q": "nobody"}) for name in lists]
    assert [fault for url in urls for fault in look(page, url)] == []


def test_refusals(clock, window, look):
    member = make_user(Role.MEMBER, make_branch_tree().b1)
    page = window(member)
    assert look(page, "/people/add/", status=403) == []
    assert look(page, "/nowhere/", status=404) == []
    assert look(window(None), "/nowhere/", status=404) == []


def test_what_is_too_large(clock, window, live_server, settings):
    page = window(None)
    page.goto(f"{live_server.url}/login/")
    settings.UPLOAD_LIMIT = 10
    page.fill("[name=number]", "2023000001")
    page.fill("[name=password]", "x" * 20)
    with page.expect_navigation() as answer:
        page.click("main form button.btn-primary")
    assert (answer.value.status, faults(page, (1366, 390))) == (413, [])


@pytest.fixture
def any_answer(chromium):
    """A window in which an answer of 5xx, which the browser notes as an error, is expected."""
    context = chromium.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    yield context.new_page()
    context.close()


def test_closed_for_maintenance(any_answer, live_server, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    maintenance.begin(Notice(until=NOW + timedelta(days=3650), text="更换服务器"))
    assert any_answer.goto(live_server.url).status == 503
    assert faults(any_answer, (1366, 390)) == []


def test_a_database_that_is_away_while_somebody_sends(any_answer, live_server):
    form = Kept("/people/add/", (("name", "王芳"),), had_files=True)
    page = render_to_string("503.html", {"kept": form, "was_sent": True, "csrf_token": "t"})
    any_answer.route("**/nowhere/", lambda route: route.fulfill(status=503, body=page))
    any_answer.goto(f"{live_server.url}/nowhere/")
    assert faults(any_answer, (1366, 390)) == []


def test_an_error_of_the_portal(any_answer, live_server):
    any_answer.route("**/nowhere/", lambda route: route.fulfill(status=500, body=render_to_string("500.html")))
    any_answer.goto(f"{live_server.url}/nowhere/")
    assert faults(any_answer, (1366, 390)) == []
