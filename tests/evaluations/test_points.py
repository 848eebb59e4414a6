"""Is a bonus or deduction written down once, with what shows it, changed with a reason and never about oneself?"""

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from django.utils import translation

from activities.models import Evidence
from activities.services.evidence import Upload
from branchportal.messages import text_of
from branchportal.models import AuditEntry, Notification
from evaluations.explaining import counted
from evaluations.models import PointsEntry
from evaluations.services.points import PointsRefused, StalePoints, change_points, record_points, withdraw_points
from members.models import Absence
from members.roles import Role
from tests.evaluations.figures_material import DAY, NOW, add_points
from tests.evaluations.ranking_material import install
from tests.factories import make_member, make_user

pytestmark = pytest.mark.django_db
VALUES = {
    "category": "bonus", "category_label": "加分", "points": Decimal("5"), "on": DAY, "what": "竞赛一等奖",
    "source": "校发〔2026〕8 号",
}  # fmt: skip
PDF = Upload("奖状.pdf", b"%PDF-1.4 one", "application/pdf")
OTHER = Upload("奖状 2.pdf", b"%PDF-1.4 two", "application/pdf")


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def secretary(tree):
    return make_user(Role.SECRETARY, tree.b1, name="王文静")


@pytest.fixture
def member(tree):
    return make_user(Role.MEMBER, tree.b1, name="赵一").member


def record(member, by, *, upload=None, entry=None, **values):
    return record_points(
        branch=member.branch, member=member, entry=entry or uuid4(), values=VALUES | values, upload=upload, by=by,
        now=NOW,
    )  # fmt: skip


def change(row, by, *, version=1, upload=None, reason="更正", **values):
    return change_points(row=row, version=version, values=VALUES | values, upload=upload, reason=reason, by=by, now=NOW)


def test_an_entry_keeps_who_wrote_what_and_tells_the_person(member, secretary):
    row = record(member, secretary)
    assert (row.recorded_by, row.recorded_at, row.points) == (secretary, NOW, Decimal("5"))
    line = AuditEntry.objects.get(action="points.recorded")
    assert line.after == {
        "person": "赵一", "category": "加分", "points": "5", "on": "2026-10-20", "what": "竞赛一等奖",
        "source": "校发〔2026〕8 号", "file": "",
    }  # fmt: skip
    with translation.override("en"):
        assert text_of(Notification.objects.get(kind="points_recorded")) == (
            "王文静 wrote down about you: 加分, 5 points, 竞赛一等奖."
        )


def test_a_form_sent_twice_makes_one_entry(member, secretary):
    entry = uuid4()
    assert record(member, secretary, entry=entry) == record(member, secretary, entry=entry)
    assert (PointsEntry.objects.count(), Notification.objects.count()) == (1, 1)


@pytest.mark.parametrize("other", [{"points": Decimal("4")}, {"what": "另一项"}, {"upload": OTHER}])
def test_a_used_form_that_says_something_else_is_refused(member, secretary, other):
    entry = uuid4()
    record(member, secretary, entry=entry, upload=PDF)
    with translation.override("en"), pytest.raises(PointsRefused, match="This form has been used"):
        record(member, secretary, entry=entry, **{"upload": PDF} | other)
    assert [(one.points, one.what) for one in PointsEntry.objects.all()] == [(Decimal("5"), "竞赛一等奖")]


def test_nor_is_it_taken_for_another_person(tree, member, secretary):
    entry = uuid4()
    record(member, secretary, entry=entry)
    with pytest.raises(PointsRefused):
        record(make_member(tree.b1), secretary, entry=entry)
    assert PointsEntry.objects.get().member == member


def test_nobody_writes_changes_or_takes_back_points_about_himself(tree, member, secretary):
    own = make_member(tree.b1, user=secretary)
    officer = make_user(Role.ORGANISATION_COMMISSIONER, tree.b1, name="组织委员")
    row = record(own, officer)
    attempts = (
        lambda: record(own, secretary), lambda: change(row, secretary, points=Decimal("9")),
        lambda: withdraw_points(row=row, version=1, reason="错", by=secretary, now=NOW),
    )  # fmt: skip
    for attempt in attempts:
        with pytest.raises(PointsRefused, match="组织委员"):
            attempt()
    row.refresh_from_db()
    assert (PointsEntry.objects.count(), row.points, row.withdrawn_at) == (1, Decimal("5"), None)


def test_nor_about_whom_he_stands_in_for(tree, secretary):
    deputy, own = make_user(Role.DEPUTY_SECRETARY, tree.b1), make_member(tree.b1, user=secretary)
    Absence.objects.create(
        office=secretary.role_assignments.get(), stand_in=deputy, entered_by=secretary, starts_on=NOW.date(),
        ends_on=NOW.date(),
    )  # fmt: skip
    with pytest.raises(PointsRefused):
        record(own, deputy)


@pytest.mark.parametrize("values", [{"source": ""}, {"on": date(2026, 11, 23)}])
def test_what_nothing_shows_or_has_not_been_yet_is_refused(member, secretary, values):
    with pytest.raises(PointsRefused):
        record(member, secretary, **values)
    assert PointsEntry.objects.count() == 0


def test_a_file_shows_it_too_and_is_kept_once(member, secretary):
    first, second = (record(member, secretary, upload=PDF, source="") for _time in range(2))
    assert (first.evidence, Evidence.objects.count()) == (second.evidence, 1)
    change(first, secretary, upload=OTHER)
    assert sorted(Evidence.objects.values_list("file_name", flat=True)) == ["奖状 2.pdf", "奖状.pdf"]
    change(second, secretary, upload=OTHER)
    assert [one.file_name for one in Evidence.objects.all()] == ["奖状 2.pdf"]


def test_a_change_needs_a_reason_and_says_before_and_after(member, secretary):
    row = record(member, secretary)
    with pytest.raises(PointsRefused):
        change(row, secretary, points=Decimal("3"), reason="")
    changed = change(row, secretary, points=Decimal("3"))
    assert change(row, secretary, points=Decimal("3")) == changed  # sent twice
    line = AuditEntry.objects.get(action="points.changed")
    assert (line.before, line.after, line.reason) == ({"points": "5"}, {"points": "3"}, "更正")
    assert (changed.version, Notification.objects.filter(kind="points_changed").count()) == (2, 1)


def test_a_change_of_what_somebody_else_changed_meanwhile_is_shown_his(member, secretary):
    row = record(member, secretary)
    change(row, secretary, points=Decimal("3"))
    with pytest.raises(StalePoints) as stale:
        change(row, secretary, points=Decimal("4"))
    assert stale.value.entry.points == Decimal("3")


def test_an_entry_is_taken_back_with_a_reason_and_stays(member, secretary):
    row = record(member, secretary)
    for _time in range(2):
        row = withdraw_points(row=row, version=1, reason="重复", by=secretary, now=NOW)
    assert (row.withdrawn_by, row.withdrawn_because) == (secretary, "重复")
    assert AuditEntry.objects.filter(action="points.taken_back", reason="重复").count() == 1
    assert Notification.objects.filter(kind="points_taken_back").count() == 1
    with pytest.raises(PointsRefused):
        change(row, secretary, version=2)


def test_entries_seal_the_scheme_of_their_month(tree, secretary):
    install(tree.root)
    add_points(make_member(tree.b1), "5", by=secretary)
    assert {*tree.root.schemes.values_list("state", flat=True)} == {"sealed"}


@pytest.mark.parametrize(
    ("aggregate", "points", "places"),
    [("max", [3, 5, 5], {1}), ("sum", [3, 5], {0, 1}), ("last", [3, 5], {1}), ("max", [], set())],
)
def test_which_entries_count(aggregate, points, places):
    assert counted(aggregate, points) == places
