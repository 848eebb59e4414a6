"""Which Celery tasks belong to people's accounts?"""

from celery import shared_task
from django.utils import timezone

from members.services import slips, throttle
from members.services.roster_import import remove_old_batches


@shared_task
def tidy() -> None:
    """Remove what was only kept for a while: failed log-ins, old slips, uploaded workbooks."""
    now = timezone.now()
    throttle.tidy(now)
    slips.tidy(now)
    remove_old_batches(now=now)
