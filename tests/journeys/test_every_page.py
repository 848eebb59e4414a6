"""Is every page usable for everybody: accessible, no wider than the window, without an error, in both languages?"""

from __future__ import annotations

import pytest
from django.conf import settings
from django.urls import reverse

from members.roles import Role
from tests.access.matrix import PUBLIC
from tests.access.test_matrix import MATRIX, address
from tests.access.world import NOW, ROLES, make_world
from tests.browser import fits, signed_in
from tests.evaluations.ranking_material import NOVEMBER, OCTOBER, make_month
from tests.factories import make_branch_tree, make_member, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WALKERS = ("member", "secretary", "reviewer", "administrator")
SIZES = {1366: 768, 390: 844, 320: 640}
DOWNLOADS = {
    "members:roster_download", "members:roster_template", "members:roster_import_marked",
    "members:roster_import_failing", "evaluations:score_template", "evaluations:rating_sheet",
    "evaluations:score_marked_file", "evaluations:score_failing_rows", "evaluations:ranking_workbook", "evaluations:ranking_workbooks",
    "evaluations:my_data_workbook", "evaluations:my_data_file", "evaluations:month_workbook", "evaluations:ranking_bundle", "evaluations:scheme_document",
}  # fmt: skip
FORMS = [
    "members:person_add", "members:password", "members:roster_import", "activities:add", "evaluations:scheme_import",
]  # fmt: skip
CULPRITS = """Array.from(document.querySelectorAll("main *"))
    .filter(one => one.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
    .map(one => one.outerHTML.slice(0, 120)).slice(0, 4)"""
SHOWN = [row for row in MATRIX.values() if row.opens == 200 and row.page not in DOWNLOADS]


def walker_of(row) -> str:
    """Who visits the page: the first who may."""
    return next((person for person in WALKERS if row.signs[person] == "+"), "nobody")


@pytest.fixture
def clock(time_machine):
    time_machine.move_to(NOW)


@pytest.fixture
def window(open_page, live_server):
    """`window(user)` is signed in as that person (None: as nobody); `language` is one that was chosen."""

    def of(user, language=""):
        page = open_page(1366, 768)
        if language:
            cookie = {"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": live_server.url}
            page.context.add_cookies([cookie])
        return signed_in(page, live_server.url, user) if user else page

    return of


@pytest.fixture
def look(live_server, axe):
    """Open an address and return what lies beside the window at any width."""

    def at(page, url, *, status=200, checked=(390,)):
        assert page.goto(live_server.url + url).status == status, url
        return beside(page, axe, checked)

    return at


def beside(page, axe, checked) -> list[tuple[str, int, list[str]]]:
    """Look at the page as it stands at every width; let axe see it at those of `checked`."""
    found = []
    for width, height in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        if width in checked:
            axe(page)
        if not fits(page):
            found.append((page.url, width, page.evaluate(CULPRITS)))
    return found


def send_empty(page) -> None:
    """Send the page's form with nothing typed, past the browser's own check."""
    form = page.locator("main form[method=post]").last
    form.evaluate(
        "form => { form.noValidate = true; form.querySelectorAll('input[type=text]').forEach(one => one.value = '') }"
    )
    form.locator("button").last.click()
    page.wait_for_load_state()


def test_every_page_is_visited_by_somebody():
    assert {row.page for row in SHOWN if walker_of(row) == "nobody"} == set()
    assert {*MATRIX} >= DOWNLOADS


@pytest.mark.parametrize("person", WALKERS)
def test_every_page(person, clock, window, look):
    world = make_world(person)
    chinese, english = window(world.user), window(world.user, "en")
    urls = [address(row, world.own) for row in SHOWN if walker_of(row) == person]
    assert [wide for url in urls for wide in look(chinese, url, checked=(1366, 390))] == []
    assert [wide for url in urls for wide in look(english, url, checked=(1366,))] == []
    assert [page.get_attribute("html", "lang") for page in (chinese, english)] == ["zh-hans", "en"]


def test_public_pages(clock, window, look):
    page = window(None)
    names = sorted(PUBLIC - {"health", "set_language", "members:logout", "activities:calendar_file"})
    assert [wide for name in names for wide in look(page, reverse(name), checked=(1366, 390))] == []
    assert look(page, "/nowhere/", status=404) == []


def test_the_home_page_of_every_role(clock, window, look):
    tree = make_branch_tree()
    make_month(tree.b1, NOVEMBER)
    make_member(tree.b1)
    for role in sorted({*ROLES.values()}):
        assert look(window(make_user(role, tree.b1)), "/") == []


@pytest.mark.parametrize("person", ["secretary", "reviewer"])
def test_a_portal_in_which_nothing_has_happened_yet(person, clock, window, look):
    page = window(make_user(ROLES[person], make_branch_tree().b1))
    urls = [reverse(row.page) for row in SHOWN if not row.thing and row.signs[person] == "+"]
    assert [wide for url in urls for wide in look(page, url)] == []


@pytest.mark.parametrize("name", FORMS)
def test_forms_sent_empty(name, clock, window, live_server, axe):
    page = window(make_user(Role.SECRETARY, make_branch_tree().b1))
    page.goto(live_server.url + reverse(name))
    send_empty(page)
    assert page.locator("[aria-invalid=true], .alert-danger").count() > 0
    assert beside(page, axe, checked=(390,)) == []


@pytest.mark.parametrize("state", ["closed", "off", "planned"])
def test_a_month_at_rest(state, time_machine, window, look):
    tree = make_branch_tree()
    make_month(tree.b1, OCTOBER, is_off=state == "off")
    time_machine.move_to(NOW.replace(month=9) if state == "planned" else NOW)
    at_the_desk = [
        reverse(f"evaluations:{page}", kwargs={"code": tree.b1.code, "month": OCTOBER})
        for page in ("month", "ratings", "score_import")
    ]
    of_the_member = [reverse("evaluations:review_of_month", kwargs={"month": OCTOBER}), "/review/mine/", "/"]
    secretary, member = window(make_user(Role.SECRETARY, tree.b1)), window(make_user(Role.MEMBER, tree.b1))
    assert [wide for url in at_the_desk for wide in look(secretary, url)] == []
    assert [wide for url in of_the_member for wide in look(member, url)] == []
