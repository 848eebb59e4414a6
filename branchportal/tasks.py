"""Which Celery tasks does the shell run?"""

from celery import shared_task
from django.utils import timezone

from branchportal import audit, audit_head, health, jobs, ledger, mail, retention


@shared_task
def run_job(job_id: str) -> None:
    jobs.run(job_id)


@shared_task(bind=True)
def republish_jobs(self) -> None:
    jobs.republish()
    health.note_pulse(self.request.hostname or "", now=timezone.now())


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


@shared_task
def verify_ledger() -> None:
    ledger.enqueue_nightly(now=timezone.now())
