"""Does a stand-in have the rights of the office in exactly those days, and no further?"""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import translation

from branchportal import audit
from branchportal.messages import text_of
from branchportal.models import AuditEntry, Notification
from members.access import access_of
from members.models import Absence, Member, RoleAssignment, User
from members.queries.absences import acting_for, candidates, of_today, rows_for, standing_in
from members.roles import Permission, Role
from members.services.absences import end_absence, enter_absence
from members.stages import Stage
from tests.factories import make_member, make_user

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
TODAY = date(2026, 11, 22)
LAST = date(2026, 11, 30)


@pytest.fixture
def secretary(tree):
    return make_user(Role.SECRETARY, tree.b1, name="王芳")


@pytest.fixture
def deputy(tree):
    return make_user(Role.DEPUTY_SECRETARY, tree.b1, name="张伟")


def office_of(user) -> RoleAssignment:
    return user.role_assignments.get()


def enter(user, stand_in, by=None, **days):
    values = {"kind": "leave", "starts_on": TODAY, "ends_on": LAST, **days}
    return enter_absence(office=office_of(user), stand_in=stand_in, by=by or user, now=NOW, **values)


def fresh(user) -> User:
    return User.objects.get(pk=user.pk)


def may(user, day, branch, permission=Permission.COMPILE_RANKING) -> bool:
    return access_of(user, day).may_in(permission, branch)


def test_the_rights_last_from_the_first_day_to_the_last(tree, secretary, deputy):
    enter(secretary, deputy)
    days = [date(2026, 11, 21), TODAY, LAST, date(2026, 12, 1)]
    assert [may(fresh(deputy), day, tree.b1) for day in days] == [False, True, True, False]
    assert not may(fresh(deputy), TODAY, tree.b2)
    assert may(fresh(secretary), TODAY, tree.b1)


def test_the_loaded_rights_end_with_the_day_in_shanghai(tree, secretary, deputy, time_machine):
    enter(secretary, deputy, ends_on=TODAY)
    user = fresh(deputy)
    time_machine.move_to(datetime(2026, 11, 22, 15, 59, tzinfo=UTC), tick=False)
    assert access_of(user).may_in(Permission.COMPILE_RANKING, tree.b1)
    time_machine.move_to(datetime(2026, 11, 22, 16, 0, tzinfo=UTC), tick=False)
    assert not access_of(user).may_in(Permission.COMPILE_RANKING, tree.b1)


def test_rights_are_read_in_one_query(tree, secretary, deputy, django_assert_num_queries):
    publicity = make_user(Role.PUBLICITY_COMMISSIONER, tree.b1)
    reader = make_user(Role.COUNSELOR, tree.first)
    for absent in (secretary, publicity):
        Absence.objects.create(
            office=office_of(absent), stand_in=reader, entered_by=absent, starts_on=TODAY, ends_on=LAST
        )
    user = fresh(reader)
    with django_assert_num_queries(2):  # the offices and who acts in a missing secretary's place, the membership
        grants = access_of(user, TODAY).grants
    assert sorted((grant.role, grant.stands_in_for) for grant in grants) == [
        ("counselor", ""),
        ("publicity_commissioner", publicity.name),
        ("secretary", "王芳"),
    ]


def test_a_chain_is_not_followed(tree, secretary, deputy):
    third = make_user(Role.PUBLICITY_COMMISSIONER, tree.b1)
    enter(secretary, deputy)
    Absence.objects.create(office=office_of(deputy), stand_in=third, entered_by=deputy, starts_on=TODAY, ends_on=LAST)
    assert access_of(fresh(third), TODAY).has_role(Role.DEPUTY_SECRETARY)
    assert not access_of(fresh(third), TODAY).has_role(Role.SECRETARY)


def test_nothing_passes_on_from_an_account_that_is_closed_or_an_office_that_is_over(tree, secretary, deputy):
    enter(secretary, deputy)
    RoleAssignment.objects.filter(user=secretary).update(ends_on=date(2026, 11, 25))
    assert may(fresh(deputy), date(2026, 11, 25), tree.b1)
    assert not access_of(fresh(deputy), date(2026, 11, 26)).granting(Permission.COMPILE_RANKING)[0].stands_in_for
    User.objects.filter(pk=secretary.pk).update(is_active=False)
    assert [grant.role for grant in access_of(fresh(deputy), TODAY).grants] == [Role.DEPUTY_SECRETARY]


def test_whoever_has_left_the_branch_stands_in_no_more(tree, secretary):
    user = make_user(Role.MEMBER, tree.b1, stage=Stage.FULL)
    enter(secretary, user)
    assert may(fresh(user), TODAY, tree.b1)
    Member.objects.filter(user=user).update(branch=tree.b2)
    assert [grant.role for grant in access_of(fresh(user), TODAY).grants] == [Role.MEMBER]
    Member.objects.filter(user=user).update(branch=tree.b1, ended_on=TODAY, end_reason="removed")
    assert access_of(fresh(user), TODAY).grants == ()


def test_whoever_has_lost_the_office_above_stands_in_no_more(tree, secretary):
    counselor = make_user(Role.COUNSELOR, tree.first)
    enter(secretary, counselor)
    assert may(fresh(counselor), TODAY, tree.b1)
    counselor.role_assignments.update(ends_on=TODAY)
    assert may(fresh(counselor), TODAY, tree.b1)
    assert access_of(fresh(counselor), date(2026, 11, 23)).grants == ()


def test_both_are_told_and_it_is_written_down(tree, secretary, deputy):
    first, second = enter(secretary, deputy), enter(secretary, deputy)
    assert first == second
    line = AuditEntry.objects.get()
    assert (line.action, line.branch, line.subject_id) == ("absence.entered", tree.b1, str(secretary.pk))
    assert line.after == {
        "role": "secretary",
        "stand_in": "张伟",
        "absence_kind": "leave",
        "starts_on": "2026-11-22",
        "ends_on": "2026-11-30",
    }
    assert set(Notification.objects.values_list("user", flat=True)) == {secretary.pk, deputy.pk}
    with translation.override("en"):
        assert text_of(Notification.objects.first()) == (
            "张伟 stands in for 王芳 (Secretary, 本科生第一党支部) from 2026-11-22 to 2026-11-30 and has the rights of "
            "the office in these days."
        )


def test_who_may_say_it(tree, secretary, deputy):
    above = make_user(Role.REVIEWER, tree.root)
    publicity = make_user(Role.PUBLICITY_COMMISSIONER, tree.b1)
    with pytest.raises(PermissionDenied):
        enter(secretary, publicity, by=deputy)
    with pytest.raises(PermissionDenied):
        enter(deputy, publicity, by=make_user(Role.SECRETARY, tree.b2))
    assert enter(deputy, publicity, by=secretary).entered_by == secretary
    assert enter(secretary, publicity, by=above).entered_by == above


def test_a_stand_in_does_not_prolong_himself(tree, secretary, deputy):
    enter(secretary, deputy)
    later = {"starts_on": date(2026, 12, 1), "ends_on": date(2026, 12, 9)}
    with pytest.raises(PermissionDenied):
        enter(secretary, make_user(Role.PUBLICITY_COMMISSIONER, tree.b1), by=fresh(deputy), **later)


@pytest.mark.parametrize(
    ("days", "field"),
    [
        ({"starts_on": date(2026, 11, 21)}, "starts_on"),
        ({"starts_on": LAST, "ends_on": date(2026, 11, 29)}, "ends_on"),
        ({"ends_on": date(2027, 5, 24)}, "ends_on"),
    ],
)
def test_days_that_make_no_sense_are_refused(tree, secretary, deputy, days, field):
    with pytest.raises(ValidationError) as refused:
        enter(secretary, deputy, **days)
    assert set(refused.value.message_dict) == {field}
    assert Absence.objects.count() == 0


def test_half_a_year_is_the_longest(tree, secretary, deputy):
    assert enter(secretary, deputy, ends_on=date(2027, 5, 23)).ends_on == date(2027, 5, 23)


def test_absences_do_not_overlap(tree, secretary, deputy):
    publicity = make_user(Role.PUBLICITY_COMMISSIONER, tree.b1)
    enter(secretary, deputy)
    with pytest.raises(ValidationError):
        enter(secretary, publicity, starts_on=LAST, ends_on=date(2026, 12, 5))
    with pytest.raises(ValidationError) as refused:  # the stand-in is away himself
        enter(deputy, publicity, starts_on=LAST, ends_on=date(2026, 12, 5))
    assert "张伟" in refused.value.messages[0]
    enter(secretary, publicity, starts_on=date(2026, 12, 1), ends_on=date(2026, 12, 5))


def test_who_is_away_stands_in_for_nobody(tree, secretary, deputy):
    publicity = make_user(Role.PUBLICITY_COMMISSIONER, tree.b1)
    enter(deputy, publicity)
    with pytest.raises(ValidationError) as refused:
        enter(secretary, deputy)
    assert set(refused.value.message_dict) == {"stand_in"}


def test_nobody_hands_an_office_to_himself_or_to_a_stranger(tree, secretary, deputy):
    stranger = make_user(Role.SECRETARY, tree.b2)
    with pytest.raises(ValidationError):
        enter(deputy, secretary, by=secretary)
    with pytest.raises(ValidationError):
        enter(secretary, stranger)


def test_who_could_stand_in(tree, secretary, deputy):
    counselor = make_user(Role.COUNSELOR, tree.first)
    full = make_user(Role.MEMBER, tree.b1, stage=Stage.FULL)
    make_user(Role.MEMBER, tree.b1, stage=Stage.ACTIVIST)
    make_user(Role.MEMBER, tree.b2, stage=Stage.FULL)
    make_member(tree.b1, stage=Stage.FULL)
    make_user(Role.DEPUTY_SECRETARY, tree.b1, ends_on=date(2026, 11, 1))
    administrator, other = [make_user(Role.ADMINISTRATOR, tree.root) for _ in range(2)]
    make_user(Role.CLASS_CONTACT, tree.b1)
    assert set(candidates(office_of(secretary), TODAY)) == {deputy, counselor, full}
    assert set(candidates(office_of(administrator), TODAY)) == {other}


def test_an_early_end_takes_the_rights_at_once(tree, secretary, deputy):
    absence = enter(secretary, deputy)
    Absence.objects.update(starts_on=date(2026, 11, 20))
    for _ in range(2):
        end_absence(absence=absence, by=secretary, now=NOW)
    absence.refresh_from_db()
    assert (absence.ends_on, may(fresh(deputy), TODAY, tree.b1)) == (date(2026, 11, 21), False)
    assert AuditEntry.objects.filter(action="absence.ended").count() == 1
    assert Notification.objects.filter(kind="absence_ended").count() == 2


def test_one_that_had_not_begun_is_removed(tree, secretary, deputy):
    end_absence(absence=enter(secretary, deputy), by=secretary, now=NOW)
    assert Absence.objects.count() == 0


def test_the_stand_in_ends_nothing(tree, secretary, deputy):
    absence = enter(secretary, deputy)
    with pytest.raises(PermissionDenied):
        end_absence(absence=absence, by=fresh(deputy), now=NOW)


def test_a_stand_in_is_no_second_signer(tree, secretary, deputy):
    enter(secretary, deputy)
    assert acting_for(deputy, TODAY) == {secretary.pk}
    assert acting_for(deputy, date(2026, 12, 1)) == set()
    assert acting_for(secretary, TODAY) == set()
    assert [row.office.user for row in standing_in(deputy, TODAY)] == [secretary]
    assert [row.stand_in for row in of_today(secretary, TODAY).away] == [deputy]
    assert [row.office.user for row in of_today(deputy, TODAY).standing_in] == [secretary]
    assert (of_today(secretary, TODAY).standing_in, of_today(deputy, TODAY).away) == ([], [])


def test_whose_absences_are_listed(tree, secretary, deputy):
    enter(secretary, deputy)
    stranger, above = make_user(Role.SECRETARY, tree.b2), make_user(Role.REVIEWER, tree.root)
    readers = [fresh(user) for user in (secretary, deputy, stranger, above)]
    assert [[row.may_end for row in rows_for(user, TODAY)] for user in readers] == [[True], [False], [], [True]]


def test_the_audit_line_names_for_whom_only_if_the_own_right_is_missing(tree, secretary, deputy):
    enter(secretary, deputy)
    member = make_member(tree.b1)

    def line(user, permission, branch=tree.b1) -> str:
        user = fresh(user)
        user.permission_in_use = permission
        return audit.record("member.edited", by=user, subject=member, branch=branch).stood_in_for

    absences = Absence.objects.all()
    absences.update(starts_on=date(2020, 1, 1), ends_on=date(2099, 1, 1))
    assert line(deputy, Permission.COMPILE_RANKING) == "王芳"
    assert line(deputy, Permission.RATE_MEMBERS) == ""
    assert line(secretary, Permission.COMPILE_RANKING) == ""
    assert line(deputy, None) == ""


def test_the_seal_covers_for_whom_somebody_stood_in(tree, secretary):
    audit.record("member.edited", by=secretary, subject=make_member(tree.b1))
    AuditEntry.objects.create(action="member.edited", actor=secretary, stood_in_for="王芳")
    audit.seal()
    assert audit.first_broken_line() is None
    last = AuditEntry.objects.order_by("-sequence").first()
    AuditEntry.objects.filter(pk=last.pk).update(stood_in_for="")
    assert audit.first_broken_line() == last
