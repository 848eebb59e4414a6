"""How does the tree of branches grow, and which shapes are refused?"""

from datetime import date
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.utils import timezone

from branchportal.models import AuditEntry
from members import notice
from members.models import Branch, User
from members.roles import Role
from members.services import branches, slips
from tests.factories import make_branch_tree, make_member, make_user, sign_in

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)
Kind = Branch.Kind


def add(code, kind, parent, by=None):
    return branches.add_branch(code=code, name=f"支部{code}", kind=kind, parent=parent, by=by)


def test_a_branch_grows_below_its_superior():
    tree = make_branch_tree()
    administrator = make_user(Role.ADMINISTRATOR, tree.root)
    branch = add("B009", Kind.BRANCH, tree.first, administrator)
    assert branch.path == "ROOT/GB1/B009/"
    line = AuditEntry.objects.get()
    assert (line.action, line.actor, line.branch) == ("branch.added", administrator, branch)


@pytest.mark.parametrize(
    ("kind", "parent"),
    [
        (Kind.BRANCH, None),
        (Kind.GENERAL_BRANCH, None),
        (Kind.BRANCH, "b1"),
        (Kind.GENERAL_BRANCH, "b1"),
        (Kind.GENERAL_BRANCH, "first"),
        (Kind.COMMITTEE, "first"),
        (Kind.COMMITTEE, "b1"),
    ],
)
def test_shapes_that_are_refused(kind, parent):
    tree = make_branch_tree()
    with pytest.raises(ValidationError) as error:
        add("NEW", kind, getattr(tree, parent) if parent else None)
    assert list(error.value.error_dict) == ["parent"]


@pytest.mark.parametrize(
    ("kind", "parent"),
    [
        (Kind.COMMITTEE, None),
        (Kind.COMMITTEE, "root"),
        (Kind.GENERAL_BRANCH, "root"),
        (Kind.BRANCH, "root"),
        (Kind.BRANCH, "first"),
    ],
)
def test_shapes_that_stand(kind, parent):
    tree = make_branch_tree()
    assert add("NEW", kind, getattr(tree, parent) if parent else None).path.endswith("NEW/")


@pytest.mark.parametrize("code", ["B001", "b 1", "支部", ""])
def test_codes_that_are_refused(code):
    tree = make_branch_tree()
    with pytest.raises(ValidationError) as error:
        add(code, Kind.BRANCH, tree.first)
    assert list(error.value.error_dict) == ["code"]


def test_a_branch_with_people_officers_or_branches_below_is_not_closed():
    tree = make_branch_tree()
    administrator = make_user(Role.ADMINISTRATOR, tree.root)
    make_member(tree.b1)
    make_user(Role.SECRETARY, tree.b2)
    for branch in (tree.b1, tree.b2, tree.first):
        with pytest.raises(ValidationError):
            branches.close_branch(branch=branch, by=administrator, today=TODAY)
    branches.close_branch(branch=tree.b4, by=administrator, today=TODAY)
    branches.close_branch(branch=tree.b4, by=administrator, today=TODAY)
    assert Branch.objects.get(pk=tree.b4.pk).closed_on == TODAY
    assert AuditEntry.objects.filter(action="branch.closed").count() == 1


def test_the_pages(client):
    tree = make_branch_tree()
    sign_in(client, make_user(Role.ADMINISTRATOR, tree.root))
    sent = {"parent": tree.first.pk, "kind": "branch", "code": "b010", "name": "本科生第十党支部"}
    assert client.post("/branches/add/", sent).status_code == 302
    assert Branch.objects.get(code="B010").name == "本科生第十党支部"
    assert list(client.post("/branches/add/", sent).context["form"].errors) == ["code"]
    client.post(f"/branches/{tree.b1.pk}/name/", {"name": "新名"})
    client.post(f"/branches/{tree.b4.pk}/closing/")
    assert Branch.objects.get(pk=tree.b1.pk).name == "新名"
    assert Branch.objects.get(pk=tree.b4.pk).closed_on is not None


def test_the_tree_costs_the_same_for_few_and_many(client, django_assert_num_queries):
    tree = make_branch_tree()
    sign_in(client, make_user(Role.ADMINISTRATOR, tree.root))
    with django_assert_num_queries(TREE_QUERIES):
        client.get("/branches/")
    for order in range(30):
        add(f"N{order}", Kind.BRANCH, tree.second)
    with django_assert_num_queries(TREE_QUERIES):
        assert len(client.get("/branches/").context["rows"]) == 37


TREE_QUERIES = 4


def run(command, *arguments, **options):
    out = StringIO()
    call_command(command, *arguments, stdout=out, **options)
    return out.getvalue()


def test_a_real_start_with_two_commands(client):
    run("create_branch", "UNI", "大学党委")
    run("create_branch", "B001", "第一党支部", parent="UNI")
    assert list(Branch.objects.values_list("path", "kind")) == [("UNI/", "committee"), ("UNI/B001/", "branch")]
    printed = run("create_admin", "A１", "钱管理")
    code = next(word for word in printed.split() if word.count("-") == 3)
    sent = {"number": "A1", "code": code, "password": "ming-yuan-2026", "repeated": "ming-yuan-2026"}
    assert client.post("/activate/", sent)["Location"] == "/"
    assert client.post("/privacy/reading/", {"version": notice.VERSION})["Location"] == "/"
    assert client.get("/branches/").status_code == 200
    assert User.objects.get().role_assignments.get().role == "administrator"


def test_create_admin_again_gives_another_slip():
    run("create_branch", "UNI", "大学党委")
    codes = [
        next(word for word in run("create_admin", "A1", "钱管理").split() if word.count("-") == 3) for _time in range(2)
    ]
    assert User.objects.get().role_assignments.count() == 1
    with pytest.raises(slips.SlipRefused):
        slips.activate(number="A1", code=codes[0], password="ming-yuan-2026", address="10.0.0.1", now=timezone.now())


@pytest.mark.parametrize(
    ("command", "arguments", "options"),
    [
        ("create_admin", ("A1", "钱管理"), {}),
        ("create_admin", ("", "钱管理"), {}),
        ("create_admin", ("A1", "钱" * 81), {}),
        ("create_branch", ("B001", "第一党支部"), {"parent": "NONE"}),
        ("create_branch", ("B001", "第一党支部"), {"kind": "branch"}),
        ("create_branch", ("b 1", "第一党支部"), {}),
    ],
)
def test_commands_refuse_in_one_line(command, arguments, options):
    with pytest.raises(CommandError) as error:
        run(command, *arguments, **options)
    assert len(str(error.value).splitlines()) == 1


def test_create_admin_refuses_a_number_of_somebody_else():
    tree = make_branch_tree()
    make_user(Role.SECRETARY, tree.b1, number="A1", name="李书记")
    with pytest.raises(CommandError):
        run("create_admin", "A1", "钱管理")
    assert not User.objects.filter(role_assignments__role="administrator").exists()
