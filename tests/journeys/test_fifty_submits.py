"""Does one form that is sent fifty times at once have one effect?"""

from __future__ import annotations

from datetime import date, timedelta
from threading import Barrier
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from activities.models import Activity, Award, AwardLevel, Minutes, MinutesAddendum, SignUp
from branchportal.celery import app
from branchportal.models import AuditEntry, JobRun, Notification
from evaluations.models import (
    BranchReview,
    Due,
    LatePolicy,
    Reminder,
    ReviewAnswer,
    SelfReview,
    SpotCheck,
    SpotCheckDraw,
)
from evaluations.services.score_batches import keep_batch as keep_score_batch
from members.models import Absence, ActivationSlip, CorrectionRequest, Member, RoleAssignment, Transfer
from members.roles import Role
from members.services.roster_import import keep_batch as keep_roster_batch
from members.services.slips import make_member_slip
from tests.access.world import ITEMS, NOW, ROLL
from tests.activities.examples import make_activity, mark
from tests.evaluations.ranking_material import NOVEMBER, OCTOBER, file_self, install, make_month
from tests.factories import make_branch_tree, make_member, make_members, make_user, sign_in
from tests.parallel import at_once

pytestmark = pytest.mark.django_db(transaction=True)

COUNT = 50


@pytest.fixture
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def tree():
    return make_branch_tree()


@pytest.fixture
def secretary(tree):
    return make_user(Role.SECRETARY, tree.b1)


def send(client, url, *forms) -> None:
    """Send each form from a window of its own, all at once; no answer may be an error of the portal."""

    def sender(form):
        window = Client(raise_request_exception=False)
        window.cookies.update(client.cookies)
        return lambda: window.post(url, form).status_code

    codes = at_once(sender(form) for form in forms)
    assert len(codes) == len(forms)
    assert {code for code in codes if code >= 500} == set()


def lines(action: str) -> int:
    return AuditEntry.objects.filter(action=action).count()


def person_form(branch, number: str) -> dict:
    return {
        "branch": branch.pk, "number": number, "name": "甲", "kind": "student", "stage": "applicant",
        "applied_on": "2026-09-20", "joined_on": "2026-09-01",
    }  # fmt: skip


def activity_form(owner, entry) -> dict:
    return {
        "entry": str(entry), "kind": "theme_day", "title": "参观校史馆", "audience": "open", "mode": "offline",
        "place": "校史馆", "day": "2026-11-06", "begins": "18:30", "ends": "20:00", "hours": "", "owner": owner.pk,
    }  # fmt: skip


def office_form(member, starts_on="2026-11-10") -> dict:
    return {"role": Role.PUBLICITY_COMMISSIONER.value, "member": member.pk, "starts_on": starts_on}


# --- One form ------------------------------------------------------------------------------------------------


def test_adding_a_person(clock, tree, secretary, client):
    send(sign_in(client, secretary), reverse("members:person_add"), *[person_form(tree.b1, "2026000001")] * COUNT)
    assert (Member.objects.count(), lines("member.added")) == (1, 1)


def test_recording_an_activity(clock, tree, secretary, client):
    form = activity_form(make_member(tree.b1), uuid4())
    send(sign_in(client, secretary), reverse("activities:add"), *[form] * COUNT)
    assert (Activity.objects.count(), lines("activity.recorded")) == (1, 1)


def test_giving_an_office(clock, tree, secretary, client):
    form = office_form(make_member(tree.b1))
    send(sign_in(client, secretary), reverse("members:appoint", args=[tree.b1.pk]), *[form] * COUNT)
    assert (RoleAssignment.objects.exclude(user=secretary).count(), lines("role.given")) == (1, 1)


def test_making_a_slip(clock, tree, secretary, client):
    url = reverse("members:member_slip", args=[make_member(tree.b1).pk])
    send(sign_in(client, secretary), url, *[{"as_of": "2026-11-10T11:59:00+08:00"}] * COUNT)
    assert (ActivationSlip.objects.count(), lines("account.slip_made")) == (1, 1)


def test_activating_an_account(clock, tree, secretary, client):
    slip = make_member_slip(member=make_member(tree.b1), by=secretary, now=NOW, as_of=NOW)
    words = "zhibu-menhu-1026"
    form = {"number": slip.number, "code": slip.code, "password": words, "repeated": words}
    send(client, reverse("members:activate"), *[form] * COUNT)
    assert (ActivationSlip.objects.exclude(used_at=None).count(), lines("account.activated")) == (1, 1)


def test_writing_a_roster(clock, tree, secretary, client):
    content = "学号,姓名\n" + "".join(f"{number},甲\n" for number in range(1001, 1031))
    batch = keep_roster_batch(
        branch=tree.b1, content=content.encode(), file_name="a.csv", by=secretary, now=NOW, today=NOW.date(),
        joined_on=date(2026, 9, 1),
    )  # fmt: skip
    send(sign_in(client, secretary), reverse("members:roster_import_write", args=[batch.pk]), *[{}] * COUNT)
    assert (Member.objects.count(), lines("member.added"), lines("roster.imported")) == (30, 30, 1)


def test_writing_paper_cards(clock, tree, secretary, client):
    people = [make_member(tree.b1) for _ in range(5)]
    rows = "".join(f"{member.number},80,80,80,80,80\n" for member in people)
    batch = keep_score_batch(
        branch=tree.b1, cycle=make_month(tree.b1, OCTOBER), source="branch", file_name="a.csv", by=secretary, now=NOW,
        content=f"学号,思想,学习,生活,工作,作风\n{rows}".encode(),
    )  # fmt: skip
    send(sign_in(client, secretary), reverse("evaluations:score_batch", args=[batch.pk]), *[{}] * COUNT)
    assert (BranchReview.objects.count(), lines("scores.imported_branch")) == (5, 5)
    assert set(BranchReview.objects.values_list("version", flat=True)) == {1}


def test_giving_ratings(clock, tree, secretary, client):
    cycle = make_month(tree.b1, NOVEMBER)
    draft = {"points": dict.fromkeys(("thought", "study", "life", "work", "conduct"), 85)}
    people = [make_member(tree.b1) for _ in range(5)]
    for member in people:
        BranchReview.objects.create(cycle=cycle, member=member, branch=tree.b1, draft=draft, rated_by=secretary)
    url = reverse("evaluations:ratings", kwargs={"code": tree.b1.code, "month": NOVEMBER})
    send(sign_in(client, secretary), url, *[{"give": "1"}] * COUNT)
    assert (BranchReview.objects.exclude(submitted_at=None).count(), lines("branch_rating.given")) == (5, 5)


def test_asking_for_a_ranking(clock, tree, secretary, client):
    install(tree.root)
    form = {"branch": "B001", "purpose": "candidate", "first": "2026-09", "last": "2026-10", "nonce": "0" * 32}
    send(sign_in(client, secretary), reverse("evaluations:compile"), *[form] * COUNT)
    app.control.purge()
    assert JobRun.objects.count() == 1


# --- One form of the year's other work -----------------------------------------------------------------------


@pytest.fixture
def person(tree):
    """A member of the branch with an account."""
    return make_user(Role.MEMBER, tree.b1).member


def told(user) -> int:
    return Notification.objects.filter(user=user).count()


def test_signing_up(clock, tree, person, client):
    activity = make_activity(tree.b1, starts_at=NOW + timedelta(days=3), signs_up=True, capacity=10)
    send(sign_in(client, person.user), reverse("activities:sign_up", args=[activity.pk]), *[{}] * COUNT)
    assert list(SignUp.objects.values_list("arrival", "has_place")) == [(1, True)]
    assert lines("activity.signed_up") == 1


def test_cancelling_an_activity(clock, tree, secretary, person, client):
    activity = make_activity(tree.b1, starts_at=NOW + timedelta(days=3), signs_up=True)
    SignUp.objects.create(activity=activity, member=person, at=NOW, arrival=1, has_place=True)
    send(sign_in(client, secretary), reverse("activities:cancel", args=[activity.pk]), *[{"because": "场地"}] * COUNT)
    assert (lines("activity.cancelled"), told(person.user)) == (1, 1)


@pytest.mark.parametrize(
    ("page", "field", "kind", "action"),
    [
        ("evaluations:reply_to_review", "text", "reply", "self_review.answered"),
        ("evaluations:return_review", "reason", "return", "self_review.returned"),
    ],
)
def test_answering_a_review(page, field, kind, action, clock, tree, secretary, person, client):
    filed = file_self(person, NOVEMBER, 85)
    url = reverse(page, kwargs={"code": tree.b1.code, "month": NOVEMBER, "member": person.pk})
    form = {"submission": filed.submitted_at.isoformat(), field: "请补充学习部分"}
    send(sign_in(client, secretary), url, *[form] * COUNT)
    assert list(ReviewAnswer.objects.values_list("kind", flat=True)) == [kind]
    assert (lines(action), told(person.user)) == (1, 1)


def test_marking_all_reviews_as_read(clock, tree, secretary, client):
    filed = [file_self(make_user(Role.MEMBER, tree.b1).member, NOVEMBER, 85) for _ in range(5)]
    form = {"seen": [f"{review.pk}@{review.submitted_at.isoformat()}" for review in filed]}
    url = reverse("evaluations:mark_reviews_read", kwargs={"code": tree.b1.code, "month": NOVEMBER})
    send(sign_in(client, secretary), url, *[form] * COUNT)
    assert list(ReviewAnswer.objects.values_list("kind", flat=True)) == ["read"] * 5
    assert (SelfReview.objects.count(), lines("self_review.answered")) == (5, 5)


def test_reminding(clock, tree, secretary, person, client):
    cycle = make_month(tree.b1, NOVEMBER)
    Due.objects.create(cycle=cycle, member=person, branch=tree.b1)
    url = reverse("evaluations:remind_members", kwargs={"code": tree.b1.code, "month": NOVEMBER})
    send(sign_in(client, secretary), url, *[{}] * COUNT)
    assert (Reminder.objects.count(), told(person.user)) == (1, 1)


def test_choosing_the_late_policy(clock, tree, secretary, client):
    url = reverse("evaluations:late_policy", kwargs={"code": tree.b1.code})
    send(sign_in(client, secretary), url, *[{"policy": "accept"}] * COUNT)
    assert (LatePolicy.objects.count(), lines("late_policy.changed")) == (1, 1)


def test_drawing_a_spot_check(clock, tree, client):
    cycle = make_month(tree.b1, OCTOBER)
    Due.objects.bulk_create(Due(cycle=cycle, member=member, branch=tree.b1) for member in make_members(tree.b1, 8))
    url = reverse("evaluations:spot_checks", kwargs={"month": OCTOBER})
    send(sign_in(client, make_user(Role.REVIEWER, tree.root)), url, *[{"branch": tree.root.code}] * COUNT)
    assert (SpotCheckDraw.objects.count(), SpotCheck.objects.count(), lines("spot_check.draw")) == (1, 5, 1)


def test_asking_for_a_correction(clock, secretary, person, client):
    form = {"proposed": "计算机2302", "reason": "学籍卡", "entry": str(uuid4())}
    send(sign_in(client, person.user), reverse("members:ask_correction", args=["class_name"]), *[form] * COUNT)
    assert (CorrectionRequest.objects.count(), lines("correction.asked"), told(secretary)) == (1, 1, 1)


def test_deciding_a_correction(clock, secretary, person, client):
    wish = person.correction_requests.create(field="class_name", proposed_value="计算机2302", reason="学籍卡")
    form = {"verdict": "accept", "answer": "", "version": person.version}
    send(sign_in(client, secretary), reverse("members:correction", args=[wish.pk]), *[form] * COUNT)
    person.refresh_from_db()
    assert (person.class_name, person.version) == ("计算机2302", 2)
    assert (lines("correction.accepted"), lines("member.edited"), told(person.user)) == (1, 1, 1)


def test_proposing_an_award(clock, person, client):
    form = {
        "title": "竞赛二等奖", "level": AwardLevel.objects.first().pk, "awarded_on": "2026-10-20", "body": "某学会",
        "link": "", "entry": str(uuid4()),
    }  # fmt: skip
    send(sign_in(client, person.user), reverse("activities:award_add"), *[form] * COUNT)
    assert (Award.objects.count(), lines("award.proposed")) == (1, 1)


def test_proposing_a_transfer(clock, tree, secretary, client):
    member = make_member(tree.b1)
    form = {
        "version": member.version, "to": tree.b2.pk, "organisation": "", "reason": "work", "dated_on": "2026-11-09",
        "valid_days": "30", "letter_number": "",
    }  # fmt: skip
    send(sign_in(client, secretary), reverse("members:person_transfer", args=[member.pk]), *[form] * COUNT)
    assert (Transfer.objects.count(), lines("transfer.proposed")) == (1, 1)


def test_accepting_a_transfer(clock, tree, secretary, client):
    member = make_member(tree.b2)
    transfer = Transfer.objects.create(
        member=member, source=tree.b2, target=tree.b1, direction="inside", reason="work", letter_number="B002-1",
        dated_on=NOW.date(), valid_until=date(2026, 12, 10), proposed_by=make_user(Role.SECRETARY, tree.b2),
    )  # fmt: skip
    url = reverse("members:transfer_accept", args=[transfer.pk])
    send(sign_in(client, secretary), url, *[{"day": "2026-11-10"}] * COUNT)
    member.refresh_from_db()
    assert (member.branch, member.former_memberships.count()) == (tree.b1, 1)
    assert (lines("transfer.accepted"), lines("member.transferred")) == (1, 1)


def test_entering_an_absence(clock, tree, secretary, client):
    deputy = make_user(Role.DEPUTY_SECRETARY, tree.b1)
    form = {"starts_on": "2026-11-10", "ends_on": "2026-11-30", "kind": "travel", "stand_in": deputy.pk}
    url = reverse("members:absence_add", args=[secretary.role_assignments.get().pk])
    send(sign_in(client, secretary), url, *[form] * COUNT)
    assert (Absence.objects.count(), lines("absence.entered"), told(deputy)) == (1, 1, 1)


def test_graduating_a_class(clock, tree, secretary, client):
    people = make_members(tree.b1, 5)
    url = reverse(
        "members:graduation",
        query={"branch": tree.b1.code, "kind": "ends", "last_day": "2026-11-09", "grade": "2023", "class_name": ""},
    )
    send(sign_in(client, secretary), url, *[{"person": [f"{member.pk}-1" for member in people]}] * COUNT)
    assert (Member.objects.exclude(ended_on=None).count(), lines("member.ended")) == (5, 5)


def test_writing_and_confirming_minutes(clock, tree, secretary, person, client):
    activity = make_activity(tree.b1)
    mark(activity, person)
    typed = {
        "version": 0, "chair": secretary.pk, "recorder": person.user.pk,
        "topic": "讨论", "spoken": "", "decided": "通过",
    }  # fmt: skip
    sign_in(client, secretary)
    send(client, reverse("activities:minutes_edit", args=[activity.pk]), *[typed] * COUNT)
    assert (Minutes.objects.count(), lines("minutes.saved")) == (1, 1)
    send(client, reverse("activities:minutes_confirm", args=[activity.pk]), *[{"version": 1}] * COUNT)
    assert lines("minutes.confirmed") == 1


def test_adding_to_minutes(clock, tree, secretary, client):
    activity = make_activity(tree.b1)
    Minutes.objects.create(
        activity=activity, items=ITEMS, saved_at=NOW, saved_by=secretary, confirmed_at=NOW, confirmed_by=secretary,
        roll=ROLL,
    )  # fmt: skip
    form = {"text": "补记列席一人", "reason": "漏记", "entry": str(uuid4())}
    send(sign_in(client, secretary), reverse("activities:minutes_add", args=[activity.pk]), *[form] * COUNT)
    assert (MinutesAddendum.objects.count(), lines("minutes.added_to")) == (1, 1)


# --- Controls: the twins that must go wrong ------------------------------------------------------------------


def test_control_forms_that_differ_have_an_effect_each(clock, tree, secretary, client):
    """Without what tells one form from another (number, entry), everything that was sent is stored."""
    send(
        sign_in(client, secretary), reverse("members:person_add"), *(person_form(tree.b1, str(n)) for n in range(COUNT))
    )
    owner = Member.objects.first()
    send(client, reverse("activities:add"), *(activity_form(owner, uuid4()) for _ in range(COUNT)))
    assert (Member.objects.count(), Activity.objects.count()) == (COUNT, COUNT)


def test_control_looking_before_writing_without_a_guard_has_fifty_effects(tree):
    """A row that must be new, checked and then written with neither lock nor constraint."""
    looked = Barrier(COUNT)

    def careless() -> None:
        is_new = lines("role.given") == 0
        looked.wait(timeout=60)
        if is_new:
            AuditEntry.objects.create(action="role.given")

    at_once([careless] * COUNT)
    assert lines("role.given") == COUNT
