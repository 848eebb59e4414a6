"""Who is there in the tests of evaluations: a small tree of branches, November, and somebody who is due in it."""

from datetime import date, datetime

import pytest

from evaluations.deadlines import SHANGHAI
from evaluations.services import months
from members.roles import Role
from tests.evaluations.ranking_material import install
from tests.factories import make_branch_tree, make_user


@pytest.fixture
def tree(db):
    return make_branch_tree()


@pytest.fixture
def ready_schemes(tree):
    """The ready schemes on the tree's committee: rankings can be compiled."""
    install(tree.b1)


@pytest.fixture
def cycle(tree):
    return months.ensure_month(committee=tree.root, month=date(2026, 11, 1))


@pytest.fixture
def member(tree, cycle):
    """A member of the first branch, where the month is open."""
    member = make_user(Role.MEMBER, tree.b1).member
    months.open_month(cycle=cycle, branch=tree.b1, now=datetime(2026, 11, 1, 12, tzinfo=SHANGHAI))
    return member
