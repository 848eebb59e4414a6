"""Are the pages of a person open to the right people, right in what they say, and safe when two people type?"""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from branchportal.models import AccessRecord
from members.forms.people import MemberForm
from members.models import Branch, FormerMembership, FormerNumber, RoleAssignment, User
from members.roles import Role
from members.services.people import edit_member
from members.stages import Stage
from tests.factories import make_branch_tree, make_member, make_members, make_user, sign_in

pytestmark = pytest.mark.usefixtures("english")

WRITING = ["edit", "end", "resumption", "transfer"]


@pytest.fixture
def secretary(tree, client):
    user = make_user(Role.SECRETARY, tree.b1, name="李书记")
    sign_in(client, user, language="en")
    return user


def page(person, name=""):
    return f"/people/{person.pk}/{name + '/' if name else ''}"


def typed(person, **changed):
    """What a browser sends from the edit page of this person, with some fields typed over."""
    form = MemberForm(instance=person, today=timezone.localdate())
    data = {"version": person.version}
    for name in form.fields:
        if name != "version":
            value = form.initial.get(name)
            data[name] = data[f"initial-{name}"] = "" if value is None else str(value)
    return {**data, **changed}


# --- Who may ---------------------------------------------------------------------------------------------------


def test_another_branch_is_a_404(tree, client, secretary):
    stranger = make_member(tree.b2)
    for name in ["", *WRITING]:
        assert client.get(page(stranger, name)).status_code == 404
        assert client.post(page(stranger, name), {"version": 1}).status_code in {404, 405}


@pytest.mark.parametrize(
    ("role", "open_pages"),
    [
        (Role.SECRETARY, ["", "edit", "end", "transfer"]),
        (Role.ORGANISATION_COMMISSIONER, ["", "edit", "end"]),
        (Role.COUNSELOR, [""]),
        (Role.REVIEWER, [""]),
        (Role.PUBLICITY_COMMISSIONER, [""]),
        (Role.MEMBER, []),
        (Role.CLASS_CONTACT, []),
        (Role.ADMINISTRATOR, []),
    ],
)
def test_which_role_opens_which_page(tree, client, role, open_pages):
    make_user(Role.SECRETARY, tree.b1)
    sign_in(client, make_user(role, tree.b1))
    person = make_member(tree.b1)
    found = [name for name in ["", "edit", "end", "transfer"] if client.get(page(person, name)).status_code == 200]
    assert found == open_pages
    statuses = {client.get(page(person, name)).status_code for name in ["", "edit", "end", "transfer"]}
    assert statuses <= {200, 403}


# --- The page of a person --------------------------------------------------------------------------------------


def test_a_look_is_noted_and_the_person_can_see_it(tree, client, secretary):
    user = make_user(Role.MEMBER, tree.b1)
    client.get(page(user.member))
    note = AccessRecord.objects.get()
    assert (note.action, note.user, note.subject_id) == ("member.viewed", secretary, str(user.member.pk))
    make_member(tree.b1)
    client.get(page(make_member(tree.b1)))
    own = sign_in(client, user).get("/my-record/")
    assert [(line.by, line.what) for line in own.context["looks"]] == [("李书记", "Record opened")]


def test_the_path_and_what_comes_next(tree, client, secretary):
    person = make_member(tree.b1, stage=Stage.ACTIVIST, activist_on=date(2026, 1, 31), leaving_on=date(2026, 12, 1))
    response = client.get(page(person))
    assert [(step.state, step.date) for step in response.context["steps"]] == [
        ("done", date(2023, 3, 1)),
        ("current", date(2026, 1, 31)),
        ("todo", None),
        ("todo", None),
        ("todo", None),
    ]
    assert response.context["advice"] == [
        "Next step Development candidate: 2027-01-31 at the earliest (Development Rules 2026, art. 13).",
        "That is after the planned leaving date; the time already spent counts on in the next organisation.",
    ]


def test_a_date_that_an_article_forbids_is_pointed_out(tree, client, secretary):
    person = make_member(tree.b1, stage=Stage.CANDIDATE, activist_on=date(2024, 3, 15), candidate_on=date(2025, 3, 14))
    assert client.get(page(person)).context["warnings"] == [
        "Development candidate since 2025-03-14 is less than twelve months after Activist, 2025-03-15 at the earliest "
        "(Development Rules 2026, art. 13). Check both dates."
    ]


def test_the_past_of_a_person(tree, client, secretary):
    person = make_member(tree.b1)
    FormerMembership.objects.create(member=person, branch=tree.b4, joined_on=date(2023, 9, 1), left_on=date(2024, 9, 2))
    FormerNumber.objects.create(member=person, number="OLD77", until=date(2025, 9, 1))
    text = client.get(page(person)).content.decode()
    assert "研究生第一党支部" in text
    assert "OLD77" in text


def test_the_history_is_for_those_who_keep_the_roster(tree, client, secretary):
    person = make_member(tree.b1, major="数学")
    edit_member(member=person, version=1, values={"major": "软件工程"}, by=secretary, today=timezone.localdate())
    [line] = client.get(page(person)).context["history"]
    assert (line.by, line.what) == ("李书记", "Record changed")
    assert [(change.label, change.before, change.after) for change in line.changes] == [("Major", "数学", "软件工程")]
    sign_in(client, make_user(Role.COUNSELOR, tree.first))
    assert client.get(page(person)).context["history"] == []


@pytest.mark.parametrize("count", [1, 30])
def test_the_number_of_queries_does_not_grow_with_the_past(tree, client, secretary, count, django_assert_num_queries):
    person = make_member(tree.b1)
    for step in range(count):
        FormerNumber.objects.create(member=person, number=f"OLD{step}", until=date(2025, 9, 1))
        FormerMembership.objects.create(
            member=person, branch=tree.b4, joined_on=date(2023, 9, 1), left_on=date(2024, 9, 2)
        )
        edit_member(
            member=person, version=step + 1, values={"major": f"M{step}"}, by=secretary, today=timezone.localdate()
        )
    with django_assert_num_queries(9):
        client.get(page(person))


# --- Editing ---------------------------------------------------------------------------------------------------


def test_editing(tree, client, secretary):
    person = make_member(tree.b1)
    response = client.post(page(person, "edit"), typed(person, major="软件工程"))
    person.refresh_from_db()
    assert (response.url, person.major, person.version) == (page(person), "软件工程", 2)


def test_the_number_of_an_officer_above_stays(tree, client, secretary):
    person = make_user(Role.MEMBER, tree.b1, number="2022000001", name="钱子涵").member
    RoleAssignment.objects.create(
        user=person.user, role=Role.REVIEWER, branch=tree.root, starts_on=timezone.localdate()
    )
    response = client.post(page(person, "edit"), typed(person, number="2026100001"))
    assert response.context["form"].errors["number"] == [
        "钱子涵 signs in with this number, and you do not keep that account. Leave the number as it is and ask the "
        "secretary; an office that the secretary can't give has to be ended first."
    ]
    assert User.objects.get(pk=person.user_id).number == "2022000001"


def test_two_people_editing_meet_on_the_conflict_page(tree, client, secretary):
    person = make_member(tree.b1, major="数学", class_name="一班", contact="")
    form = typed(person, major="软件工程", contact="13800000000")
    other = make_user(Role.ORGANISATION_COMMISSIONER, tree.b1, name="王委员")
    edit_member(
        member=person,
        version=1,
        values={"major": "物理", "class_name": "二班"},
        by=other,
        today=timezone.localdate(),
    )
    response = client.post(page(person, "edit"), form)
    person.refresh_from_db()
    assert (response.status_code, person.major, person.version) == (409, "物理", 2)
    assert response.context["differences"] == [("Major", "物理", "软件工程"), ("Contact", "–", "13800000000")]
    assert response.context["last_change"].by == "王委员"
    kept = response.context["form"]
    assert [kept[name].value() for name in ("major", "contact", "class_name", "version")] == [
        "软件工程",
        "13800000000",
        "二班",
        2,
    ]

    client.post(page(person, "edit"), kept.data.dict())
    person.refresh_from_db()
    assert (person.major, person.contact, person.class_name, person.version) == (
        "软件工程",
        "13800000000",
        "二班",
        3,
    )


def test_typed_words_survive_a_second_conflict(tree, client, secretary):
    person = make_member(tree.b1, major="数学")
    form = typed(person, major="软件工程")
    today = timezone.localdate()
    edit_member(member=person, version=1, values={"major": "物理"}, by=secretary, today=today)
    kept = client.post(page(person, "edit"), form).context["form"].data.dict()
    edit_member(member=person, version=2, values={"major": "化学"}, by=secretary, today=today)
    response = client.post(page(person, "edit"), kept)
    assert (response.status_code, response.context["differences"]) == (409, [("Major", "化学", "软件工程")])


# --- Ending, resuming, moving ----------------------------------------------------------------------------------


def test_nobody_comes_back_to_a_closed_branch(tree, client, secretary):
    person = make_member(tree.b1, ended_on=date(2026, 6, 30), end_reason="graduated")
    Branch.objects.filter(pk=tree.b1.pk).update(closed_on=date(2026, 7, 1))
    response = client.post(page(person, "resumption"), {"version": 1, "day": "2026-09-01"})
    assert response.context["form"].errors == {"__all__": [f"{tree.b1.name} is closed."]}


def test_ending_needs_a_reason_and_a_day(tree, client, secretary):
    person = make_member(tree.b1)
    tomorrow = timezone.localdate() + timedelta(days=1)
    for sent, errors in [
        ({"version": 1}, {"reason": ["This field is required."], "day": ["This field is required."]}),
        (
            {"version": 1, "reason": "graduated", "day": tomorrow.isoformat()},
            {"day": ["This day lies in the future. Enter the day on which it happened."]},
        ),
        (
            {"version": 1, "reason": "graduated", "day": "2024-09-01"},
            {"day": ["This day lies before 2024-09-02. Enter that day or a later one."]},
        ),
    ]:
        assert client.post(page(person, "end"), sent).context["form"].errors == errors
    client.post(page(person, "end"), {"version": 1, "reason": "graduated", "day": "2026-06-30"})
    person.refresh_from_db()
    assert (person.ended_on, person.end_reason) == (date(2026, 6, 30), "graduated")


def test_the_last_role_ends_the_session(tree, client, secretary):
    user = make_user(Role.MEMBER, tree.b1)
    own = sign_in(type(client)(), user)
    assert own.get("/my-record/").status_code == 200
    client.post(page(user.member, "end"), {"version": 1, "reason": "withdrew", "day": "2026-06-30"})
    assert own.get("/my-record/").url.startswith("/login/")


def test_an_ended_person_stays_in_sight_and_comes_back(tree, client, secretary):
    person = make_member(tree.b1, ended_on=date(2026, 6, 30), end_reason="graduated")
    assert client.get(page(person)).status_code == 200
    assert client.get(page(person, "end")).url == page(person)
    assert client.get(page(person, "transfer")).url == page(person)
    client.post(page(person, "resumption"), {"version": 1, "day": "2026-06-30"})
    person.refresh_from_db()
    assert person.ended_on is None
    assert client.get(page(person, "resumption")).url == page(person)


def test_a_transfer_goes_to_a_branch_of_the_same_committee(tree, client, secretary):
    elsewhere = make_branch_tree("X")
    person = make_member(tree.b1)
    choices = client.get(page(person, "transfer")).context["form"].fields["to"].queryset
    assert list(choices) == [tree.b2, tree.b3, tree.b4]
    sent = {"version": 1, "reason": "change", "dated_on": "2026-09-01", "valid_days": 30}
    for branch in [elsewhere.b1, tree.first, tree.b1]:
        response = client.post(page(person, "transfer"), {**sent, "to": branch.pk})
        assert list(response.context["form"].errors) == ["to"]
    response = client.post(page(person, "transfer"), {**sent, "to": tree.b4.pk})
    person.refresh_from_db()
    transfer = person.transfers.get()
    assert (response.url, person.branch, transfer.target) == (f"/transfers/{transfer.pk}/", tree.b1, tree.b4)


def test_an_old_page_ends_nothing_and_says_so(tree, client, secretary):
    person = make_member(tree.b1, version=2)
    response = client.post(page(person, "end"), {"version": 1, "reason": "graduated", "day": "2026-06-30"}, follow=True)
    person.refresh_from_db()
    assert person.ended_on is None
    assert [str(message) for message in response.context["messages"]] == [
        f"{person.name} was changed by somebody else meanwhile, so nothing was saved. Look at the record and try again."
    ]


# --- One's own record ------------------------------------------------------------------------------------------


def test_the_own_record_is_for_members(tree, client):
    user = make_user(Role.MEMBER, tree.b1, contact="13800000000")
    make_members(tree.b1, 3)
    response = sign_in(client, user).get("/my-record/")
    assert response.context["person"] == user.member
    assert "13800000000" in response.content.decode()
    sign_in(client, make_user(Role.SECRETARY, tree.b1))
    assert client.get("/my-record/").status_code == 403
