"""Who reads which lines of the audit trail, and is a forged line found?"""

from datetime import UTC, datetime

import pytest
from django.test import Client

from branchportal import audit, retention
from branchportal.models import AuditEntry
from members.models import LoginFailure
from members.queries.audit_trail import TECHNICAL, action_labels, actions_by_subject
from members.roles import Role
from tests.factories import make_branch_tree, make_member, make_user, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def lines(tree):
    """One line each: roster and account of b1, account of b2, a review of b1, an account of another university."""
    far = make_branch_tree("X")
    for action, branch in [
        ("member.edited", tree.b1),
        ("account.reset", tree.b1),
        ("account.reset", tree.b2),
        ("self_review.submitted", tree.b1),
        ("account.reset", far.b1),
    ]:
        audit.record(action, by=None, subject=make_member(branch), before={"name": "旧"}, after={"name": "新"})


def test_every_action_stands_under_one_subject_of_the_filter():
    groups = dict(actions_by_subject(("",)))
    listed = [action for actions in groups.values() for action, _label in actions]
    assert sorted(listed) == sorted(action_labels())
    assert {action.split(".")[0] for action, _label in groups["职务"]} == {"role", "absence"}
    assert [subject for subject, _actions in actions_by_subject(TECHNICAL)] == ["账号", "职务", "党支部", "系统运行"]


def seen(user, page="/audit/"):
    response = sign_in(Client(), user).get(page)
    return sorted((line.action, line.branch.code) for line, _label, _changes in response.context["lines"])


def test_a_secretary_reads_the_own_branch(tree, lines):
    assert seen(make_user(Role.SECRETARY, tree.b1)) == [
        ("account.reset", "B001"), ("member.edited", "B001"), ("self_review.submitted", "B001"),
    ]  # fmt: skip


def test_a_reviewer_reads_everything_below(tree, lines):
    assert seen(make_user(Role.REVIEWER, tree.root)) == [
        ("account.reset", "B001"), ("account.reset", "B002"), ("member.edited", "B001"),
        ("self_review.submitted", "B001"),
    ]  # fmt: skip


def test_an_administrator_reads_technical_lines_only(tree, lines):
    administrator = make_user(Role.ADMINISTRATOR, tree.root)
    assert seen(administrator, "/audit/technical/") == [("account.reset", "B001"), ("account.reset", "B002")]
    filtered = "/audit/technical/?action=self_review.submitted"
    assert {action for action, _branch in seen(administrator, filtered)} == {"account.reset"}


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 3),
        ("?action=member.edited", 1),
        ("?first=2026-01-01&last=2026-01-31", 1),
        ("?last=2025-12-31", 0),
        ("?first=no-day", 3),
        ("?q=%00", 3),
    ],
)
def test_filters_stand_in_the_address(client, tree, lines, query, count):
    january = AuditEntry.objects.filter(action="member.edited")
    january.update(at=datetime(2026, 1, 31, 15, 59, 59, 999999, tzinfo=UTC))
    AuditEntry.objects.exclude(action="member.edited").update(at=datetime(2026, 1, 31, 16, tzinfo=UTC))
    sign_in(client, make_user(Role.SECRETARY, tree.b1))
    assert len(client.get(f"/audit/{query}").context["lines"]) == count


def test_the_page_costs_the_same_for_one_and_many(client, tree, django_assert_num_queries):
    sign_in(client, make_user(Role.SECRETARY, tree.b1))
    audit.record("branch.renamed", by=None, subject=tree.b1, branch=tree.b1)
    with django_assert_num_queries(AUDIT_QUERIES):
        client.get("/audit/")
    for _line in range(30):
        audit.record("member.edited", by=None, subject=make_member(tree.b1), before={"stage": "applicant"}, after={})
    with django_assert_num_queries(AUDIT_QUERIES):
        assert len(client.get("/audit/").context["lines"]) == 31


AUDIT_QUERIES = 5


def test_markup_in_a_name_stays_text(client, tree):
    audit.record("member.edited", by=None, subject=make_member(tree.b1, name="<script>alert(1)</script>"),
                 after={"name": "<img src=x>"}, reason="<b>bold</b>")  # fmt: skip
    text = sign_in(client, make_user(Role.SECRETARY, tree.b1)).get("/audit/").content.decode()
    assert "&lt;script&gt;alert(1)" in text
    assert not any(markup in text for markup in ("<script>alert", "<img src=x", "<b>bold"))


@pytest.fixture
def chain(tree):
    for order in range(5):
        audit.record("branch.renamed", by=None, subject=tree.b1, branch=tree.b1, after={"name": str(order)})
    audit.seal()
    return list(AuditEntry.objects.order_by("sequence"))


def test_an_untouched_chain_holds(chain):
    assert audit.first_broken_line() is None
    assert audit.sealed_up_to() == 5


def test_an_edited_line_is_found(chain):
    AuditEntry.objects.filter(pk=chain[2].pk).update(after={"name": "forged"})
    assert audit.first_broken_line() == chain[2]


def test_a_deleted_line_is_found(chain):
    chain[2].delete()
    assert audit.first_broken_line() == chain[3]


def test_swapped_lines_are_found(chain):
    first, second = chain[1], chain[2]
    AuditEntry.objects.filter(pk=first.pk).update(sequence=99)
    AuditEntry.objects.filter(pk=second.pk).update(sequence=first.sequence, seal=first.seal)
    AuditEntry.objects.filter(pk=first.pk).update(sequence=second.sequence, seal=second.seal)
    assert audit.first_broken_line() is not None


def test_a_line_with_another_author_is_found(chain, tree):
    AuditEntry.objects.filter(pk=chain[0].pk).update(actor=make_user(Role.SECRETARY, tree.b1))
    assert audit.first_broken_line() == chain[0]


def test_sealing_goes_on_where_it_stopped(chain, tree):
    audit.record("branch.closed", by=None, subject=tree.b1, branch=tree.b1)
    assert (audit.seal(), audit.seal()) == (1, 0)
    assert audit.first_broken_line() is None


def test_tidying_leaves_the_audit_trail_alone(chain):
    LoginFailure.objects.create(account="x", address="10.0.0.1", at=datetime(2020, 1, 1, tzinfo=UTC))
    ended = retention.apply(now=datetime(2036, 1, 1, tzinfo=UTC))
    assert {kind: count for kind, count in ended.items() if count} == {"failures": 1}
    assert (LoginFailure.objects.count(), AuditEntry.objects.count()) == (0, 6)
