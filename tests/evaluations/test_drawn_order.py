"""Can the draw of a defence still be repeated when a speaker has another number or name since?"""

from importlib import import_module
from io import BytesIO

import pytest
from django.apps import apps
from django.urls import reverse
from openpyxl import load_workbook

from branchportal.ledger import Asked
from branchportal.models import AuditEntry
from evaluations.models import DefenceSpeaker
from evaluations.queries.invariants.defences import order_not_as_drawn
from evaluations.reports import defence as report
from evaluations.sampling import drawn
from evaluations.services.defences import running
from members.models import Member
from members.roles import Role
from tests.evaluations.defence_material import NOW, heard, make_session
from tests.factories import make_branch_tree, make_user, sign_in

pytestmark = pytest.mark.django_db
keep_as_drawn = import_module("evaluations.migrations.0014_speakers_as_drawn").keep_as_drawn


@pytest.fixture
def session():
    tree = make_branch_tree()
    return make_session(tree.b1, by=make_user(Role.SECRETARY, tree.b1), speakers=5)


def renumber_everybody():
    """Numbers that give another order, and other names."""
    for place, member in enumerate(Member.objects.order_by("pk")):
        Member.objects.filter(pk=member.pk).update(number=f"99000{place}", name=f"改名{place}")


def told(session) -> list[tuple[str, str]]:
    return [(speaker.number, speaker.name) for speaker in heard(session)]


def test_number_and_name_stay_as_they_were_drawn(session):
    before = told(session)
    renumber_everybody()
    numbers = [number for number, _name in told(session)]
    assert told(session) == before
    assert numbers == drawn("seed", numbers, 5)
    assert list(order_not_as_drawn(Asked(NOW))) == []


def test_page_and_workbook_name_them_so(client, session):
    before = told(session)
    renumber_everybody()
    running.close(session=session, by=session.created_by, now=NOW)
    session.refresh_from_db()
    shown = sign_in(client, session.created_by).get(reverse("evaluations:defence", args=[session.pk]))
    assert [(one.number, one.name) for one in shown.context["order"]] == before
    assert all(number in shown.content.decode() for number, _name in before)
    explained = load_workbook(BytesIO(report.summary_workbook(session)))["说明"].iter_rows(values_only=True)
    assert [row[1] for row in explained if str(row[0]).startswith("第 ")] == [f"{one[0]} {one[1]}" for one in before]


def test_while_it_is_prepared_they_are_as_they_are_now():
    tree = make_branch_tree()
    session = make_session(tree.b1, by=make_user(Role.SECRETARY, tree.b1), speakers=1, opened=False)
    renumber_everybody()
    assert told(session) == [("990000", "改名0")]


def test_those_already_drawn_are_read_from_the_audit_line(session):
    before = told(session)
    DefenceSpeaker.objects.update(drawn_number="", drawn_name="")
    renumber_everybody()
    assert told(session) != before
    keep_as_drawn(apps, None)
    assert told(session) == before


def test_without_the_line_they_stay_as_they_are(session):
    before = told(session)
    DefenceSpeaker.objects.update(drawn_number="", drawn_name="")
    AuditEntry.objects.all().delete()
    keep_as_drawn(apps, None)
    assert told(session) == before
