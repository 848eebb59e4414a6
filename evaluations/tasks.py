"""Which Celery tasks keep the months and compile the rankings?"""

from celery import shared_task
from django.utils import timezone

from branchportal import jobs
from evaluations.models import Cycle
from evaluations.models.schemes import Purpose
from evaluations.services import months
from members.models import Branch


@shared_task
def tick() -> None:
    """Move the months on; what is due is decided in deadlines.py."""
    now = timezone.now()
    months.ensure_months(now=now)
    months.advance(now=now, on_closed=_compile_ranking)


def _compile_ranking(cycle: Cycle, branch: Branch) -> None:
    """A month that closes is compiled; runs in the transaction that closes it."""
    month = f"{cycle.month:%Y-%m}"
    jobs.enqueue(
        "compile_ranking",
        key=f"{branch.code}:{Purpose.APPRAISAL}:{month}:{month}",
        arguments={"branch": branch.code, "first": month, "last": month, "purpose": Purpose.APPRAISAL},
        by=None,
        branch=branch,
    )
