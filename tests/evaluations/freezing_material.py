"""Who freezes a ranking in a test, and what is frozen?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from evaluations.models import Freezing, RankingRun
from evaluations.services import freezing
from members.models import User
from members.roles import Role
from tests.evaluations.ranking_material import OCTOBER, SEPTEMBER, compile_now, install, review
from tests.factories import make_member, make_user

WORDS = "zhibu-menhu-1026"
NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)


@dataclass
class Hands:
    """The branch's secretary and a reviewer of its committee."""

    secretary: User
    reviewer: User


def make_hands(tree) -> Hands:
    return Hands(
        make_user(Role.SECRETARY, tree.b1, name="王书记", password=WORDS),
        make_user(Role.REVIEWER, tree.root, name="李审核", password=WORDS),
    )


def make_run(tree, *, people: int = 3) -> RankingRun:
    """A ranking of September and October, in which the last one is not ranked."""
    install(tree.b1)
    for place in range(people):
        member = make_member(tree.b1)
        review(member, SEPTEMBER, own=90 - place, branch=80 - place)
        review(member, OCTOBER, own=91 - place, branch=83 - place)
    make_member(tree.b1, name="李四")
    return compile_now(tree.b1, SEPTEMBER, OCTOBER)


def propose(run: RankingRun, by: User, *, note: str = "", now: datetime = NOW) -> Freezing:
    return freezing.propose(run=run, fingerprint=run.fingerprint, note=note, by=by, now=now)


def confirm(proposed: Freezing, by: User, *, now: datetime = NOW) -> Freezing:
    return freezing.confirm(freezing=proposed, fingerprint=proposed.fingerprint, by=by, now=now)


def freeze(run: RankingRun, hands: Hands) -> Freezing:
    return confirm(propose(run, hands.secretary), hands.reviewer)
