"""Does the roster find the right people, and only those of one's own branches?"""

from datetime import date
from io import BytesIO

import pytest
from django.test import Client
from openpyxl import load_workbook

from branchportal.models import AccessRecord
from members.models import FormerNumber, Member
from members.queries.roster import matching
from members.roles import Role
from members.stages import Stage
from tests.factories import make_member, make_members, make_user, sign_in

URL = "/people/"


@pytest.fixture
def secretary(tree, client):
    return sign_in(client, make_user(Role.SECRETARY, tree.b1, name="李书记"))


def names(response):
    return [person.name for person in response.context["people"]]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("曾子", ["曾子涵"]),
        ("zengzihan", ["曾子涵"]),
        ("zeng z", ["曾子涵"]),
        ("ZZH", ["曾子涵"]),
        ("zihan", ["曾子涵"]),
        ("eng", []),
        ("lv", ["吕布"]),
        ("LÜ", ["吕布"]),
        ("202600", ["吕布", "曾子涵"]),
        (" ２０２６０００１ ", ["曾子涵"]),
        ("OLD77", ["吕布"]),
        ("买买提•艾力", ["买买提·艾力"]),
        ("mmtal", ["买买提·艾力"]),
        ("xian", ["西安"]),
        ("xi an", ["西安"]),
        ("%", []),
        ("(", []),
        ("'; DROP TABLE members_member; --", []),
        ("", ["吕布", "买买提·艾力", "西安", "曾子涵"]),
    ],
)
def test_search(tree, words, found):
    make_member(tree.b1, name="曾子涵", number="20260001")
    lv = make_member(tree.b1, name="吕布", number="20260002")
    FormerNumber.objects.create(member=lv, number="OLD77", until=date(2026, 1, 1))
    make_member(tree.b1, name="买买提·艾力", number="T1")
    make_member(tree.b1, name="西安", number="T2")
    assert [person.name for person in matching(Member.objects.in_roster_order(), words)] == found


def test_pinyin_order(tree, client, secretary):
    for name in ["张伟", "曾强", "单雄", "安琪", "仇英", "何一", "恒山"]:
        make_member(tree.b1, name=name)
    assert names(client.get(URL)) == ["安琪", "何一", "恒山", "仇英", "单雄", "曾强", "张伟"]


def test_filters_stand_in_the_address(tree, client, secretary):
    make_member(tree.b1, name="甲", stage=Stage.ACTIVIST, grade="2023", class_name="一班")
    make_member(tree.b1, name="乙", stage=Stage.FULL, grade="2024", class_name="二班", kind="teacher")
    make_member(tree.b1, name="丙", ended_on=date(2026, 6, 30), end_reason="graduated", grade="2023")
    for address, found in [
        ("", ["甲", "乙"]),
        ("?stage=activist", ["甲"]),
        ("?kind=teacher", ["乙"]),
        ("?grade=2023", ["甲"]),
        ("?class_name=二班", ["乙"]),
        ("?membership=ended", ["丙"]),
        ("?membership=all&grade=2023", ["丙", "甲"]),
        ("?stage=activist&kind=teacher", []),
        ("?stage=nonsense", ["甲", "乙"]),
        ("?page=99", ["甲", "乙"]),
        ("?page=x", ["甲", "乙"]),
        ("?q=%00", ["甲", "乙"]),
    ]:
        assert names(client.get(URL + address)) == found, address


def test_counts_of_stages_ignore_the_chosen_stage(tree, client, secretary):
    make_members(tree.b1, 2, stage=Stage.ACTIVIST)
    make_member(tree.b1, stage=Stage.FULL)
    make_member(tree.b1, stage=Stage.FULL, ended_on=date(2026, 6, 30), end_reason="graduated")
    counts = client.get(URL + "?stage=full").context["counts"]
    assert [(stage, count) for stage, _label, count in counts] == [("activist", 2), ("full", 1)]


def test_nobody_of_another_branch_is_listed(tree, client, secretary):
    make_member(tree.b1, name="本支部")
    make_member(tree.b2, name="别支部", number="2099000001")
    for address in ["", "?q=2099000001", f"?branch={tree.b2.code}", "?q=bzb", "?membership=all"]:
        response = client.get(URL + address)
        assert "别支部" not in names(response)
        assert "别支部" not in response.content.decode()


def test_a_counselor_sees_all_branches_in_scope(tree, client):
    sign_in(client, make_user(Role.COUNSELOR, tree.first))
    make_member(tree.b1, name="甲")
    make_member(tree.b3, name="乙")
    make_member(tree.b4, name="丙")
    assert names(client.get(URL)) == ["甲", "乙"]
    assert names(client.get(f"{URL}?branch={tree.b3.code}")) == ["乙"]


@pytest.mark.parametrize("role", [Role.MEMBER, Role.CLASS_CONTACT, Role.ADMINISTRATOR])
def test_roles_without_the_roster(tree, client, role):
    sign_in(client, make_user(role, tree.b1))
    assert client.get(URL).status_code == 403
    assert client.get(f"{URL}download/").status_code == 403


def test_fifty_a_page(tree, client, secretary):
    make_members(tree.b1, 51)
    assert len(client.get(URL).context["people"]) == 50
    assert len(client.get(URL + "?page=2").context["people"]) == 1


@pytest.mark.parametrize("count", [1, 30])
def test_the_number_of_queries_does_not_grow(tree, client, secretary, count, django_assert_num_queries):
    make_members(tree.b1, count)
    client.get(URL)
    with django_assert_num_queries(QUERIES):
        client.get(URL)


QUERIES = 7


def test_names_are_text(tree, client, secretary):
    make_member(tree.b1, name="<script>alert(1)</script>", class_name='"><img src=x onerror=alert(1)>')
    page = client.get(URL).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_the_download_holds_what_the_page_shows_and_is_noted(tree, client, secretary):
    make_member(tree.b1, name="=1+1", number="001", stage=Stage.FULL)
    make_member(tree.b1, name="乙", stage=Stage.ACTIVIST)
    make_member(tree.b2, name="丙", stage=Stage.FULL)
    response = client.get(f"{URL}download/?stage=full")
    sheet = load_workbook(BytesIO(response.content))["花名册"]
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value in {"=1+1", "乙", "丙", "001"}]
    assert [(cell.value, cell.data_type) for cell in cells] == [("001", "s"), ("=1+1", "s")]
    note = AccessRecord.objects.get()
    assert (note.action, note.branch, note.user.name) == ("roster.downloaded", tree.b1, "李书记")


def test_an_empty_roster_says_what_to_do(tree, client, secretary):
    assert "/people/import/" in client.get(URL).content.decode()
    reader = sign_in(Client(), make_user(Role.COUNSELOR, tree.b1))
    assert "/people/import/" not in reader.get(URL).content.decode()
