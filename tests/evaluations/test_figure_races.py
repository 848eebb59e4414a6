"""Do two sheets, or two changes of one entry, at the same moment neither lose nor double anything?"""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from branchportal.models import AuditEntry
from evaluations.models import ColumnFigure, FigureColumn, PointsEntry
from evaluations.services import column_import, points
from evaluations.services.column_import import take_back_column
from evaluations.services.points import StalePoints, change_points
from members.roles import Role
from tests.evaluations.figures_material import DAY, NOW, POINTS, add_points, bring_in
from tests.factories import make_member, make_user
from tests.parallel import Aside

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one writer work at a time anyway"),
]


@pytest.fixture
def officers(tree):
    return [make_user(role, tree.b1) for role in (Role.SECRETARY, Role.ORGANISATION_COMMISSIONER)]


def two_sheets(tree, officers) -> Aside:
    """The second one comes while the first one is being written."""
    member = make_member(tree.b1)
    with transaction.atomic():
        bring_in(tree.b1, {member: 1}, by=officers[0])
        second = Aside(lambda: bring_in(tree.b1, {member: 2}, by=officers[1], file="更正.xlsx"))
        assert second.waits
    return second


def test_the_second_of_two_sheets_replaces_what_the_first_one_wrote(tree, officers):
    two_sheets(tree, officers).ends()
    assert [(one.value, one.file_name) for one in ColumnFigure.objects.all()] == [("2", "更正.xlsx")]
    lines = AuditEntry.objects.filter(action="figures.imported").order_by("pk")
    assert [line.before for line in lines] == [{}, {"value": "1"}]


def test_control_without_the_lock_the_second_one_fails(tree, officers, monkeypatch):
    monkeypatch.setattr(column_import, "_one_at_a_time", lambda branch: None)
    assert isinstance(two_sheets(tree, officers).ends(), IntegrityError)


def take_back_then_sheet(tree, officers) -> Aside:
    """A sheet comes while the column that it corrects is being taken back."""
    member = make_member(tree.b1)
    bring_in(tree.b1, {member: 1}, by=officers[0])
    with transaction.atomic():
        take_back_column(column=FigureColumn.objects.get(), reason="学年弄错", by=officers[0], now=NOW)
        sheet = Aside(lambda: bring_in(tree.b1, {member: 2}, by=officers[1]))
        assert sheet.waits
    return sheet


def test_a_sheet_that_comes_while_its_column_is_taken_back_makes_it_anew(tree, officers):
    take_back_then_sheet(tree, officers).ends()
    assert [one.value for one in ColumnFigure.objects.all()] == ["2"]


def test_control_without_the_lock_the_sheet_is_lost(tree, officers, monkeypatch):
    monkeypatch.setattr(column_import, "_one_at_a_time", lambda branch: None)
    take_back_then_sheet(tree, officers).ends()
    assert ColumnFigure.objects.count() == 0


def sheet_then_take_back(tree, officers) -> list[str]:
    """The column is taken back while a sheet corrects it: the figures that the trail says were taken back."""
    member = make_member(tree.b1)
    bring_in(tree.b1, {member: 1}, by=officers[0])
    column = FigureColumn.objects.get()
    with transaction.atomic():
        bring_in(tree.b1, {member: 2}, by=officers[0])
        take_back = Aside(lambda: take_back_column(column=column, reason="学年弄错", by=officers[1], now=NOW))
        assert take_back.waits
    take_back.ends()
    assert ColumnFigure.objects.count() == 0
    return [line.before["value"] for line in AuditEntry.objects.filter(action="figures.taken_back")]


def test_the_trail_keeps_the_figure_that_stood_when_its_column_was_taken_back(tree, officers):
    assert sheet_then_take_back(tree, officers) == ["2"]


def test_control_without_the_lock_the_trail_keeps_an_older_one(tree, officers, monkeypatch):
    monkeypatch.setattr(column_import, "_one_at_a_time", lambda branch: None)
    assert sheet_then_take_back(tree, officers) == ["1"]


def two_changes(tree, officers) -> Aside:
    row = add_points(make_member(tree.b1), "5", by=officers[0])

    def change(by, figure):
        values = POINTS | {"points": Decimal(figure), "on": DAY, "what": row.what}
        return change_points(row=row, version=1, values=values, upload=None, reason="更正", by=by, now=NOW)

    with transaction.atomic():
        change(officers[0], "3")
        second = Aside(lambda: change(officers[1], "4"))
        assert second.waits
    return second


def test_the_second_of_two_changes_is_shown_the_first(tree, officers):
    assert isinstance(two_changes(tree, officers).ends(), StalePoints)
    assert PointsEntry.objects.get().points == Decimal("3")


def test_control_without_the_lock_the_first_change_is_lost(tree, officers, monkeypatch):
    rows = PointsEntry.objects.select_related("branch", "member__user", "member__branch", "evidence")
    monkeypatch.setattr(points, "_locked", lambda row: rows.get(pk=row.pk))
    two_changes(tree, officers).ends()
    assert PointsEntry.objects.get().points == Decimal("4")
