"""What runs by itself? Ticks only: which day something is due is decided by the apps, never here."""

import os

from celery import Celery
from celery.signals import task_prerun
from django.db import close_old_connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "branchportal.settings")

app = Celery("branchportal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

app.conf.beat_schedule = {
    "republish-jobs": {"task": "branchportal.tasks.republish_jobs", "schedule": 20.0},
    "seal-audit": {"task": "branchportal.tasks.seal_audit", "schedule": 60.0},
    "deliver-mail": {"task": "branchportal.tasks.deliver_mail", "schedule": 60.0},
    "places": {"task": "activities.tasks.free_places", "schedule": 60.0},
    "month": {"task": "evaluations.tasks.tick", "schedule": 60.0},
    "ledger": {"task": "branchportal.tasks.verify_ledger", "schedule": 600.0},
    "retention": {"task": "branchportal.tasks.end_old_records", "schedule": 3600.0},
}
for _entry in app.conf.beat_schedule.values():
    _entry["options"] = {"expires": _entry["schedule"]}


@task_prerun.connect
def replace_broken_connection(**_about: object) -> None:
    """Tasks share a connection to the database (CELERY_DB_REUSE_MAX): one that broke ends before the next task."""
    close_old_connections()
