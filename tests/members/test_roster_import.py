"""Does a roster get into its branch once, whole and without harm to anybody it does not name?"""

import datetime
from types import SimpleNamespace

import pytest
from django.db import IntegrityError
from django.utils.translation import override

from branchportal import bulk
from branchportal.models import AuditEntry
from members.models import Branch, FormerNumber, Member
from members.roles import Role
from members.services.roster_import import (
    ChangedSinceCheckError,
    check_roster,
    keep_batch,
    write_batch,
    write_roster,
)
from members.stages import Stage
from tests.factories import make_member, make_user

TODAY = datetime.date(2026, 11, 22)
NOW = datetime.datetime(2026, 11, 22, 4, 0, tzinfo=datetime.UTC)
HEADER = "学号,姓名,发展阶段,班级,申请入党时间,确定积极分子时间,联系电话,备注"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():
    with override("en"):
        yield


def roster(*lines, header=HEADER):
    return "\n".join([header, *lines]).encode()


GOOD = roster("1001,曾晓,积极分子,数媒2201,2023.9,2024年5月1日,13900000000,班长", "1002,乙,,,,,,")


def check(branch, content):
    return check_roster(branch=branch, content=content, file_name="名单.csv", today=TODAY)


def write(branch, content, **options):
    return write_roster(branch=branch, content=content, file_name="名单.csv", today=TODAY, **{"by": None, **options})


def facts(**fields):
    return Member.objects.filter(**fields).order_by("number")


def concerns(plan):
    return [(concern.row, concern.message) for concern in plan.concerns]


def test_checking_writes_nothing(tree):
    plan = check(tree.b1, GOOD)
    assert plan.as_dict() == {"rows": 2, "accepted": 2, "created": 2, "updated": 0, "errors": []}
    assert (Member.objects.count(), AuditEntry.objects.count()) == (0, 0)


def test_writing_puts_every_fact_in_its_place(tree):
    secretary = make_user(Role.SECRETARY, tree.b1)
    AuditEntry.objects.all().delete()
    plan = write(tree.b1, GOOD, by=secretary, joined_on=datetime.date(2026, 9, 1))
    assert plan.as_dict() == {"rows": 2, "accepted": 2, "created": 2, "updated": 0, "errors": []}
    assert list(
        facts().values_list(
            "branch__code", "number", "name", "pinyin", "initials", "kind", "stage", "class_name", "applied_on",
            "activist_on", "candidate_on", "contact", "joined_on", "ended_on", "user", "version",
        )
    ) == [
        (
            "B001", "1001", "曾晓", "zeng xiao", "zx", "student", "activist", "数媒2201", datetime.date(2023, 9, 1),
            datetime.date(2024, 5, 1), None, "13900000000", datetime.date(2026, 9, 1), None, None, 1,
        ),
        (
            "B001", "1002", "乙", "yi", "y", "student", "applicant", "", None,
            None, None, "", datetime.date(2026, 9, 1), None, None, 1,
        ),
    ]  # fmt: skip
    lines = AuditEntry.objects.order_by("id").values_list("action", "actor", "branch", "subject_name", "reason")
    assert list(lines) == [
        ("member.added", secretary.pk, tree.b1.pk, "曾晓", "名单.csv"),
        ("member.added", secretary.pk, tree.b1.pk, "乙", "名单.csv"),
        ("roster.imported", secretary.pk, tree.b1.pk, "本科生第一党支部", "名单.csv"),
    ]
    assert AuditEntry.objects.get(action="roster.imported").after == {
        "rows": 2,
        "accepted": 2,
        "created": 2,
        "updated": 0,
    }


def test_the_same_file_twice_changes_nothing(tree):
    write(tree.b1, GOOD)
    before = (list(Member.objects.values()), AuditEntry.objects.count())
    plan = write(tree.b1, GOOD)
    assert plan.as_dict() == {"rows": 2, "accepted": 2, "created": 0, "updated": 0, "errors": []}
    assert plan.unchanged == 2
    assert (list(Member.objects.values()), AuditEntry.objects.count()) == before


def test_good_rows_are_written_beside_bad_ones_and_bad_ones_not_at_all(tree):
    known = make_member(tree.b1, number="1003", name="丙", class_name="旧班")
    content = roster("1001,甲,,,,,,", ",无号,,,,,,", "1003,丙,党圆,新班,,,,", "1004,丁,,,不详,,,", "1001,又,,,,,,")
    plan = write(tree.b1, content)
    assert [(error.row, error.code) for error in plan.reading.errors] == [
        (3, "missing"),
        (4, "unknown_value"),
        (5, "bad_date"),
        (6, "duplicate"),
    ]
    assert list(facts().values_list("number", "name")) == [("1001", "甲"), ("1003", "丙")]
    known.refresh_from_db()
    assert (known.class_name, known.version) == ("旧班", 1)


def test_filled_cells_update_and_blank_cells_erase_nothing(tree):
    known = make_member(tree.b1, number="1001", name="甲", stage=Stage.ACTIVIST, contact="110", class_name="旧班")
    other = make_member(tree.b1, number="1002", name="乙")
    plan = write(tree.b1, roster("1001,甲,发展对象,新班,,,,"))
    assert plan.as_dict() == {"rows": 1, "accepted": 1, "created": 0, "updated": 1, "errors": []}
    known.refresh_from_db()
    assert (known.stage, known.class_name, known.contact, known.applied_on, known.version) == (
        "candidate",
        "新班",
        "110",
        datetime.date(2023, 3, 1),
        2,
    )
    entry = AuditEntry.objects.get(action="member.edited")
    assert (entry.before, entry.after) == (
        {"stage": "activist", "class_name": "旧班"},
        {"stage": "candidate", "class_name": "新班"},
    )
    assert Member.objects.get(pk=other.pk).version == 1


def test_a_new_name_reaches_pinyin_and_account_and_is_pointed_out(tree):
    user = make_user(Role.MEMBER, tree.b1, number="1001", name="旧名")
    plan = write(tree.b1, roster("1001,单新,,,,,,"))
    user.refresh_from_db()
    assert (user.name, user.member.name, user.member.pinyin) == ("单新", "单新", "shan xin")
    assert concerns(plan) == [(2, "The name changes from 旧名 to 单新. Is the number right?")]


def test_a_former_number_finds_the_person_and_keeps_the_present_one(tree):
    known = make_member(tree.b1, number="2002", name="甲", class_name="旧班")
    FormerNumber.objects.create(member=known, number="1001", until=TODAY)
    plan = write(tree.b1, roster("1001,甲,,新班,,,,", "2002,甲,,,,,,"))
    known.refresh_from_db()
    assert (known.number, known.class_name, Member.objects.count()) == ("2002", "新班", 1)
    assert [(error.row, error.code) for error in plan.reading.errors] == [(3, "duplicate")]


@pytest.mark.parametrize("number", ["3001", "3000"])
def test_people_of_other_branches_are_untouched_and_nothing_is_told(tree, number):
    other = make_member(tree.b2, number="3001", name="别人", contact="秘密")
    FormerNumber.objects.create(member=other, number="3000", until=TODAY)
    plan = write(tree.b1, roster(f"{number},某某,,新班,,,110,"))
    assert plan.as_dict() == {
        "rows": 1,
        "accepted": 0,
        "created": 0,
        "updated": 0,
        "errors": [
            {
                "sheet": "",
                "row": 2,
                "column": "学号",
                "code": "other_branch",
                "message": f"学号 {number} belongs to another branch. "
                "Correct it, or ask for a transfer of the membership.",
            }
        ],
    }
    other.refresh_from_db()
    assert (other.name, other.contact, other.version) == ("别人", "秘密", 1)


def test_an_ended_membership_stays_ended(tree):
    gone = make_member(
        tree.b1,
        number="1001",
        name="甲",
        class_name="旧班",
        ended_on=datetime.date(2026, 6, 30),
        end_reason="graduated",
    )
    plan = write(tree.b1, roster("1001,甲,,新班,,,,"))
    gone.refresh_from_db()
    assert (gone.ended_on, gone.class_name) == (datetime.date(2026, 6, 30), "旧班")
    assert plan.as_dict() == {"rows": 1, "accepted": 1, "created": 0, "updated": 0, "errors": []}
    assert concerns(plan) == [
        (2, "The membership has ended; the row changes nothing. Take the person back on his page.")
    ]


def test_what_is_odd_only_warns(tree):
    make_member(tree.b1, number="1001", name="甲")
    header = "学号,姓名,发展阶段,出生年月,申请入党时间,确定积极分子时间,确定发展对象时间,接收预备党员时间,转正时间"
    content = roster(
        "1009,甲,积极分子",
        "1002,乙,正式党员,2006-05,2023-09-01,2024-05-01,2025-04-30,2025-06-01,2026-05-31",
        "1003,丙,,,2023-09-01,2024-05-01",
        "1004,丁,积极分子,,2023-09-01,2024-05-01,2025-05-01",
        header=header,
    )
    plan = write(tree.b1, content)
    assert (plan.as_dict()["created"], plan.reading.errors) == (4, [])
    assert [row for row, _message in concerns(plan)] == [2, 3, 3, 3, 4, 5]
    assert concerns(plan)[0] == (
        2,
        "甲 is already in the branch as 1001. For a new number, change it on that page instead.",
    )
    assert concerns(plan)[4] == (4, "The stage is not given; it is taken from the dates as Activist.")
    assert concerns(plan)[5] == (5, "There is a date for a later step than the stage Activist.")
    assert facts(number="1003").get().stage == "activist"


def test_the_birthday_is_not_kept(tree):
    assert "born_on" not in {field.name for field in Member._meta.get_fields()}
    write(tree.b1, roster("1001,甲,2004-05-06", header="学号,姓名,出生年月"))
    assert "2004" not in str(list(Member.objects.values())) + str(list(AuditEntry.objects.values("before", "after")))


def test_a_plan_that_was_overtaken_is_not_written(tree):
    expected = check(tree.b1, GOOD).fingerprint
    make_member(tree.b1, number="1002", name="乙", class_name="x")
    with pytest.raises(ChangedSinceCheckError):
        write(tree.b1, GOOD, expected=expected)
    assert list(facts().values_list("number", flat=True)) == ["1002"]


def test_a_number_taken_at_the_last_moment_becomes_an_error_of_its_row(tree, monkeypatch):
    """Another branch's import commits between plan and write: the second plan sees it."""
    calls = []

    def insert_values(model, rows):
        rows = list(rows)
        calls.append((model.__name__, len(rows)))
        if len(calls) == 1:
            raise IntegrityError
        return bulk.insert_values(model, rows)

    monkeypatch.setattr("members.services.roster_import.bulk", SimpleNamespace(insert_values=insert_values))
    write(tree.b1, GOOD)
    assert (calls, Member.objects.count()) == ([("Member", 2), ("Member", 2)], 2)


def test_a_failure_half_way_leaves_nothing(tree, monkeypatch):
    def fail(*_args, **_options):
        raise RuntimeError

    monkeypatch.setattr("members.services.roster_import.audit.record", fail)
    with pytest.raises(RuntimeError):
        write(tree.b1, GOOD)
    assert (Member.objects.count(), AuditEntry.objects.count()) == (0, 0)


def test_queries_do_not_grow_with_the_rows(tree, django_assert_num_queries):
    with django_assert_num_queries(3):
        check(tree.b1, roster("1,甲,,,,,,"))
    lines = [f"{number},甲,,,,,," for number in range(1, 500)]
    with django_assert_num_queries(3):
        check(tree.b1, roster(*lines))


def keep(branch, content, by):
    return keep_batch(
        branch=branch, content=content, file_name="名单.csv", by=by, now=NOW, today=TODAY, joined_on=TODAY
    )


def test_a_kept_batch_is_written_once(tree):
    secretary = make_user(Role.SECRETARY, tree.b1)
    batch = keep(tree.b1, GOOD, secretary)
    assert (batch.state, batch.report["created"], Member.objects.count()) == ("checked", 2, 0)
    assert write_batch(batch=batch, by=secretary, today=TODAY) is True
    assert write_batch(batch=batch, by=secretary, today=TODAY) is False
    batch.refresh_from_db()
    assert (batch.state, batch.report["created"], Member.objects.count()) == ("written", 2, 2)
    assert AuditEntry.objects.filter(action="roster.imported").count() == 1


def test_a_batch_overtaken_by_an_edit_shows_the_new_preview(tree):
    secretary = make_user(Role.SECRETARY, tree.b1)
    batch = keep(tree.b1, GOOD, secretary)
    make_member(tree.b1, number="1002", name="乙", stage=Stage.APPLICANT)
    with pytest.raises(ChangedSinceCheckError):
        write_batch(batch=batch, by=secretary, today=TODAY)
    batch.refresh_from_db()
    assert (batch.state, batch.report["created"], batch.report["unchanged"]) == ("checked", 1, 1)
    assert write_batch(batch=batch, by=secretary, today=TODAY) is True
    assert Member.objects.count() == 2


def test_the_preview_names_fields_and_values(tree):
    make_member(tree.b1, number="1001", name="甲", stage=Stage.ACTIVIST, class_name="旧班")
    page = check(tree.b1, roster("1001,甲,党员,新班,,,,", "1002,乙,,,,,,")).as_page()
    assert (page["changed"], page["new"], page["ignored"]) == (
        [
            {
                "sheet": "",
                "row": 2,
                "number": "1001",
                "name": "甲",
                "changes": [["Stage", "Activist", "Full member"], ["Class", "旧班", "新班"]],
            }
        ],
        [
            {
                "sheet": "",
                "row": 3,
                "number": "1002",
                "name": "乙",
                "changes": [["Name", "", "乙"], ["Stage", "", "Applicant"]],
            }
        ],
        ["备注"],
    )


def test_the_branch_of_a_file_is_the_one_named(tree):
    write(tree.b2, roster("1001,甲,本科生第一党支部", header="学号,姓名,党支部"))
    assert facts().get().branch == Branch.objects.get(code="B002")


def test_rows_that_name_another_branch_are_told_apart_and_still_written(tree, django_assert_num_queries):
    make_member(tree.b1, number="1004", name="丁", class_name="旧班")
    content = roster(
        "1001,甲,本科生第一党支部,",
        "1002,乙,中共软件学院本科生第一党支部委员会,",
        "1003,丙,本科生第二党支部,",
        "1004,丁,研究生第一党支部,新班",
        "1005,戊,,",
        "1006,己,第一党支部,",
        "1007,庚,校友会,",
        "1008,辛,B001,",
        header="学号,姓名,党支部,班级",
    )
    with django_assert_num_queries(4):
        plan = check(tree.b1, content)
    assert [(stray.row, stray.number, stray.name, stray.branch) for stray in plan.strays] == [
        (4, "1003", "丙", "本科生第二党支部"), (8, "1007", "庚", "校友会"),
    ]  # fmt: skip
    assert [message for row, message in concerns(plan) if row == 5] == [
        "The file names 研究生第一党支部; the import moves nobody. Transfer the membership if that is right."
    ]
    page = plan.as_page()
    assert (page["stray_count"], page["stray_branches"]) == (2, ["本科生第二党支部", "校友会"])
    write(tree.b1, content)
    assert set(facts().values_list("branch__code", flat=True)) == {"B001"}
    assert check(tree.b1, content).strays == []
