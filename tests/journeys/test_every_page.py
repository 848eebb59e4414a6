"""Is every page usable for everybody: accessible, no wider than the window, without an error, in both languages?"""

from __future__ import annotations

import pytest
from django.urls import reverse

from members.roles import Role
from tests.access.matrix import BY_ADDRESS, PUBLIC
from tests.access.test_matrix import MATRIX, address
from tests.access.world import NOW, ROLES, make_world
from tests.evaluations.ranking_material import NOVEMBER, OCTOBER, make_month
from tests.factories import make_branch_tree, make_member, make_user

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.django_db(transaction=True)]

WALKERS = ("member", "secretary", "reviewer", "administrator")
DOWNLOADS = {
    "members:roster_download", "members:roster_template", "members:roster_import_marked",
    "members:roster_import_failing", "activities:ledger", "activities:hours_download", "activities:evidence",
    "activities:own_evidence", "activities:duty_evidence", "activities:own_duty_evidence", "activities:duties_download",
    "evaluations:score_template", "evaluations:rating_sheet",
    "evaluations:score_marked_file", "evaluations:score_failing_rows", "evaluations:ranking_workbook",
    "evaluations:ranking_workbooks", "evaluations:my_data_workbook", "evaluations:my_data_file",
    "evaluations:column_template", "evaluations:column_marked_file", "evaluations:column_failing_rows",
    "evaluations:points_file", "evaluations:own_points_file", "evaluations:defence_workbook",
    "evaluations:defence_sheets",
    "evaluations:month_workbook", "evaluations:ranking_bundle", "evaluations:scheme_document",
}  # fmt: skip
SHOWN = [row for row in MATRIX.values() if row.opens == 200 and row.page not in DOWNLOADS]
PUBLIC_PAGES = sorted(PUBLIC - {"health", "set_language", "members:logout", "activities:calendar_file", *BY_ADDRESS})


def walker_of(row) -> str:
    """Who visits the page: the first who may."""
    return next((person for person in WALKERS if row.signs[person] == "+"), "nobody")


def app_of(row) -> str:
    """Whose page it is; pages of no app have no name before the colon."""
    return row.page.rpartition(":")[0]


def test_every_page_is_visited_by_somebody():
    assert {row.page for row in SHOWN if walker_of(row) == "nobody"} == set()
    assert {*MATRIX} >= DOWNLOADS


@pytest.mark.parametrize(("person", "app"), sorted({(walker_of(row), app_of(row)) for row in SHOWN}))
def test_every_page(person, app, clock, window, look):
    world = make_world(person)
    chinese, english = window(world.user), window(world.user, "en")
    urls = [address(row, world.own) for row in SHOWN if (walker_of(row), app_of(row)) == (person, app)]
    assert [fault for url in urls for fault in look(chinese, url, checked=(1366, 390))] == []
    assert [fault for url in urls for fault in look(english, url, checked=(1366,))] == []
    assert [page.get_attribute("html", "lang") for page in (chinese, english)] == ["zh-hans", "en"]


def test_public_pages(clock, window, look):
    page = window(None)
    assert [fault for name in PUBLIC_PAGES for fault in look(page, reverse(name), checked=(1366, 390))] == []
    assert look(page, "/nowhere/", status=404) == []


def test_the_home_page_of_every_role(clock, window, look):
    tree = make_branch_tree()
    make_month(tree.b1, NOVEMBER)
    make_member(tree.b1)
    people = [window(make_user(role, tree.b1)) for role in sorted({*ROLES.values()})]
    assert [fault for page in people for fault in look(page, "/")] == []


@pytest.mark.parametrize("person", ["member", "secretary", "reviewer", "administrator"])
def test_a_portal_in_which_nothing_has_happened_yet(person, clock, window, look):
    page = window(make_user(ROLES[person], make_branch_tree().b1))
    urls = [reverse(row.page) for row in SHOWN if not row.thing and row.signs[person] == "+"]
    without_month = {reverse("evaluations:remind_branches"): 404}
    assert [
        fault for url in urls for fault in look(page, url, status=without_month.get(url, 200))
    ] == []  # fmt: skip


@pytest.mark.parametrize("state", ["closed", "off", "planned"])
def test_a_month_at_rest(state, time_machine, window, look):
    tree = make_branch_tree()
    make_month(tree.b1, OCTOBER, is_off=state == "off")
    time_machine.move_to(NOW.replace(month=9) if state == "planned" else NOW)
    at_the_desk = [
        reverse(f"evaluations:{page}", kwargs={"code": tree.b1.code, "month": OCTOBER})
        for page in ("month", "ratings", "reviews", "mark_reviews_read", "remind_members", "score_import")
    ]
    of_the_member = [reverse("evaluations:review_of_month", kwargs={"month": OCTOBER}), "/review/mine/", "/"]
    secretary, member = window(make_user(Role.SECRETARY, tree.b1)), window(make_user(Role.MEMBER, tree.b1))
    assert [fault for url in at_the_desk for fault in look(secretary, url)] == []
    assert [fault for url in of_the_member for fault in look(member, url)] == []
