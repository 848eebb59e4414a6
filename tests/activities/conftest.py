"""Who is there in the tests of activities: a small tree of branches, and in the first a secretary and five members."""

from datetime import timedelta

import pytest
from django.utils import timezone

from members.roles import Role
from tests.activities.examples import make_activity
from tests.factories import make_branch_tree, make_user


@pytest.fixture
def tree():
    return make_branch_tree()


@pytest.fixture
def secretary(tree):
    return make_user(Role.SECRETARY, tree.b1)


@pytest.fixture
def people(tree):
    return [make_user(Role.MEMBER, tree.b1) for _number in range(5)]


@pytest.fixture
def activity(tree):
    """In three days, with two places."""
    return make_activity(tree.b1, starts_at=timezone.now() + timedelta(days=3), signs_up=True, capacity=2)
