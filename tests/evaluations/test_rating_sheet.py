"""Does a branch come home rated from a sheet that was filled in elsewhere, and only its own and of this month?"""

from __future__ import annotations

import io
from datetime import UTC, date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from branchportal.spreadsheets.reading import read_file
from evaluations.models import BranchReview, Cycle, Due, SelfReview
from evaluations.reports.score_template import ratings_workbook
from evaluations.score_file import Mark, mark_of
from members.models import ImportBatch
from members.roles import Role
from tests.factories import make_member, make_user, sign_in

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 18, 4, tzinfo=UTC)
NOVEMBER = date(2026, 11, 1)
GOOD = dict.fromkeys(("thought", "study", "life", "work", "conduct"), 85)
FIRST_SCORE, COMMENT = 5, 10  # columns of the sheet, from 1


@pytest.fixture(autouse=True)
def _now(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def cycle(tree):
    return Cycle.objects.create(committee=tree.root, month=NOVEMBER)


@pytest.fixture
def secretary(tree):
    return make_user(Role.SECRETARY, tree.b1)


@pytest.fixture
def people(tree, cycle):
    """Three people who are due, in roster order."""
    found = [
        make_member(tree.b1, name=name, pinyin=spelled)
        for name, spelled in (("安", "an"), ("白", "bai"), ("曹", "cao"))
    ]
    Due.objects.bulk_create(Due(cycle=cycle, member=member, branch=tree.b1) for member in found)
    return found


def address(name, branch, **more):
    return reverse(f"evaluations:{name}", kwargs={"code": branch.code, "month": NOVEMBER, **more})


def filled(content: bytes, rows: dict[int, list]) -> bytes:
    """The downloaded sheet with scores (and a comment) typed into these rows, as an office would."""
    workbook = load_workbook(io.BytesIO(content))
    for number, cells in rows.items():
        for place, value in enumerate(cells):
            workbook.worksheets[0].cell(row=number, column=FIRST_SCORE + place, value=value)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def upload(client, branch, content, **more):
    file = SimpleUploadedFile("支部总评.xlsx" if content.startswith(b"PK") else "支部总评.csv", content)
    return client.post(address("score_import", branch), {"file": file, **more})


def test_the_sheet_holds_last_month_what_was_given_and_not_the_own_row(tree, cycle, secretary, people):
    october = Cycle.objects.create(committee=tree.root, month=date(2026, 10, 1))
    for month, points in ((october, 95), (cycle, 85)):
        BranchReview.objects.create(
            cycle=month, member=people[0], branch=tree.b1, submitted_at=NOW, notes={"card": "稳"},
            **dict.fromkeys(GOOD, points),
        )  # fmt: skip
    Due.objects.create(cycle=cycle, member=make_member(tree.b1, user=secretary), branch=tree.b1)
    sheets = read_file(ratings_workbook(tree.b1, cycle, rater=secretary), "a.xlsx")
    assert [cells[1:] for _number, cells in sheets[0].rows[1:3]] == [
        ["姓名", "班级", "上次评定", "思想", "学习", "生活", "工作", "作风", "评语"],
        ["安", "计算机2301", "2026-10 优秀 优秀 优秀 优秀 优秀", "良好", "良好", "良好", "良好", "良好", "稳"],
    ]
    assert [cells[1] for _number, cells in sheets[0].rows[2:]] == ["安", "白", "曹"]
    assert mark_of(sheets) == Mark("branch", "B001", "2026-11")


@pytest.mark.parametrize(
    ("scale", "rule"), [("grades", ("list", '"优秀,良好,合格,尚可,待改进"')), ("points", ("whole", "0"))]
)
def test_cells_take_only_what_the_month_takes(tree, cycle, secretary, people, scale, rule):
    cycle.scale = scale
    workbook = load_workbook(io.BytesIO(ratings_workbook(tree.b1, cycle, rater=secretary)))
    rules = {(one.type, one.formula1, str(one.sqref)) for one in workbook.worksheets[0].data_validations.dataValidation}
    assert rules == {(*rule, f"{letter}3:{letter}5") for letter in "EFGHI"}
    assert [sheet.sheet_state for sheet in workbook.worksheets] == ["visible", "visible", "hidden"]


def test_a_filled_sheet_becomes_ratings_and_half_a_row_comes_back(client, tree, cycle, secretary, people):
    sign_in(client, secretary)
    sheet = client.get(address("rating_sheet", tree.b1)).content
    content = filled(
        sheet, {3: ["优秀", "良好", "合格", "优秀", "良好", "值班认真"], 4: ["优秀", None, None, "优秀", "良好"]}
    )
    result = upload(client, tree.b1, content)["Location"]
    report = ImportBatch.objects.get().report
    counted = {key: report[key] for key in ("rows", "accepted", "created", "failed", "left")}
    assert counted == {"rows": 3, "accepted": 1, "created": 1, "failed": 1, "left": 1}
    assert not BranchReview.objects.exists()
    client.post(result)
    review = BranchReview.objects.get()
    assert (review.member, list(review.points.values()), review.card_note) == (
        people[0], [95, 85, 75, 95, 85], "值班认真",
    )  # fmt: skip
    batch = ImportBatch.objects.get()
    small = client.get(reverse("evaluations:score_failing_rows", kwargs={"pk": batch.pk})).content
    assert mark_of(read_file(small, "a.xlsx")) == Mark("branch", "B001", "2026-11")
    corrected = load_workbook(io.BytesIO(small))
    for column in (FIRST_SCORE + 1, FIRST_SCORE + 2):
        corrected.worksheets[0].cell(row=2, column=column, value="良好")
    out = io.BytesIO()
    corrected.save(out)
    client.post(upload(client, tree.b1, out.getvalue())["Location"])
    assert list(BranchReview.objects.filter(member=people[1]).get().points.values()) == [95, 85, 85, 95, 85]


def test_the_same_sheet_twice_changes_nothing(client, tree, cycle, secretary, people):
    sign_in(client, secretary)
    content = filled(client.get(address("rating_sheet", tree.b1)).content, {3: ["优秀"] * 5})
    for _time in range(2):
        client.post(upload(client, tree.b1, content)["Location"])
    assert BranchReview.objects.get().version == 1
    assert [batch.report["unchanged"] for batch in ImportBatch.objects.order_by("pk")] == [0, 1]


@pytest.mark.parametrize(
    ("of", "chosen", "words"),
    [
        ("branch", "", "这张表是为另一个支部（B002）下载的，请下载本支部的表填写。"),
        ("month", "", "这张表是为 2026-10 下载的，请到该月上传，或下载本月的表填写。"),
        ("own", "self", "这张表里的内容与您的选择不符，请选择“按下载的表识别”。"),
    ],
)
def test_a_sheet_of_something_else_is_refused_with_the_remedy(
    client, tree, cycle, secretary, people, of, chosen, words
):
    october = Cycle.objects.create(committee=tree.root, month=date(2026, 10, 1))
    branch = tree.b2 if of == "branch" else tree.b1
    content = ratings_workbook(branch, october if of == "month" else cycle, rater=secretary)
    answer = upload(sign_in(client, secretary), tree.b1, content, source=chosen)
    assert (answer.status_code, answer.context["form"].errors) == (422, {"file": [words]})
    assert not ImportBatch.objects.exists()


def test_a_file_that_says_nothing_asks_whose_scores_it_holds(client, tree, cycle, secretary, people):
    content = f"学号,思想,学习,生活,工作,作风\n{people[0].number},优秀,优秀,优秀,优秀,优秀\n".encode()
    sign_in(client, secretary)
    assert upload(client, tree.b1, content).status_code == 422
    assert upload(client, tree.b1, content, source="self").status_code == 302
    assert not SelfReview.objects.exists()


def test_the_own_row_is_refused_and_errors_are_told_in_the_readers_language(client, tree, cycle, secretary):
    own = make_member(tree.b1, user=secretary)
    content = f"学号,思想,学习,生活,工作,作风\n{own.number},优秀,优秀,优秀,优秀,优秀\n".encode()
    result = upload(sign_in(client, secretary), tree.b1, content, source="branch")["Location"]
    told = {}
    for language in ("zh-hans", "en"):
        client.cookies["django_language"] = language
        told[language] = [error["message"] for error in client.get(result).context["errors"]]
    assert told == {
        "en": ["This is your own row: nobody rates himself. Let another officer import it."],
        "zh-hans": ["这是您本人的行：不能给自己评分，请由其他委员导入。"],
    }


def test_an_older_draft_never_comes_back_over_the_sheet(client, tree, cycle, secretary, people):
    draft = {"points": dict.fromkeys(GOOD, 55), "notes": {}}
    BranchReview.objects.create(cycle=cycle, member=people[0], branch=tree.b1, draft=draft, rated_by=secretary)
    sign_in(client, secretary)
    content = filled(client.get(address("rating_sheet", tree.b1)).content, {3: ["优秀"] * 5})
    client.post(upload(client, tree.b1, content)["Location"])
    client.post(address("ratings", tree.b1), {"give": "1"})
    review = BranchReview.objects.get()
    assert (set(review.points.values()), review.draft) == ({95}, None)


def draft(points, remark=""):
    return {"points": dict.fromkeys(GOOD) | points, "notes": {"card": remark} if remark else {}}


def test_the_sheet_carries_what_was_typed_and_what_was_given_before_what_was_typed_over_it(
    tree, cycle, secretary, people
):
    common = {"cycle": cycle, "branch": tree.b1, "rated_by": secretary}
    BranchReview.objects.create(member=people[0], draft=draft({"thought": 95, "study": 85}, "认真。"), **common)
    given = {"submitted_at": NOW, "submitted_by": secretary, "notes": {"card": "稳"}}
    BranchReview.objects.create(member=people[1], draft=draft(GOOD | {"life": 55}, "改"), **common, **given, **GOOD)
    sheets = read_file(ratings_workbook(tree.b1, cycle, rater=secretary), "a.xlsx")
    assert [cells[1:2] + cells[4:] for _number, cells in sheets[0].rows[2:4]] == [
        ["安", "优秀", "良好", "", "", "", "认真。"],
        ["白", "良好", "良好", "良好", "良好", "良好", "稳"],
    ]


def test_a_blank_remark_keeps_the_typed_one_and_the_check_says_what_is_replaced(client, tree, cycle, secretary, people):
    common = {"cycle": cycle, "branch": tree.b1, "rated_by": secretary}
    BranchReview.objects.create(member=people[0], draft=draft({"thought": 55}, "认真。"), **common)
    BranchReview.objects.create(member=people[1], draft=draft({}, "好"), **common)
    numbers = [member.number for member in people]
    lines = "".join(f"{number},优秀,优秀,优秀,优秀,优秀\n" for number in numbers)
    result = upload(
        sign_in(client, secretary), tree.b1, f"学号,思想,学习,生活,工作,作风\n{lines}".encode(), source="branch"
    )["Location"]
    report = ImportBatch.objects.get().report
    assert [(row["note"], row["replaces"]) for row in report["preview"]] == [
        ("认真。", True), ("好", False), ("", False),
    ]  # fmt: skip
    assert report["replaced"] == 1
    assert "replaces what was typed" in in_english(client).get(result).content.decode()
    client.post(result)
    given = BranchReview.objects.order_by("member__pinyin")
    assert [(set(one.points.values()), one.card_note, one.draft) for one in given] == [
        ({95}, "认真。", None), ({95}, "好", None), ({95}, "", None),
    ]  # fmt: skip


def test_a_rating_given_on_the_page_is_not_changed_by_a_sheet_and_the_row_says_where_it_is(
    client, tree, cycle, secretary, people
):
    BranchReview.objects.create(
        cycle=cycle, member=people[0], branch=tree.b1, submitted_at=NOW, submitted_by=secretary, **GOOD
    )
    sign_in(client, secretary)
    content = filled(client.get(address("rating_sheet", tree.b1)).content, {3: ["优秀"] * 5})
    result = upload(client, tree.b1, content)["Location"]
    assert [error["message"] for error in in_english(client).get(result).context["errors"]] == [
        "安 already has a rating that was given on the page of the branch ratings, and this row says something else. "
        "A sheet doesn't change it: change it on that page and give it again, or delete the row."
    ]


def in_english(client):
    client.cookies["django_language"] = "en"
    return client
