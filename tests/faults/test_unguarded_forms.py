"""Does a form go wrong when it is sent many times at once and its guard is taken away?

The twins of test_parallel_forms.py: changing, taking back and deciding an award (the lock), adding a branch (the answer
to a code that is taken), the e-mail address and the password (the comparison within the statement that writes). If one
of these presses counted once all the same, the test of the guard would prove nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet

from activities.models import Award
from activities.services import awards
from branchportal.celery import app
from members.models import User
from members.services import branches, sign_in
from tests.faults.forms_sent import FORMS
from tests.faults.test_parallel_forms import COUNT, Sender
from tests.parallel import ask_without


def award_without_lock(monkeypatch) -> None:
    """All have looked at the award before one of them changes it."""
    looked = Barrier(COUNT)

    class Unlocked(QuerySet):
        def first(self):
            row = super().first()
            looked.wait(timeout=60)
            return row

    def rows(award: Award) -> QuerySet[Award]:
        return Unlocked(Award).select_related("member__user", "member__branch", "evidence", "level").filter(pk=award.pk)

    monkeypatch.setattr(awards, "_rows", rows)


def branch_without_answer(monkeypatch) -> None:
    """That the database refuses the second branch is no longer expected."""
    monkeypatch.setattr(branches, "IntegrityError", ())


def email_without_comparison(monkeypatch) -> None:
    ask_without(monkeypatch, QuerySet.exclude, User, "email")


def password_without_comparison(monkeypatch) -> None:
    """All have verified the present password before one of them sets the new one."""
    verify, verified = sign_in.sign_in, Barrier(COUNT)

    def verify_together(**asked: Any) -> User:
        user = verify(**asked)
        verified.wait(timeout=60)
        return user

    monkeypatch.setattr(sign_in, "sign_in", verify_together)
    ask_without(monkeypatch, QuerySet.filter, User, "password")


@dataclass(frozen=True)
class Twin:
    """A form without its guard: what each press then adds, and how often the portal fails."""

    page: str
    person: str
    guard_away: Callable[[pytest.MonkeyPatch], None]
    adds: str = ""
    failures: int = 0


TWINS = [
    Twin("activities:award_edit", "member", award_without_lock, adds="+ line award.edited"),
    Twin("activities:award_withdraw", "member", award_without_lock, adds="+ line award.withdrawn"),
    Twin("activities:award", "secretary", award_without_lock, adds="+ line award.confirmed"),
    Twin("members:add_branch", "administrator", branch_without_answer, failures=COUNT - 1),
    Twin("members:email", "member", email_without_comparison, adds="+ line account.email_changed"),
    Twin("members:password", "member", password_without_comparison, adds="+ line account.password_changed"),
]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("twin", TWINS, ids=lambda twin: twin.page)
def test_a_form_without_its_guard_goes_wrong(twin, time_machine, monkeypatch):
    sender = Sender(twin.person, time_machine)
    url, fields = sender.filled(twin.page, FORMS[twin.person][twin.page])
    one = sender.alone(url, fields)
    twin.guard_away(monkeypatch)
    many, answers = sender.together(url, fields)
    app.control.purge()
    assert many == one | ({twin.adds: COUNT} if twin.adds else {})
    assert sum(count for status, count in answers.items() if status >= 500) == twin.failures
