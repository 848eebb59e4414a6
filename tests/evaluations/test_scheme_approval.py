"""Is a scheme published only as the committee approved it, and does it stay once anything rests on it?"""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from branchportal.models import AuditEntry
from evaluations.models import PointsEntry, ScoringScheme
from evaluations.queries.rated_months import rated_months
from evaluations.refusals import Refused
from evaluations.services import scheme_drafts, scheme_sealing, schemes
from members.roles import Role
from tests.evaluations.defence_material import heard, make_session, panel, submit
from tests.evaluations.ranking_material import (
    NOVEMBER,
    NOW,
    OCTOBER,
    SEPTEMBER,
    approve,
    compile_now,
    install,
    make_scheme,
    ready_document,
)
from tests.factories import make_branch_tree, make_member, make_user, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def tree():
    return make_branch_tree()


@pytest.fixture
def reviewer(tree):
    return make_user(Role.REVIEWER, tree.root, name="周老师")


def document(**changes):
    return ready_document(version="2", **changes)


def publish(draft, by, first=NOVEMBER):
    return schemes.publish(scheme=draft, first_month=first, last_month=None, by=by, now=NOW)


def test_a_draft_is_approved_and_then_published(client, tree, reviewer, time_machine):
    time_machine.move_to(NOW)
    sign_in(client, reviewer, language="en")
    draft = make_scheme(tree.b1, document())
    page = reverse("evaluations:scheme", args=[draft.pk])
    address = reverse("evaluations:scheme_approve", args=[draft.pk])
    assert (address in client.get(page).text, "Publish" in client.get(page).text) == (True, False)

    shown = client.get(address).context["form"].initial
    answer = client.post(address, {"approved_on": "2026-11-20", "seen": shown["seen"]})

    draft.refresh_from_db()
    assert (answer.status_code, draft.approved_on, draft.approved_by) == (302, date(2026, 11, 20), reviewer)
    assert "Approved by the committee on 2026-11-20, noted by 周老师." in client.get(page).text
    assert reverse("evaluations:scheme_publish", args=[draft.pk]) in client.get(page).text
    assert publish(draft, reviewer).state == "published"
    assert AuditEntry.objects.filter(action="scheme.approve").count() == 1


def test_nothing_is_published_that_nobody_approved(tree, reviewer):
    draft = make_scheme(tree.b1, document())
    with pytest.raises(Refused) as refused:
        publish(draft, reviewer)
    assert "The committee has not approved this draft as it stands" in refused.value.text


def test_a_change_after_the_approval_needs_another_one(tree, reviewer):
    secretary = make_user(Role.SECRETARY, tree.b1)
    draft = approve(make_scheme(tree.b1, document()), reviewer)
    scheme_drafts.save_draft(
        scheme=draft, seen=draft.mark, document=document(decimals=1), sources=draft.sources, by=secretary
    )
    draft.refresh_from_db()
    assert (draft.approved_on, draft.approved_by, draft.written_by) == (None, None, secretary)
    with pytest.raises(Refused) as refused:
        publish(draft, reviewer)
    assert "has not approved" in refused.value.text


def test_what_changed_since_the_page_was_opened_is_not_approved(client, tree, reviewer, time_machine):
    time_machine.move_to(NOW)
    sign_in(client, reviewer, language="en")
    draft = make_scheme(tree.b1, document())
    seen = draft.mark
    scheme_drafts.save_draft(scheme=draft, seen=seen, document=document(decimals=1), sources=draft.sources, by=None)

    answer = client.post(
        reverse("evaluations:scheme_approve", args=[draft.pk]), {"approved_on": "2026-11-20", "seen": seen}
    )

    assert answer.status_code == 422
    assert "was changed since this page was opened" in answer.text
    draft.refresh_from_db()
    assert draft.approved_by is None


def test_whoever_wrote_a_draft_does_not_approve_it(tree, reviewer):
    draft = make_scheme(tree.b1, document())
    scheme_drafts.save_draft(
        scheme=draft, seen=draft.mark, document=document(decimals=1), sources=draft.sources, by=reviewer
    )
    draft.refresh_from_db()
    with pytest.raises(Refused) as refused:
        approve(draft, reviewer)
    assert "You wrote this draft last" in refused.value.text
    assert approve(draft, make_user(Role.REVIEWER, tree.root)).is_approved


@pytest.mark.parametrize(("day", "said"), [("2026-11-23", "still to come"), ("", "required"), ("x", "valid date")])
def test_the_day_of_the_approval_is_a_day_that_was(client, tree, reviewer, time_machine, day, said):
    time_machine.move_to(NOW)
    sign_in(client, reviewer, language="en")
    draft = make_scheme(tree.b1, document())
    address = reverse("evaluations:scheme_approve", args=[draft.pk])

    answer = client.post(address, {"approved_on": day, "seen": draft.mark})

    assert answer.status_code == 422
    assert said in answer.text


def test_a_scheme_under_which_a_ranking_was_compiled_is_sealed_and_stays(tree):
    install(tree.root)
    make_member(tree.b1)
    run = compile_now(tree.b1, SEPTEMBER, OCTOBER)
    assert run.scheme.state == ScoringScheme.State.SEALED

    with pytest.raises(Refused) as refused:
        publish(make_scheme(tree.root, document()), None, date(2026, 1, 1))
    assert "is sealed and valid from %(month)s on" in refused.value.text
    with pytest.raises(Refused) as refused:
        schemes.delete_draft(scheme=run.scheme, by=None)
    assert "published and stays" in refused.value.text


def test_only_what_is_in_force_is_compiled_under(tree):
    install(tree.root)
    draft, standing = make_scheme(tree.root, document()), tree.root.schemes.get(purpose="appraisal")

    assert scheme_sealing.seal_for_rankings(schemes={draft.pk, standing.pk}, now=NOW) == {standing.pk}

    assert sorted(ScoringScheme.objects.values_list("purpose", "version", "state")) == [
        ("appraisal", "2026-1", "sealed"), ("candidate", "2", "draft"), ("candidate", "2026-1", "published"),
        ("conversion", "2026-1", "published"),
    ]  # fmt: skip


def test_scores_of_a_defence_seal_the_scheme_and_keep_it(tree):
    install(tree.root)
    session = make_session(tree.b1, by=make_user(Role.SECRETARY, tree.b1))
    assert (rated_months(tree.root, SEPTEMBER, None), states()) == ([], {"published"})

    submit(panel(session)[0], heard(session)[0], "88")

    assert (rated_months(tree.root, SEPTEMBER, None), states()) == ([OCTOBER], {"sealed"})
    assert rated_months(tree.b2, SEPTEMBER, None) == []
    with pytest.raises(Refused) as refused:
        publish(make_scheme(tree.root, document()), None, OCTOBER)
    assert "%(month)s was already rated under" in refused.value.text


def test_scores_that_no_ranking_counts_seal_nothing(tree):
    install(tree.root)
    session = make_session(tree.b1, by=make_user(Role.SECRETARY, tree.b1), kind="nomination")

    submit(panel(session)[0], heard(session)[0], "88")

    assert (rated_months(tree.root, SEPTEMBER, None), states()) == ([], {"published"})


def test_a_bonus_keeps_the_scheme_of_its_month(tree):
    install(tree.root)
    member = make_member(tree.b1)
    PointsEntry.objects.create(
        branch=tree.b1, member=member, category="bonus", category_label="加分", points=2, on=date(2026, 10, 31),
        what="志愿服务", source="志愿系统", recorded_by=make_user(Role.SECRETARY, tree.b1), recorded_at=NOW,
    )  # fmt: skip
    assert rated_months(tree.root, SEPTEMBER, None) == [OCTOBER]
    assert rated_months(tree.root, SEPTEMBER, SEPTEMBER) == []


def test_no_purpose_waits_for_a_defence_that_it_never_has(tree):
    defence = {"code": "defence", "label": "答辩", "role": "weighted", "weight": "100", "aggregate": "mean"}
    with pytest.raises(Refused) as refused:
        make_scheme(tree.root, document(components=[defence], tie_break=[]), purpose="appraisal")
    assert "%(component)s comes from a defence" in refused.value.text


def states() -> set[str]:
    return set(ScoringScheme.objects.values_list("state", flat=True))
