"""Who is there in the tests of members: a small tree of branches and a secretary of the first."""

import pytest

from members.roles import Role
from tests.factories import make_branch_tree, make_user


@pytest.fixture
def tree(db):
    return make_branch_tree()


@pytest.fixture
def secretary(tree):
    return make_user(Role.SECRETARY, tree.b1)
