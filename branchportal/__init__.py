"""What happens before any app is used? Celery learns its settings."""

from branchportal.celery import app as celery_app

__all__ = ["celery_app"]
