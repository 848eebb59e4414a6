"""Does a member find every wish for a correction again, however many there were?"""

from datetime import UTC, datetime, timedelta

import pytest

from members.models import CorrectionRequest
from members.roles import Role
from tests.factories import make_branch_tree, make_user, sign_in

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)


@pytest.fixture
def member():
    return make_user(Role.MEMBER, make_branch_tree().b1).member


def wish(member, days_ago, **fields):
    at = NOW - timedelta(days=days_ago)
    fields = {"field": "class_name", "proposed_value": "x", "reason": f"第 {days_ago} 天前", **fields}
    return CorrectionRequest.objects.create(member=member, asked_at=at, **fields)


def test_older_wishes_are_on_the_next_page(client, member):
    for days in range(1, 26):
        wish(member, days, state="withdrawn", decided_at=NOW)
    page = sign_in(client, member.user).get("/my-record/corrections/")
    assert [shown.request.reason for shown in page.context["wishes"]] == [f"第 {days} 天前" for days in range(1, 21)]
    page = client.get("/my-record/corrections/?page=2")
    assert [shown.request.reason for shown in page.context["wishes"]] == [f"第 {days} 天前" for days in range(21, 26)]


def test_a_field_asked_about_long_ago_is_still_marked(client, member):
    wish(member, 400, field="major")
    for days in range(1, 41):
        wish(member, days, state="withdrawn", decided_at=NOW)
    page = sign_in(client, member.user).get("/my-record/corrections/")
    assert [field for field, _label, _value, is_waiting in page.context["rows"] if is_waiting] == ["major"]
