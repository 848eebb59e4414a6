"""Who may neither enter nor consent to a decision: of the branch itself, on the list, or acting for somebody on it?"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from activities.models import Minutes
from evaluations.models import Freezing, RankingRun
from evaluations.queries import decisions as queries
from evaluations.refusals import Refused
from members.models import Absence, RoleAssignment, User
from members.roles import Role
from tests.evaluations.decision_material import (
    HELD_ON,
    NOT_SELECTED,
    NOW,
    SELECTED,
    begin,
    consent,
    make_frozen,
    recorded,
    save,
    send_back,
)
from tests.factories import activity_kind, make_user, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english(settings):
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def frozen(tree):
    return make_frozen(tree)


@pytest.fixture
def run(frozen):
    return frozen[0]


@pytest.fixture
def hands(frozen):
    return frozen[1]


def refusal(act, *args, **kwargs) -> str:
    with pytest.raises(Refused) as refused:
        act(*args, **kwargs)
    return str(refused.value)


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def away(user: User, stand_in: User) -> Absence:
    return Absence.objects.create(
        office=user.role_assignments.first(), stand_in=stand_in, entered_by=user, starts_on=HELD_ON,
        ends_on=HELD_ON + timedelta(days=9),
    )  # fmt: skip


def ranked_as(run, rank: int, user: User) -> None:
    member = run.entries.get(rank=rank).member
    member.user, member.name = user, user.name
    member.save(update_fields=["user", "name"])
    run.entries.filter(rank=rank).update(name=user.name)


@pytest.mark.parametrize("role", [Role.DEPUTY_SECRETARY, Role.MEMBER])
def test_nobody_of_the_branch_looks_at_its_decision_for_the_superior(tree, run, hands, role):
    both = make_user(role, tree.b1, name="赵两职")
    RoleAssignment.objects.create(user=both, role=Role.REVIEWER, branch=tree.root, starts_on=date(2026, 1, 1))
    meeting = recorded(run, hands)
    said = (
        "A decision is looked at by somebody of the superior committee who is not of 本科生第一党支部: neither a "
        "member nor in an office of it, nor acting for one."
    )
    assert [refusal(consent, meeting, fresh(both)), refusal(send_back, meeting, fresh(both))] == [said, said]
    assert [list(queries.to_consent(fresh(one))) for one in (both, hands.reviewer)] == [[], [meeting]]
    assert consent(meeting, hands.reviewer).is_consented


def test_who_acts_for_an_officer_of_the_branch_is_of_it(tree, run, hands):
    deputy = make_user(Role.DEPUTY_SECRETARY, tree.b1)
    away(deputy, hands.reviewer)
    assert "neither a member nor in an office" in refusal(consent, recorded(run, hands), fresh(hands.reviewer))


def test_the_page_offers_no_consent_to_whom_it_would_be_refused(client, tree, run, hands, time_machine):
    time_machine.move_to(NOW, tick=False)
    both = make_user(Role.DEPUTY_SECRETARY, tree.b1)
    RoleAssignment.objects.create(user=both, role=Role.REVIEWER, branch=tree.root, starts_on=date(2026, 1, 1))
    meeting = recorded(run, hands)
    address = reverse("evaluations:decision_consent", args=[meeting.pk])
    pages = [
        sign_in(client, user).get(reverse("evaluations:decision", args=[meeting.pk])).text
        for user in (both, hands.reviewer)
    ]
    assert [address in text for text in pages] == [False, True]


def test_a_stand_in_enters_nothing_about_whom_he_stands_in_for(client, tree, run, hands, time_machine):
    time_machine.move_to(NOW, tick=False)
    recorder = make_user(Role.ORGANISATION_COMMISSIONER, tree.b1, name="赵组织")
    deputy = make_user(Role.DEPUTY_SECRETARY, tree.b1, name="孙副书记")
    away(deputy, recorder)
    ranked_as(run, 1, deputy)
    meeting = begin(run, hands.secretary)
    assert refusal(save, meeting, fresh(recorder), SELECTED, SELECTED) == (
        "You stand in for 孙副书记: somebody else of the committee enters what it says of 孙副书记."
    )
    page = sign_in(client, fresh(recorder), language="en").get(reverse("evaluations:decision_edit", args=[meeting.pk]))
    rows = [(row.is_own, row.is_self) for row in page.context["form"].ranked]
    assert rows == [(True, False), (False, False), (False, False)]
    assert "You stand in for 孙副书记: somebody else of the committee decides and enters it." in page.text
    assert save(meeting, fresh(recorder), "", SELECTED).saved_by == recorder
    meeting.refresh_from_db()
    assert save(meeting, hands.secretary, SELECTED, SELECTED, NOT_SELECTED).is_draft


def test_a_stand_in_does_not_consent_for_whom_he_stands_in_for(tree, run, hands):
    contact = make_user(Role.COUNSELOR, tree.root, name="吴辅导")
    away(contact, hands.reviewer)
    ranked_as(run, 1, contact)
    assert refusal(consent, recorded(run, hands), fresh(hands.reviewer)) == (
        "You stand in for 吴辅导, who is on this list: somebody else consents to it."
    )


def test_a_meeting_on_the_day_of_freezing_in_shanghai_can_be_linked_and_none_before(tree, run, hands):
    """Frozen at half past midnight: in UTC that is still the day before."""
    Freezing.objects.update(decided_at=datetime(2026, 11, 21, 16, 30, tzinfo=UTC))
    for day in (21, 22):
        starts_at = datetime(2026, 11, day, 2, tzinfo=UTC)
        kept = tree.b1.activities.create(
            kind=activity_kind("committee_meeting"), title="支委会", starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=1), hours=1,
        )  # fmt: skip
        Minutes.objects.create(activity=kept, saved_at=NOW, saved_by=hands.secretary)
    run = RankingRun.objects.get(pk=run.pk)
    assert [activity.starts_at.day for activity in queries.meetings_kept(run)] == [22]
