"""Can each side do its part of a transfer on the pages, and nothing more?"""

from datetime import UTC, date, datetime

import pytest
from django.test import Client
from django.urls import reverse

from members.models import Member, RoleAssignment, Transfer
from members.roles import Role
from members.services.letters import Letter
from members.services.transfers import propose_transfer
from tests.factories import JOINED_ON, make_branch_tree, make_member, make_user, sign_in

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
TODAY = date(2026, 11, 22)
LETTER = Letter("change", TODAY, date(2026, 12, 22))
QUERIES = 5


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def receiver(tree):
    return make_user(Role.SECRETARY, tree.b4)


def browser(user) -> Client:
    return sign_in(Client(), user)


def page(name, pk, **kwargs) -> str:
    return reverse(f"members:{name}", args=[pk], **kwargs)


def typed(**values) -> dict:
    return {"version": 1, "reason": "work", "dated_on": "2026-11-22", "valid_days": 30, "letter_number": ""} | values


def propose(member, by, **where) -> Transfer:
    return propose_transfer(member=member, version=1, letter=LETTER, by=by, now=NOW, **where)


def test_a_second_tap_on_move_at_once_leads_to_the_same_transfer(tree):
    member, visitor = make_member(tree.b1), browser(make_user(Role.SECRETARY, tree.root))
    sent = typed(to=tree.b4.pk, organisation="", at_once="on")
    answers = [visitor.post(page("person_transfer", member.pk), sent) for _ in range(2)]
    assert [answer["Location"] for answer in answers] == [page("transfer", Transfer.objects.get().pk)] * 2


def test_from_the_proposal_to_the_new_branch(tree, secretary, receiver):
    person = make_user(Role.MEMBER, tree.b1)
    RoleAssignment.objects.create(user=person, branch=tree.b1, role=Role.DEPUTY_SECRETARY, starts_on=JOINED_ON)
    form = browser(secretary).get(page("person_transfer", person.member.pk))
    assert form.context["offices"] == ["本科生第一党支部 · 副书记"]
    offered = list(form.context["form"].fields["to"].queryset)
    assert offered == [tree.b2, tree.b3, tree.b4]
    answer = browser(secretary).post(page("person_transfer", person.member.pk), typed(to=tree.b4.pk))
    transfer = Transfer.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, page("transfer", transfer.pk))
    assert browser(receiver).get(page("person", person.member.pk)).status_code == 404
    shown = browser(receiver).get(page("transfer", transfer.pk))
    assert (shown.context["may_accept"], shown.context["may_cancel"], shown.context["may_see_person"]) == (
        True,
        False,
        False,
    )
    assert browser(receiver).post(page("transfer_accept", transfer.pk), {"day": "2026-11-22"}).status_code == 302
    assert Member.objects.get(pk=person.member.pk).branch == tree.b4
    assert not person.role_assignments.filter(ends_on=None).exists()
    assert browser(receiver).get(page("person", person.member.pk)).status_code == 200
    assert browser(secretary).get(page("person", person.member.pk)).status_code == 404


def test_each_side_has_only_its_own_buttons(tree, secretary, receiver):
    transfer = propose(make_member(tree.b1), secretary, target=tree.b4)
    for name, who in (("transfer_accept", secretary), ("transfer_decline", secretary), ("transfer_cancel", receiver)):
        client = browser(who)
        assert client.get(page(name, transfer.pk))["Location"] == page("transfer", transfer.pk)
        assert client.post(page(name, transfer.pk), {"day": "2026-11-22", "answer": "x"}).status_code == 403
    assert browser(secretary).post(page("transfer_receipt", transfer.pk), {"day": "2026-11-22"}).status_code == 403
    transfer.refresh_from_db()
    assert transfer.is_open


def test_nobody_else_sees_it(tree, secretary):
    transfer = propose(make_member(tree.b1), secretary, target=tree.b4)
    client = browser(make_user(Role.SECRETARY, tree.b2))
    for name in ("transfer", "transfer_letter", "transfer_accept", "transfer_cancel"):
        assert client.get(page(name, transfer.pk)).status_code == 404
    assert list(client.get(reverse("members:transfers")).context["transfers"]) == []


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({}, "to"),
        ({"to": "b4", "organisation": "某研究所党支部"}, "organisation"),
        ({"to": "b4", "dated_on": "2026-11-23"}, "dated_on"),
        ({"to": "b4", "dated_on": "2024-01-01"}, "dated_on"),
        ({"to": "b4", "valid_days": 0}, "valid_days"),
        ({"to": "foreign"}, "to"),
        ({"to": "b4", "reason": ""}, "reason"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_written(tree, secretary, values, field):
    branches = {"b4": tree.b4.pk, "foreign": make_branch_tree("X").b1.pk}
    values = values | ({"to": branches[values["to"]]} if "to" in values else {})
    answer = browser(secretary).post(page("person_transfer", make_member(tree.b1).pk), typed(**values))
    assert (answer.status_code, set(answer.context["form"].errors)) == (200, {field})
    assert Transfer.objects.count() == 0


def test_only_who_looks_after_both_branches_moves_at_once(tree, secretary):
    above = make_user(Role.SECRETARY, tree.root)
    member = make_member(tree.b1)
    assert "at_once" not in browser(secretary).get(page("person_transfer", member.pk)).context["form"].fields
    browser(above).post(page("person_transfer", member.pk), typed(to=tree.b4.pk, at_once="on"))
    assert Member.objects.get(pk=member.pk).branch == tree.b4


def test_the_receipt_comes_back(tree, secretary):
    member = make_member(tree.b1)
    transfer = propose(member, secretary, organisation="某研究所党支部")
    client = browser(secretary)
    refused = client.post(page("transfer_receipt", transfer.pk), {"day": "2026-11-21"})
    assert set(refused.context["form"].errors) == {"day"}
    assert client.post(page("transfer_receipt", transfer.pk), {"day": "2026-11-22"}).status_code == 302
    member.refresh_from_db()
    assert (member.ended_on, member.end_reason) == (TODAY, "transferred")
    late = client.post(page("transfer_cancel", transfer.pk), {"answer": "写错"}, follow=True)
    assert [message.level_tag for message in late.context["messages"]] == ["success", "warning"]


def test_an_open_transfer_stands_on_the_persons_page_and_holds_the_end_up(tree, secretary):
    member = make_member(tree.b1)
    transfer = propose(member, secretary, organisation="某研究所党支部")
    client = browser(secretary)
    assert client.get(page("person", member.pk)).context["transfer"] == transfer
    assert client.get(page("person_transfer", member.pk))["Location"] == page("transfer", transfer.pk)
    answer = client.post(page("person_end", member.pk), {"version": 1, "reason": "other", "day": "2026-11-22"})
    assert (answer.status_code, len(answer.context["form"].non_field_errors())) == (200, 1)
    assert Member.objects.get(pk=member.pk).ended_on is None


def test_the_letter_names_what_an_office_needs_and_nothing_more(tree, secretary):
    member = make_member(tree.b1, name="张伟", number="20230001", contact="13800000000")
    transfer = propose(member, secretary, organisation="某研究所党支部")
    html = browser(secretary).get(page("transfer_letter", transfer.pk)).content.decode()
    assert [html.count(text) for text in ("B001-2026-001", "张伟", "20230001", "某研究所党支部")] == [5, 3, 3, 3]
    assert ("30 天" in html, "13800000000" in html, "本科生党总支" in html) == (True, False, True)


@pytest.mark.parametrize(
    ("stage", "template", "since", "has_contacts", "papers"),
    [
        ("masses", "file", None, False, 0),
        ("applicant", "file", "2023-03-01", False, 2),
        ("activist", "file", "2024-03-15", True, 5),
        ("candidate", "file", "2025-04-10", True, 8),
        ("probationary", "membership", "2025-06-20", False, 8),
        ("full", "membership", "2026-06-25", False, 8),
    ],
)
def test_only_a_party_member_has_a_membership_to_transfer(
    tree, secretary, stage, template, since, has_contacts, papers
):
    transfer = propose(make_member(tree.b1, stage=stage), secretary, organisation="某研究所党支部")
    letter = browser(secretary).get(page("transfer_letter", transfer.pk))
    parts = [part.name for part in letter.templates if "letter_of_" in part.name]
    assert parts == [f"members/letter_of_{template}.html"]
    assert (str(letter.context["since"]), letter.context["has_contacts"], len(letter.context["papers"])) == (
        str(since),
        has_contacts,
        papers,
    )


def test_the_letter_is_chinese_for_a_reader_of_english(tree, secretary):
    transfer = propose(make_member(tree.b1, stage="full"), secretary, organisation="某研究所党支部")
    client = browser(secretary)
    client.cookies["django_language"] = "en"
    html = client.get(page("transfer_letter", transfer.pk)).text
    assert ("组织关系介绍信" in html, "Letter of introduction" in html, "Print it on A4" in html) == (True, False, True)


def test_somebody_from_outside_is_added_with_the_letter(tree, secretary):
    client = browser(secretary)
    values = {
        "branch": tree.b1.pk, "number": "7001", "name": "李雷", "kind": "student", "stage": "full",
        "joined_on": "2026-11-20", "letter_number": "12号",
    }  # fmt: skip
    refused = client.post(reverse("members:person_add"), values)
    assert set(refused.context["form"].errors) == {"organisation"}
    client.post(reverse("members:person_add"), values | {"organisation": "某中学党支部", "letter_date": "2026-11-10"})
    row = Transfer.objects.get()
    assert (row.direction, row.origin, row.letter_number, row.dated_on, row.effective_on) == (
        "in",
        "某中学党支部",
        "12号",
        date(2026, 11, 10),
        date(2026, 11, 20),
    )
    assert client.get(page("transfer", row.pk)).status_code == 200
    assert client.get(page("transfer_letter", row.pk)).status_code == 403


def test_the_lists(tree, secretary):
    old = Letter("work", date(2026, 9, 1), date(2026, 10, 1))
    late = propose_transfer(
        member=make_member(tree.b1), version=1, letter=old, organisation="某研究所党支部", by=secretary, now=NOW
    )
    client, url = browser(secretary), reverse("members:transfers")
    assert [list(client.get(url, {"which": which}).context["transfers"]) for which in ("", "overdue", "all", "x")] == [
        [late]
    ] * 4
    Transfer.objects.update(state="cancelled")
    assert [len(client.get(url, {"which": which}).context["transfers"]) for which in ("open", "overdue", "all")] == [
        0,
        0,
        1,
    ]


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_costs_the_same_for_one_and_thirty(tree, secretary, count, django_assert_num_queries):
    for _ in range(count):
        propose(make_member(tree.b1), secretary, target=tree.b4)
    client = browser(secretary)
    with django_assert_num_queries(QUERIES):
        assert len(client.get(reverse("members:transfers")).context["transfers"]) == count
