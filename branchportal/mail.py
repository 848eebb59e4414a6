"""Which messages also go by e-mail: one mail per person and run, never a message twice?

A message is claimed in the database before its mail is handed over. What the mail server refuses waits and is tried
again a few times. Whoever dies between the claim and the answer leaves a message of which nobody knows whether it
went: it is not sent again, for it stands in the portal all the same. Where no mail server is set, nothing is claimed.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.db.models import F, Min, Q, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from branchportal.messages import is_always_mailed, kinds_of, text_of
from branchportal.models import MailPreference, Notification

RETRY_AFTER = (timedelta(0), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2))  # before each try
TOO_OLD = timedelta(days=2)  # what nobody could send by then is no news any more
UNANSWERED = timedelta(minutes=15)  # whoever claimed a mail so long ago is gone
PEOPLE_PER_RUN = 200
MESSAGES_PER_MAIL = 50
FAILURES_PER_RUN = 5

Mail = Notification.Mail
logger = logging.getLogger(__name__)


def is_set_up() -> bool:
    """Whether EMAIL_URL names a mail server."""
    return settings.MAIL_IS_SET_UP


def deliver(*, now: datetime) -> int:
    """Send what waits, one mail per person, and return how many mails went. Run by the tick, also by several."""
    if not is_set_up():
        return 0
    _sort_out(now)
    people = list(_people_waiting(now))
    if not people:
        return 0
    connection = get_connection()
    try:
        connection.open()  # a mail server that is away costs no message a try
    except OSError:
        logger.warning("The mail server can't be reached; the next tick tries again.")
        return 0
    try:
        return _send_to(people, connection, now)
    finally:
        connection.close()


def silence(*, user: Any, groups: Sequence[str], language: str) -> None:
    """Keep which groups of messages a person does not want by e-mail, and the language of those that come."""
    MailPreference.objects.update_or_create(user=user, defaults={"silenced": sorted(groups), "language": language})


def remember_language(*, user: Any, language: str) -> None:
    """Write to this person in the language that was chosen for the pages."""
    MailPreference.objects.update_or_create(user=user, defaults={"language": language})


def preference_of(user_id: int) -> MailPreference:
    """Return what this person chose, or what holds for whoever chose nothing (not stored)."""
    return MailPreference.objects.filter(user=user_id).first() or MailPreference(user_id=user_id)


def _send_to(people: Sequence[int], connection: Any, now: datetime) -> int:
    sent = failed = 0
    for user in people:
        messages = _claim(user, now)
        if not messages:
            continue
        try:
            _compose(messages, connection).send()
        except Exception:
            logger.exception("The mail to user %s did not go.", user)
            _wait_or_give_up(messages, now)
            connection.close()
            failed += 1
            if failed == FAILURES_PER_RUN:
                break
        else:
            _rows(messages).filter(mail=Mail.SENDING).update(mail=Mail.SENT, mail_at=now)
            sent += 1
    return sent


def _sort_out(now: datetime) -> None:
    """End what will never be sent: unanswered, too old, or to people without an address."""
    Notification.objects.filter(mail=Mail.SENDING, mail_at__lt=now - UNANSWERED).update(mail=Mail.UNCLEAR, mail_at=now)
    waiting = Notification.objects.filter(mail=Mail.WAITING)
    in_vain = Q(created_at__lt=now - TOO_OLD) | Q(user__email="") | Q(user__is_active=False)
    waiting.filter(in_vain).update(mail=Mail.NOT_SENT, mail_at=now)


def _people_waiting(now: datetime) -> QuerySet:
    """Ids of those for whom something waits, whoever waits longest first."""
    oldest = Notification.objects.filter(_ready(now)).order_by().values("user").annotate(since=Min("created_at"))
    return oldest.order_by("since", "user").values_list("user", flat=True)[:PEOPLE_PER_RUN]


def _claim(user: int, now: datetime) -> list[Notification]:
    """Take this person's waiting messages; whoever comes second gets none of them."""
    with transaction.atomic():
        waiting = Notification.objects.select_for_update(of=("self",)).filter(_ready(now), user=user)
        rows = list(waiting.select_related("user").order_by("created_at", "pk")[:MESSAGES_PER_MAIL])
        silenced = kinds_of(preference_of(user).silenced)
        wanted = [row for row in rows if is_always_mailed(row.kind) or not (row.read_at or row.kind in silenced)]
        _rows(set(rows) - set(wanted)).update(mail=Mail.NOT_SENT, mail_at=now)
        _rows(wanted).update(mail=Mail.SENDING, mail_at=now, mail_tries=F("mail_tries") + 1)
    return wanted


def _wait_or_give_up(messages: Sequence[Notification], now: datetime) -> None:
    tried = _rows(messages).filter(mail=Mail.SENDING)
    tried.filter(mail_tries__gte=len(RETRY_AFTER)).update(mail=Mail.FAILED, mail_at=now)
    tried.update(mail=Mail.WAITING, mail_at=now)


def _compose(messages: Sequence[Notification], connection: Any) -> EmailMessage:
    """One mail with these messages, in the language of the person."""
    user = messages[0].user
    with translation.override(preference_of(user.pk).language):
        lines = [{"text": text_of(message), "url": _link(message)} for message in messages]
        context = {
            "name": user.name,
            "lines": lines,
            "messages_url": settings.SITE_ADDRESS + reverse("members:messages"),
            "settings_url": settings.SITE_ADDRESS + reverse("members:mail_settings"),
        }
        return EmailMessage(
            subject=_subject(lines),
            body=render_to_string("branchportal/mail.txt", context),
            to=[user.email],
            headers={
                "Auto-Submitted": "auto-generated",
                "Message-ID": f"<portal-{messages[0].pk}-{messages[-1].pk}@{settings.SITE_HOST}>",  # as in each try
            },
            connection=connection,
        )


def _subject(lines: Sequence[dict[str, str]]) -> str:
    if len(lines) > 1:
        return _("Branch Portal: %(count)s new messages") % {"count": len(lines)}
    return _("Branch Portal: %(text)s") % {"text": " ".join(lines[0]["text"].split())[:60]}


def _link(message: Notification) -> str:
    """Where the message leads to, if that is a page of the portal."""
    inside = message.url.startswith("/") and not message.url.startswith("//")
    return settings.SITE_ADDRESS + message.url if inside else ""


def _ready(now: datetime) -> Q:
    """Waiting, and not tried too short a while ago."""
    due = Q(mail_tries=0)
    for tries, pause in enumerate(RETRY_AFTER[1:], start=1):
        due |= Q(mail_tries=tries, mail_at__lte=now - pause)
    return Q(mail=Mail.WAITING) & due


def _rows(messages: Any) -> QuerySet[Notification]:
    return Notification.objects.filter(pk__in=[message.pk for message in messages])
