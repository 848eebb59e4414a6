"""Does a member come from the home page to the last month of his score in two taps, on a phone?"""

from __future__ import annotations

import pytest

from tests.browser import fits, signed_in
from tests.evaluations.appeal_material import make_ranked

OWN_RESULT = "section[aria-labelledby=own-result-title] a"

pytestmark = pytest.mark.browser


@pytest.fixture
def page(tree, live_portal, open_page):
    ranked = make_ranked(tree)
    return signed_in(open_page(390, 844), live_portal.url, ranked.members[2].user)


def test_two_taps_from_home_to_every_month(page, live_portal, axe):
    page.goto(live_portal.url + "/")
    page.click(OWN_RESULT)
    parts = page.locator("details.part")
    assert (parts.count(), page.locator("details.part[open]").count()) == (2, 0)
    for place in range(parts.count()):
        parts.nth(place).locator("summary").click()
        months = parts.nth(place).locator("tbody tr")
        assert [months.nth(row).is_visible() for row in range(months.count())] == [True, True]
    assert fits(page)
    links = page.locator("a.appeal-link")
    assert min(links.nth(place).bounding_box()["height"] for place in range(links.count())) >= 44
    axe(page)
    page.set_viewport_size({"width": 320, "height": 640})
    assert fits(page)


def test_on_paper_every_part_is_open(page, live_portal):
    page.goto(live_portal.url + "/")
    page.click(OWN_RESULT)
    page.wait_for_load_state("load")
    page.emulate_media(media="print")
    assert page.locator("details.part tbody tr").last.is_visible()
