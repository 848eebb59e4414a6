"""Who appeals in a test, against what, and who answers?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from branchportal import jobs
from branchportal.models import JobRun
from evaluations.dimensions import DIMENSIONS
from evaluations.models import Appeal, RankingRun
from evaluations.services.appeals import deciding, filing
from members.models import Member
from members.roles import Role
from tests.evaluations.freezing_material import Hands, make_hands
from tests.evaluations.ranking_material import OCTOBER, SEPTEMBER, compile_now, install, review
from tests.factories import make_member, make_user

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)


@dataclass
class Ranked:
    """A run of September and October: 赵一 before 钱二 before 孙三, each with a log-in, and who signs."""

    run: RankingRun
    members: list[Member]
    hands: Hands


def make_ranked(tree) -> Ranked:
    install(tree.b1)
    members = [make_user(Role.MEMBER, tree.b1, name=name).member for name in ("赵一", "钱二", "孙三")]
    for place, member in enumerate(members):
        review(member, SEPTEMBER, own=90 - place, branch=85 - 10 * place)
        review(member, OCTOBER, own=90 - place, branch=85 - 10 * place)
    make_member(tree.b1, name="李四")
    hands = make_hands(tree)
    return Ranked(compile_now(tree.b1, SEPTEMBER, OCTOBER), members, hands)


def appeal(ranked: Ranked, member: Member, figure: str = "branch", place: str = "2026-10", **more) -> Appeal:
    values = {"words": "十月的评分登记错了", "evidence": "", "now": NOW} | more
    entry = ranked.run.entries.get(member=member)
    return filing.file_appeal(entry=entry, figure=figure, place=place, by=member.user, **values)


def points(value: int) -> dict[str, int]:
    return {dimension.value: value for dimension in DIMENSIONS}


def uphold(one: Appeal, by, value: int | None = 95, reason: str = "登记有误", now: datetime = NOW) -> Appeal:
    return deciding.uphold(
        appeal=one, reason=reason, points=None if value is None else points(value), by=by, now=now
    )  # fmt: skip


def work() -> list[str]:
    """Do every queued compilation; how each ended."""
    for job in JobRun.objects.filter(kind="compile_ranking", state="queued").order_by("created_at"):
        jobs.run(str(job.pk))
    return list(JobRun.objects.filter(kind="compile_ranking").order_by("created_at").values_list("state", flat=True))
