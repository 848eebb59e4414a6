"""Does the README still tell the truth about files, links and the demo's log-ins?"""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from evaluations.demo import loading
from evaluations.demo.log_ins import PASSWORD, log_ins

PROJECT = Path(__file__).resolve().parent.parent.parent
README = (PROJECT / "README.md").read_text(encoding="utf-8")
NOT_TOLD = {"__init__.py", "__pycache__"}


def test_every_file_of_the_shell_has_a_line():
    table = README.partition("The shell, `branchportal/`:")[2].partition("## Further reading")[0]
    told = set(re.findall(r"`([\w.]+)/?`", table))
    there = {entry.name for entry in (PROJECT / "branchportal").iterdir()} - NOT_TOLD
    assert there - told == set()


@pytest.mark.parametrize(
    "page", [PROJECT / "README.md", *sorted((PROJECT / "docs").glob("*.md"))], ids=lambda page: page.name
)
def test_links_and_pictures_lead_somewhere(page):
    links = re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if "://" not in link and not (page.parent / link).exists()] == []


@pytest.mark.django_db
def test_the_log_ins_are_those_of_the_demo():
    loading.load(size=loading.Size(branches=1), now=datetime(2026, 11, 22, 1, 0, tzinfo=UTC))
    told = re.findall(r"^\| .+? \| (\d{6,}) \|", README, re.MULTILINE)
    assert told == [log_in.number for log_in in log_ins()]
    assert f"`{PASSWORD}`" in README
