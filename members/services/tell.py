"""How does a person hear of something that concerns the account: in the portal, and by e-mail if one is known?"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.utils import translation

from branchportal import jobs
from branchportal.messages import text_of
from branchportal.models import Notification
from branchportal.notifications import notify

EMAIL_JOB = "notification_email"


def tell(*, user: Any, kind: str, key: str, context: dict[str, Any], url: str, by: Any) -> None:
    """Leave a message once per (user, kind, key) in the caller's transaction; a job sends it by e-mail later."""
    notify([user], kind, key=key, context=context, url=url)
    if user.email:
        arguments = {"user": user.pk, "kind": kind, "key": key}
        jobs.enqueue(EMAIL_JOB, key=f"{user.pk}:{kind}:{key}", arguments=arguments, by=by)


def send_email(*, user: int, kind: str, key: str) -> bool:
    """Send one message to the address known now; return whether there was one."""
    message = Notification.objects.select_related("user").filter(user=user, kind=kind, key=key).first()
    if message is None or not message.user.email:
        return False
    with translation.override(settings.LANGUAGE_CODE):
        text = text_of(message)
    subject = " ".join(text.split())[:60]
    send_mail(subject, text, None, [message.user.email])
    return True
