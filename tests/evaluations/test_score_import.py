"""Do paper cards come in whole, once, and never over what a member filed himself?"""

import io
import json
from datetime import UTC, date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from branchportal.models import Notification
from branchportal.spreadsheets.reading import read_file
from branchportal.spreadsheets.writing import Column, SheetSpec, write_workbook
from evaluations.models import BranchReview, Cycle, CycleEvent, Due, SelfReview
from evaluations.queries.monthly import branch_months
from evaluations.reports.monthly import monthly_workbook
from evaluations.score_file import Mark, mark_of
from evaluations.services import months, score_batches, score_import, self_reviews
from members.models import FormerNumber, ImportBatch
from members.roles import Role
from tests.factories import make_member, make_user, sign_in

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 18, 4, tzinfo=UTC)
HEADER = ("学号", "姓名", "思想", "学习", "生活", "工作", "作风", "说明")


def sheet_of(*rows, header=HEADER) -> bytes:
    columns = tuple(Column(text, value=lambda row, at=at: row[at]) for at, text in enumerate(header))
    return write_workbook([SheetSpec("自评卡", columns, rows)])


def card(member, *points, note=""):
    return (member.number, member.name, *(points or ("优秀", "良好", "合格", "90", "85")), note)


@pytest.fixture
def cycle(tree):
    return Cycle.objects.create(committee=tree.root, month=date(2026, 10, 1))


def write(content, tree, cycle, *, source="self", by=None):
    return score_import.write_scores(
        content=content, file_name="cards.xlsx", branch=tree.b1, cycle=cycle, source=source, by=by, now=NOW
    ).as_dict()


@pytest.mark.parametrize(("source", "model"), [("self", SelfReview), ("branch", BranchReview)])
def test_good_rows_are_written_and_bad_ones_named(tree, cycle, source, model):
    good, half = make_member(tree.b1), make_member(tree.b1)
    elsewhere = make_member(tree.b2)
    content = sheet_of(
        card(good, note="住院一周"),
        card(half, "优秀", "", "101", "90", "85"),
        card(elsewhere),
        card(good),
        ("2099000000", "无人", "90", "90", "90", "90", "90", ""),
    )
    report = write(content, tree, cycle, source=source)
    counted = {key: report[key] for key in ("rows", "accepted", "created", "updated")}
    assert counted == {"rows": 5, "accepted": 1, "created": 1, "updated": 0}
    assert [(error["row"], error["column"], error["code"]) for error in report["errors"]] == [
        (3, "学习", "missing"),
        (3, "生活", "unknown_value"),
        (4, "学号", "other_branch"),
        (5, "学号", "duplicate"),
        (6, "学号", "unknown_value"),
    ]
    review = model.objects.get()
    assert (review.member, review.points, review.notes, review.submitted_at) == (
        good,
        {"thought": 95, "study": 85, "life": 75, "work": 90, "conduct": 85},
        {"card": "住院一周"},
        NOW,
    )


def test_the_error_about_another_branch_tells_nothing_about_the_person(tree, cycle):
    elsewhere = make_member(tree.b2, name="单雨桐")
    report = write(sheet_of(card(elsewhere)), tree, cycle)
    assert "单雨桐" not in json.dumps(report, ensure_ascii=False)


def test_the_same_sheet_twice_changes_nothing(tree, cycle):
    content = sheet_of(card(make_member(tree.b1)))
    write(content, tree, cycle)
    before = SelfReview.objects.values().get()
    report = write(content, tree, cycle)
    assert (report["accepted"], report["created"], report["updated"]) == (1, 0, 0)
    assert SelfReview.objects.values().get() == before


def test_a_corrected_sheet_changes_the_card(tree, cycle):
    member = make_member(tree.b1)
    write(sheet_of(card(member)), tree, cycle)
    report = write(sheet_of(card(member, 60, 61, 62, 63, 64)), tree, cycle)
    assert (report["created"], report["updated"]) == (0, 1)
    assert list(SelfReview.objects.get().points.values()) == [60, 61, 62, 63, 64]


def test_paper_never_replaces_what_was_filed_online(tree, cycle):
    user = make_user(Role.MEMBER, tree.b1)
    online = {"thought": 95, "study": 95, "life": 95, "work": 95, "conduct": 95}
    SelfReview.objects.create(
        cycle=cycle, member=user.member, branch=tree.b1, submitted_at=NOW, submitted_by=user, **online
    )
    report = write(sheet_of(card(user.member, 55, 55, 55, 55, 55)), tree, cycle)
    assert [(error["row"], error["code"]) for error in report["errors"]] == [(2, "duplicate")]
    assert SelfReview.objects.get().points == online


def test_a_draft_stays_beside_the_paper_card(tree, cycle):
    member = make_member(tree.b1)
    draft = {"points": {"thought": 95}, "notes": {}}
    SelfReview.objects.create(cycle=cycle, member=member, branch=tree.b1, draft=draft)
    assert write(sheet_of(card(member)), tree, cycle)["created"] == 1
    assert SelfReview.objects.get().draft == draft


def test_nobody_imports_the_rating_of_himself(tree, cycle):
    secretary = make_user(Role.SECRETARY, tree.b1)
    own = make_member(tree.b1, user=secretary)
    report = write(sheet_of(card(own)), tree, cycle, source="branch", by=secretary)
    assert [(error["row"], error["code"]) for error in report["errors"]] == [(2, "unknown_value")]
    assert not BranchReview.objects.exists()


def test_a_former_number_means_the_same_person(tree, cycle):
    member = make_member(tree.b1)
    FormerNumber.objects.create(member=member, number="2019000001", until=date(2026, 9, 1))
    assert write(sheet_of(("2019000001", "", 90, 90, 90, 90, 90, "")), tree, cycle)["accepted"] == 1
    assert SelfReview.objects.get().member == member


def command(tmp_path, tree, *arguments, content) -> dict:
    path = tmp_path / "cards.xlsx"
    path.write_bytes(content)
    out = io.StringIO()
    call_command("import_scores", str(path), "--branch", tree.b1.code, *arguments, "--json", stdout=out)
    return json.loads(out.getvalue())


def test_the_command_writes_only_with_commit(tree, tmp_path):
    content = sheet_of(card(make_member(tree.b1)))
    options = ("--cycle", "2026-10", "--source", "self")
    assert command(tmp_path, tree, *options, content=content) == {
        "rows": 1,
        "accepted": 1,
        "created": 1,
        "updated": 0,
        "errors": [],
    }
    assert (SelfReview.objects.count(), Cycle.objects.count()) == (0, 0)
    command(tmp_path, tree, *options, "--commit", content=content)
    assert SelfReview.objects.get().cycle.month == date(2026, 10, 1)


@pytest.mark.parametrize(
    "arguments",
    [
        ("--branch", "NOWHERE", "--cycle", "2026-10"),
        ("--branch", "B001", "--cycle", "2026-13"),
        ("--branch", "B001", "--cycle", "October"),
        ("--branch", "B001", "--cycle", "2999-10"),
        ("--branch", "B001", "--cycle", "1999-12"),
    ],
)
def test_the_command_refuses_in_one_line(tree, tmp_path, arguments):
    path = tmp_path / "cards.xlsx"
    path.write_bytes(sheet_of(card(make_member(tree.b1))))
    with pytest.raises(CommandError) as refusal:
        call_command("import_scores", str(path), *arguments, "--source", "self", "--commit")
    assert "\n" not in str(refusal.value)
    assert not SelfReview.objects.exists()


def test_the_page_checks_first_and_writes_once(client, tree, cycle, time_machine):
    time_machine.move_to(NOW)
    member = make_member(tree.b1)
    sign_in(client, make_user(Role.SECRETARY, tree.b1))
    address = reverse("evaluations:score_import", kwargs={"code": tree.b1.code, "month": cycle.month})
    upload = SimpleUploadedFile("cards.xlsx", sheet_of(card(member), card(member)))
    answer = client.post(address, {"source": "self", "file": upload})
    batch = ImportBatch.objects.get()
    assert answer["Location"] == reverse("evaluations:score_batch", kwargs={"pk": batch.pk})
    assert not SelfReview.objects.exists()
    assert "写入即为提交" in client.get(answer["Location"]).text
    for _ in range(2):
        client.post(answer["Location"])
    assert SelfReview.objects.count() == 1
    assert "自评已提交，即日起计入" in client.get(answer["Location"]).text
    marked = client.get(reverse("evaluations:score_marked_file", kwargs={"pk": batch.pk}))
    assert len(read_file(marked.content, "marked.xlsx")[0].rows) == 3
    failing = client.get(reverse("evaluations:score_failing_rows", kwargs={"pk": batch.pk}))
    assert len(read_file(failing.content, "failing.xlsx")[0].rows) == 2


def test_a_file_that_is_no_workbook_is_refused_with_a_reason(client, tree, cycle, time_machine):
    time_machine.move_to(NOW)
    sign_in(client, make_user(Role.SECRETARY, tree.b1))
    address = reverse("evaluations:score_import", kwargs={"code": tree.b1.code, "month": cycle.month})
    answer = client.post(address, {"source": "self", "file": SimpleUploadedFile("a.xlsx", b"\x89PNG\r\n\x1a\n....")})
    assert (answer.status_code, ImportBatch.objects.count()) == (422, 0)
    assert "xlsx" in answer.content.decode()


def test_another_branch_is_not_found(client, tree, cycle, time_machine):
    time_machine.move_to(NOW)
    sign_in(client, make_user(Role.SECRETARY, tree.b2))
    address = reverse("evaluations:score_import", kwargs={"code": tree.b1.code, "month": cycle.month})
    assert client.get(address).status_code == 404


def test_the_sheet_to_fill_in_can_be_imported(client, tree, cycle, time_machine):
    time_machine.move_to(NOW)
    sign_in(client, make_user(Role.SECRETARY, tree.b1))
    address = reverse("evaluations:score_template", kwargs={"code": tree.b1.code, "month": cycle.month})
    sheets = read_file(client.get(address).content, "template.xlsx")
    assert tuple(sheets[0].rows[1][1]) == HEADER
    assert mark_of(sheets) == Mark("self", "B001", "2026-10")


def test_a_rating_given_online_is_never_replaced(tree, cycle):
    secretary, member = make_user(Role.SECRETARY, tree.b1), make_member(tree.b1, name="单雨桐")
    online = {"thought": 95, "study": 95, "life": 95, "work": 95, "conduct": 95}
    BranchReview.objects.create(
        cycle=cycle, member=member, branch=tree.b1, submitted_at=NOW, submitted_by=secretary, **online
    )
    report = write(sheet_of(card(member, 55, 55, 55, 55, 55)), tree, cycle, source="branch", by=secretary)
    assert [(error["row"], error["code"]) for error in report["errors"]] == [(2, "duplicate")]
    assert "单雨桐" in report["errors"][0]["message"]
    assert BranchReview.objects.get().points == online
    same = write(sheet_of(card(member, 95, 95, 95, 95, 95)), tree, cycle, source="branch", by=secretary)
    assert (same["accepted"], same["updated"], same["errors"]) == (1, 0, [])


@pytest.mark.parametrize(("source", "model"), [("self", SelfReview), ("branch", BranchReview)])
def test_paper_is_corrected_by_paper_whoever_brought_it_in(tree, cycle, source, model):
    secretary, member = make_user(Role.SECRETARY, tree.b1), make_member(tree.b1)
    write(sheet_of(card(member)), tree, cycle, source=source, by=secretary)
    assert (model.objects.get().from_paper, model.objects.get().submitted_by) == (True, secretary)
    report = write(sheet_of(card(member, 60, 61, 62, 63, 64)), tree, cycle, source=source, by=secretary)
    assert (report["updated"], report["errors"]) == (1, [])


def test_an_own_card_that_an_officer_imports_is_still_paper(tree, cycle):
    secretary = make_user(Role.SECRETARY, tree.b1)
    own = make_member(tree.b1, user=secretary)
    write(sheet_of(card(own)), tree, cycle, by=secretary)
    report = write(sheet_of(card(own, 60, 61, 62, 63, 64)), tree, cycle, by=secretary)
    assert (report["updated"], report["errors"]) == (1, [])


def test_a_member_who_submits_online_takes_the_card_over(tree):
    november = Cycle.objects.create(committee=tree.root, month=date(2026, 11, 1))
    user = make_user(Role.MEMBER, tree.b1)
    in_time = datetime(2026, 11, 10, 4, tzinfo=UTC)
    points = {"thought": 95, "study": 85, "life": 75, "work": 95, "conduct": 85}
    write(sheet_of(card(user.member, *points.values())), tree, november)
    words = self_reviews.Words(points=points)
    self_reviews.submit(member=user.member, cycle=november, words=words, version=1, by=user, now=in_time)
    review = SelfReview.objects.get()
    assert (review.from_paper, review.submitted_by, review.points) == (False, user, points)


def test_a_card_is_stored_with_the_branch_in_which_the_person_was_due(tree, cycle):
    moved, stayed = make_member(tree.b1), make_member(tree.b1)
    Due.objects.create(cycle=cycle, member=moved, branch=tree.b2)
    write(sheet_of(card(moved), card(stayed)), tree, cycle, source="branch")
    assert BranchReview.objects.get(member=moved).branch == tree.b2
    assert BranchReview.objects.get(member=stayed).branch == tree.b1


def test_the_check_page_shows_the_rows_and_warns_of_figures_that_are_no_grade(client, tree, cycle, time_machine):
    time_machine.move_to(NOW)
    secretary = make_user(Role.SECRETARY, tree.b1)
    known, fresh = make_member(tree.b1, name="单雨桐"), make_member(tree.b1, name="于知行")
    write(sheet_of(card(known)), tree, cycle)
    content = sheet_of(card(known, 1, 2, "优秀", 85, 85), card(fresh, 95, 95, 95, 95, 95), card(fresh))
    batch = score_batches.keep_batch(
        content=content, file_name="cards.xlsx", branch=tree.b1, cycle=cycle, source="self", by=secretary, now=NOW
    )
    common = {"note": "", "replaces": False}
    assert batch.report["preview"] == [
        {"number": known.number, "name": "单雨桐", "points": [1, 2, 95, 85, 85], "is_new": False, **common},
        {"number": fresh.number, "name": "于知行", "points": [95, 95, 95, 95, 95], "is_new": True, **common},
    ]
    assert batch.report["no_grades"] == 2
    answer = sign_in(client, secretary).get(reverse("evaluations:score_batch", kwargs={"pk": batch.pk}))
    shown = [[str(points) for _label, points in row["cells"]] for row in answer.context["preview"]]
    assert shown == [["1", "2", "优秀", "良好", "良好"], ["优秀"] * 5]
    page = answer.content.decode()
    assert page.index("2 个数不是本月五个等级的分值") < page.index("单雨桐")


def test_a_month_in_points_warns_of_nothing_and_the_preview_ends_at_a_hundred(tree, cycle):
    cycle.scale = Cycle.Scale.POINTS
    cycle.save()
    content = sheet_of(*(card(make_member(tree.b1), 1, 2, 3, 4, 5) for _row in range(101)))
    batch = score_batches.keep_batch(
        content=content,
        file_name="cards.xlsx",
        branch=tree.b1,
        cycle=cycle,
        source="self",
        by=make_user(Role.SECRETARY, tree.b1),
        now=NOW,
    )
    assert (batch.report["created"], len(batch.report["preview"]), batch.report["no_grades"]) == (101, 100, 0)


@pytest.mark.parametrize(("month", "now"), [(10, NOW), (11, datetime(2026, 11, 10, 4, tzinfo=UTC))])
def test_the_own_card_and_months_say_that_paper_was_entered(client, tree, time_machine, month, now):
    time_machine.move_to(now)
    cycle = Cycle.objects.create(committee=tree.root, month=date(2026, month, 1))
    user = make_user(Role.MEMBER, tree.b1)
    Due.objects.create(cycle=cycle, member=user.member, branch=tree.b1)
    write(sheet_of(card(user.member, "优秀", 41, 42, 43, 44, note="住院一周")), tree, cycle)
    sign_in(client, user)
    page = client.get(reverse("evaluations:review_of_month", kwargs={"month": cycle.month})).content.decode()
    for text in ("由纸质卡录入", "<dd>41</dd>", "<dd>住院一周</dd>"):
        assert text in page
    listed = client.get(reverse("evaluations:own_reviews")).content.decode()
    for text in ("由纸质卡录入", "住院一周"):
        assert text in listed


def test_the_monthly_workbook_holds_the_note_of_the_whole_card(tree, cycle):
    member = make_member(tree.b1)
    write(sheet_of(card(member, note="住院一周")), tree, cycle)
    write(sheet_of(card(member, note="表现稳定")), tree, cycle, source="branch")
    content = monthly_workbook(branch_months([tree.b1], cycle.month), cycle.month)
    rows = read_file(content, "month.xlsx")[1].rows
    assert [tuple(cells[-2:]) for _row, cells in rows[-2:]] == [
        ("自评卡说明", "支部评语"),
        ("住院一周", "表现稳定"),
    ]


def test_an_old_month_that_paper_brings_in_is_left_alone_by_the_clock(tree):
    make_member(tree.b1)
    old = score_import.cycle_for_import(branch=tree.b1, month=date(2026, 9, 1), now=NOW)
    assert CycleEvent.objects.filter(cycle=old, branch=tree.b1).count() == len(CycleEvent.Kind)
    closed = []
    months.advance(now=NOW, on_closed=lambda cycle, branch: closed.append((cycle, branch)))
    assert (closed, Notification.objects.count(), Due.objects.count()) == ([], 0, 0)


def test_an_import_leaves_known_and_running_months_to_the_clock(tree, cycle):
    in_time = datetime(2026, 11, 10, 4, tzinfo=UTC)
    for month in (cycle.month, date(2026, 11, 1)):
        score_import.cycle_for_import(branch=tree.b1, month=month, now=in_time)
    assert not CycleEvent.objects.exists()
