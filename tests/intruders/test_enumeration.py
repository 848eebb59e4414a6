"""Does the portal tell a stranger which numbers it knows: by words, by the code or length of an answer, or by its time?

`TIMINGS=400 bin/test --sqlite intruders/test_enumeration.py -n0 -s` measures so many answers of each kind, interleaved,
and says how often the answer for one kind is slower than for another (0.50 = nothing can be told).
"""

from __future__ import annotations

import re
import statistics
import time

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from members.hashers import PortalArgon2PasswordHasher
from members.models import LoginFailure, Member, User
from members.roles import Role
from members.services.slips import make_member_slip
from tests.access.world import NOW
from tests.factories import make_branch_tree, make_member, make_user
from tests.rounds import rounds

pytestmark = pytest.mark.django_db

TIMINGS = rounds("TIMINGS", 0)
MOST = 0.08  # away from 0.50
TOKEN = re.compile(r"\b\w{64}\b")  # of the form; another one in every answer
KINDS = ("known", "unknown", "no password yet", "no log-in yet", "deactivated", "left", "officer")
FORMS = {
    "members:login": {"password": "wrong-password-2026"},
    "members:activate": {
        "code": "AAAA-AAAA-AAAA-AAAA",
        "password": "xin-de-mi-ma-2026",
        "repeated": "xin-de-mi-ma-2026",
    },
}


@pytest.fixture
def numbers(clock) -> dict[str, str]:
    """A number of every kind, all of the same length."""
    branch = make_branch_tree().b1
    secretary = make_user(Role.SECRETARY, branch, password="zhi-bu-2026-mi-ma")
    known = make_user(Role.MEMBER, branch, password="zhi-bu-2026-mi-ma")
    waiting = make_member(branch)
    make_member_slip(member=waiting, by=secretary, now=NOW, as_of=NOW)
    gone = make_user(Role.MEMBER, branch, password="zhi-bu-2026-mi-ma")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    left = make_user(Role.MEMBER, branch, password="zhi-bu-2026-mi-ma")
    Member.objects.filter(user=left).update(ended_on="2026-01-01", end_reason="graduated")
    numbers = (
        known.number,
        "2099999999",
        waiting.number,
        make_member(branch).number,
        gone.number,
        left.number,
        secretary.number,
    )
    assert {len(number) for number in numbers} == {10}
    return dict(zip(KINDS, numbers, strict=True))


def answer(page: str, number: str):
    return Client().post(reverse(page), {**FORMS[page], "number": number})


@pytest.mark.parametrize("page", FORMS)
def test_words_code_and_length_tell_nothing(page, numbers):
    def told(number: str) -> tuple:
        """Everything that is sent, but the number itself and the token of the form."""
        sent = answer(page, number)
        text = TOKEN.sub("", sent.text).replace(number, "")
        return sent.status_code, len(sent.content), text, sorted(sent.headers), sorted(sent.cookies)

    seen = {kind: told(number) for kind, number in numbers.items()}
    assert {kind for kind in KINDS if seen[kind] != seen["unknown"]} == set()


@pytest.mark.parametrize("page", FORMS)
def test_refusals_for_too_many_tries_tell_nothing(page, numbers):
    def told(number: str) -> tuple:
        for _try in range(5):
            answer(page, number)
        sent = answer(page, number)
        return sent.status_code, TOKEN.sub("", sent.text).replace(number, "")

    seen = {kind: told(number) for kind, number in numbers.items()}
    assert {kind for kind in KINDS if seen[kind] != seen["unknown"]} == set()
    assert seen["unknown"][1] != TOKEN.sub("", answer(page, "2099999998").text).replace("2099999998", "")


def test_no_page_for_strangers_takes_a_number_without_a_secret():
    """There is no form for a forgotten password: the slip on paper is the only way, so nothing can be asked there."""
    assert {*FORMS} == {"members:login", "members:activate"}


@pytest.mark.parametrize("page", FORMS)
def test_the_same_work_is_done_for_every_number(page, numbers, monkeypatch):
    """What takes time is counted: hashes of passwords and queries."""
    hashed = []

    def counting(method):
        def counted(self, *arguments):
            hashed.append(method)
            return method(self, *arguments)

        return counted

    for name in ("encode", "verify"):
        monkeypatch.setattr(PortalArgon2PasswordHasher, name, counting(getattr(PortalArgon2PasswordHasher, name)))
    work = {}
    for kind, number in numbers.items():
        hashed.clear()
        with CaptureQueriesContext(connection) as queries:
            answer(page, number)
        work[kind] = (len(hashed), len(queries))
    assert {kind for kind in KINDS if work[kind] != work["unknown"]} == set()
    assert work["unknown"][0] == (1 if page == "members:login" else 0)


@pytest.mark.skipif(not TIMINGS, reason="the long run measures times, on a quiet machine")
@pytest.mark.parametrize("page", FORMS)
def test_times_tell_nothing(page, numbers):
    times = {kind: [] for kind in KINDS}
    for _round in range(TIMINGS + 5):
        for kind, number in numbers.items():
            began = time.perf_counter()
            answer(page, number)
            times[kind].append(time.perf_counter() - began)
            LoginFailure.objects.all().delete()
    slower = {kind: share_slower(taken[5:], times["unknown"][5:]) for kind, taken in times.items() if kind != "unknown"}
    for kind, taken in times.items():
        shares = f", slower than for an unknown number in {slower[kind]:.2f} of the pairs" if kind in slower else ""
        print(f"\n{page} {kind}: median {1000 * statistics.median(taken[5:]):.2f} ms{shares}", end="")
    assert {kind: share for kind, share in slower.items() if abs(share - 0.5) > MOST} == {}


def share_slower(ours: list[float], theirs: list[float]) -> float:
    """In how many of all pairs ours took longer: the statistic of Mann and Whitney."""
    return sum(one > other for one in ours for other in theirs) / (len(ours) * len(theirs))
