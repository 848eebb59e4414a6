"""Does a member's wish to have the record corrected come in once, reach the right officers, and get one answer?"""

from datetime import UTC, date, datetime
from threading import Barrier
from uuid import UUID, uuid4

import pytest
from django.test import Client

from branchportal.messages import text_of
from branchportal.models import AccessRecord, AuditEntry, Notification
from members.models import CorrectionRequest, Member
from members.queries.corrections import answered_for, waiting_for
from members.roles import Role
from members.services.corrections import AlreadyAsked, AlreadyDecided, accept, ask, decline, withdraw
from members.services.people import StaleEdit
from tests.factories import make_member, make_user, sign_in
from tests.parallel import at_once, refused_or_done

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
ENTRY = "6f1c2a3e-0000-4000-8000-000000000001"
FORM = {"proposed": "计算机2302", "reason": "学籍卡上是二班", "entry": ENTRY}


@pytest.fixture
def member(tree):
    return make_user(Role.MEMBER, tree.b1, name="赵明远", number="2023000001").member


@pytest.fixture
def secretary(tree):
    return make_user(Role.SECRETARY, tree.b1, name="王文静")


def wish(member, field="class_name", proposed="计算机2302", **more) -> CorrectionRequest:
    return ask(
        member=member, field=field, proposed=proposed, reason="学籍卡", by=member.user, now=NOW,
        **{"entry": uuid4(), **more},
    )  # fmt: skip


def answer(client, request, verdict, **more):
    form = {"verdict": verdict, "version": request.member.version, "answer": "", **more}
    return client.post(f"/people/corrections/{request.pk}/", form)


def value_of(member, field="class_name"):
    return getattr(Member.objects.get(pk=member.pk), field)


def test_a_wish_comes_in_with_old_and_new_value_and_reaches_the_officers(client, tree, member, secretary):
    organisation = make_user(Role.ORGANISATION_COMMISSIONER, tree.b1)
    for role, branch in ((Role.PUBLICITY_COMMISSIONER, tree.b1), (Role.SECRETARY, tree.b2)):
        make_user(role, branch)
    page = sign_in(client, member.user)
    response = page.post("/my-record/corrections/class_name/", FORM)
    assert response["Location"] == "/my-record/corrections/"
    kept = CorrectionRequest.objects.get()
    assert (kept.member, kept.field, kept.old_value, kept.proposed_value, kept.reason, kept.state) == (
        member, "class_name", "计算机2301", "计算机2302", "学籍卡上是二班", "open",
    )  # fmt: skip
    assert {message.user_id for message in Notification.objects.all()} == {secretary.pk, organisation.pk}
    assert text_of(Notification.objects.first()) == "赵明远申请更正本人信息：班级。"
    assert value_of(member) == "计算机2301"
    assert [row[0] for row in page.get("/my-record/corrections/").context["rows"] if row[3]] == ["class_name"]


def test_the_same_form_twice_is_one_wish_and_one_message(client, member, secretary):
    page = sign_in(client, member.user)
    for _time in range(2):
        assert page.post("/my-record/corrections/class_name/", FORM).status_code == 302
    assert (CorrectionRequest.objects.count(), Notification.objects.count(), AuditEntry.objects.count()) == (1, 1, 1)


def test_a_second_wish_about_the_same_field_waits_for_the_first(client, member):
    first = wish(member)
    with pytest.raises(AlreadyAsked) as refused:
        wish(member, proposed="计算机2303")
    assert refused.value.request == first
    wish(member, "major", "软件工程")
    withdraw(request=first, by=member.user, now=NOW)
    wish(member, proposed="计算机2303")
    assert list(CorrectionRequest.objects.order_by("pk").values_list("field", "state")) == [
        ("class_name", "withdrawn"), ("major", "open"), ("class_name", "open"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("field", "proposed"),
    [
        ("class_name", "计算机2301"),  # as it is
        ("class_name", " 计算机2301 "),
        ("number", ""),
        ("number", "20#23"),
        ("full_on", "2199-01-01"),
        ("full_on", "25.6.2026"),
        ("stage", "king"),
        ("name", "\u200b"),
    ],
)
def test_what_can_not_be_or_is_already_so_is_not_sent(client, member, field, proposed):
    form = {**FORM, "proposed": proposed}
    response = sign_in(client, member.user).post(f"/my-record/corrections/{field}/", form)
    assert (response.status_code, list(response.context["form"].errors)) == (200, ["proposed"])
    assert CorrectionRequest.objects.count() == 0


def test_a_reason_is_asked_for_and_what_was_typed_stays(client, member):
    response = sign_in(client, member.user).post("/my-record/corrections/class_name/", {**FORM, "reason": ""})
    assert list(response.context["form"].errors) == ["reason"]
    assert response.context["form"]["proposed"].value() == "计算机2302"


@pytest.mark.parametrize("field", ["kind", "branch", "version", "pinyin", "user"])
def test_nothing_else_can_be_asked_for(client, member, field):
    assert sign_in(client, member.user).get(f"/my-record/corrections/{field}/").status_code == 404


def test_accepting_writes_the_record_and_tells_the_member(client, member, secretary):
    request = wish(member, "activist_on", date(2024, 3, 20))
    response = answer(sign_in(client, secretary), request, "accept", answer="已核对会议记录")
    assert response["Location"] == "/people/corrections/"
    request.refresh_from_db()
    assert (request.state, request.decided_by, request.answer) == ("accepted", secretary, "已核对会议记录")
    assert value_of(member, "activist_on") == date(2024, 3, 20)
    lines = AuditEntry.objects.exclude(action="correction.asked").order_by("pk")
    assert [(line.action, line.actor, line.before, line.after) for line in lines] == [
        ("member.edited", secretary, {"activist_on": "2024-03-15"}, {"activist_on": "2024-03-20"}),
        ("correction.accepted", secretary, {}, {"activist_on": "2024-03-20"}),
    ]
    told = Notification.objects.get(user=member.user)
    assert text_of(told) == "王文静已按您的申请更正了信息：确定积极分子时间。答复：已核对会议记录"


def test_declining_needs_a_reason_and_leaves_the_record(client, member, secretary):
    request = wish(member)
    page = sign_in(client, secretary)
    assert list(answer(page, request, "decline").context["form"].errors) == ["answer"]
    assert answer(page, request, "decline", answer="名册无误").status_code == 302
    request.refresh_from_db()
    assert (request.state, value_of(member)) == ("declined", "计算机2301")
    assert text_of(Notification.objects.get(user=member.user)) == "王文静未同意您申请的更正：班级。答复：名册无误"


def test_the_officer_sees_old_proposed_and_present_value(client, member, secretary):
    request = wish(member)
    Member.objects.filter(pk=member.pk).update(class_name="计算机2399", version=2)
    shown = sign_in(client, secretary).get(f"/people/corrections/{request.pk}/").context["shown"]
    assert (shown.old, shown.proposed, shown.now, shown.changed_meanwhile) == (
        "计算机2301", "计算机2302", "计算机2399", True,
    )  # fmt: skip
    look = AccessRecord.objects.get()
    assert (look.action, look.subject_id, look.user) == ("correction.viewed", str(member.pk), secretary)


def test_a_record_that_changed_while_it_was_read_is_shown_again(client, member, secretary):
    request = wish(member)
    Member.objects.filter(pk=member.pk).update(class_name="计算机2399", version=2)
    page = sign_in(client, secretary)
    response = answer(page, request, "accept", answer="好")
    assert (response.status_code, response.context["shown"].now) == (409, "计算机2399")
    assert response.context["form"]["answer"].value() == "好"
    assert (value_of(member), CorrectionRequest.objects.get().state) == ("计算机2399", "open")
    again = {"verdict": "accept", "version": response.context["form"]["version"].value(), "answer": "好"}
    assert page.post(f"/people/corrections/{request.pk}/", again).status_code == 302
    assert value_of(member) == "计算机2302"


def test_a_value_that_does_not_fit_the_record_is_not_written(client, member, secretary):
    request = wish(member, "activist_on", date(2020, 1, 1))  # before the application
    response = answer(sign_in(client, secretary), request, "accept")
    assert (response.status_code, len(response.context["form"].non_field_errors())) == (200, 1)
    assert (value_of(member, "activist_on"), CorrectionRequest.objects.get().state) == (date(2024, 3, 15), "open")


def test_a_number_that_somebody_has_is_not_written(client, tree, member, secretary):
    make_member(tree.b2, number="2023999999")
    request = wish(member, "number", "2023999999")
    response = answer(sign_in(client, secretary), request, "accept")
    assert len(response.context["form"].non_field_errors()) == 1
    assert value_of(member, "number") == "2023000001"


def test_an_accepted_number_is_that_of_the_log_in_too(client, member, secretary):
    answer(sign_in(client, secretary), wish(member, "number", "2023000777"), "accept")
    assert Member.objects.get(pk=member.pk).user.number == "2023000777"


def test_nobody_answers_the_own_wish(client, tree, member):
    member.user.role_assignments.create(role=Role.SECRETARY, branch=tree.b1, starts_on=date(2026, 1, 1))
    request = wish(member)
    page = sign_in(client, member.user)
    assert page.get(f"/people/corrections/{request.pk}/").context["may_answer"] is False
    answer(page, request, "accept")
    assert (value_of(member), CorrectionRequest.objects.get().state) == ("计算机2301", "open")
    assert list(waiting_for(member.user, NOW.date())) == []


def test_wishes_stand_only_before_the_officers_of_their_branch(tree, member, secretary):
    elsewhere = make_user(Role.SECRETARY, tree.b2)
    waits, done = wish(member), wish(member, "name", "王雨桐")
    CorrectionRequest.objects.filter(pk=done.pk).update(state="declined", decided_at=NOW, decided_by=secretary)
    assert (list(waiting_for(secretary, NOW.date())), list(answered_for(secretary))) == ([waits], [done])
    assert (list(waiting_for(elsewhere, NOW.date())), list(answered_for(elsewhere))) == ([], [])


def test_nobody_takes_back_or_answers_somebody_elses_wish(client, tree, member, secretary):
    request = wish(member)
    other = sign_in(Client(), make_user(Role.MEMBER, tree.b1))
    assert other.post(f"/my-record/corrections/{request.pk}/withdrawal/").status_code == 404
    assert [shown.request for shown in other.get("/my-record/corrections/").context["wishes"]] == []
    elsewhere = sign_in(Client(), make_user(Role.SECRETARY, tree.b2))
    assert answer(elsewhere, request, "accept").status_code == 404
    assert CorrectionRequest.objects.get().state == "open"


def test_the_entry_of_somebody_else_opens_nothing(member, tree):
    other = make_user(Role.MEMBER, tree.b1).member
    wish(member, entry=UUID(ENTRY))
    with pytest.raises(Exception, match=r"(?i)unique|constraint"):
        wish(other, entry=UUID(ENTRY))
    assert CorrectionRequest.objects.get().member == member


def test_the_list_costs_the_same_for_one_and_thirty(client, tree, secretary, django_assert_num_queries):
    page = sign_in(client, secretary)

    def wishes(count):
        for number in range(count):
            person = make_member(tree.b1)
            person.correction_requests.create(
                field="name", proposed_value="x", reason="y", **(
                    {"state": "declined", "decided_at": NOW, "decided_by": secretary} if number % 2 else {}
                ),
            )  # fmt: skip

    wishes(2)
    page.get("/people/corrections/")
    with django_assert_num_queries(6):
        page.get("/people/corrections/")
    wishes(58)
    with django_assert_num_queries(6):
        page.get("/people/corrections/")


def all_at_once(*verbs):
    return sorted(at_once(refused_or_done(verb, AlreadyDecided, StaleEdit) for verb in verbs))


@pytest.mark.django_db(transaction=True)
def test_of_two_answers_one_counts(member, secretary):
    request = wish(member)
    assert all_at_once(
        lambda: accept(request=request, version=1, value="计算机2302", answer="", by=secretary, now=NOW),
        lambda: decline(request=request, answer="不", by=secretary, now=NOW),
    ) == ["AlreadyDecided", "done"]
    state = CorrectionRequest.objects.get().state
    assert value_of(member) == {"accepted": "计算机2302", "declined": "计算机2301"}[state]
    assert Notification.objects.filter(user=member.user).count() == 1


@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_both_count(member, secretary):
    """The twin of the test above: both have looked at the state before either answers."""
    request = wish(member)
    both_have_looked = Barrier(2)

    def look_and_answer(state):
        found = CorrectionRequest.objects.get(pk=request.pk)
        both_have_looked.wait(timeout=30)
        if found.state != "open":
            raise AlreadyDecided(found)
        CorrectionRequest.objects.filter(pk=request.pk).update(state=state, decided_at=NOW, decided_by=secretary)

    assert all_at_once(lambda: look_and_answer("accepted"), lambda: look_and_answer("declined")) == ["done", "done"]


@pytest.mark.parametrize("field", ["nonsense", "ended_on", "branch", "user"])
def test_what_can_not_be_corrected_has_no_page(client, member, field):
    sign_in(client, member.user)
    address = f"/my-record/corrections/{field}/"
    assert [client.get(address).status_code, client.post(address, FORM).status_code] == [404, 404]
