"""Which Celery tasks does the shell run?"""

from celery import shared_task
from django.utils import timezone

from branchportal import audit, audit_head, jobs, mail, retention


@shared_task
def run_job(job_id: str) -> None:
    jobs.run(job_id)


@shared_task
def republish_jobs() -> None:
    jobs.republish()


@shared_task
def deliver_mail() -> None:
    mail.deliver(now=timezone.now())


@shared_task
def seal_audit() -> None:
    while audit.seal():
        pass
    audit_head.remember()


@shared_task
def end_old_records() -> None:
    retention.enqueue_daily(now=timezone.now())
