"""Can an officer say who stands in, and does the stand-in work with that right on the pages?"""

from datetime import UTC, date, datetime

import pytest
from django.test import Client

from branchportal.models import AuditEntry
from members.models import Absence
from members.roles import Role
from tests.factories import make_member, make_user, sign_in

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
DAYS = {"starts_on": "2026-11-22", "ends_on": "2026-11-30", "kind": "travel"}


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def secretary(tree):
    return make_user(Role.SECRETARY, tree.b1, name="王芳")


@pytest.fixture
def deputy(tree):
    return make_user(Role.DEPUTY_SECRETARY, tree.b1, name="张伟")


def browser(user) -> Client:
    return sign_in(Client(), user)


def add(user) -> str:
    return f"/absences/offices/{user.role_assignments.get().pk}/"


def test_the_stand_in_works_and_the_trail_names_both(tree, secretary, deputy):
    member = make_member(tree.b1)
    edit = f"/people/{member.pk}/edit/"
    assert browser(deputy).get(edit).status_code == 403
    answer = browser(secretary).post(add(secretary), DAYS | {"stand_in": deputy.pk})
    assert (answer.status_code, answer["Location"]) == (302, "/absences/")
    client = browser(deputy)
    form = client.get(edit).context["form"]
    values = {name: form[name].value() or "" for name in form.fields} | {"major": "软件工程"}
    assert client.post(edit, values).status_code == 302
    line = AuditEntry.objects.get(action="member.edited")
    assert (line.actor, line.stood_in_for, line.branch) == (deputy, "王芳", tree.b1)
    assert "代王芳办理" in browser(secretary).get("/audit/").content.decode()
    assert client.get(f"/people/{make_member(tree.b2).pk}/edit/").status_code == 404


def test_what_a_stand_in_does_with_offices_is_written_down_as_such(tree, secretary):
    organiser = make_user(Role.ORGANISATION_COMMISSIONER, tree.b1)
    publicity, discipline = [
        make_user(role, tree.b1) for role in (Role.PUBLICITY_COMMISSIONER, Role.DISCIPLINE_COMMISSIONER)
    ]
    browser(secretary).post(add(secretary), DAYS | {"stand_in": organiser.pk})
    browser(organiser).post(add(publicity), DAYS | {"stand_in": discipline.pk})
    person = make_member(tree.b1)
    letters = "/people/graduation/?branch=B001&grade=2023&kind=moves&organisation=X"
    browser(organiser).post(letters, {"person": f"{person.pk}-1"})
    lines = AuditEntry.objects.filter(actor=organiser).order_by("pk").values_list("action", "stood_in_for")
    assert list(lines) == [("absence.entered", "王芳"), ("transfer.proposed", "王芳")]


def test_the_right_is_gone_the_day_after(tree, secretary, deputy, time_machine):
    browser(secretary).post(add(secretary), DAYS | {"stand_in": deputy.pk})
    url = f"/people/{make_member(tree.b1).pk}/edit/"
    met = []
    for moment in (datetime(2026, 11, 30, 15, 59, tzinfo=UTC), datetime(2026, 11, 30, 16, 0, tzinfo=UTC)):
        time_machine.move_to(moment, tick=False)
        met.append(browser(deputy).get(url).status_code)
    assert met == [200, 403]


def test_who_is_offered(tree, secretary, deputy):
    make_user(Role.SECRETARY, tree.b2)
    form = browser(secretary).get(add(secretary)).context["form"]
    assert list(form.fields["stand_in"].queryset) == [deputy]


def test_a_wrong_day_is_named_at_the_field(tree, secretary, deputy):
    answer = browser(secretary).post(add(secretary), DAYS | {"stand_in": deputy.pk, "ends_on": "2026-11-21"})
    assert (answer.status_code, set(answer.context["form"].errors)) == (200, {"ends_on"})
    assert Absence.objects.count() == 0


def test_the_list_and_the_early_end(tree, secretary, deputy):
    browser(secretary).post(add(secretary), DAYS | {"stand_in": deputy.pk})
    absence = Absence.objects.get()
    seen = [
        [row.may_end for row, _label in browser(user).get("/absences/").context["rows"]] for user in (secretary, deputy)
    ]
    assert seen == [[True], [False]]
    end = f"/absences/{absence.pk}/end/"
    assert (browser(deputy).get(end).status_code, browser(deputy).post(end).status_code) == (403, 403)
    assert browser(secretary).get(end).status_code == 200
    assert browser(secretary).post(end).status_code == 302
    assert Absence.objects.count() == 0


def test_the_offices_page_shows_it(tree, secretary, deputy):
    browser(secretary).post(add(deputy), DAYS | {"stand_in": make_user(Role.PUBLICITY_COMMISSIONER, tree.b1).pk})
    [group] = browser(secretary).get("/offices/").context["groups"]
    shown = [(row.role, len(row.absences), row.may_be_left) for row in group.rows]
    assert shown == [
        ("secretary", 0, True),
        ("deputy_secretary", 1, True),
        ("publicity_commissioner", 0, True),
    ]


def test_a_member_without_an_office_reads_why_the_page_is_empty(tree):
    context = browser(make_user(Role.MEMBER, tree.b1)).get("/absences/").context
    assert (context["rows"], context["offices"]) == ([], [])


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_costs_the_same_for_one_and_thirty(tree, secretary, deputy, count, django_assert_num_queries):
    office = deputy.role_assignments.get()
    for day in range(1, count + 1):
        Absence.objects.create(
            office=office,
            stand_in=secretary,
            entered_by=deputy,
            starts_on=date(2027, 1, day),
            ends_on=date(2027, 1, day),
        )
    client = browser(secretary)
    with django_assert_num_queries(5):
        assert len(client.get("/absences/").context["rows"]) == count
