"""Which Celery tasks does the shell run?"""

from celery import shared_task

from branchportal import audit, jobs


@shared_task
def run_job(job_id: str) -> None:
    jobs.run(job_id)


@shared_task
def republish_jobs() -> None:
    jobs.republish()


@shared_task
def seal_audit() -> None:
    while audit.seal():
        pass
