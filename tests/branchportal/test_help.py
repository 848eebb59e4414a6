"""Does every link, anchor and question mark of the help lead somewhere, in both languages?"""

from __future__ import annotations

import pytest
from django.conf import settings
from django.urls import get_resolver, reverse
from django.utils.module_loading import import_string
from django.utils.translation import override
from lxml import html

from branchportal.help.contexts import CONTEXTS, OF_GUIDE, help_url
from branchportal.help.glossary import GLOSSARY
from branchportal.help.guides import GUIDES
from members.navigation import GUIDES as GUIDE_OF_ROLE
from members.roles import Role
from tests.access.test_matrix import PAGES
from tests.factories import make_branch_tree, make_user, sign_in

pytestmark = pytest.mark.django_db

TERMS = [term for _title, terms in GLOSSARY for term in terms]
# Pages that need no help of their own: home explains itself, the notice and the retention table are explanations.
SELF_EXPLAINING = {"evaluations:home", "members:search"}


def anchors(page: str) -> set[str]:
    return {*html.fromstring(page).xpath("//main//*/@id")}


@pytest.mark.parametrize(("view_name", "target"), sorted(CONTEXTS.items()))
def test_every_question_mark_leads_to_an_anchor_that_exists(client, view_name, target):
    page, anchor = target
    assert view_name in PAGES
    assert anchor in anchors(client.get(reverse(page)).text)
    assert help_url(view_name) == f"{reverse(page)}#{anchor}"


@pytest.mark.parametrize(("key", "target"), sorted(OF_GUIDE.items()))
def test_a_reader_is_led_to_the_own_guide_where_it_speaks_of_the_page(client, key, target):
    (guide, view_name), (page, anchor) = key, target
    assert view_name in CONTEXTS
    assert anchor in anchors(client.get(reverse(page)).text)
    assert help_url(view_name, guide) == f"{reverse(page)}#{anchor}"


@pytest.mark.parametrize(("role", "page"), [(Role.MEMBER, "member"), (Role.SECRETARY, "secretary")])
def test_the_question_mark_of_the_activities_leads_each_to_his_own_guide(client, role, page):
    sign_in(client, make_user(role, make_branch_tree().b1))
    shown = html.fromstring(client.get(reverse("activities:activities")).text)
    assert shown.xpath("//a[contains(@class, 'help-here')]/@href") == [f"{reverse(f'guide_{page}')}#activities"]


@pytest.mark.parametrize(("role", "page"), [(Role.MEMBER, "member"), (Role.SECRETARY, "secretary")])
def test_a_page_that_is_not_open_leads_each_to_his_own_guide(client, role, page):
    sign_in(client, make_user(role, make_branch_tree().b1))
    refused = client.get(reverse("evaluations:calendar"))
    assert refused.status_code == 403
    links = html.fromstring(refused.text).xpath("//a[contains(@class, 'help-here')]/@href")
    assert links == [reverse(f"guide_{page}")]


def test_every_place_of_the_menus_has_help(rf):
    tree = make_branch_tree()
    names = set()
    for role in Role:
        request = rf.get("/")
        request.user = make_user(role, tree.b1)
        names |= {item.url_name for path in settings.NAVIGATION for item in import_string(path)(request)}
    assert names - {*CONTEXTS} - SELF_EXPLAINING == set()


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.slug)
def test_a_guide_shows_its_sections_and_its_links_resolve(client, guide):
    page = client.get(reverse(guide.url_name)).text
    tree = html.fromstring(page)
    assert {section.anchor for section in guide.sections} <= anchors(page)
    assert tree.xpath("//div[contains(@class, 'help-text')]//h2/text()") == [str(s.title) for s in guide.sections]
    for section in guide.sections:
        for link in section.links:
            assert reverse(link.url_name)


def test_anchors_are_unique():
    for guide in GUIDES:
        found = [section.anchor for section in guide.sections]
        assert len(found) == len({*found})
    assert len(TERMS) == len({term.anchor for term in TERMS})


def test_the_glossary_shows_every_term_with_its_meaning(client):
    client.cookies["django_language"] = "en"
    page = client.get(reverse("glossary")).text
    assert {term.anchor for term in TERMS} <= anchors(page)
    with override("en"):
        assert [term.text_content().strip() for term in html.fromstring(page).xpath("//main//dt")] == [
            str(term.term) for term in TERMS
        ]


@pytest.mark.parametrize("role", list(Role))
def test_the_own_guide_comes_first(client, role):
    tree = make_branch_tree()
    sign_in(client, make_user(role, tree.b1))
    shown = client.get(reverse("help")).context["guides"]
    assert shown[0].slug == GUIDE_OF_ROLE.get(role, "secretary")
    assert {guide.slug for guide in shown} == {"member", "secretary", "counselor", "reviewer"}


def test_help_is_open_before_the_log_in(client):
    for name in ("help", "glossary", *(guide.url_name for guide in GUIDES)):
        assert client.get(reverse(name)).status_code == 200


def test_a_page_prints_its_question_mark_and_one_without_help_none(client):
    sign_in(client, make_user(Role.SECRETARY, make_branch_tree().b1))
    roster = html.fromstring(client.get(reverse("members:roster")).text)
    assert roster.xpath("//a[@class='help-here']/@href") == ["/help/secretary/#roster"]
    home = html.fromstring(client.get(reverse("evaluations:home")).text)
    assert home.xpath("//a[@class='help-here']") == []


def test_every_view_of_the_mapping_is_a_page():
    assert {*CONTEXTS} - {*PAGES} == set()
    assert get_resolver().resolve("/help/").view_name == "help"
