"""Do figures from Excel come in whole and once, with who, when and from which file, and never about oneself?"""

from datetime import date

import pytest
from django.utils import translation

from branchportal.models import AuditEntry
from branchportal.spreadsheets.writing import Column, SheetSpec, write_workbook
from evaluations.column_file import mark_of_branch
from evaluations.models import ColumnFigure, FigureColumn
from evaluations.queries.column_check import Days
from evaluations.refusals import Refused
from evaluations.score_file import Mark, mark_sheet
from evaluations.services import column_batches
from evaluations.services.column_import import take_back_column, write_columns
from members.models import Absence, ImportBatch
from members.roles import Role
from members.services.own_matters import OwnMatter
from tests.evaluations.figures_material import DAY, NOW, bring_in, sheet_of
from tests.factories import make_member, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def secretary(tree):
    return make_user(Role.SECRETARY, tree.b1, name="王文静")


def stored():
    rows = ColumnFigure.objects.order_by("column__last_on", "column__key", "member__number")
    return list(rows.values_list("member__name", "column__key", "value", "imported_by__name", "file_name"))


def test_a_figure_keeps_who_when_and_from_which_file(tree, secretary):
    member = make_member(tree.b1, name="赵一")
    bring_in(tree.b1, {member: 2}, by=secretary)
    assert stored() == [("赵一", "failed_courses", "2", "王文静", "成绩.xlsx")]
    assert ColumnFigure.objects.get().imported_at == NOW
    line = AuditEntry.objects.get(action="figures.imported")
    assert (line.branch, line.reason, line.before, line.after) == (
        tree.b1, "成绩.xlsx", {},
        {"person": "赵一", "column": "挂科门数", "first_on": "2026-10-20", "last_on": "2026-10-20", "value": "2"},
    )  # fmt: skip


def test_a_second_sheet_replaces_and_the_trail_keeps_what_was(tree, secretary):
    first, second = make_member(tree.b1, name="赵一"), make_member(tree.b1, name="钱二")
    bring_in(tree.b1, {first: 2, second: 0}, by=secretary)
    found = bring_in(tree.b1, {first: 1, second: 0}, by=secretary, name="不及格课程门数", file="更正.xlsx")
    assert (len(found.created), len(found.updated), found.as_dict()["unchanged"]) == (0, 1, 1)
    assert [row[2:] for row in stored()] == [("1", "王文静", "更正.xlsx"), ("0", "王文静", "成绩.xlsx")]
    assert FigureColumn.objects.get().name == "挂科门数"
    line = AuditEntry.objects.filter(action="figures.imported").latest("pk")
    assert (line.before, line.after["value"]) == ({"value": "2"}, "1")


def test_the_same_sheet_twice_changes_nothing(tree, secretary):
    member = make_member(tree.b1)
    for _time in range(2):
        bring_in(tree.b1, {member: 3}, by=secretary)
    assert AuditEntry.objects.filter(action="figures.imported").count() == 1


def test_other_days_are_another_column(tree, secretary):
    member = make_member(tree.b1)
    bring_in(tree.b1, {member: 3}, by=secretary)
    bring_in(tree.b1, {member: 4}, by=secretary, on=date(2026, 11, 1))
    assert [row[2] for row in stored()] == ["3", "4"]


def test_nobody_brings_in_a_figure_about_himself(tree, secretary):
    own, other = make_member(tree.b1, user=secretary), make_member(tree.b1)
    found = bring_in(tree.b1, {own: 0, other: 0}, by=secretary)
    assert [(error.row, error.code) for error in found.reading.errors] == [(2, "unknown_value")]
    assert [figure.member for figure in ColumnFigure.objects.all()] == [other]
    officer = make_user(Role.ORGANISATION_COMMISSIONER, tree.b1)
    assert bring_in(tree.b1, {own: 0}, by=officer).reading.errors == []
    assert bring_in(tree.b1, {own: 0}, by=secretary).reading.errors == []  # it stands so already


def test_people_of_another_branch_stay_out(tree, secretary):
    elsewhere = make_member(tree.b2, name="外人")
    found = bring_in(tree.b1, {elsewhere: 1}, by=secretary)
    assert ([error.code for error in found.reading.errors], stored()) == (["other_branch"], [])


@pytest.mark.parametrize(("mark", "words"), [
    (Mark("self", "B001", "2026-10"), "page of its month"), (mark_of_branch("B002"), "B002"),
])  # fmt: skip
def test_a_sheet_that_was_downloaded_for_something_else_is_refused(tree, secretary, mark, words):
    member = make_member(tree.b1)
    column = Column("学号", value=lambda row: row[0]), Column("绩点", value=lambda row: row[1])
    content = write_workbook([SheetSpec("绩点", column, [(member.number, 3)]), mark_sheet(mark)])
    with pytest.raises(Refused) as refused, translation.override("en"):
        write_columns(content=content, file_name="a.xlsx", branch=tree.b1, days=Days(DAY, DAY), by=secretary, now=NOW)
    with translation.override("en"):
        assert words in str(refused.value)


def test_a_batch_is_checked_first_and_written_once(tree, secretary):
    good, bad = make_member(tree.b1, name="赵一"), make_member(tree.b1, name="钱二")
    content = sheet_of(("学号", "姓名", "绩点"), (good.number, "赵一", 3.5), (bad.number, "钱二", "缺"))
    batch = column_batches.keep_batch(
        content=content, file_name="绩点.xlsx", branch=tree.b1, days=Days(date(2026, 9, 1), DAY), by=secretary, now=NOW
    )
    assert stored() == []
    assert batch.report["preview"] == [{"number": good.number, "name": "赵一", "cells": [["3.5", ""]]}]
    assert (batch.report["columns"], batch.report["failed"], batch.report["error_count"]) == (["绩点"], 1, 1)
    assert [column_batches.write_batch(batch=batch, by=secretary, now=NOW) for _time in range(2)] == [True, False]
    assert [row[:3] for row in stored()] == [("赵一", "gpa", "3.5")]
    assert ImportBatch.objects.get().state == "written"
    assert (FigureColumn.objects.get().first_on, FigureColumn.objects.get().last_on) == (date(2026, 9, 1), DAY)


def test_the_errors_come_back_in_the_senders_sheet(tree, secretary):
    member = make_member(tree.b1)
    batch = column_batches.keep_batch(
        content=sheet_of(("学号", "绩点", "得票"), (member.number, "缺", 3), ("0", 3, 3)), file_name="a.xlsx",
        branch=tree.b1, days=Days(DAY, DAY), by=secretary, now=NOW,
    )  # fmt: skip
    again = column_batches.failing_file(batch=batch, by=secretary, now=NOW, error_header="问题")
    found = column_batches.keep_batch(
        content=again, file_name="b.xlsx", branch=tree.b1, days=Days(DAY, DAY), by=secretary, now=NOW
    )
    assert found.report["failed"] == 2
    assert column_batches.marked_file(batch=batch, by=secretary, now=NOW).startswith(b"PK")


def test_a_column_is_taken_back_with_its_figures_and_the_trail_keeps_them(tree, secretary):
    member = make_member(tree.b1, name="赵一")
    bring_in(tree.b1, {member: 2}, by=secretary)
    column = FigureColumn.objects.get()
    takes = [take_back_column(column=column, reason="学年弄错", by=secretary, now=NOW) for _time in range(2)]
    assert takes == [True, False]
    assert (stored(), FigureColumn.objects.count()) == ([], 0)
    line = AuditEntry.objects.get(action="figures.taken_back")
    assert (line.before["person"], line.before["value"], line.reason) == ("赵一", "2", "学年弄错")


def test_nobody_takes_back_a_column_with_a_figure_about_himself(tree, secretary):
    officer = make_user(Role.ORGANISATION_COMMISSIONER, tree.b1, name="组织委员")
    own, other = make_member(tree.b1, user=secretary), make_member(tree.b1)
    bring_in(tree.b1, {own: 2, other: 1}, by=officer)
    column = FigureColumn.objects.get()
    with pytest.raises(OwnMatter, match="组织委员"):
        take_back_column(column=column, reason="学年弄错", by=secretary, now=NOW)
    assert (ColumnFigure.objects.count(), AuditEntry.objects.filter(action="figures.taken_back").count()) == (2, 0)
    assert take_back_column(column=column, reason="学年弄错", by=officer, now=NOW)


def test_nor_with_one_about_whom_he_stands_in_for(tree, secretary):
    deputy, own = make_user(Role.DEPUTY_SECRETARY, tree.b1), make_member(tree.b1, user=secretary)
    officer = make_user(Role.ORGANISATION_COMMISSIONER, tree.b1)
    bring_in(tree.b1, {own: 2}, by=officer)
    Absence.objects.create(
        office=secretary.role_assignments.get(), stand_in=deputy, entered_by=secretary, starts_on=NOW.date(),
        ends_on=NOW.date(),
    )  # fmt: skip
    with pytest.raises(OwnMatter):
        take_back_column(column=FigureColumn.objects.get(), reason="学年弄错", by=deputy, now=NOW)
