"""Does the page that adds a person take what is right, and name what is wrong without telling of others?"""

from datetime import timedelta

import pytest
from django.utils import timezone

from members.models import Member
from members.roles import Role
from tests.factories import make_member, make_user, sign_in

pytestmark = pytest.mark.usefixtures("english")

ADDED = {
    "number": " ２０２６００００ 01 ",
    "name": "\u00a0曾子涵 ",
    "kind": "student",
    "stage": "applicant",
    "applied_on": "2026-09-20",
    "joined_on": "2026-09-01",
}


@pytest.fixture
def secretary(tree, client):
    user = make_user(Role.SECRETARY, tree.b1, name="李书记")
    sign_in(client, user, language="en")
    return user


def page(person, name=""):
    return f"/people/{person.pk}/{name + '/' if name else ''}"


def add(client, tree, **changed):
    return client.post("/people/add/", {"branch": tree.b1.pk, **ADDED, **changed})


def test_adding_a_person(tree, client, secretary):
    response = add(client, tree)
    person = Member.objects.get()
    assert response.url == page(person)
    assert (person.branch, person.number, person.name, person.pinyin) == (
        tree.b1,
        "2026000001",
        "曾子涵",
        "zeng zi han",
    )


def test_a_name_of_invisible_signs_is_missing(tree, client, secretary):
    errors = add(client, tree, name="\u200b\u200e").context["form"].errors
    assert list(errors) == ["name"]


def test_nobody_is_added_to_another_branch(tree, client, secretary):
    response = client.post("/people/add/", {**ADDED, "branch": tree.b2.pk})
    assert (list(response.context["form"].errors), Member.objects.count()) == (["branch"], 0)


@pytest.mark.parametrize(
    ("changed", "errors"),
    [
        ({"number": ""}, {"number": ["This field is required."]}),
        ({"name": "\u00a0 \t"}, {"name": ["This field is required."]}),
        (
            {"number": "1.2E+11"},
            {
                "number": [
                    "A number has only letters, digits, hyphens and underscores. Type it in full, without spaces."
                ]
            },
        ),
        ({"applied_on": "2026-02-30"}, {"applied_on": ["Write the date like 2023-09-01."]}),
        ({"applied_on": "0026-09-20"}, {"applied_on": ["This date lies before 1900. Check the year."]}),
        (
            {"stage": "activist", "activist_on": "2026-09-19"},
            {"activist_on": ["Activist 2026-09-19 lies before Applicant 2026-09-20. Correct one of the two dates."]},
        ),
        (
            {"activist_on": "2026-09-21"},
            {
                "activist_on": [
                    "The stage is Applicant, which comes before this step. Choose the later stage or empty the date."
                ]
            },
        ),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_written(tree, client, secretary, changed, errors):
    response = add(client, tree, **changed)
    assert (response.status_code, response.context["form"].errors, Member.objects.count()) == (200, errors, 0)


@pytest.mark.parametrize("field", ["applied_on", "joined_on"])
def test_the_future_is_refused(tree, client, secretary, field):
    tomorrow = timezone.localdate() + timedelta(days=1)
    response = add(client, tree, **{field: tomorrow.isoformat()})
    errors = {field: ["This day lies in the future. Enter the day on which it happened."]}
    assert (response.context["form"].errors, Member.objects.count()) == (errors, 0)


def test_nobody_leaves_before_he_comes(tree, client, secretary):
    response = add(client, tree, leaving_on="2020-01-01")
    assert (set(response.context["form"].errors), Member.objects.count()) == ({"leaving_on"}, 0)


def test_a_taken_number_tells_nothing_about_a_person_elsewhere(tree, client, secretary):
    make_member(tree.b2, name="别支部", number="2026000001")
    response = add(client, tree)
    assert response.context["form"].errors == {
        "number": [
            "This number is already in use. Check it; if the person comes from another branch, ask that branch or "
            "the system administrator for a transfer."
        ]
    }
    assert "别支部" not in response.content.decode()
    assert "曾子涵" in response.content.decode()


def test_a_taken_number_of_the_own_branch_names_the_person(tree, client, secretary):
    make_member(tree.b1, name="钱子涵", number="2026000001")
    assert add(client, tree).context["form"].errors["number"] == [
        "钱子涵 of this branch has or had this number. Check it, or open that person's page."
    ]


def test_typed_text_stays_text(tree, client, secretary):
    payload = "<script>alert(1)</script>"
    texts = ["name", "grade", "class_name", "major", "contact", "cultivation_contact"]
    add(client, tree, **dict.fromkeys(texts, payload[:20]))
    person = Member.objects.get()
    for name in ["", "edit", "end", "transfer"]:
        text = client.get(page(person, name)).content.decode()
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert" in text


def test_fields_that_are_no_ones_to_type_are_ignored(tree, client, secretary):
    add(client, tree, pinyin="x", version=9, user=secretary.pk, ended_on="2026-01-01", end_reason="removed")
    person = Member.objects.get()
    assert (person.version, person.user, person.ended_on, person.end_reason) == (1, None, None, "")
