"""Does the look keep its promises: nothing inline, nothing from elsewhere, icons that exist, contrast that suffices?"""

import json
import re
from pathlib import Path

import pytest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from lxml import html

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
STYLES = sorted((ROOT / "static").rglob("*.css"))
VENDOR = ROOT / "static" / "vendor"


def read(path):
    return path.read_text(encoding="utf-8")


def test_templates_carry_nothing_inline():
    inline = re.compile(r"<style|\sstyle=|\son[a-z]+=|javascript:|<script(?![^>]*\ssrc=)|\shx-on", re.IGNORECASE)
    assert [(path.name, hit) for path in TEMPLATES for hit in inline.findall(read(path))] == []


def test_nothing_comes_from_elsewhere():
    foreign = re.compile(r"""(?:src|href|url|@import)\s*[=(]?\s*["']?(?:https?:)?//""", re.IGNORECASE)
    assert [(path.name, hit) for path in [*TEMPLATES, *STYLES] for hit in foreign.findall(read(path))] == []


def test_stylesheets_embed_no_data_and_name_no_source_map():
    wanted = re.compile(r"url\(\s*[\"']?data:|sourceMappingURL|light-dark\(")
    assert [(path.name, hit) for path in STYLES for hit in wanted.findall(read(path))] == []


def test_pictures_of_the_stylesheet_exist():
    css = VENDOR / "tabler" / "tabler.min.css"
    named = set(re.findall(r'url\("?([^")]+)"?\)', read(css)))
    assert named == {f"images/{path.name}" for path in (css.parent / "images").iterdir()}


def test_a_form_in_a_part_of_a_page_gets_the_token_of_the_page():
    """An include with `only` knows nothing that is not named."""
    with_forms = {str(path.relative_to(ROOT / "templates")) for path in TEMPLATES if "{% csrf_token %}" in read(path)}
    includes = [
        (part, more)
        for path in TEMPLATES
        for part, more in re.findall(r'{% include "([^"]+)"([^%]*?) only %}', read(path))
    ]
    assert [part for part, more in includes if part in with_forms and "csrf_token=" not in more] == []
    assert [part for part, more in includes if "csrf_token=" in more] == [
        "evaluations/decision_card.html", "members/import_strays.html",
    ]  # fmt: skip


def test_icons_in_templates_exist():
    named = re.compile(r'icon[= ]"([a-z0-9-]+)"')
    used = {name for path in TEMPLATES for name in named.findall(read(path))}
    drawn = set(re.findall(r'<symbol id="([^"]+)"', read(VENDOR / "tabler-icons" / "icons.svg")))
    assert used - drawn == set()
    assert drawn == set(read(VENDOR / "icons.txt").split())


def test_vendored_versions_are_the_locked_ones():
    locked = json.loads(read(VENDOR / "package-lock.json"))["packages"]
    for folder, package in {"tabler": "@tabler/core", "tabler-icons": "@tabler/icons"}.items():
        assert read(VENDOR / folder / "VERSION").strip() == locked[f"node_modules/{package}"]["version"]
        assert "MIT License" in read(VENDOR / folder / "LICENSE")


def test_the_phone_card_stays_small():
    assert (ROOT / "static" / "evaluations" / "card.css").stat().st_size <= 12 * 1024


def luminance(colour):
    """WCAG 2 relative luminance of #rrggbb."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


PALETTE = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", read(ROOT / "static/branchportal/theme.css")))


@pytest.mark.parametrize("text", ["ink", "muted", "red", "red-dark", "link", "link-dark", "green", "amber"])
@pytest.mark.parametrize("ground", ["card", "paper"])
def test_text_can_be_read(text, ground):
    assert contrast(PALETTE[text], PALETTE[ground]) >= 4.5


@pytest.mark.parametrize(
    ("text", "ground"),
    [("red-dark", "red-wash"), ("link", "link-wash"), ("green", "green-wash"), ("amber", "amber-wash")],
)
def test_badges_can_be_read(text, ground):
    assert contrast(PALETTE[text], PALETTE[ground]) >= 4.5


@pytest.mark.parametrize("line", ["edge", "focus"])
def test_edges_of_fields_and_the_focus_ring_can_be_seen(line):
    assert contrast(PALETTE[line], PALETTE["card"]) >= 3
    assert contrast(PALETTE[line], PALETTE["paper"]) >= 3


def test_the_phone_card_shares_the_palette():
    card = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", read(ROOT / "static/evaluations/card.css")))
    assert card == {name: PALETTE[name] for name in card}


@pytest.mark.parametrize(
    ("language", "heading"), [("zh-hans", "系统出错了"), ("en", "Something went wrong on our side")]
)
def test_the_last_error_page_stands_without_a_context(language, heading):
    with translation.override(language):
        page = render_to_string("500.html")
    assert f"<h1>{heading}</h1>" in page
    assert f'<html lang="{language}">' in page


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_what_nginx_says_of_a_large_file_are_the_words_of_the_portal(rf, language):
    with translation.override(language):
        own = html.fromstring(render_to_string("413.html", request=rf.get("/")))
    stands_alone = html.parse(ROOT / "static" / "branchportal" / "too_large.html").getroot()
    said = [words.text_content().strip() for words in stands_alone.xpath("//h1 | //h2 | //p[not(@class)]")]
    words = [words.text_content().strip() for words in own.xpath("//main//h1 | //main//div[@class='card-body']/p")]
    assert words == (said[:4] if language == "zh-hans" else said[4:])


def test_a_missing_page_helps(client, db):
    client.cookies["django_language"] = "en"
    answer = client.get(reverse("members:login") + "no-such-page/")
    assert answer.status_code == 404
    assert "There is no such page" in answer.content.decode()
