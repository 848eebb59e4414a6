"""Which Celery tasks keep people's data tidy?"""

from celery import shared_task


@shared_task
def tidy() -> None:
    """Remove what was only kept for a while."""
