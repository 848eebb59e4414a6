"""Is an activity recorded once, and is nothing lost when two people change it?"""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from activities.models import Activity
from activities.services.activities import edit_activity
from branchportal.models import AuditEntry
from members.roles import Role
from tests.activities.examples import form_values, make_activity
from tests.factories import make_member, make_user, sign_in

pytestmark = pytest.mark.django_db


def test_a_form_sent_twice_records_one_activity(client, tree, secretary):
    owner = make_member(tree.b1)
    sign_in(client, secretary)
    answers = [client.post(reverse("activities:add"), form_values(owner)) for _time in range(2)]
    activity = Activity.objects.get()
    assert {answer["Location"] for answer in answers} == {reverse("activities:activity", args=[activity.pk])}
    assert (activity.branch, activity.hours, activity.owner) == (tree.b1, Decimal("1.5"), owner)
    assert activity.starts_at == datetime(2026, 11, 6, 10, 30, tzinfo=UTC)
    assert [entry.action for entry in AuditEntry.objects.all()] == ["activity.recorded"]


@pytest.mark.parametrize(
    ("changed", "fields"),
    [
        ({"title": " \u200b "}, ["title"]),
        ({"day": "6.11.2026"}, ["day"]),
        ({"day": "0026-11-06"}, ["day"]),
        ({"ends": "18:30"}, ["ends"]),
        ({"hours": "25"}, ["hours"]),
        ({"hours": "1.25"}, ["hours"]),
        ({"kind": "party"}, ["kind"]),
        ({"entry": "x"}, ["entry"]),
    ],
)
def test_bad_input_names_the_field_and_stores_nothing(client, tree, secretary, changed, fields):
    owner = make_member(tree.b1)
    response = sign_in(client, secretary).post(reverse("activities:add"), form_values(owner, **changed))
    assert list(response.context["form"].errors) == fields
    assert not Activity.objects.exists()


def test_a_wrong_address_or_number_is_told_once_and_in_own_words(client, tree, secretary):
    wrong = {"link": "not a link", "mode": "online", "capacity": "0", "signs_up": "on", "hours": "25"}
    values = form_values(make_member(tree.b1), **wrong)
    form = sign_in(client, secretary).post(reverse("activities:add"), values).context["form"]
    assert {name: len(found) for name, found in form.errors.items()} == {"hours": 1, "link": 1, "capacity": 1}
    assert not any("确保" in text or "有效的" in text for found in form.errors.values() for text in found)


def test_somebody_of_another_branch_can_not_be_responsible(client, tree, secretary):
    stranger = make_member(tree.b2)
    response = sign_in(client, secretary).post(reverse("activities:add"), form_values(stranger))
    assert list(response.context["form"].errors) == ["owner"]


def test_whoever_looks_after_several_branches_is_asked_which(client, tree):
    secretary = make_user(Role.SECRETARY, tree.first)
    sign_in(client, secretary)
    assert [branch.code for branch in client.get(reverse("activities:add")).context["branches"]] == [
        "GB1",
        "B001",
        "B002",
        "B003",
    ]
    owner = make_member(tree.b2)
    client.post(reverse("activities:add") + "?branch=B002", form_values(owner))
    assert Activity.objects.get().branch == tree.b2


def test_the_second_editor_sees_what_differs_and_keeps_his_words(client, tree, secretary):
    owner = make_member(tree.b1)
    activity = make_activity(tree.b1, owner=owner)
    sign_in(client, secretary)
    mine = form_values(owner, version=1, title="我的标题", hours="2")
    edit_activity(activity=activity, version=1, values={"title": "别人的标题"}, by=secretary, now=timezone.now())
    response = client.post(reverse("activities:edit", args=[activity.pk]), mine)
    assert response.status_code == 409
    assert ("别人的标题", "我的标题") in [(now, typed) for _label, now, typed in response.context["differences"]]
    assert 'value="我的标题"' in response.content.decode()
    again = client.post(reverse("activities:edit", args=[activity.pk]), {**mine, "version": 2})
    assert again.status_code == 302
    activity.refresh_from_db()
    assert (activity.title, activity.version) == ("我的标题", 3)


def test_the_same_edit_twice_is_one_change(tree, secretary):
    activity = make_activity(tree.b1)
    for _time in range(2):
        edit_activity(activity=activity, version=1, values={"title": "新"}, by=secretary, now=timezone.now())
    activity.refresh_from_db()
    assert (activity.title, activity.version, AuditEntry.objects.count()) == ("新", 2, 1)
