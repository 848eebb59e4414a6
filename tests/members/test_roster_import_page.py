"""Can an office bring its roster in by the page alone, and nobody else's?"""

import datetime
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from lxml import html
from openpyxl import load_workbook

from branchportal.models import AccessRecord, AuditEntry
from branchportal.spreadsheets.reading import read_file
from members.models import ImportBatch, Member
from members.roles import Role
from tests.factories import make_member, make_user, sign_in

pytestmark = pytest.mark.django_db
URL = "/people/import/"
GOOD = "学号,姓名,发展阶段\n1001,甲,积极分子\n1002,乙,\n"
MIXED = "学号,姓名,发展阶段,性别\n1001,甲,积极分子,男\n,乙,,女\n1003,<b>丙</b>,党圆,女\n1004,=1+1,,\n"


@pytest.fixture(autouse=True)
def _in_english():
    with override("en"):
        yield


@pytest.fixture
def office(client, secretary):
    client.cookies["django_language"] = "en"
    return sign_in(client, secretary)


def upload(client, content, *, branch="B001", name="名单.csv", joined_on="2026-09-01", follow=True):
    data = {"branch": branch, "file": SimpleUploadedFile(name, content), "joined_on": joined_on}
    return client.post(URL, data, follow=follow)


def batch_of(response):
    return ImportBatch.objects.get(pk=response.resolver_match.kwargs["pk"])


def test_check_preview_and_write(office, tree):
    response = upload(office, GOOD.encode())
    batch = batch_of(response)
    assert response.redirect_chain == [(f"{URL}{batch.pk}/", 302)]
    assert (batch.branch, batch.file_name, batch.state) == (tree.b1, "名单.csv", "checked")
    assert "Write 2 good rows" in response.text
    assert Member.objects.count() == 0
    written = office.post(f"{URL}{batch.pk}/writing/", follow=True)
    assert "Written: 2 new, 0 changed." in written.text
    assert "The roster was imported" in written.text
    assert list(Member.objects.order_by("number").values_list("branch__code", "number", "joined_on")) == [
        ("B001", "1001", datetime.date(2026, 9, 1)),
        ("B001", "1002", datetime.date(2026, 9, 1)),
    ]
    again = office.post(f"{URL}{batch.pk}/writing/", follow=True)
    assert "This file was already written; nothing was written twice." in again.text
    assert AuditEntry.objects.filter(action="roster.imported").count() == 1


def test_rows_of_another_branch_stand_at_the_top_and_are_written_after_a_look(office):
    content = "学号,姓名,党支部\n1001,甲,本科生第二党支部\n1002,乙,本科生第一党支部\n"
    response = upload(office, content.encode())
    batch = batch_of(response)
    assert "1 row names another branch: 本科生第二党支部" in response.text
    assert "They would be put into 本科生第一党支部. Take them out of the file, or import them there." in response.text
    assert response.text.index("1 row names another branch") < response.text.index("Good rows")
    assert "Write 2 good rows" not in response.text
    assert "I have looked: write 2 good rows into 本科生第一党支部" in response.text
    written = office.post(f"{URL}{batch.pk}/writing/", follow=True)
    assert "They were put into 本科生第一党支部." in written.text
    assert "I have looked" not in written.text
    assert Member.objects.filter(branch=batch.branch).count() == 2


def test_wrong_rows_are_told_and_come_back_in_two_files(office):
    response = upload(office, MIXED.encode())
    batch = batch_of(response)
    assert "学号 is empty. Enter the student or staff number." in response.text
    assert "Columns not used: 性别" in response.text
    assert "<b>丙</b>" not in response.text
    marked = office.get(f"{URL}{batch.pk}/marked/")
    assert marked.headers["Content-Type"] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert marked.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''%E5%90%8D%E5%8D%95-marked")
    sheet = load_workbook(io.BytesIO(marked.content)).active
    assert [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.comment] == ["A3", "C4"]
    assert (sheet["B5"].value, sheet["B5"].data_type) == ("=1+1", "s")
    failing = office.get(f"{URL}{batch.pk}/failing/")
    assert [cells[:3] for _row, cells in read_file(failing.content, "a.xlsx")[0].rows] == [
        ["学号", "姓名", "发展阶段"],
        ["", "乙", ""],
        ["1003", "<b>丙</b>", "党圆"],
    ]
    office.post(f"{URL}{batch.pk}/writing/")
    assert sorted(Member.objects.values_list("name", flat=True)) == ["=1+1", "甲"]
    assert AccessRecord.objects.filter(action="roster_import.downloaded").count() == 2


def test_nothing_to_write(office):
    upload(office, GOOD.encode())
    office.post(f"{URL}{ImportBatch.objects.get().pk}/writing/")
    response = upload(office, GOOD.encode())
    assert "There is nothing to write." in response.text
    assert "/writing/" not in response.text
    assert "No row can be written as it is." in upload(office, "学号,姓名\n,甲\n".encode()).text


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        (b"\x89PNG\r\n\x1a\n", "a.xlsx", "This is not an Excel workbook or a CSV file."),
        (b"PK\x03\x04 broken", "a.xlsx", "The workbook is damaged or incomplete."),
        (b"", "a.xlsx", "The submitted file is empty."),
        ("姓名\n甲\n".encode(), "a.csv", "No sheet has a row with the headers 学号, 姓名."),
        (b"a" * (10 * 1024 * 1024 + 1), "a.csv", "The file is larger than 10 MB."),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_at_its_field(office, content, name, message):
    response = upload(office, content, name=name, follow=False)
    assert response.status_code == 200
    assert message in response.text
    assert not ImportBatch.objects.exists()


def test_new_people_cannot_belong_since_tomorrow(office):
    response = upload(office, GOOD.encode(), joined_on="2099-01-01", follow=False)
    assert "This day lies after today." in response.text
    assert not ImportBatch.objects.exists()


def test_a_change_after_the_check_shows_a_new_preview(office, tree):
    batch = batch_of(upload(office, GOOD.encode()))
    make_member(tree.b1, number="1002", name="乙")
    response = office.post(f"{URL}{batch.pk}/writing/", follow=True)
    assert "The roster was changed after the check, so nothing was written." in response.text
    assert "Write 1 good row" in response.text
    assert Member.objects.count() == 1


def test_the_last_files_are_listed(office, tree, secretary):
    batch = batch_of(upload(office, GOOD.encode()))
    other = ImportBatch.objects.create(
        kind="roster", branch=tree.b2, uploaded_by=secretary, file_name="他支部.csv", content=b"x"
    )
    scores = ImportBatch.objects.create(
        kind="scores", branch=tree.b1, uploaded_by=secretary, file_name="成绩.csv", content=b"x"
    )
    page = office.get(URL).text
    assert [name in page for name in (batch.file_name, other.file_name, scores.file_name)] == [True, False, False]


def test_files_and_branches_of_others_do_not_exist(office, tree, secretary):
    batch = batch_of(upload(office, GOOD.encode()))
    stranger = sign_in(Client(), make_user(Role.SECRETARY, tree.b2))
    for name in ("roster_import_result", "roster_import_marked", "roster_import_failing"):
        assert stranger.get(reverse(f"members:{name}", args=[batch.pk])).status_code == 404
    assert stranger.post(reverse("members:roster_import_write", args=[batch.pk])).status_code == 404
    assert upload(stranger, GOOD.encode(), follow=False).status_code == 200
    assert stranger.get("/people/import/template/?branch=B001").status_code == 404
    assert (ImportBatch.objects.count(), Member.objects.count()) == (1, 0)


def test_a_score_file_is_no_roster_file(office, tree, secretary):
    scores = ImportBatch.objects.create(kind="scores", branch=tree.b1, uploaded_by=secretary, content=b"x")
    assert office.get(f"{URL}{scores.pk}/").status_code == 404


@pytest.mark.parametrize("role", [Role.COUNSELOR, Role.MEMBER, Role.PUBLICITY_COMMISSIONER])
def test_who_may_not_import(client, tree, role):
    make_user(Role.SECRETARY, tree.b1)
    sign_in(client, make_user(role, tree.b1))
    assert client.get(URL).status_code == 403
    assert client.get("/people/import/template/").status_code == 403


def test_whoever_keeps_several_rosters_chooses_the_branch(client, tree):
    sign_in(client, make_user(Role.SECRETARY, tree.first))
    client.cookies["django_language"] = "en"
    page = client.get(f"{URL}?branch=B002")
    assert '<option value="B002" selected>' in page.text
    assert "研究生第一党支部" not in page.text
    assert batch_of(upload(client, GOOD.encode(), branch="B003")).branch == tree.b3


def test_the_template(office):
    response = office.get("/people/import/template/?branch=B001")
    book = load_workbook(io.BytesIO(response.content))
    assert book.sheetnames == ["花名册", "说明"]
    assert book["花名册"]["A1"].value == "Roster of 本科生第一党支部"


def test_the_pages_cost_the_same_for_one_and_thirty_rows(office, django_assert_num_queries):
    one = batch_of(upload(office, "学号,姓名\n1,甲\n".encode()))
    lines = "".join(f"{number},甲\n" for number in range(30)) + ",乙\n" * 30
    many = batch_of(upload(office, f"学号,姓名\n{lines}".encode()))
    assert many.report["error_count"] == 30
    counts = []
    for batch in (one, many):
        with django_assert_num_queries(4):
            office.get(f"{URL}{batch.pk}/")
        counts.append(batch.report["rows"])
    assert counts == [1, 60]


def test_notes_name_their_row_where_a_row_is_a_card(office):
    page = html.fromstring(upload(office, GOOD.encode()).content)
    rows = page.xpath("//section[@aria-labelledby='concerns-title']//tbody/tr")
    assert [[(cell.get("data-label"), cell.text_content()) for cell in row][:2] for row in rows] == [
        [("Row", "3"), ("Name", "乙")]
    ]
