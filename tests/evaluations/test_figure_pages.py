"""Do the pages of figures from Excel and of bonuses lead an officer through, and show others only what they may see?"""

import io
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation
from openpyxl import load_workbook

from evaluations.models import ColumnFigure, PointsEntry
from members.models import ImportBatch
from members.queries.looks import looks_at
from members.roles import Role
from members.stages import Stage
from tests.activities.evidence import PDF
from tests.evaluations.figures_material import DAY, NOW, add_points, bring_in, publish_points, sheet_of
from tests.evaluations.ranking_material import install
from tests.factories import make_member, make_members, make_user, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(time_machine, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def secretary(tree):
    install(tree.root)
    publish_points(tree.b1)
    return make_user(Role.SECRETARY, tree.b1, name="王文静")


@pytest.fixture
def page(secretary):
    return sign_in(Client(), secretary, language="en")


def upload(page, content, **fields):
    file = SimpleUploadedFile("成绩.xlsx", content)
    return page.post("/figures/of/B001/import/", {"file": file, "last_on": "2026-10-20"} | fields)


def test_an_officer_downloads_the_sheet_fills_it_in_and_writes_it(page, tree):
    good, other = make_member(tree.b1, name="赵一"), make_member(tree.b1, name="钱二")
    make_member(tree.b2, name="外人")
    book = load_workbook(io.BytesIO(page.get("/figures/of/B001/template/").content))
    cells = list(book.worksheets[0].iter_rows(values_only=True))
    head = next(place for place, row in enumerate(cells) if row[0] == "学号")
    assert cells[head] == ("学号", "姓名", "班级", "挂科门数")
    assert sorted(row[1] for row in cells[head + 1 :]) == sorted(["赵一", "钱二"])
    for row in range(head + 2, head + 4):
        book.worksheets[0].cell(row, 4).value = 0 if book.worksheets[0].cell(row, 1).value == good.number else "无"
    filled = io.BytesIO()
    book.save(filled)
    answer = upload(page, filled.getvalue())
    batch = ImportBatch.objects.get()
    assert answer.headers["Location"] == reverse("evaluations:column_batch", args=[batch.pk])
    shown = page.get(answer.headers["Location"]).content.decode()
    assert "Write 1 good row" in shown
    assert "“无” is no number" in shown
    assert page.post(answer.headers["Location"], follow=True).context["is_written"]
    figure = ColumnFigure.objects.get()
    assert (figure.member, figure.value, figure.column.first_on, figure.column.last_on) == (good, "0", DAY, DAY)
    assert page.get(f"/figures/{figure.column_id}/").content.decode().count("成绩.xlsx") == 1
    assert other.column_figures.count() == 0


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"last_on": "2026-11-23"}, "after today"),
        ({"first_on": "2026-10-21"}, "exchange them"),
        ({"last_on": ""}, "required"),
    ],
)
def test_days_that_cannot_be_are_refused(page, tree, fields, words):
    answer = upload(page, sheet_of(("学号", "绩点"), (make_member(tree.b1).number, 3)), **fields)
    assert (answer.status_code, ImportBatch.objects.count()) == (422, 0)
    assert words in answer.content.decode()


def test_a_file_without_figures_is_refused_in_words(page, tree):
    answer = upload(page, sheet_of(("学号", "姓名"), (make_member(tree.b1).number, "赵一")))
    assert answer.status_code == 422
    assert "No column beside 学号 holds a number." in answer.content.decode()


def test_a_column_is_taken_back_with_a_reason(page, tree, secretary):
    bring_in(tree.b1, {make_member(tree.b1): 2}, by=secretary)
    column = tree.b1.figure_columns.get()
    assert page.post(f"/figures/{column.pk}/take-back/", {"reason": " "}).status_code == 422
    page.post(f"/figures/{column.pk}/take-back/", {"reason": "学年弄错"})
    assert ColumnFigure.objects.count() == 0


def test_whose_figures_were_looked_at_reads_who_looked_and_nobody_else_does(page, tree, secretary):
    shown, another = (make_user(Role.MEMBER, tree.b1) for _person in range(2))
    bring_in(tree.b1, {shown.member: 2}, by=secretary)
    bring_in(tree.b1, {another.member: 2}, by=secretary, name="得票")
    page.get(f"/figures/{tree.b1.figure_columns.get(name='挂科门数').pk}/")
    with translation.override("en"):
        found = [[(one.by, one.what) for one in looks_at(user)] for user in (shown, another)]
    assert found == [[("王文静", "Figures from Excel looked at")], []]


def test_a_column_about_oneself_stays_and_the_page_names_who_may(page, tree, secretary):
    officer = make_user(Role.ORGANISATION_COMMISSIONER, tree.b1, name="组织委员")
    bring_in(tree.b1, {make_member(tree.b1, user=secretary): 2}, by=officer)
    answer = page.post(f"/figures/{tree.b1.figure_columns.get().pk}/take-back/", {"reason": "学年弄错"})
    assert (answer.status_code, ColumnFigure.objects.count()) == (422, 1)
    assert "somebody else decides: 组织委员." in answer.content.decode()
    assert "学年弄错" in answer.content.decode()


def test_the_list_shows_what_the_schemes_read_and_no_other_branch(page, tree, secretary):
    bring_in(tree.b1, {make_member(tree.b1): 2}, by=secretary)
    bring_in(tree.b2, {make_member(tree.b2): 2}, by=make_user(Role.SECRETARY, tree.b2), name="得票")
    found = page.get("/figures/?branch=B002").context
    assert [(column.name, column.days, column.people) for column in found["page"].object_list] == [
        ("挂科门数", "2026-10-20", 1)
    ]
    assert [(one.head, one.schemes) for one in found["asked"]] == [("挂科门数", ("考评方案 2026-1",))]


def written(page, member, **fields):
    form = page.get("/points/of/B001/add/").context["form"]
    values = {
        "member": member.pk, "category": "bonus", "points": "5", "on": "2026-10-20", "what": "竞赛一等奖",
        "source": "校发 8 号", "entry": form["entry"].value(),
    }  # fmt: skip
    return page.post("/points/of/B001/add/", values | fields)


def test_an_officer_writes_down_points_with_a_file(page, tree):
    member = make_member(tree.b1, stage=Stage.FULL, name="赵一")
    file = SimpleUploadedFile("奖状.pdf", PDF)
    assert written(page, member, source="", file=file).headers["Location"] == "/points/?branch=B001"
    entry = PointsEntry.objects.get()
    assert (entry.member, entry.category, entry.category_label, entry.evidence.file_name) == (
        member, "bonus", "竞赛加分", "奖状.pdf",
    )  # fmt: skip
    assert page.get(f"/points/{entry.pk}/file/").content == PDF


@pytest.mark.parametrize(
    ("fields", "words"),
    [({"points": "0"}, "above 0"), ({"points": "五"}, "5 or 2.5"), ({"source": ""}, "nothing shows"),
     ({"on": "2026-11-23"}, "after today"), ({"category": "other"}, "valid choice"), ({"what": " "}, "required")],
)  # fmt: skip
def test_what_cannot_be_is_refused_at_its_field(page, tree, fields, words):
    answer = written(page, make_member(tree.b1), **fields)
    assert (answer.status_code, PointsEntry.objects.count()) == (422, 0)
    assert words in answer.content.decode()


def test_neither_oneself_nor_somebody_of_another_branch_can_be_chosen(page, tree, secretary):
    own, elsewhere, here = make_member(tree.b1, user=secretary), make_member(tree.b2), make_member(tree.b1)
    assert list(page.get("/points/of/B001/add/").context["form"].fields["member"].queryset) == [here]
    assert [written(page, one).status_code for one in (own, elsewhere)] == [422, 422]
    assert PointsEntry.objects.count() == 0


def test_the_page_says_which_entry_counts_in_each_category(page, tree, secretary):
    member, other = make_member(tree.b1, name="赵一"), make_member(tree.b1, name="钱二")
    add_points(member, "3", by=secretary, what="校级奖")
    add_points(member, "5", by=secretary, what="省级奖")
    add_points(other, "2", by=secretary, what="院级奖")
    add_points(other, "9", by=secretary, what="往年", on=date(2026, 8, 31))
    add_points(other, "1", by=secretary, what="无人计", category="none")
    shown = page.get("/points/").context["categories"]
    assert [one["label"] for one in shown] == ["竞赛加分", "加分"]
    assert shown[0]["words"] == (
        "竞赛加分 is added to the total. Of several entries only the highest counts. It counts at most 8."
    )
    assert [(line["entry"].what, line["counts"]) for line in shown[0]["lines"]] == [
        ("院级奖", True), ("省级奖", True), ("校级奖", False),
    ]  # fmt: skip
    assert [(line["entry"].what, line["counts"]) for line in shown[1]["lines"]] == [("无人计", False)]


def test_an_entry_is_changed_and_taken_back_with_reasons(page, tree, secretary):
    entry = add_points(make_member(tree.b1), "3", by=secretary)
    form = page.get(f"/points/{entry.pk}/").context["form"]
    values = {name: form[name].value() or "" for name in form.fields if name != "file"} | {"points": "4"}
    assert page.post(f"/points/{entry.pk}/", values).status_code == 422  # without a reason
    assert page.post(f"/points/{entry.pk}/", values | {"reason": "看错"}).status_code == 302
    stale = page.post(f"/points/{entry.pk}/", values | {"points": "6", "reason": "看错"})
    assert (stale.status_code, stale.context["form"]["version"].value()) == (409, 2)
    page.post(f"/points/{entry.pk}/take-back/", {"reason": "重复", "version": "2"})
    entry.refresh_from_db()
    assert (str(entry.points), entry.withdrawn_because) == ("4.00", "重复")
    assert page.get(f"/points/{entry.pk}/").status_code == 404
    assert "重复" in page.get("/points/").content.decode()


def test_what_was_typed_about_an_entry_that_was_taken_back_meanwhile_stays(page, tree, secretary):
    entry = add_points(make_member(tree.b1), "3", by=secretary)
    form = page.get(f"/points/{entry.pk}/").context["form"]
    values = {name: form[name].value() or "" for name in form.fields if name != "file"}
    page.post(f"/points/{entry.pk}/take-back/", {"reason": "重复", "version": "1"})
    answer = page.post(f"/points/{entry.pk}/", values | {"points": "4", "what": "省级奖", "reason": "看错"})
    assert (answer.status_code, answer.context["form"]["what"].value()) == (422, "省级奖")
    assert "This entry was taken back meanwhile. Write a new one." in answer.content.decode()


def test_without_a_category_the_page_says_so(tree):
    install(tree.root)
    page = sign_in(Client(), make_user(Role.SECRETARY, tree.b2), language="en")
    assert "No bonuses and no deductions" in page.get("/points/").content.decode()
    assert "No category" in page.get("/points/of/B002/add/").content.decode()


@pytest.mark.parametrize(("address", "queries"), [("/figures/", 7), ("/points/", 7)])
def test_the_lists_cost_the_same_for_one_and_thirty(page, tree, secretary, address, queries, django_assert_num_queries):
    def fill(count):
        for place, member in enumerate(make_members(tree.b1, count)):
            bring_in(tree.b1, {member: 1}, by=secretary, name=f"列{member.number}")
            add_points(member, "1", by=secretary, on=date(2026, 10, 1 + place % 20))

    fill(1)
    page.get(address)
    with django_assert_num_queries(queries):
        page.get(address)
    fill(29)
    with django_assert_num_queries(queries):
        page.get(address)
