"""Does every upload page answer a broken or hostile file with a clear sentence, and write nothing?"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from branchportal.models import AuditEntry
from evaluations.models import BranchReview, ScoringScheme, SelfReview
from members.models import ImportBatch, Member
from members.roles import Role
from tests.access.world import NOW
from tests.branchportal.spreadsheets.workbooks import raw_workbook, text_row
from tests.evaluations.ranking_material import OCTOBER, make_month
from tests.factories import make_branch_tree, make_user, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

HEADER = text_row(1, "学号", "姓名")
CLEAN = (Path(__file__).parents[1] / "data/rosters/clean.xlsx").read_bytes()
LAUGHS = '<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>'
OUTSIDE = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>'
BROKEN = {
    "empty": lambda: b"",
    "truncated": lambda: CLEAN[: len(CLEAN) // 2],
    "bomb": lambda: raw_workbook(HEADER, extra=[("xl/media/a.bin", b"\0" * (60 * 1024 * 1024))]),
    "laughs": lambda: raw_workbook(HEADER, sheet_doctype=LAUGHS),
    "outside": lambda: raw_workbook(HEADER, workbook_doctype=OUTSIDE),
    "picture": lambda: b"\x89PNG\r\n\x1a\n123",
    "document": lambda: b"%PDF-1.7 a",
    "old binary": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 a .doc file",
    "page": lambda: b"<html><table><tr><td>1</td></tr></table></html>",
    "million empty rows": lambda: raw_workbook(
        "".join(f'<row r="{row}"><c r="A{row}" s="0"/></row>' for row in range(1, 1_048_577))
    ),
    "far apart": lambda: raw_workbook(HEADER + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
    "no header": lambda: raw_workbook(text_row(1, "甲", "乙")),
    "random": lambda: bytes(range(256)) * 40,
    "too large": lambda: b"1" * (10 * 1024 * 1024 + 1),
}  # fmt: skip


@pytest.fixture
def branch(client, time_machine):
    time_machine.move_to(NOW, tick=False)
    branch = make_branch_tree().b1
    sign_in(client, make_user(Role.SECRETARY, branch))
    make_month(branch, OCTOBER)
    return branch


def kept() -> list[int]:
    return [
        model.objects.count() for model in (Member, SelfReview, BranchReview, ImportBatch, ScoringScheme, AuditEntry)
    ]


def refused(client, url: str, kind: str, **data) -> str:
    """Send the file and return the words that say why it was refused."""
    before = kept()
    upload = SimpleUploadedFile("花名册.xlsx", BROKEN[kind]())
    answer = client.post(url, {**data, "file": upload}, follow=True)
    assert answer.status_code in {200, 422}
    assert kept() == before
    return answer.context["form"].errors.as_text()


@pytest.mark.parametrize("kind", BROKEN)
def test_the_roster_page(kind, client, branch):
    words = refused(client, reverse("members:roster_import"), kind, branch=branch.code, joined_on="2026-09-01")
    assert re.search("[一-鿿]", words)


@pytest.mark.parametrize("kind", BROKEN)
def test_the_page_of_paper_cards(kind, client, branch):
    url = reverse("evaluations:score_import", kwargs={"code": branch.code, "month": OCTOBER})
    assert re.search("[一-鿿]", refused(client, url, kind, source="self"))


@pytest.mark.parametrize("kind", BROKEN)
def test_the_page_of_schemes(kind, client, branch):
    url = reverse("evaluations:scheme_import")
    assert re.search("[一-鿿]", refused(client, url, kind, branch=branch.code, purpose="candidate"))
