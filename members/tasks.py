"""Which Celery tasks and jobs belong to people's accounts?"""

from celery import shared_task
from django.utils import timezone

from branchportal import jobs
from members.services import slips, throttle
from members.services.roster_import import remove_old_batches
from members.services.tell import EMAIL_JOB, send_email


@shared_task
def tidy() -> None:
    """Remove what was only kept for a while: failed log-ins, old slips, uploaded workbooks."""
    now = timezone.now()
    throttle.tidy(now)
    slips.tidy(now)
    remove_old_batches(now=now)


@jobs.handler(EMAIL_JOB)
def email_notification(context: jobs.JobContext) -> None:
    sent = send_email(**context.job.arguments)
    context.finish({"sent": sent})
