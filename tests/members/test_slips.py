"""Does a slip open one account, once, for its holder only?"""

from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Barrier

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from branchportal.mail import deliver
from branchportal.models import AuditEntry, Notification
from members.models import ActivationSlip, User
from members.roles import Role
from members.services import slips
from members.slip_codes import ALPHABET, code_hash, new_code
from tests.factories import make_branch_tree, make_member, make_members, make_user, sign_in
from tests.parallel import at_once, refused_or_done

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
PASSWORD = "ming-yuan-2026"
ADDRESS = "10.0.0.1"


@pytest.fixture
def secretary(tree):
    return make_user(Role.SECRETARY, tree.b1, name="王文静")


def make(member, by, now=NOW):
    return slips.make_member_slip(member=member, by=by, now=now, as_of=now)


def use(slip, *, code=None, password=PASSWORD, now=NOW):
    return slips.activate(number=slip.number, code=code or slip.code, password=password, address=ADDRESS, now=now)


def refused(slip, **changes):
    with pytest.raises(slips.SlipRefused):
        use(slip, **changes)
    return True


def test_a_code_has_eighty_bits_and_no_letters_to_misread():
    code = new_code()
    assert [len(group) for group in code.split("-")] == [4, 4, 4, 4]
    assert set(code) <= {*ALPHABET, "-"}
    assert len(ALPHABET) == 32
    assert not set("ILOU") & set(ALPHABET)


@pytest.mark.parametrize(
    "typed", ["7k0m-1abc-def2-3456", "７Ｋ０Ｍ１ＡＢＣＤＥＦ２３４５６", " 7KOM LABC DEF2 3456", "7K0MIABCDEF23456"]
)
def test_a_code_is_read_as_people_type_it(typed):
    assert code_hash(typed) == code_hash("7K0M-1ABC-DEF2-3456")


def test_a_slip_makes_the_account_and_only_its_hash_is_kept(tree, secretary):
    member = make_member(tree.b1, name="赵明远", number="2023000901")
    slip = make(member, secretary)
    member.refresh_from_db()
    assert (member.user.number, member.user.name, member.user.has_usable_password()) == ("2023000901", "赵明远", False)
    kept = ActivationSlip.objects.get()
    assert kept.code_hash == code_hash(slip.code)
    assert slip.code not in str(ActivationSlip.objects.values())
    assert slip.code not in str(AuditEntry.objects.values())
    assert slip.expires_at == NOW + timedelta(days=14)


def test_the_slip_sets_the_password_once(tree, secretary):
    slip = make(make_member(tree.b1), secretary)
    user = use(slip)
    assert user.check_password(PASSWORD)
    assert refused(slip)
    assert AuditEntry.objects.filter(action="account.activated").count() == 1


def test_wrong_expired_withdrawn_and_foreign_codes_are_refused_alike(tree, secretary):
    member = make_member(tree.b1)
    old = make(member, secretary)
    new = make(member, secretary, now=NOW + timedelta(minutes=1))
    other = make(make_member(tree.b1), secretary)
    assert refused(old)
    assert refused(new, code="0000-0000-0000-0000")
    assert refused(new, code=other.code)
    assert refused(new, now=NOW + timedelta(days=15))


def test_the_page_answers_all_refusals_alike(client, tree, secretary):
    slip = make(make_member(tree.b1), secretary, now=timezone.now())
    sent = {"password": PASSWORD, "repeated": PASSWORD}
    answers = [
        Client().post("/activate/", {**sent, "number": slip.number, "code": "0000-0000-0000-0000"}),
        Client().post("/activate/", {**sent, "number": "2099999999", "code": slip.code}),
    ]
    assert len({str(answer.context["form"].errors) for answer in answers}) == 1
    assert {answer.status_code for answer in answers} == {200}


def test_looking_at_the_page_spends_nothing(client, tree, secretary):
    slip = make(make_member(tree.b1), secretary, now=timezone.now())
    client.get(f"/activate/?code={slip.code}&number={slip.number}")
    client.head("/activate/")
    response = client.post(
        "/activate/", {"number": slip.number, "code": slip.code, "password": PASSWORD, "repeated": PASSWORD}
    )
    assert (response.status_code, response["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(User.objects.get(number=slip.number).pk)
    assert client.get("/account/")["Location"] == "/privacy/?next=%2Faccount%2F"


def test_a_weak_password_spends_no_slip_and_costs_no_attempt(tree, secretary):
    slip = make(make_member(tree.b1, name="zhaomingyuan", number="2023000901"), secretary)
    for weak in ("short", "12345678901", "zhaomingyuan", "2023000901a") * 2:
        with pytest.raises(ValidationError):
            use(slip, password=weak)
    assert use(slip).check_password(PASSWORD)


def test_guessing_codes_is_slowed_down(tree, secretary):
    slip = make(make_member(tree.b1), secretary)
    for _attempt in range(5):
        assert refused(slip, code="0000-0000-0000-0000")
    with pytest.raises(slips.throttle.TooManyFailures):
        use(slip)


def test_a_reset_ends_password_and_sessions_is_audited_and_told(client, tree, secretary, settings):
    user = make_user(Role.MEMBER, tree.b1, password=PASSWORD)
    User.objects.filter(pk=user.pk).update(email="m@example.org")
    sign_in(client, User.objects.get(pk=user.pk))
    assert client.get("/account/").status_code == 200
    make(user.member, secretary)
    user.refresh_from_db()
    assert not user.has_usable_password()
    assert client.get("/account/").status_code == 302
    line = AuditEntry.objects.get(action="account.reset")
    assert (line.actor, line.subject_id, line.branch) == (secretary, str(user.pk), tree.b1)
    message = Notification.objects.get(user=user)
    assert (message.kind, message.context["by"]) == ("account_reset", "王文静")
    settings.MAIL_IS_SET_UP = True
    assert deliver(now=timezone.now()) == 1
    assert [(sent.to, "王文静" in sent.body) for sent in mail.outbox] == [(["m@example.org"], True)]


def test_many_slips_leave_people_with_a_password_alone(tree, secretary):
    members = [*make_members(tree.b1, 2), make_user(Role.MEMBER, tree.b1, password=PASSWORD).member]
    with pytest.raises(ValidationError):
        slips.make_member_slips(members=members, by=secretary, now=NOW, as_of=NOW)
    assert ActivationSlip.objects.count() == 0
    assert len(slips.make_member_slips(members=members[:2], by=secretary, now=NOW, as_of=NOW)) == 2


def test_a_page_sent_twice_makes_one_slip(client, tree, secretary):
    member = make_member(tree.b1)
    sign_in(client, secretary)
    as_of = timezone.now().isoformat()
    first = client.post("/accounts/slips/", {"member": member.pk, "as_of": as_of})
    second = client.post("/accounts/slips/", {"member": member.pk, "as_of": as_of})
    assert (first.status_code, second.status_code) == (200, 302)
    assert ActivationSlip.objects.count() == 1
    assert first.context["slips"][0].code in first.content.decode()


def test_nobody_takes_over_an_account_with_a_higher_office(tree, secretary):
    """A reviewer who is in the branch's roster: the secretary's slip would make him reviewer."""
    user = make_user(Role.MEMBER, tree.b1, password=PASSWORD)
    user.role_assignments.create(role=Role.REVIEWER, branch=tree.root, starts_on="2026-01-01")
    with pytest.raises(ValidationError):
        make(user.member, secretary)
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    make(user.member, make_user(Role.ADMINISTRATOR, tree.root))


def test_nobody_takes_over_an_account_by_writing_its_number_into_the_roster(tree, secretary):
    administrator = make_user(Role.ADMINISTRATOR, tree.root, number="A1", name="钱管理", password=PASSWORD)
    for name in ("钱管理", "别人"):
        member = make_member(tree.b1, number="A1", name=name)
        with pytest.raises(ValidationError):
            make(member, secretary)
        member.delete()
    administrator.refresh_from_db()
    assert administrator.check_password(PASSWORD)


def test_nobody_resets_himself(tree):
    secretary = make_user(Role.MEMBER, tree.b1, password=PASSWORD)
    secretary.role_assignments.create(role=Role.SECRETARY, branch=tree.b1, starts_on="2026-01-01")
    with pytest.raises(ValidationError):
        make(secretary.member, secretary)


def test_an_administrator_prints_slips_for_staff(client, tree):
    counselor = make_user(Role.COUNSELOR, tree.first)
    sign_in(client, make_user(Role.ADMINISTRATOR, tree.root))
    response = client.post(f"/accounts/staff/{counselor.pk}/slip/", {"as_of": timezone.now().isoformat()})
    assert response.context["slips"][0].number == counselor.number


def test_a_reviewer_prints_slips_only_for_offices_that_he_fills(client, tree):
    counselor, administrator = make_user(Role.COUNSELOR, tree.first), make_user(Role.ADMINISTRATOR, tree.root)
    sign_in(client, make_user(Role.REVIEWER, tree.root))
    assert client.get(f"/accounts/staff/{counselor.pk}/slip/").status_code == 200
    assert client.get(f"/accounts/staff/{administrator.pk}/slip/").status_code == 403


def test_accounts_of_other_branches_are_neither_offered_nor_found(client, tree, secretary):
    mine = make_member(tree.b1, name="赵明远")
    make_member(tree.b2, name="赵明远")
    page = sign_in(client, secretary).get("/accounts/", {"q": "赵明远"})
    assert ([row.person for row in page.context["rows"]], page.context["branches"]) == ([mine], [tree.b1])


def test_the_list_of_accounts_costs_the_same_for_one_and_thirty(client, tree, secretary, django_assert_num_queries):
    sign_in(client, secretary)
    make(make_member(tree.b1), secretary)
    with django_assert_num_queries(ACCOUNT_LIST_QUERIES):
        client.get("/accounts/")
    slips.make_member_slips(members=make_members(tree.b1, 29), by=secretary, now=NOW, as_of=NOW)
    with django_assert_num_queries(ACCOUNT_LIST_QUERIES):
        assert len(client.get("/accounts/").context["rows"]) == 30


ACCOUNT_LIST_QUERIES = 9


def use_twice_at_once(slip, spend):
    uses = [partial(spend, slip, password) for password in ("first-password-1", "second-password-2")]
    return sorted(at_once(refused_or_done(use, slips.SlipRefused) for use in uses))


@pytest.mark.django_db(transaction=True)
def test_of_two_parallel_uses_one_succeeds():
    tree = make_branch_tree()
    slip = make(make_member(tree.b1), make_user(Role.SECRETARY, tree.b1))
    assert use_twice_at_once(slip, lambda slip, password: use(slip, password=password)) == ["SlipRefused", "done"]


@pytest.mark.django_db(transaction=True)
def test_control_without_a_lock_both_succeed():
    """The twin of the test above: looking first and marking later, unlocked, spends one slip twice."""
    tree = make_branch_tree()
    slip = make(make_member(tree.b1), make_user(Role.SECRETARY, tree.b1))
    both_have_looked = Barrier(2)

    def spend_unlocked(slip, password):
        found = ActivationSlip.objects.filter(code_hash=code_hash(slip.code), used_at=None).first()
        both_have_looked.wait(timeout=30)
        if found is None:
            raise slips.SlipRefused
        ActivationSlip.objects.filter(pk=found.pk).update(used_at=NOW)

    assert use_twice_at_once(slip, spend_unlocked) == ["done", "done"]


@pytest.mark.django_db(transaction=True)
def test_one_form_sent_ten_times_at_once_makes_one_slip():
    tree = make_branch_tree()
    secretary, member = make_user(Role.SECRETARY, tree.b1), make_member(tree.b1)

    def send():
        try:
            return slips.make_member_slip(member=member, by=secretary, now=NOW + timedelta(seconds=1), as_of=NOW).code
        except ValidationError:
            return None

    codes = [code for code in at_once([send] * 10) if code]
    assert [slip.code_hash for slip in ActivationSlip.objects.all()] == [code_hash(code) for code in codes]
    assert len(codes) == 1
    assert User.objects.filter(number=member.number).count() == 1
