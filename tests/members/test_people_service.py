"""Do adding and editing a person keep every fact, one number per person, and nobody's words overwritten?"""

from datetime import date
from threading import Barrier

import pytest
from django.utils.translation import override

from branchportal.messages import text_of
from branchportal.models import AuditEntry, Notification
from members.models import FormerNumber, Member, RoleAssignment, User
from members.roles import Role
from members.services.people import NotInCharge, NumberTaken, StaleEdit, add_member, change_number, edit_member
from members.stages import Stage
from tests.factories import make_branch_tree, make_member, make_user
from tests.parallel import at_once, refused_or_done

TODAY = date(2026, 11, 22)
NEW = {
    "number": "2026000001",
    "name": "曾子涵",
    "kind": "student",
    "grade": "2026",
    "class_name": "计算机2601",
    "major": "",
    "schooling": "",
    "contact": "",
    "stage": Stage.APPLICANT,
    "applied_on": date(2026, 9, 20),
    "activist_on": None,
    "candidate_on": None,
    "probationary_on": None,
    "full_on": None,
    "cultivation_contact": "",
    "joined_on": date(2026, 9, 1),
    "leaving_on": None,
}


@pytest.fixture
def secretary(tree):
    return make_user(Role.SECRETARY, tree.b1, name="李书记")


def edit(member, by, version=1, **values):
    return edit_member(member=member, version=version, values=values, by=by, today=TODAY)


def test_adding_spells_the_name_and_leaves_a_line(tree, secretary):
    person = add_member(branch=tree.b1, values=NEW, by=secretary)
    person.refresh_from_db()
    assert (person.branch, person.pinyin, person.initials, person.version) == (tree.b1, "zeng zi han", "zzh", 1)
    line = AuditEntry.objects.get()
    assert (line.action, line.actor, line.branch, line.subject_id) == (
        "member.added",
        secretary,
        tree.b1,
        str(person.pk),
    )
    assert line.after == {
        "number": "2026000001",
        "name": "曾子涵",
        "kind": "student",
        "grade": "2026",
        "class_name": "计算机2601",
        "stage": "applicant",
        "applied_on": "2026-09-20",
        "joined_on": "2026-09-01",
    }


def test_a_number_is_given_once_in_the_whole_portal(tree, secretary):
    here = make_member(tree.b1, number="2026000001")
    elsewhere = make_member(tree.b4, number="2026000002")
    FormerNumber.objects.create(member=elsewhere, number="2025000002", until=TODAY)
    for number, holder in [("2026000001", here), ("2026000002", None), ("2025000002", None)]:
        with pytest.raises(NumberTaken) as taken:
            add_member(branch=tree.b1, values=NEW | {"number": number}, by=secretary)
        assert taken.value.holder == holder
    assert (Member.objects.count(), AuditEntry.objects.count()) == (2, 0)


def test_an_edit_writes_only_what_changed(tree, secretary):
    member = make_member(tree.b1, name="张伟", class_name="计算机2301")
    edit(member, secretary, name="张玮", class_name="计算机2301", major="软件工程")
    member.refresh_from_db()
    assert (member.name, member.pinyin, member.major, member.version) == ("张玮", "zhang wei", "软件工程", 2)
    line = AuditEntry.objects.get()
    assert line.before == {"name": "张伟", "major": "计算机科学与技术"}
    assert line.after == {"name": "张玮", "major": "软件工程"}


def test_an_edit_that_changes_nothing_leaves_no_trace(tree, secretary):
    member = make_member(tree.b1, class_name="计算机2301")
    edit(member, secretary, class_name="计算机2301")
    member.refresh_from_db()
    assert (member.version, AuditEntry.objects.count()) == (1, 0)


def test_the_second_of_two_editors_is_told_and_overwrites_nothing(tree, secretary):
    member = make_member(tree.b1)
    edit(member, secretary, major="软件工程")
    with pytest.raises(StaleEdit) as stale:
        edit(member, secretary, major="数学")
    member.refresh_from_db()
    assert (stale.value.member.major, member.major, member.version) == ("软件工程", "软件工程", 2)


def test_the_same_edit_sent_again_has_one_effect(tree, secretary):
    member = make_member(tree.b1)
    for _ in range(3):
        edit(member, secretary, major="软件工程")
    member.refresh_from_db()
    assert (member.version, AuditEntry.objects.count()) == (2, 1)


def test_a_new_number_keeps_the_person_and_moves_the_log_in(tree, secretary):
    user = make_user(Role.MEMBER, tree.b1, number="2022000001")
    change_number(member=user.member, version=1, number="2026100001", by=secretary, today=TODAY)
    user = User.objects.get(pk=user.pk)
    assert (user.number, user.member.number) == ("2026100001", "2026100001")
    assert list(FormerNumber.objects.values_list("number", "until")) == [("2022000001", TODAY)]


def test_the_person_is_told_of_the_new_number(tree, secretary):
    user = make_user(Role.MEMBER, tree.b1, number="2022000001")
    change_number(member=user.member, version=1, number="2026100001", by=secretary, today=TODAY)
    message = Notification.objects.get()
    assert (message.user, message.kind) == (user, "number_changed")
    with override("en"):
        assert text_of(message) == (
            "李书记 has changed your number to 2026100001. From now on you sign in with the new number; your password "
            "stays. If this is wrong, tell the system administrator."
        )


def test_the_log_in_of_an_officer_above_is_not_his_to_change(tree, secretary):
    user = make_user(Role.MEMBER, tree.b1, number="2022000001")
    RoleAssignment.objects.create(user=user, role=Role.REVIEWER, branch=tree.root, starts_on=date(2026, 9, 1))
    with pytest.raises(NotInCharge):
        change_number(member=user.member, version=1, number="2026100001", by=secretary, today=TODAY)
    member = Member.objects.get(pk=user.member.pk)
    assert (member.number, member.version, member.user.number) == ("2022000001", 1, "2022000001")
    assert (FormerNumber.objects.count(), Notification.objects.count(), AuditEntry.objects.count()) == (0, 0, 0)


def test_going_back_to_a_former_number(tree, secretary):
    member = make_member(tree.b1, number="2022000001")
    change_number(member=member, version=1, number="2026100001", by=secretary, today=TODAY)
    change_number(member=member, version=2, number="2022000001", by=secretary, today=TODAY)
    member.refresh_from_db()
    assert member.number == "2022000001"
    assert list(FormerNumber.objects.values_list("number", flat=True)) == ["2026100001"]


def test_a_number_that_signs_in_somebody_else_is_refused(tree, secretary):
    make_user(Role.COUNSELOR, tree.first, number="T1001")
    user = make_user(Role.MEMBER, tree.b1, number="2022000001")
    with pytest.raises(NumberTaken):
        change_number(member=user.member, version=1, number="T1001", by=secretary, today=TODAY)
    user = User.objects.get(pk=user.pk)
    assert (user.number, user.member.number, FormerNumber.objects.count()) == ("2022000001", "2022000001", 0)


def both_at_once(first, second):
    return sorted(at_once(refused_or_done(act, StaleEdit, NumberTaken) for act in (first, second)))


@pytest.mark.django_db(transaction=True)
def test_of_two_parallel_edits_one_is_refused():
    tree = make_branch_tree()
    member, by = make_member(tree.b1, major="", class_name=""), make_user(Role.SECRETARY, tree.b1)
    results = both_at_once(
        lambda: edit(member, by, major="软件工程", class_name="甲"),
        lambda: edit(member, by, major="数学", class_name="乙"),
    )
    member.refresh_from_db()
    assert results == ["StaleEdit", "done"]
    assert (member.version, AuditEntry.objects.count()) == (2, 1)
    assert (member.major, member.class_name) in {("软件工程", "甲"), ("数学", "乙")}


@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_and_the_version_one_editor_loses_his_words():
    """The twin of the test above: both have read before either writes, and both believe that they have written."""
    tree = make_branch_tree()
    member = make_member(tree.b1, major="", class_name="")
    both_have_read = Barrier(2)

    def save_unlocked(**values):
        row = Member.objects.get(pk=member.pk)
        both_have_read.wait(timeout=30)
        for name, value in values.items():
            setattr(row, name, value)
        row.save()

    results = both_at_once(lambda: save_unlocked(major="软件工程"), lambda: save_unlocked(class_name="乙"))
    member.refresh_from_db()
    assert results == ["done", "done"]
    assert (member.major, member.class_name) != ("软件工程", "乙")


@pytest.mark.django_db(transaction=True)
def test_one_number_added_twice_at_once_makes_one_person():
    tree = make_branch_tree()
    by = make_user(Role.SECRETARY, tree.b1)
    add = lambda: add_member(branch=tree.b1, values=NEW, by=by)  # noqa: E731
    assert both_at_once(add, add) == ["NumberTaken", "done"]
    assert (Member.objects.count(), AuditEntry.objects.count()) == (1, 1)
