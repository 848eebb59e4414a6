"""Who is there in the tests of members: a small tree of branches and a secretary of the first."""

import pytest
from django.utils import translation

from members.roles import Role
from tests.factories import make_branch_tree, make_user


@pytest.fixture
def tree(db):
    return make_branch_tree()


@pytest.fixture
def secretary(tree):
    return make_user(Role.SECRETARY, tree.b1)


@pytest.fixture
def english():
    """What is said here and not on a page is English too."""
    with translation.override("en"):
        yield
