"""Who of the demo appeals against a figure: one answered, with the run that follows it, and one that waits?"""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from branchportal import jobs
from branchportal.models import JobRun
from evaluations.demo.months import Filled
from evaluations.dimensions import GRADE_POINTS, Grade
from evaluations.models import Appeal, RankingEntry, RankingRun
from evaluations.purposes import Purpose
from evaluations.queries import appeals as queries
from evaluations.queries.rankings import months_of
from evaluations.services.appeals import deciding, filing
from evaluations.services.compile import KIND

WRONG = "这个月我组织了两次宿舍走访和一次学习会，台账都有记录，但“工作”一栏的等级与台账不符，请核对。"
SHOWN = "支部台账：两次走访、一次学习会的签到表，可向组织委员核实。"
FOUND = "经核对台账，该月工作情况登记有误，现予更正。"


def write(filled: list[Filled], now: datetime) -> None:
    """In the second branch somebody was right; in the first one somebody waits for an answer."""
    if len(filled) > 1 and (entry := _entry(filled[1])) is not None:
        _answer(_appeal(entry, now), now)
    if (entry := _entry(filled[0])) is not None:
        _appeal(entry, now)


def _entry(filled: Filled) -> RankingEntry | None:
    """The last one in the branch's newest ranking of candidates."""
    run = RankingRun.objects.filter(branch=filled.branch, purpose=Purpose.CANDIDATE, superseded_by=None).first()
    ranked = run.entries.filter(rank__isnull=False, member__user__isnull=False) if run else None
    return ranked.select_related("member__user", "run").order_by("-rank", "-number").first() if run else None


def _appeal(entry: RankingEntry, now: datetime) -> Appeal:
    last = max(months_of(entry, "branch")["months"])
    return filing.file_appeal(
        entry=entry, figure="branch", place=f"{last:%Y-%m}", words=WRONG, evidence=SHOWN, by=entry.member.user, now=now
    )


def _answer(appeal: Appeal, now: datetime) -> None:
    """As the committee and then the worker would, in this process."""
    run = appeal.run
    reviewer = queries.deciders(appeal.entry, timezone.localdate(now))[0]
    points = dict.fromkeys(("thought", "study", "life", "work", "conduct"), GRADE_POINTS[Grade.EXCELLENT])
    deciding.uphold(appeal=appeal, reason=FOUND, points=points, by=reviewer, now=now)
    for job in JobRun.objects.filter(kind=KIND, state=JobRun.State.QUEUED, branch=run.branch):
        jobs.run(str(job.pk))
