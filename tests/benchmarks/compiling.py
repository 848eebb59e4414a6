"""How long does a ranking take, from the button to the stored, explained result?"""

from __future__ import annotations

from datetime import date, datetime

from branchportal import jobs
from evaluations.deadlines import month_of, months_between
from evaluations.models import RankingRun
from evaluations.services import compile as compiling
from members.models import Branch


def compile_here(branch: Branch, purpose: str, months: int, now: datetime) -> RankingRun:
    """Compile the last so many past months in this very process."""
    present = month_of(now)
    first = present.year * 12 + present.month - 1 - months
    period = months_between(date(first // 12, first % 12 + 1, 1), present)[:-1]
    job, _created = compiling.request(
        branch=branch, purpose=purpose, first=period[0], last=period[-1], by=None, now=now
    )
    jobs.run(str(job.pk))
    return RankingRun.objects.get(job=job)
