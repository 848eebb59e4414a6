"""Which Celery tasks keep the months and compile the rankings?"""

from datetime import datetime
from functools import partial

from celery import shared_task
from django.utils import timezone

from evaluations.models import Cycle
from evaluations.services import compile as compiling
from evaluations.services import months, reminders, schemes
from evaluations.services.public_notices import publishing
from members.models import Branch


@shared_task
def tick() -> None:
    """Move the months on; what is due is decided in deadlines.py."""
    now = timezone.now()
    schemes.install_where_missing(now=now)
    months.ensure_months(now=now)
    months.advance(now=now, on_closed=partial(_compile_rankings, now=now))
    reminders.send_due(now=now)
    publishing.renew_last_days(now=now)


def _compile_rankings(cycle: Cycle, branch: Branch, *, now: datetime) -> None:
    """A month that closes is compiled; runs in the transaction that closes it."""
    compiling.request_for_closed_month(branch=branch, month=cycle.month, now=now)
