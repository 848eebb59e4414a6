"""Who sees which activities, and does a list stay quick?"""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from activities.queries.hours import academic_year
from activities.services.activities import record_activity
from activities.views import ledger
from members.roles import Role
from tests.activities.examples import ABSENT, ENTRY, PAYLOAD, make_activity, mark
from tests.factories import activity_kind, make_member, make_user, sign_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_asks_the_same_queries_for_one_and_for_thirty(
    client, tree, secretary, django_assert_num_queries, count
):
    person = make_member(tree.b1)
    for number in range(count):
        mark(make_activity(tree.b1, title=f"第{number}次"), person)
    sign_in(client, secretary)
    with django_assert_num_queries(8):
        response = client.get(reverse("activities:activities"), {"when": "past"})
    assert len(response.context["activities"]) == count


def test_what_comes_stands_first_and_filters_narrow(client, tree, secretary):
    now = timezone.now()
    old, new = (
        make_activity(tree.b1, title="旧的", starts_at=now - timedelta(days=9)),
        make_activity(tree.b1, title="新的"),
    )
    coming = make_activity(tree.b1, title="将来的", starts_at=now + timedelta(days=3))
    make_activity(tree.b2, title="别的支部的")
    sign_in(client, secretary)

    def shown(**filters):
        response = client.get(reverse("activities:activities"), filters)
        return [activity for activity, _sees_everybody in response.context["activities"]]

    assert shown() == shown(when="coming") == shown(page="99", when="nonsense") == [coming]
    assert shown(when="past") == [new, old]
    assert shown(when="all") == [coming, new, old]
    assert shown(when="past", q="旧") == [old]
    assert shown(when="all", kind="duty") == []
    assert shown(day=f"{timezone.localtime(new.starts_at):%Y-%m-%d}") == [new]


def test_members_see_their_own_attendance_and_nobody_elses(client, tree):
    member = make_user(Role.MEMBER, tree.b1, name="赵明远")
    other = make_member(tree.b1, name="钱子涵")
    activity = make_activity(tree.b1)
    mark(activity, member.member, hours="1.5")
    mark(activity, other, ABSENT)
    sign_in(client, member)
    page = client.get(reverse("activities:activity", args=[activity.pk]))
    assert (page.context["lines"], page.context["own"].state) == ([], "present")
    assert "钱子涵" not in page.content.decode()
    listed = client.get(reverse("activities:activities"))
    assert listed.context["own_hours"] == (Decimal("1.5") if activity.starts_at.date() >= _year()[0] else 0)
    assert "1/2" not in listed.content.decode()


def test_who_is_not_expected_reads_nothing_of_an_own_attendance(client, tree):
    activity = make_activity(tree.b1)
    member, contact = make_user(Role.MEMBER, tree.b1), make_user(Role.CLASS_CONTACT, tree.b1)
    elsewhere = make_member(tree.b2)
    elsewhere.user = make_user(Role.CLASS_CONTACT, tree.b1)
    elsewhere.save()
    address = reverse("activities:activity", args=[activity.pk])
    shown = [sign_in(client, user).get(address).text.count("我的考勤") for user in (member, contact, elsewhere.user)]
    assert shown == [1, 0, 0]


def test_others_branches_do_not_exist_and_members_record_nothing(client, tree, secretary):
    activity, elsewhere = make_activity(tree.b1), make_activity(tree.b2)
    addresses = [reverse(f"activities:{name}", args=[elsewhere.pk]) for name in ("activity", "edit")]
    sign_in(client, secretary)
    assert [client.get(address).status_code for address in addresses] == [404, 404]
    assert client.post(reverse("activities:attendance", args=[elsewhere.pk])).status_code == 404
    assert client.get(reverse("activities:add"), {"branch": "B002"}).status_code == 404
    for role in (Role.MEMBER, Role.ORGANISATION_COMMISSIONER, Role.COUNSELOR, Role.CLASS_CONTACT):
        sign_in(client, make_user(role, tree.b3 if role == Role.COUNSELOR else tree.b1))
        answers = [
            client.get(reverse("activities:add")),
            client.get(reverse("activities:edit", args=[activity.pk])),
            client.post(reverse("activities:attendance", args=[activity.pk])),
        ]
        assert [answer.status_code for answer in answers] == [403, 403, 403]
    sign_in(client, make_user(Role.ADMINISTRATOR, tree.root))
    assert client.get(reverse("activities:activities")).status_code == 403


def test_whoever_is_not_signed_in_comes_to_the_log_in(client, tree):
    activity = make_activity(tree.b1)
    for name, arguments in (("activities", []), ("add", []), ("activity", [activity.pk]), ("edit", [activity.pk])):
        address = reverse(f"activities:{name}", args=arguments)
        assert client.get(address)["Location"] == f"/login/?next={address}"


def test_markup_in_texts_stays_text(client, tree, secretary):
    owner = make_member(tree.b1, name=PAYLOAD, class_name=PAYLOAD)
    activity = record_activity(
        branch=tree.b1,
        entry=ENTRY,
        values={
            "kind": activity_kind("other"), "title": PAYLOAD, "place": PAYLOAD, "hours": Decimal(1), "owner": owner,
            "starts_at": timezone.now() - timedelta(days=1), "ends_at": timezone.now(),
        },
        by=secretary,
    )  # fmt: skip
    sign_in(client, secretary)
    for address in (
        reverse("activities:activities") + "?when=all",
        reverse("activities:calendar") + f"?month={timezone.localdate() - timedelta(days=1):%Y-%m}",
        reverse("activities:activity", args=[activity.pk]),
        reverse("activities:edit", args=[activity.pk]),
    ):
        text = client.get(address).content.decode()
        assert PAYLOAD not in text
        assert "&lt;script&gt;" in text


def _year():
    return academic_year(timezone.localdate())


def test_a_ledger_that_is_too_long_is_refused_before_it_is_made(client, tree, secretary, monkeypatch):
    for _number in range(3):
        make_activity(tree.b1)
    monkeypatch.setattr(ledger, "MOST_ROWS", 2)
    answer = sign_in(client, secretary).get(reverse("activities:ledger"), {"when": "all"})
    assert answer["Location"] == reverse("activities:activities") + "?when=all"
    monkeypatch.setattr(ledger, "MOST_ROWS", 3)
    assert client.get(reverse("activities:ledger"), {"when": "all"}).status_code == 200
