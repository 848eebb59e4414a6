"""What does a ranking in a test consist of? Months, submitted reviews and a published scheme, in a line each."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

from branchportal import jobs
from evaluations.dimensions import DIMENSIONS
from evaluations.models import BranchReview, Cycle, Due, RankingRun, ScoringScheme, SelfReview
from evaluations.scheme import parse_scheme
from evaluations.services import compile as compiling
from evaluations.services import scheme_drafts, schemes
from evaluations.sources import usual_sources
from members.models import Branch, Member
from tests.factories import make_member

NOW = datetime(2026, 11, 22, 2, tzinfo=UTC)
SEPTEMBER, OCTOBER, NOVEMBER = date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1)


def make_month(branch: Branch, month: date, *, is_off: bool = False) -> Cycle:
    root = Branch.objects.get(path=branch.ancestor_paths()[0])
    return Cycle.objects.get_or_create(committee=root, month=month, defaults={"is_off": is_off})[0]


def file_self(member: Member, month: date, *points: int) -> SelfReview:
    """A submitted self-review; one number stands for all five dimensions."""
    return _file(SelfReview, member, month, points)


def rate(member: Member, month: date, *points: int) -> BranchReview:
    """A submitted branch rating; one number stands for all five dimensions."""
    return _file(BranchReview, member, month, points)


def review(member: Member, month: date, *, own: int, branch: int) -> None:
    file_self(member, month, own)
    rate(member, month, branch)


def install(branch: Branch, first_month: date = date(2026, 1, 1)) -> None:
    """The ready schemes, on the branch's top committee."""
    root = Branch.objects.get(path=branch.ancestor_paths()[0])
    schemes.install_ready_schemes(committee=root, by=None, first_month=first_month, now=NOW)


def make_scheme(branch: Branch, document: dict, *, purpose: str = "candidate") -> ScoringScheme:
    return schemes.create_draft(
        branch=branch, purpose=purpose, document=document, sources=usual_sources(parse_scheme(document)), by=None
    )


def approve(scheme: ScoringScheme, by: Any) -> ScoringScheme:
    """As the committee read it on the day of NOW."""
    return scheme_drafts.approve(scheme=scheme, seen=scheme.mark, approved_on=NOW.date(), by=by)


def ready_document(purpose: str = "candidate", **changes: Any) -> dict:
    return json.loads((schemes.READY / f"{purpose}.json").read_text(encoding="utf-8")) | changes


def compile_now(
    branch: Branch, first: date = SEPTEMBER, last: date = NOVEMBER, purpose: str = "candidate", by: Any = None
) -> RankingRun:
    """Ask for a ranking and do the job in this process."""
    job, _created = compiling.request(branch=branch, purpose=purpose, first=first, last=last, by=by, now=NOW)
    jobs.run(str(job.pk))
    job.refresh_from_db()
    assert job.state == "done", job.error
    return RankingRun.objects.get(job=job)


def _file(model: type, member: Member, month: date, points: tuple[int, ...]) -> Any:
    cycle = make_month(member.branch, month)
    Due.objects.get_or_create(cycle=cycle, member=member, defaults={"branch": member.branch})
    values = points if len(points) == len(DIMENSIONS) else points * len(DIMENSIONS)
    return model.objects.create(
        cycle=cycle, member=member, branch=member.branch, submitted_at=NOW, **dict(zip(DIMENSIONS, values, strict=True))
    )


def make_run(branch: Branch) -> RankingRun:
    """Two tied people, one behind, one whom nobody rated."""
    for name, own, rated in (("赵一", 90, 80), ("钱二", 90, 80), ("孙三", 85, 75)):
        member = make_member(branch, name=name)
        review(member, SEPTEMBER, own=own, branch=rated)
        review(member, OCTOBER, own=own, branch=rated)
    make_member(branch, name="李四")
    return compile_now(branch)
