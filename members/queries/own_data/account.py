"""What do the account, its messages and the looks at somebody's data hold about one person?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from branchportal.mail import preference_of
from branchportal.messages import groups, text_of
from branchportal.own_data import FACTS, Field, Section
from branchportal.spreadsheets.writing import MOMENT
from branchportal.wording import listed
from members.models import ActivationSlip, User
from members.queries.looks import looks, looks_at


def _account(user: User, now: datetime) -> Iterator[tuple]:
    preference = preference_of(user.pk)
    silenced = [str(group.label) for group in groups() if group.code in preference.silenced]
    yield _("Number to log in with"), user.number
    yield _("Name"), user.name
    yield _("E-mail"), user.email
    yield _("Account since"), _moment(user.created_at)
    yield _("Last log-in"), _moment(user.last_login)
    yield _("Privacy notice read"), _moment(user.notice_at)
    yield _("Language of the e-mails"), str(dict(settings.LANGUAGES)[preference.language])
    yield _("Switched off by e-mail"), listed(silenced)


def _slips(user: User, now: datetime) -> Iterator[tuple]:
    for slip in ActivationSlip.objects.filter(user=user).order_by("-created_at", "-pk"):
        yield slip.created_at, slip.expires_at, slip.used_at, slip.withdrawn_at


def _messages(user: User, now: datetime) -> Iterator[tuple]:
    for message in user.notifications.order_by("-created_at", "-pk"):
        sent = message.mail_at if message.mail == message.Mail.SENT else None
        yield message.created_at, text_of(message), message.read_at, sent


def _looks(user: User, now: datetime) -> Iterator[tuple]:
    for look in looks_at(user):
        yield look.at, look.by, look.office, look.what


def _moment(value: datetime | None) -> str:
    """A moment as a page shows it, where the column holds texts of all kinds."""
    return date_format(timezone.localtime(value), "Y-m-d H:i") if value else ""


SECTIONS = (
    Section(
        "account",
        gettext_lazy("Account"),
        gettext_lazy("How you log in. The password is kept only as a hash that nobody can read."),
        FACTS,
        _account,
        ("branchportal.MailPreference.user",),
    ),
    Section(
        "slips",
        gettext_lazy("Activation slips"),
        gettext_lazy("One-time codes that were printed for you; only a hash of each is kept."),
        (
            Field("made_at", gettext_lazy("Made"), MOMENT),
            Field("expires_at", gettext_lazy("Valid until"), MOMENT),
            Field("used_at", gettext_lazy("Used"), MOMENT),
            Field("withdrawn_at", gettext_lazy("Withdrawn"), MOMENT),
        ),
        _slips,
        ("members.ActivationSlip.user",),
        lambda user, now: [user.activation_slips.all()],
    ),
    Section(
        "messages",
        gettext_lazy("Messages"),
        gettext_lazy("What the portal told you."),
        (
            Field("at", gettext_lazy("When"), MOMENT),
            Field("text", gettext_lazy("Message")),
            Field("read_at", gettext_lazy("Read"), MOMENT),
            Field("mailed_at", gettext_lazy("By e-mail"), MOMENT),
        ),
        _messages,
        ("branchportal.Notification.user",),
        lambda user, now: [user.notifications.all()],
    ),
    Section(
        "looks",
        gettext_lazy("Who looked at it"),
        gettext_lazy("Everybody else who opened something about you or took away a list with you in it."),
        (
            Field("at", gettext_lazy("When"), MOMENT),
            Field("by", gettext_lazy("Who")),
            Field("office", gettext_lazy("Office")),
            Field("what", gettext_lazy("What")),
        ),
        _looks,
        records=lambda user, now: [looks(user)],
    ),
)
