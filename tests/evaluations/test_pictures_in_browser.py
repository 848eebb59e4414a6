"""Can pictures be read on the narrowest phone, in an office and on paper, by everybody, and do sheets print whole?"""

from __future__ import annotations

import io
import unicodedata

import pytest
from pypdf import PdfReader

from evaluations.models import RankingRun, ReviewAnswer
from evaluations.services import compile as compiling
from members.roles import Role
from tests.browser import fits, signed_in
from tests.evaluations.ranking_material import (
    NOW,
    OCTOBER,
    SEPTEMBER,
    file_self,
    install,
    make_month,
    rate,
    review,
)
from tests.factories import generated_name, make_branch_tree, make_member, make_user

pytestmark = pytest.mark.browser

WIDTHS = (320, 390, 1366)
RADICALS = str.maketrans("⻛⺠", "风民")  # those without a compatibility mapping
# Of each visible letter in a drawing: how large it is, whether it leaves its card, which others it covers.
LETTERS = """() => {
  const boxes = (svg) => [...svg.querySelectorAll("text")].map((text) => {
    const box = text.getBoundingClientRect();
    const size = parseFloat(getComputedStyle(text).fontSize) * svg.getScreenCTM().a;
    return { words: text.textContent, box, size };
  });
  const covers = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 4 && b.top < a.bottom - 4;
  const faults = [];
  let letters = 0;
  for (const svg of document.querySelectorAll("svg.picture")) {
    if (!svg.checkVisibility()) continue;
    const card = svg.closest(".card").getBoundingClientRect();
    const texts = boxes(svg);
    letters += texts.length;
    texts.forEach((one, place) => {
      if (one.size < 12) faults.push(`${one.words} has ${one.size} px`);
      if (one.box.left < card.left || one.box.right > card.right) faults.push(`${one.words} leaves its card`);
      texts.slice(place + 1).filter((other) => covers(one.box, other.box))
        .forEach((other) => faults.push(`${one.words} covers ${other.words}`));
    });
  }
  return { faults, letters };
}"""

LINE_AND_MARK = """(series) => {
  const line = document.querySelector(`.picture-radar .line-${series}`);
  const mark = document.querySelector(`.picture-radar .mark-${series}`);
  const fill = getComputedStyle(mark).fill === "none" ? "hollow" : "filled";
  return [getComputedStyle(line).strokeDasharray, fill, mark.getAttribute("d").match(/[am]-?[^am]*$/)[0]];
}"""


@pytest.fixture
def tree(live_portal):
    tree = make_branch_tree()
    install(tree.b1)
    return tree


@pytest.fixture
def member(tree):
    """A year of a member: filed, late, returned, off, missed."""
    member = make_user(Role.MEMBER, tree.b1, name="赵明").member
    for number in range(1, 7):
        month = SEPTEMBER.replace(month=number)
        file_self(member, month, *(95 - 10 * ((number + place) % 5) for place in range(5)))
        rate(member, month, *(55 + 10 * ((number * place) % 5) for place in range(5)))
    member.selfreviews.filter(cycle__month__month=3).update(is_late=True)
    make_month(tree.b1, SEPTEMBER.replace(month=8), is_off=True)
    returned = file_self(member, SEPTEMBER, 75)
    ReviewAnswer.objects.create(
        review=returned, kind="return", text="请补充", at=NOW, submitted_at=NOW, words={"points": {}, "notes": {}}
    )
    member.selfreviews.filter(pk=returned.pk).update(submitted_at=None)
    rate(member, OCTOBER, 85)
    return member


@pytest.fixture
def run(tree, live_portal):
    for place in range(34):
        person = make_member(tree.b1, name=generated_name(place))
        if place < 30:
            for month in (SEPTEMBER, OCTOBER):
                review(person, month, own=95 - 2 * (place // 3), branch=95 - place)
    compiling.request(branch=tree.b1, purpose="candidate", first=SEPTEMBER, last=OCTOBER, by=None, now=NOW)
    live_portal.wait_until_idle()
    return RankingRun.objects.get()


def faults_of(page, address, *, least):
    """What is wrong with the letters of this page's pictures; folded parts are opened."""
    page.goto(address)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    found = page.evaluate(LETTERS)
    assert found["letters"] >= least
    return found["faults"] + ([] if fits(page) else ["the page is wider than the window"])


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("width", WIDTHS)
def test_letters_of_the_own_pictures_can_be_read(live_portal, member, open_page, axe, width, language):
    page = signed_in(open_page(width, 800, locale=language), live_portal.url, member.user)
    assert faults_of(page, live_portal.url + "/review/mine/?month=2026-06", least=60) == []
    assert faults_of(page, live_portal.url + "/review/mine/2026-06/", least=5) == []
    axe(page)


@pytest.mark.parametrize("width", WIDTHS)
def test_letters_of_a_rankings_pictures_can_be_read(live_portal, tree, run, open_page, axe, width):
    page = signed_in(open_page(width, 800), live_portal.url, make_user(Role.SECRETARY, tree.b1))
    assert faults_of(page, f"{live_portal.url}/rankings/{run.pk}/?places=3", least=2) == []
    axe(page)
    entry = run.entries.get(rank=2)
    page.goto(f"{live_portal.url}/rankings/{run.pk}/people/{entry.pk}/")
    assert fits(page)
    axe(page)


def test_colours_of_the_system_take_the_place_of_ours(live_portal, member, open_page):
    page = signed_in(open_page(390, 800, forced_colors="active"), live_portal.url, member.user)
    page.goto(live_portal.url + "/review/mine/?month=2026-06")
    colours = page.evaluate(
        """() => [".picture-radar .line-0", ".picture-radar .line-1", ".picture-radar text"].map((name) => {
          const style = getComputedStyle(document.querySelector(name));
          return name.endsWith("text") ? style.fill : style.stroke;
        })"""
    )
    assert [one.startswith("rgb") for one in colours] == [True] * 3
    assert "rgb(179, 38, 30)" not in colours
    assert colours[0] != colours[1]


def printed(page, address) -> PdfReader:
    page.goto(address)
    return PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))


def texts(paper: PdfReader) -> list[str]:
    """The words of each sheet; Chromium writes some characters as the radicals that look like them."""
    return [unicodedata.normalize("NFKC", sheet.extract_text()).translate(RADICALS) for sheet in paper.pages]


def sizes(paper: PdfReader) -> set[tuple[int, int]]:
    """In millimetres."""
    return {tuple(round(float(side) / 72 * 25.4) for side in sheet.mediabox[2:]) for sheet in paper.pages}


def test_a_ranking_prints_whole_on_landscape_sheets(live_portal, tree, run, desktop):
    page = signed_in(desktop, live_portal.url, make_user(Role.SECRETARY, tree.b1))
    paper = printed(page, f"{live_portal.url}/rankings/{run.pk}/?places=3")
    sheets = texts(paper)
    assert (len(sheets), sizes(paper)) == (3, {(297, 210)})
    everything = "".join(sheets)
    names = list(run.entries.values_list("name", flat=True))
    assert (len(names), [name for name in names if name not in everything]) == (34, [])
    assert run.fingerprint in everything.replace("\n", "")
    assert "供支委会研究参考" in sheets[0]
    assert [f"{number} / 3" in sheet for number, sheet in enumerate(sheets, 1)] == [True] * 3
    assert ["姓名" in sheet for sheet in sheets] == [True] * 3  # the headers of the table are repeated
    assert "怎么来的" not in everything


def test_the_card_of_a_month_prints_on_one_upright_sheet(live_portal, member, desktop):
    page = signed_in(desktop, live_portal.url, member.user)
    paper = printed(page, f"{live_portal.url}/review/mine/2026-06/")
    text = "".join(texts(paper))
    assert (len(paper.pages), sizes(paper)) == (1, {(210, 297)})
    words = ("赵明", "思想", "学习", "生活", "工作", "作风", "支部总评", "1 / 1")
    assert [word for word in words if word not in text] == []


def test_a_persons_evidence_prints_upright_with_its_seal(live_portal, tree, run, desktop):
    page = signed_in(desktop, live_portal.url, make_user(Role.SECRETARY, tree.b1))
    entry = run.entries.get(rank=1)
    paper = printed(page, f"{live_portal.url}/rankings/{run.pk}/people/{entry.pk}/")
    text = "".join(texts(paper))
    assert sizes(paper) == {(210, 297)}
    assert len(paper.pages) <= 2
    assert (entry.name in text, run.fingerprint in text.replace("\n", ""), "首页" in text) == (True, True, False)


@pytest.mark.parametrize("media", ["print", "screen"])
def test_pictures_are_drawn_without_colour_too(live_portal, member, open_page, media):
    """Shape and dash tell the two series apart."""
    page = signed_in(open_page(390, 800), live_portal.url, member.user)
    page.emulate_media(media=media)
    page.goto(live_portal.url + "/review/mine/?month=2026-06")
    own, branch = (page.evaluate(LINE_AND_MARK, series) for series in (0, 1))
    assert own == ["none", "filled", "a4 4 0 1 0-8 0z"]
    assert branch == ["5px, 3px", "hollow", "m-4-4h8v8h-8z"]
