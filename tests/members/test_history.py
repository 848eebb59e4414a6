"""Does a person's history say who changed what, from what to what and why, to those who may know?"""

from datetime import UTC, date, datetime

import pytest
from django.test import Client
from django.utils import translation

from branchportal import audit
from branchportal.models import AccessRecord, AuditEntry
from members.models import Member
from members.queries.history import entries_about, lines
from members.roles import Role
from members.services.letters import Letter
from members.services.memberships import end_membership, resume_membership
from members.services.people import edit_member
from members.services.roles import appoint
from members.services.transfers import accept_transfer, propose_transfer
from members.stages import Stage
from tests.factories import make_member, make_user, sign_in

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
TODAY = date(2026, 11, 22)
QUERIES = 7


@pytest.fixture
def secretary(tree):
    return make_user(Role.SECRETARY, tree.b1, name="王芳")


def edit(member, by, reason="", **values):
    row = Member.objects.get(pk=member.pk)
    return edit_member(member=row, version=row.version, values=values, by=by, today=TODAY, reason=reason)


def history(member, language="en") -> list[tuple]:
    with translation.override(language):
        row = Member.objects.get(pk=member.pk)
        return [
            (line.what, [(change.label, change.before, change.after) for change in line.changes], line.why)
            for line in lines(entries_about(row), row)
        ]


def test_a_life_in_plain_words(tree, secretary):
    user = make_user(Role.MEMBER, tree.b1, name="张伟", number="1001")
    member, receiver = user.member, make_user(Role.SECRETARY, tree.b4)
    edit(member, secretary, "支部大会通过", stage=Stage.CANDIDATE, candidate_on=date(2026, 11, 1))
    edit(member, secretary, number="1002")
    appoint(user=user, role=Role.PUBLICITY_COMMISSIONER, branch=tree.b1, starts_on=TODAY, by=secretary, now=NOW)
    row = Member.objects.get(pk=member.pk)
    end_membership(member=row, version=row.version, reason="withdrew", ended_on=TODAY, by=secretary, now=NOW)
    resume_membership(member=row, version=row.version + 1, joined_on=TODAY, by=secretary, today=TODAY)
    row.refresh_from_db()
    transfer = propose_transfer(
        member=row, version=row.version, letter=Letter("study", TODAY, TODAY), target=tree.b4, by=secretary, now=NOW
    )
    accept_transfer(transfer=transfer, first_day=TODAY, by=receiver, now=NOW)
    found = history(member)
    assert [what for what, _changes, _why in found] == [
        "Transfer accepted",
        "Transferred to another branch",
        "Transfer proposed",
        "Membership resumed",
        "Office withdrawn before it began",
        "Membership ended",
        "Office given",
        "Number changed",
        "Stage changed",
    ]
    assert found[-1] == (
        "Stage changed",
        [("Stage", "Activist", "Development candidate"), ("Development candidate since", "", "2026-11-01")],
        "支部大会通过",
    )
    assert found[-2][1] == [("Student or staff number", "1001", "1002")]
    assert found[1][1][0] == ("Branch", "本科生第一党支部", "研究生第一党支部")
    assert ("Reason", "", "Further study") in found[2][1]


def test_names_are_those_of_then(tree, secretary):
    member = make_member(tree.b1, name="张伟")
    edit(member, secretary, grade="2022")
    edit(member, secretary, name="张玮")
    secretary.name = "王方"
    secretary.save()
    row = Member.objects.get(pk=member.pk)
    assert [(line.by, line.name_then) for line in lines(entries_about(row), row)] == [("王芳", ""), ("王芳", "张伟")]


def test_only_lines_about_this_person(tree, secretary):
    user = make_user(Role.MEMBER, tree.b1)
    other = make_user(Role.MEMBER, tree.b1)
    edit(other.member, secretary, grade="2022")
    appoint(user=other, role=Role.PUBLICITY_COMMISSIONER, branch=tree.b1, starts_on=TODAY, by=secretary, now=NOW)
    audit.record("account.reset", by=secretary, subject=user, branch=tree.b1)
    audit.record("score.imported", by=secretary, subject=user.member)
    assert history(user.member) == []


def test_for_whom_somebody_stood_in(tree, secretary):
    member = make_member(tree.b1)
    edit(member, secretary, grade="2022")
    AuditEntry.objects.update(stood_in_for="李雷")
    client = sign_in(Client(), secretary)
    [line] = client.get(f"/people/{member.pk}/history/").context["lines"]
    assert (line.by, line.stood_in_for) == ("王芳", "李雷")


def test_the_look_is_noted_and_only_keepers_of_the_roster_look(tree, secretary):
    member = make_member(tree.b1)
    url = f"/people/{member.pk}/history/"
    assert sign_in(Client(), secretary).get(url).status_code == 200
    assert AccessRecord.objects.filter(action="member.viewed", subject_id=str(member.pk)).count() == 1
    assert sign_in(Client(), make_user(Role.PUBLICITY_COMMISSIONER, tree.b1)).get(url).status_code == 403
    assert sign_in(Client(), make_user(Role.SECRETARY, tree.b2)).get(url).status_code == 404


def test_the_person_reads_the_own_history(tree, secretary):
    user = make_user(Role.MEMBER, tree.b1)
    edit(user.member, secretary, "补录", grade="2022")
    edit(make_member(tree.b1), secretary, grade="2022")
    response = sign_in(Client(), user).get("/my-record/history/")
    assert [(line.by, line.why) for line in response.context["lines"]] == [("王芳", "补录")]
    assert AccessRecord.objects.count() == 0


def test_the_reason_is_typed_on_the_form(tree, secretary):
    member = make_member(tree.b1)
    client = sign_in(Client(), secretary)
    form = client.get(f"/people/{member.pk}/edit/").context["form"]
    values = {name: form[name].value() or "" for name in form.fields} | {"major": "软件工程", "why": "转专业"}
    assert client.post(f"/people/{member.pk}/edit/", values).status_code == 302
    assert history(member) == [("Record changed", [("Major", "计算机科学与技术", "软件工程")], "转专业")]


def test_pages(tree, secretary):
    member = make_member(tree.b1)
    for number in range(31):
        audit.record("member.edited", by=secretary, subject=member, after={"grade": str(number)})
    client, url = sign_in(Client(), secretary), f"/people/{member.pk}/history/"
    sizes = [len(client.get(url, {"page": page}).context["lines"]) for page in ("1", "2", "99", "xx")]
    assert sizes == [30, 1, 1, 30]
    assert len(client.get(f"/people/{member.pk}/").context["history"]) == 5


@pytest.mark.parametrize("count", [1, 30])
def test_it_costs_the_same_for_one_and_thirty(tree, secretary, count, django_assert_num_queries):
    member = make_user(Role.MEMBER, tree.b1).member
    for _number in range(count):
        audit.record(
            "member.edited", by=secretary, subject=member, before={"stage": "activist"}, after={"stage": "full"}
        )
    client = sign_in(Client(), secretary)
    with django_assert_num_queries(QUERIES):
        assert len(client.get(f"/people/{member.pk}/history/").context["lines"]) == count
