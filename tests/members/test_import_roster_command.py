"""Does the command keep its promises about output, exit codes and what is written?"""

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from django.utils.translation import override
from openpyxl import load_workbook

from branchportal.models import AuditEntry
from members.models import Branch, Member
from tests.factories import make_branch_tree

pytestmark = pytest.mark.django_db
SAMPLES = Path(__file__).parents[1] / "data" / "rosters"
SINCE = "--since takes a day up to today, such as 2026-09-01."
EXPECTED = json.loads((SAMPLES / "expected.json").read_text())


@pytest.fixture(autouse=True)
def _in_english():
    with override("en"):
        yield


@pytest.fixture(autouse=True)
def tree():
    return make_branch_tree()


def run(*arguments):
    out, err = io.StringIO(), io.StringIO()
    call_command("import_roster", *map(str, arguments), stdout=out, stderr=err)
    assert err.getvalue() == ""
    return out.getvalue()


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_every_sample_checked_written_and_written_again(name):
    expected = EXPECTED[name]
    path = SAMPLES / name
    checked = json.loads(run(path, "--branch", "B001", "--json"))
    assert list(checked) == ["rows", "accepted", "created", "updated", "errors"]
    assert (checked["rows"], checked["accepted"], checked["created"], checked["updated"]) == (
        expected["rows"],
        expected["accepted"],
        expected["accepted"],
        0,
    )
    assert [{key: error[key] for key in ("row", "column", "code")} for error in checked["errors"]] == expected["errors"]
    assert {key for error in checked["errors"] for key in error} <= {"sheet", "row", "column", "code", "message"}
    assert Member.objects.count() == 0
    assert json.loads(run(path, "--branch", "B001", "--json", "--commit")) == checked
    assert Member.objects.filter(branch__code="B001", joined_on=timezone.localdate()).count() == expected["accepted"]
    before = (list(Member.objects.values()), AuditEntry.objects.count())
    again = json.loads(run(path, "--branch", "B001", "--json", "--commit"))
    assert again == {**checked, "created": 0}
    assert (list(Member.objects.values()), AuditEntry.objects.count()) == before


def test_another_branch_gets_no_row_of_it():
    run(SAMPLES / "clean.xlsx", "--branch", "B001", "--commit")
    report = json.loads(run(SAMPLES / "clean.xlsx", "--branch", "B002", "--json", "--commit"))
    assert (report["rows"], report["accepted"], {error["code"] for error in report["errors"]}) == (
        32,
        0,
        {"other_branch"},
    )
    assert {error["column"] for error in report["errors"]} == {"学号"}
    assert Member.objects.filter(branch__code="B002").count() == 0


def test_plain_output_says_what_to_do(tmp_path):
    path = tmp_path / "名单.csv"
    path.write_text("学号,姓名,备注\n1001,甲,\n,乙,\n")
    assert run(path, "--branch", "B001") == (
        "3: 学号 is empty. Enter the student or staff number. [missing]\n"
        "2 甲: The stage is not given; it is taken from the dates as Applicant.\n"
        "Columns not used: 备注\n"
        "2 rows, 1 good; new: 1, changed: 0, unchanged: 0.\n"
        "Nothing was written. Add --commit to write the good rows.\n"
    )
    assert "Nothing was written" not in run(path, "--branch", "B001", "--commit")


def test_the_report_is_the_senders_file_with_marks(tmp_path):
    out = tmp_path / "marked.xlsx"
    run(SAMPLES / "errors_few.xlsx", "--branch", "B001", "--report", out)
    marked = load_workbook(out).active
    assert [cell.coordinate for row in marked.iter_rows() for cell in row if cell.comment] == [
        "C10",
        "B23",
        "B26",
        "I27",
    ]


def test_since(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("学号,姓名\n1001,甲\n")
    run(path, "--branch", "B001", "--commit", "--since", "2026-09-01")
    assert Member.objects.get().joined_on.isoformat() == "2026-09-01"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["clean.xlsx", "--branch", "NONE"], "There is no branch with the code NONE."),
        (["clean.xlsx", "--branch", "GB1"], "本科生党总支 has no members of its own. Name one of its branches."),
        (["clean.xlsx", "--branch", "B002"], "本科生第二党支部 is closed. Name an open branch."),
        (["none.xlsx", "--branch", "B001"], f"The file {SAMPLES / 'none.xlsx'} cannot be read. Check the path."),
        (["clean.xlsx", "--branch", "B001", "--since", "2099-01-01"], SINCE),
        (["clean.xlsx", "--branch", "B001", "--since", "2026-02-30"], SINCE),
        (
            ["clean.xlsx", "--branch", "B001", "--report", "/nowhere/at/all.xlsx"],
            "The report /nowhere/at/all.xlsx cannot be written. Check the path.",
        ),
        (
            ["expected.json", "--branch", "B001"],
            "expected.json: No sheet has a row with the headers 学号, 姓名. Use the template, or add a header row.",
        ),
    ],
)  # fmt: skip
def test_what_cannot_work_is_one_sentence_and_writes_nothing(arguments, message):
    Branch.objects.filter(code="B002").update(closed_on="2026-01-01")
    with pytest.raises(CommandError) as caught:
        run(SAMPLES / arguments[0], *arguments[1:], "--json", "--commit")
    assert (str(caught.value), caught.value.returncode) == (message, 1)
    assert Member.objects.count() == 0


def test_the_report_never_replaces_the_roster(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("学号,姓名\n1001,甲\n")
    with pytest.raises(CommandError):
        run(path, "--branch", "B001", "--report", path)
    assert path.read_text() == "学号,姓名\n1001,甲\n"
