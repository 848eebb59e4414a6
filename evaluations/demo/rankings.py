"""Which rankings has the demo compiled already? Each by the same job that the button starts, in this process."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone

from branchportal import audit, jobs
from branchportal.models import JobRun
from evaluations.demo.months import Filled
from evaluations.dimensions import GRADE_POINTS, Grade
from evaluations.models import BranchReview, Cycle, RankingRun
from evaluations.periods import term_until
from evaluations.purposes import Purpose
from evaluations.queries.months import window_of
from evaluations.services import compile as compiling
from evaluations.services import freezing
from members.models import User
from members.queries.offices import holders
from members.roles import Permission


class DemoJobError(Exception):
    """A ranking of the demo could not be compiled."""


def compile_all(filled: list[Filled], cycles: list[Cycle], now: datetime) -> int:
    """Compile the closed months of this term for every branch that is in time, and more for the first one."""
    closed = [cycle for cycle in cycles if now >= window_of(cycle, filled[0].branch).ratings_end]
    if not closed:
        return 0
    first, last = _term(closed, closed[-1].month)
    for one in filled:
        if not one.is_late:
            _compile(one, Purpose.CANDIDATE, first, last)
    _compile(filled[0], Purpose.CONVERSION, first, last)
    _compile(filled[0], Purpose.APPRAISAL, first, last)
    _give_late_points(filled[0], closed[-1], now)
    _compile(filled[0], Purpose.CANDIDATE, first, last)
    earlier = [cycle for cycle in closed if cycle.month < first]
    if earlier:
        first, last = _term(closed, earlier[-1].month)
        for one in filled[:3]:
            _compile(one, Purpose.CANDIDATE, first, last)
    _freeze(filled[0], now)
    return RankingRun.objects.count()


def _freeze(filled: Filled, now: datetime) -> None:
    """The branch's oldest ranking is frozen, that of its probationers waits for the committee."""
    today = timezone.localdate(now)
    secretary = holders(Permission.PROPOSE_FREEZING, filled.branch, today)[0]
    reviewer = holders(Permission.CONFIRM_FREEZING, filled.branch, today)[0]
    runs = RankingRun.objects.filter(branch=filled.branch, superseded_by=None, ranked_count__gt=0)
    oldest, probationers = runs.order_by("last_month", "purpose").first(), runs.order_by("-purpose").first()
    if oldest is None or oldest == probationers:
        return
    proposed, _waiting = (
        freezing.propose(run=run, fingerprint=run.fingerprint, note="", by=secretary, now=now)
        for run in (oldest, probationers)
    )
    freezing.confirm(freezing=proposed, fingerprint=oldest.fingerprint, by=reviewer, now=now)


def _term(closed: list[Cycle], last: date) -> tuple[date, date]:
    """The months of the last one's term, as far as the demo reaches back."""
    return max(term_until(last), closed[0].month), last


def _compile(filled: Filled, purpose: str, first: date, last: date) -> None:
    """As the worker would: a row in the queue, taken and done. Nothing goes through the broker."""
    arguments = {"branch": filled.branch.code, "first": f"{first:%Y-%m}", "last": f"{last:%Y-%m}", "purpose": purpose}
    job = JobRun.objects.create(
        kind=compiling.KIND, key=":".join(arguments.values()), arguments=arguments, branch=filled.branch,
        requested_by=filled.raters.first,
    )  # fmt: skip
    jobs.run(str(job.pk))
    job.refresh_from_db()
    if job.state != JobRun.State.DONE:
        raise DemoJobError(f"{job.key}: {job.error}")


def _give_late_points(filled: Filled, cycle: Cycle, now: datetime) -> None:
    """One rating is corrected after the first run, so that the second one shows who moved."""
    run = RankingRun.objects.filter(branch=filled.branch, purpose=Purpose.CANDIDATE).latest("compiled_at")
    entry = run.entries.filter(rank__isnull=False).order_by("-rank").first()
    review = entry and BranchReview.objects.filter(cycle=cycle, member=entry.member).first()
    if not review:
        return
    before = review.points
    review.thought = review.study = review.conduct = GRADE_POINTS[Grade.EXCELLENT]
    review.version += 1
    review.save()
    by: User = filled.raters.of(entry.member)
    audit.record("branch_rating.given", by=by, subject=review, before=before, after=review.points)
