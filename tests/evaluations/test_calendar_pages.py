"""Does the page of a month say what may be typed, and let nothing be typed once the month is closed?"""

from datetime import date, datetime

import pytest
import time_machine
from django.utils.translation import override

from evaluations.deadlines import SHANGHAI
from evaluations.forms.calendar import MonthForm
from evaluations.models import CycleDeadline
from evaluations.services import months
from members.models import Member
from members.roles import Role
from tests.factories import make_user, sign_in

pytestmark = pytest.mark.django_db


def disabled_fields(client, tree, cycle, *, day):
    with time_machine.travel(datetime(2026, 11, day, 12, tzinfo=SHANGHAI), tick=False):
        sign_in(client, make_user(Role.REVIEWER, tree.root))
        answer = client.get(f"/calendar/{cycle.pk}/")
    form = answer.context["form"]
    text = answer.content.decode()
    assert ("本月已结束" in text or "This month is closed" in text) is answer.context["is_closed"]
    return sorted(name for name, field in form.fields.items() if field.disabled) == sorted(form.fields)


@pytest.mark.parametrize(("day", "frozen"), [(20, False), (21, True)])
def test_a_closed_month_is_shown_and_not_typed(client, tree, day, frozen):
    cycle = months.ensure_month(committee=tree.root, month=date(2026, 11, 1))
    assert disabled_fields(client, tree, cycle, day=day) is frozen


def test_a_month_that_still_runs_somewhere_can_be_set(client, tree):
    cycle = months.ensure_month(committee=tree.root, month=date(2026, 11, 1))
    CycleDeadline.objects.create(cycle=cycle, branch=tree.first, review_day=20, rating_day=28)
    assert disabled_fields(client, tree, cycle, day=21) is False


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("zh-hans", "“自评截止日”应为当月的日期，请填写 1–28 之间的整数。"),
        ("en", "“Self-reviews due on day” is not a day of the month. Enter a whole number from 1 to 28."),
    ],
)
@pytest.mark.parametrize("typed", ["", "0", "29", "x"])
def test_a_wrong_day_names_field_rule_and_remedy(language, sentence, typed):
    with override(language):
        form = MonthForm({"review_day": typed, "rating_day": "28"}, branches=[])
        assert form.errors["review_day"] == [sentence]


@pytest.mark.parametrize(("kind", "offered"), [(Member.Kind.STUDENT, True), (Member.Kind.TEACHER, False)])
def test_the_card_is_offered_to_those_who_file(client, tree, kind, offered):
    user = make_user(Role.MEMBER, tree.b1)
    Member.objects.filter(user=user).update(kind=kind)
    sign_in(client, user)
    answer = client.get("/review/mine/")
    assert answer.context["files"] is offered
    assert ("To this month" in answer.content.decode() or "去填本月的卡" in answer.content.decode()) is offered


@pytest.mark.parametrize(("role", "linked"), [(Role.SECRETARY, False), (Role.COUNSELOR, True)])
def test_only_who_has_other_branches_gets_the_way_back_to_all(client, tree, role, linked):
    months.ensure_month(committee=tree.root, month=date(2026, 11, 1))
    sign_in(client, make_user(role, tree.b1 if role == Role.SECRETARY else tree.first))
    answer = client.get(f"/branches/{tree.b1.code}/months/2026-11/")
    assert answer.context["has_other_branches"] is linked
    assert ("/months/?month=2026-11" in answer.content.decode()) is linked
