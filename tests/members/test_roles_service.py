"""Who may give and end which office, and what follows from it?"""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from branchportal.models import AuditEntry, Notification
from members.access import access_of
from members.models import RoleAssignment, User
from members.roles import ACTING_ORDER, APPOINTABLE_BY, Permission, Role, appointable
from members.services import roles
from tests.factories import make_member, make_user, sign_in

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
TODAY = date(2026, 11, 22)


def appoint(user, role, branch, by, **dates):
    values = {"starts_on": TODAY, **dates}
    return roles.appoint(user=user, role=role, branch=branch, by=by, now=NOW, **values)


def end(office, by, last_day=TODAY - timedelta(days=1)):
    roles.end_office(office=office, last_day=last_day, by=by, now=NOW)


def test_a_secretary_fills_the_offices_of_the_own_branch(tree, secretary):
    user = make_user(Role.MEMBER, tree.b1)
    office = appoint(user, Role.ORGANISATION_COMMISSIONER, tree.b1, secretary)
    assert access_of(User.objects.get(pk=user.pk)).may_in(Permission.EDIT_ROSTER, tree.b1)
    line = AuditEntry.objects.get(action="role.given")
    assert (line.actor, line.branch, line.subject_id) == (secretary, tree.b1, str(office.user_id))
    assert line.after["role"] == "organisation_commissioner"
    assert Notification.objects.get().user == user


@pytest.mark.parametrize("role", [Role.SECRETARY, Role.COUNSELOR, Role.REVIEWER, Role.ADMINISTRATOR])
def test_a_secretary_gives_no_office_as_high_as_the_own(tree, secretary, role):
    with pytest.raises(PermissionDenied):
        appoint(make_user(Role.MEMBER, tree.b1), role, tree.b1, secretary)


def test_a_secretary_gives_no_office_elsewhere(tree, secretary):
    for branch in (tree.b2, tree.first, tree.root):
        with pytest.raises(PermissionDenied):
            appoint(make_user(Role.MEMBER, tree.b1), Role.DEPUTY_SECRETARY, branch, secretary)


def test_nobody_appoints_or_dismisses_himself(tree):
    administrator = make_user(Role.ADMINISTRATOR, tree.root)
    with pytest.raises(ValidationError):
        appoint(administrator, Role.REVIEWER, tree.root, administrator)
    with pytest.raises(ValidationError):
        end(administrator.role_assignments.get(), administrator)


def test_reviewer_and_administrator_only_at_a_committee(tree):
    administrator = make_user(Role.ADMINISTRATOR, tree.root)
    user = make_user(Role.MEMBER, tree.b1)
    for role in (Role.REVIEWER, Role.ADMINISTRATOR):
        with pytest.raises(PermissionDenied):
            appoint(user, role, tree.b1, administrator)
        appoint(user, role, tree.root, administrator)


def test_whoever_acts_as_secretary_fills_only_the_offices_after_his_own(tree):
    deputy = make_user(Role.DEPUTY_SECRETARY, tree.b2)
    assert access_of(deputy).appointable_in(tree.b2) == {
        Role.ORGANISATION_COMMISSIONER, Role.PUBLICITY_COMMISSIONER, Role.DISCIPLINE_COMMISSIONER, Role.CLASS_CONTACT,
    }  # fmt: skip
    with pytest.raises(PermissionDenied):
        appoint(make_user(Role.MEMBER, tree.b2), Role.DEPUTY_SECRETARY, tree.b2, deputy)


def test_the_table_of_appointments():
    assert appointable(Role.SECRETARY, acting=False) == {*ACTING_ORDER, Role.CLASS_CONTACT}
    assert appointable(Role.DEPUTY_SECRETARY, acting=False) == frozenset()
    assert appointable(Role.MEMBER, acting=False) == frozenset()
    assert all(role not in appointable(role, acting=True) for role in ACTING_ORDER)
    assert all(Role.MEMBER not in given for given in APPOINTABLE_BY.values())


@pytest.mark.parametrize("order", range(len(ACTING_ORDER)))
def test_the_first_officer_acts_where_there_is_no_secretary(tree, order):
    acting, others = ACTING_ORDER[order], ACTING_ORDER[order + 1 :]
    users = {role: make_user(role, tree.b3) for role in (acting, *others)}
    may = {role: access_of(user).may_in(Permission.COMPILE_RANKING, tree.b3) for role, user in users.items()}
    assert may == {acting: True} | dict.fromkeys(others, False)
    make_user(Role.SECRETARY, tree.b3)
    assert not access_of(User.objects.get(pk=users[acting].pk)).may_in(Permission.COMPILE_RANKING, tree.b3)


def test_an_office_of_another_day_gives_no_right(tree):
    user = make_user(Role.SECRETARY, tree.b1, starts_on=date(2026, 11, 1), ends_on=date(2026, 11, 21))
    days = {
        day: access_of(user, date(2026, *day)).has_role(Role.SECRETARY)
        for day in [(10, 31), (11, 1), (11, 21), (11, 22)]
    }
    assert list(days.values()) == [False, True, True, False]


def test_the_same_office_twice_at_a_time_is_refused(tree, secretary):
    user = make_user(Role.MEMBER, tree.b1)
    appoint(user, Role.DEPUTY_SECRETARY, tree.b1, secretary, ends_on=date(2026, 12, 31))
    with pytest.raises(ValidationError):
        appoint(user, Role.DEPUTY_SECRETARY, tree.b1, secretary, starts_on=date(2026, 12, 31))
    appoint(user, Role.DEPUTY_SECRETARY, tree.b1, secretary, starts_on=date(2027, 1, 1))


def test_ending_at_once_ends_the_sessions_too(tree, secretary):
    user = make_user(Role.MEMBER, tree.b1)
    office = appoint(user, Role.DEPUTY_SECRETARY, tree.b1, secretary, starts_on=date(2026, 9, 1))
    browser = sign_in(Client(), User.objects.get(pk=user.pk))
    assert browser.get("/account/").status_code == 200
    end(office, secretary)
    assert browser.get("/account/").status_code == 302
    assert RoleAssignment.objects.get(pk=office.pk).ends_on == date(2026, 11, 21)
    line = AuditEntry.objects.get(action="role.ended")
    assert (line.before, line.after) == (
        {"role": "deputy_secretary", "ends_on": None},
        {"role": "deputy_secretary", "ends_on": "2026-11-21"},
    )


def test_an_announced_end_keeps_rights_until_its_day(tree, secretary):
    user = make_user(Role.MEMBER, tree.b1)
    office = appoint(user, Role.DEPUTY_SECRETARY, tree.b1, secretary)
    end(office, secretary, last_day=date(2026, 12, 31))
    user.refresh_from_db()
    assert user.session_epoch == 0
    assert access_of(user, date(2026, 12, 31)).has_role(Role.DEPUTY_SECRETARY)
    assert not access_of(user, date(2027, 1, 1)).has_role(Role.DEPUTY_SECRETARY)


def test_an_office_that_never_began_is_withdrawn(tree, secretary):
    user = make_user(Role.MEMBER, tree.b1)
    office = appoint(user, Role.DEPUTY_SECRETARY, tree.b1, secretary)
    end(office, secretary)
    end(office, secretary)
    assert not RoleAssignment.objects.filter(pk=office.pk).exists()
    assert AuditEntry.objects.filter(action="role.withdrawn").count() == 1


def test_a_secretary_ends_no_higher_office(tree, secretary):
    counselor = make_user(Role.COUNSELOR, tree.b1)
    with pytest.raises(PermissionDenied):
        end(counselor.role_assignments.get(), secretary)


def test_staff_get_an_account_by_number_and_name(client, tree):
    sign_in(client, make_user(Role.ADMINISTRATOR, tree.root))
    sent = {"role": "counselor", "number": " T２００１ ", "name": "孙老师", "starts_on": "2026-11-22"}
    assert client.post(f"/offices/branches/{tree.first.pk}/", sent).status_code == 302
    user = User.objects.get(number="T2001")
    assert (user.name, user.has_usable_password()) == ("孙老师", False)
    assert user.role_assignments.get().role == "counselor"


def test_a_known_number_with_another_name_is_refused(client, tree):
    make_member(tree.b2, number="2023000077", name="李子涵")
    sign_in(client, make_user(Role.ADMINISTRATOR, tree.root))
    sent = {"role": "counselor", "number": "2023000077", "name": "李子函", "starts_on": "2026-11-22"}
    response = client.post(f"/offices/branches/{tree.first.pk}/", sent)
    assert list(response.context["form"].errors) == ["number"]
    assert not RoleAssignment.objects.filter(role="counselor").exists()


def test_a_former_number_means_the_same_person(client, tree):
    member = make_member(tree.b2, number="2023000077", name="李子涵")
    member.former_numbers.create(number="S2019", until=date(2025, 9, 1))
    sign_in(client, make_user(Role.ADMINISTRATOR, tree.root))
    sent = {"role": "counselor", "number": "S2019", "name": "李子涵", "starts_on": "2026-11-22"}
    assert client.post(f"/offices/branches/{tree.first.pk}/", sent).status_code == 302
    member.refresh_from_db()
    assert (member.user.number, member.user.role_assignments.get().role) == ("2023000077", "counselor")


def test_the_form_offers_only_what_the_person_may_give(client, tree, secretary):
    sign_in(client, secretary)
    form = client.get(f"/offices/branches/{tree.b1.pk}/").context["form"]
    assert [value for value, _label in form.fields["role"].choices] == [
        "", "deputy_secretary", "organisation_commissioner", "publicity_commissioner", "discipline_commissioner",
        "class_contact",
    ]  # fmt: skip
    sent = {"role": "administrator", "number": "1", "name": "x", "starts_on": "2026-11-22"}
    assert "role" in client.post(f"/offices/branches/{tree.b1.pk}/", sent).context["form"].errors


def test_a_class_contact_needs_a_class(client, tree, secretary):
    sign_in(client, secretary)
    member = make_member(tree.b1)
    sent = {"role": "class_contact", "member": member.pk, "starts_on": "2026-11-22"}
    response = client.post(f"/offices/branches/{tree.b1.pk}/", sent)
    assert list(response.context["form"].errors) == ["class_name"]
    assert client.post(f"/offices/branches/{tree.b1.pk}/", {**sent, "class_name": "计算机2301"}).status_code == 302


def test_the_page_shows_who_acts(client, tree):
    deputy = make_user(Role.DEPUTY_SECRETARY, tree.b2)
    make_user(Role.ORGANISATION_COMMISSIONER, tree.b2)
    sign_in(client, deputy)
    (group,) = client.get("/offices/").context["groups"]
    assert (group.has_secretary, group.has_acting) == (False, True)
    assert [row.acting for row in group.rows] == [True, False]


def test_the_page_costs_the_same_for_one_branch_and_many(client, tree, django_assert_num_queries):
    sign_in(client, make_user(Role.REVIEWER, tree.root))
    with django_assert_num_queries(OFFICE_LIST_QUERIES):
        client.get("/offices/")
    for branch in (tree.b1, tree.b2, tree.b3, tree.b4):
        for role in (*ACTING_ORDER, Role.CLASS_CONTACT, Role.COUNSELOR) * 2:
            make_user(role, branch)
    with django_assert_num_queries(OFFICE_LIST_QUERIES):
        client.get("/offices/")


OFFICE_LIST_QUERIES = 7
