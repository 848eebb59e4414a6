"""Which Celery tasks keep the months and compile the rankings?"""

from celery import shared_task


@shared_task
def tick() -> None:
    """Move the months on; what is due is decided in deadlines.py."""
