"""Is the person to be appointed found among many without a script, and are offices of those who left in sight?"""

import pytest
from django.test import Client
from django.urls import reverse

from members.models import RoleAssignment
from members.roles import Role
from tests.factories import JOINED_ON, make_member, make_members, make_user, sign_in


@pytest.fixture
def client(tree):
    return sign_in(Client(), make_user(Role.SECRETARY, tree.b1))


def offered(response) -> list[str]:
    return [str(label) for _value, label in response.context["form"].fields["member"].widget.choices][1:]


def url(tree, **query) -> str:
    return reverse("members:appoint", args=[tree.b1.pk], query=query)


@pytest.mark.parametrize("words", ["欧阳娜", "ouyang na", "oyn", "7001"])
def test_by_name_pinyin_initials_and_number(tree, client, words):
    make_members(tree.b1, 10)
    make_member(tree.b1, name="欧阳娜", number="7001")
    make_member(tree.b2, name="欧阳娜", number="70012")
    assert offered(client.get(url(tree, q=words))) == ["欧阳娜 · 7001"]


def test_the_first_ones_are_offered_and_the_others_are_searched_for(tree, client):
    make_members(tree.b1, 9)
    response = client.get(url(tree))
    assert (len(offered(response)), response.context["has_more"]) == (8, True)
    nobody = client.get(url(tree, q="没有此人"))
    assert (offered(nobody), nobody.context["found"]) == ([], 0)


def test_whom_the_search_found_is_appointed(tree, client):
    member = make_member(tree.b1, name="张伟")
    values = {"role": "publicity_commissioner", "member": member.pk, "starts_on": "2026-11-01"}
    assert client.post(url(tree, q="张伟"), values).status_code == 302
    assert RoleAssignment.objects.get(role=Role.PUBLICITY_COMMISSIONER).user.name == "张伟"


def test_a_choice_stays_in_sight_when_the_form_comes_back(tree, client):
    make_members(tree.b1, 9)
    member = make_member(tree.b1, name="左远")
    answer = client.post(url(tree, q="赵"), {"role": "", "member": member.pk, "starts_on": "2026-11-01"})
    assert (answer.status_code, offered(answer)[0]) == (200, f"左远 · {member.number}")


def test_somebody_of_another_branch_is_no_choice(tree, client):
    member = make_member(tree.b2)
    values = {"role": "publicity_commissioner", "member": member.pk, "starts_on": "2026-11-01"}
    assert set(client.post(url(tree), values).context["form"].errors) == {"member"}


def test_offices_of_somebody_who_moved_are_marked_with_the_way_to_end_them(tree, client):
    user = make_user(Role.MEMBER, tree.b2)
    office = RoleAssignment.objects.create(
        user=user, branch=tree.b1, role=Role.PUBLICITY_COMMISSIONER, starts_on=JOINED_ON
    )
    [group] = client.get(reverse("members:roles")).context["groups"]
    assert [(row.role, row.now_in) for row in group.rows] == [
        ("secretary", None),
        ("publicity_commissioner", tree.b2),
    ]
    assert reverse("members:end_office", args=[office.pk]) in client.get(reverse("members:roles")).content.decode()


def test_offices_stand_on_the_persons_page_for_those_who_fill_them(tree, client):
    user = make_user(Role.MEMBER, tree.b1)
    RoleAssignment.objects.create(user=user, branch=tree.b1, role=Role.PUBLICITY_COMMISSIONER, starts_on=JOINED_ON)
    page = reverse("members:person", args=[user.member.pk])
    assert [row.may_end for row in client.get(page).context["offices"]] == [True]
    commissioner = make_user(Role.ORGANISATION_COMMISSIONER, tree.b1)
    assert sign_in(Client(), commissioner).get(page).context["offices"] == []
