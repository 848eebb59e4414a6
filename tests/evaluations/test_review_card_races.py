"""Is the form of the card, sent fifty times at the same moment, one review?"""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.test import Client

from branchportal.models import AuditEntry
from evaluations.deadlines import SHANGHAI
from evaluations.models import SelfReview
from evaluations.services import months
from members.roles import Role
from tests.factories import make_branch_tree, make_user, sign_in
from tests.parallel import at_once

GRADES = {"thought": "excellent", "study": "good", "life": "good", "work": "fair", "conduct": "passable"}
POINTS = {"thought": 95, "study": 85, "life": 85, "work": 75, "conduct": 65}


@pytest.mark.django_db(transaction=True)
def test_fifty_parallel_posts_of_one_form_are_one_effect(time_machine):
    time_machine.move_to(datetime(2026, 11, 12, 12, tzinfo=SHANGHAI))
    tree = make_branch_tree()
    cycle = months.ensure_month(committee=tree.root, month=date(2026, 11, 1))
    member = make_user(Role.MEMBER, tree.b1).member
    months.open_month(cycle=cycle, branch=tree.b1, now=datetime(2026, 11, 1, 12, tzinfo=SHANGHAI))
    session = sign_in(Client(), member.user).cookies

    def post() -> int:
        browser = Client()
        browser.cookies = session
        form = {**GRADES, "version": "0", "page": "p", "step": "1"}
        return browser.post("/review/2026-11/", form).status_code

    assert at_once([post] * 50) == [302] * 50
    assert (SelfReview.objects.get().version, SelfReview.objects.get().points) == (1, POINTS)
    assert AuditEntry.objects.filter(action="self_review.submitted").count() == 1
