"""Does a committee keep its kinds of activities apart from those of others, and is no used kind ever lost?"""

from datetime import date
from uuid import UUID

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import override

from activities.models import ActivityKind
from activities.queries.kinds import kind_choices, kinds_of, offered_kinds
from activities.services.kinds import StaleKind, add_kind, bring_back_kind, edit_kind, retire_kind
from branchportal.models import AuditEntry
from members.roles import Role
from tests.activities.examples import ENTRY, form_values, make_activity
from tests.factories import activity_kind, make_branch_tree, make_member, make_user, sign_in

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 22)
STANDARD = [
    "general_meeting", "committee_meeting", "group_meeting", "party_lecture", "theme_day", "study", "seminar",
    "reading", "film", "visit", "committee_training", "service", "duty", "other",
]  # fmt: skip
OWN = {
    "name": "宣讲团", "english_name": "Lecture team", "group": "study", "platform": "thought", "series": "聚视角",
    "counts_hours": True, "needs_minutes": False,
}  # fmt: skip


@pytest.fixture
def other():
    return make_branch_tree("X")


@pytest.fixture
def reviewer(tree):
    return make_user(Role.REVIEWER, tree.root)


def codes(branch):
    return [kind.code for kind in offered_kinds(branch)]


def test_every_committee_begins_with_the_standard_kinds(tree, other):
    assert codes(tree.b1) == codes(other.b1) == STANDARD
    meetings = ActivityKind.objects.filter(root=None, group="meetings").values_list("code", "needs_minutes")
    assert list(meetings) == [(code, True) for code in STANDARD[:4]]


def test_standard_names_are_in_the_readers_language(tree):
    with override("en"):
        assert activity_kind("theme_day").label == "Theme Party day"
    with override("zh-hans"):
        assert activity_kind("theme_day").label == "主题党日"


def test_an_own_kind_is_that_of_one_committee(tree, other, reviewer):
    kind = add_kind(root=tree.root, entry=ENTRY, values=OWN, by=reviewer)
    assert add_kind(root=tree.root, entry=ENTRY, values=OWN, by=reviewer) == kind
    assert codes(tree.b3) == [*STANDARD, kind.code]
    assert codes(other.b1) == STANDARD
    with override("en"):
        assert kind.label == "Lecture team"
    assert kind.label == "宣讲团"


def test_a_changed_standard_kind_changes_here_alone_and_takes_its_activities_along(tree, other, reviewer):
    here, there = make_activity(tree.b1), make_activity(other.b1)
    edit_kind(root=tree.root, code="study", version=1, values={"name": "共学会"}, by=reviewer)
    for activity in (here, there):
        activity.refresh_from_db()
    assert (here.kind.label, there.kind.label) == ("共学会", "学习会")
    assert codes(tree.b1) == codes(other.b1) == STANDARD
    assert dict(kind_choices([tree.b1]))["study"] == "共学会"
    entry = AuditEntry.objects.get(action="activity_kind.edited")
    assert (entry.branch, entry.before, entry.after) == (tree.root, {"name": ""}, {"name": "共学会"})


def test_a_retired_kind_is_offered_no_more_and_stays_where_it_is(client, tree, reviewer, secretary):
    activity = make_activity(tree.b1, owner=make_member(tree.b1))
    for _time in range(2):
        retire_kind(root=tree.root, code="study", by=reviewer, today=TODAY)
    activity.refresh_from_db()
    assert (activity.kind.label, activity.kind.retired_on) == ("学习会", TODAY)
    assert codes(tree.b1) == [code for code in STANDARD if code != "study"]
    sign_in(client, secretary)
    form = client.get(reverse("activities:edit", args=[activity.pk])).context["form"]
    assert "study" in [kind.code for kind in form.fields["kind"].queryset]
    bring_back_kind(root=tree.root, code="study", by=reviewer)
    assert codes(tree.b1) == STANDARD


@pytest.mark.parametrize("name", ["学习会", "宣讲团"])
def test_two_kinds_never_have_the_same_name(tree, reviewer, name):
    add_kind(root=tree.root, entry=ENTRY, values=OWN, by=reviewer)
    with pytest.raises(ValidationError):
        add_kind(root=tree.root, entry=UUID(int=7), values={**OWN, "name": name}, by=reviewer)
    with pytest.raises(ValidationError):
        edit_kind(root=tree.root, code="other", version=1, values={"name": name}, by=reviewer)


def test_who_comes_second_overwrites_nothing(tree, reviewer):
    edit_kind(root=tree.root, code="duty", version=1, values={"name": "站岗"}, by=reviewer)
    with pytest.raises(StaleKind):
        edit_kind(root=tree.root, code="duty", version=1, values={"name": "巡楼"}, by=reviewer)
    assert kinds_of(tree.root).get(code="duty").name == "站岗"


# --- The pages


def test_the_page_names_every_kind_with_its_use(client, tree, other, reviewer):
    make_activity(tree.b1)
    make_activity(other.b1)
    page = sign_in(client, reviewer).get(reverse("activities:kinds"))
    used = {kind.code: kind.used for kind in page.context["offered"]}
    assert {code: count for code, count in used.items() if count} == {"study": 1}


def test_a_reviewer_adds_changes_and_retires(client, tree, reviewer):
    sign_in(client, reviewer)
    add = reverse("activities:add_kind", args=["ROOT"])
    posted = {**OWN, "counts_hours": "on", "needs_minutes": "", "entry": str(ENTRY)}
    for _time in range(2):
        assert client.post(add, posted).status_code == 302
    kind = ActivityKind.objects.get(root=tree.root)
    edit = reverse("activities:edit_kind", args=["ROOT", kind.code])
    assert client.post(edit, {**posted, "version": 1, "name": "宣讲"}).status_code == 302
    stale = client.post(edit, {**posted, "version": 1, "name": "讲堂"})
    assert (stale.status_code, stale.context["stored"].name, stale.context["form"]["name"].value()) == (
        409, "宣讲", "讲堂",
    )  # fmt: skip
    assert list(client.post(add, {**posted, "name": " "}).context["form"].errors) == ["name"]
    client.post(reverse("activities:retire_kind", args=["ROOT", kind.code]))
    kind.refresh_from_db()
    assert kind.retired_on is not None


def test_hours_of_a_kind_that_does_not_count_are_none(client, tree, reviewer, secretary):
    edit_kind(root=tree.root, code="theme_day", version=1, values={"counts_hours": False}, by=reviewer)
    sign_in(client, secretary).post(reverse("activities:add"), form_values(make_member(tree.b1)))
    activity = kinds_of(tree.root).get(code="theme_day").activities.get()
    assert activity.hours == 0
