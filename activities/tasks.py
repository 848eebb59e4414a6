"""Which Celery tasks keep the lists of activities right?"""

from celery import shared_task
from django.utils import timezone

from activities.services import sign_ups


@shared_task
def free_places() -> None:
    """Whoever has left the branch holds no place."""
    sign_ups.free_places(now=timezone.now())
