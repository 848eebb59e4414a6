"""What do records, accounts and messages hold about one person?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from branchportal.mail import preference_of
from branchportal.messages import groups, text_of
from branchportal.models import AuditEntry
from branchportal.own_data import Field, Section
from branchportal.spreadsheets.writing import DATE, MOMENT
from branchportal.wording import listed
from members.labels import ROLE_LABELS
from members.models import (
    Absence,
    ActivationSlip,
    CorrectionRequest,
    FormerMembership,
    FormerNumber,
    Member,
    Transfer,
    User,
)
from members.queries.audit_trail import action_labels, changes_of
from members.queries.corrections import own_requests, shown
from members.queries.looks import looks, looks_at
from members.queries.people import facts, steps
from members.roles import Role


def _member(user: User) -> Member | None:
    return getattr(user, "member", None)


def _record(user: User, now: datetime) -> Iterator[tuple]:
    member = _member(user)
    if member is None:
        return
    yield _("Name"), member.name
    yield _("Branch"), member.branch.name
    yield _("Stage"), member.get_stage_display()
    yield from facts(member)
    for step in steps(member, timezone.localdate(now)):
        if step.date:
            yield step.label, step.date.isoformat()


def _memberships(user: User, now: datetime) -> Iterator[tuple]:
    member = _member(user)
    if member is None:
        return
    yield member.branch.name, member.joined_on, member.ended_on, member.number
    for former in member.former_memberships.select_related("branch"):
        yield former.branch.name, former.joined_on, former.left_on, ""
    for number in member.former_numbers.all():
        yield "", None, number.until, number.number


def _former(user: User) -> list[QuerySet]:
    return [FormerMembership.objects.filter(member__user=user), FormerNumber.objects.filter(member__user=user)]


def _transfers(user: User, now: datetime) -> Iterator[tuple]:
    for one in Transfer.objects.filter(member__user=user).select_related("source", "target", "member"):
        yield (
            one.proposed_at, one.origin, one.destination, one.get_reason_display(), one.letter_number,
            one.get_state_display(), one.effective_on, one.answer,
        )  # fmt: skip


def _offices(user: User, now: datetime) -> Iterator[tuple]:
    for office in user.role_assignments.select_related("branch").order_by("-starts_on", "-pk"):
        yield ROLE_LABELS[Role(office.role)], office.branch.name, office.class_name, office.starts_on, office.ends_on


def _absences(user: User, now: datetime) -> Iterator[tuple]:
    own = Absence.objects.filter(office__user=user)
    standing_in = Absence.objects.filter(stand_in=user)
    for rows, text in ((own, _("I am away")), (standing_in, _("I stand in"))):
        for one in rows.select_related("office__branch").order_by("-starts_on", "-pk"):
            role = ROLE_LABELS[Role(one.office.role)]
            yield text, role, one.office.branch.name, one.starts_on, one.ends_on, one.get_kind_display()


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


def _corrections(user: User, now: datetime) -> Iterator[tuple]:
    member = _member(user)
    if member is None:
        return
    for wish in own_requests(member).order_by("-asked_at", "-pk"):
        words = shown(wish)
        yield (
            wish.asked_at, words.label, words.old, words.proposed, wish.reason, wish.get_state_display(),
            wish.decided_at, wish.answer,
        )  # fmt: skip


def _changes_of(member: Member) -> QuerySet[AuditEntry]:
    lines = AuditEntry.objects.filter(subject_type=Member._meta.label_lower, subject_id=str(member.pk))
    return lines.filter(action__startswith="member.")


def _changes(user: User, now: datetime) -> Iterator[tuple]:
    member, labels = _member(user), action_labels()
    if member is None:
        return
    for line in _changes_of(member).order_by("-at", "-pk"):
        changed = "; ".join(f"{one.label}: {one.before or '–'} → {one.after or '–'}" for one in changes_of(line))
        yield line.at, str(labels.get(line.action, line.action)), line.actor_name, changed


def _looks(user: User, now: datetime) -> Iterator[tuple]:
    for look in looks_at(user):
        yield look.at, look.by, look.office, look.what


def _moment(value: datetime | None) -> str:
    """A moment as a page shows it, where the column holds texts of all kinds."""
    return date_format(timezone.localtime(value), "Y-m-d H:i") if value else ""


_NAME, _VALUE = Field("name", gettext_lazy("Name of the field")), Field("value", gettext_lazy("Value"))

SECTIONS = (
    Section(
        "record",
        gettext_lazy("Record"),
        gettext_lazy("As the roster keeps it. The officers of your branch and those above see it."),
        (_NAME, _VALUE),
        _record,
        ("members.Member.user",),
        lambda user, now: [Member.objects.filter(user=user)],
    ),
    Section(
        "memberships",
        gettext_lazy("Branches and numbers"),
        gettext_lazy("Where you belong and belonged, and numbers that you had."),
        (
            Field("branch", gettext_lazy("Branch")),
            Field("from", gettext_lazy("From"), DATE),
            Field("until", gettext_lazy("Until"), DATE),
            Field("number", gettext_lazy("Number")),
        ),
        _memberships,
        ("members.FormerMembership.member", "members.FormerNumber.member"),
        lambda user, now: [Member.objects.filter(user=user), *_former(user)],
    ),
    Section(
        "transfers",
        gettext_lazy("Transfers"),
        gettext_lazy("Letters with which your membership went from one organisation to another."),
        (
            Field("at", gettext_lazy("When"), MOMENT),
            Field("from", gettext_lazy("From")),
            Field("to", gettext_lazy("To")),
            Field("reason", gettext_lazy("Reason")),
            Field("letter", gettext_lazy("Letter number")),
            Field("state", gettext_lazy("State")),
            Field("effective_on", gettext_lazy("First day in the new branch"), DATE),
            Field("answer", gettext_lazy("Answer")),
        ),
        _transfers,
        ("members.Transfer.member",),
        lambda user, now: [Transfer.objects.filter(member__user=user)],
    ),
    Section(
        "corrections",
        gettext_lazy("Requests for corrections"),
        gettext_lazy("What you asked to have corrected, and the answers."),
        (
            Field("at", gettext_lazy("When"), MOMENT),
            Field("field", gettext_lazy("Field")),
            Field("old", gettext_lazy("When asked")),
            Field("proposed", gettext_lazy("Right would be")),
            Field("reason", gettext_lazy("Reason")),
            Field("state", gettext_lazy("State")),
            Field("answered_at", gettext_lazy("Answered"), MOMENT),
            Field("answer", gettext_lazy("Answer")),
        ),
        _corrections,
        ("members.CorrectionRequest.member",),
        lambda user, now: [CorrectionRequest.objects.filter(member__user=user)],
    ),
    Section(
        "changes",
        gettext_lazy("Changes of my record"),
        gettext_lazy("Every change of your record: when, by whom, from what to what."),
        (
            Field("at", gettext_lazy("When"), MOMENT),
            Field("what", gettext_lazy("What")),
            Field("by", gettext_lazy("Who")),
            Field("changes", gettext_lazy("Changes")),
        ),
        _changes,
        records=lambda user, now: [_changes_of(_member(user))] if _member(user) else [],
    ),
    Section(
        "offices",
        gettext_lazy("Offices"),
        gettext_lazy("Offices that you hold or held."),
        (
            Field("role", gettext_lazy("Office")),
            Field("branch", gettext_lazy("Branch")),
            Field("class", gettext_lazy("Class")),
            Field("from", gettext_lazy("From"), DATE),
            Field("until", gettext_lazy("Until"), DATE),
        ),
        _offices,
        ("members.RoleAssignment.user",),
        lambda user, now: [user.role_assignments.all()],
    ),
    Section(
        "absences",
        gettext_lazy("Absences and standing in"),
        gettext_lazy("When you were away from an office, and when you stood in for somebody."),
        (
            Field("what", gettext_lazy("What")),
            Field("role", gettext_lazy("Office")),
            Field("branch", gettext_lazy("Branch")),
            Field("from", gettext_lazy("From"), DATE),
            Field("until", gettext_lazy("Until"), DATE),
            Field("kind", gettext_lazy("Kind")),
        ),
        _absences,
        ("members.Absence.stand_in",),
        lambda user, now: [Absence.objects.filter(office__user=user), Absence.objects.filter(stand_in=user)],
    ),
    Section(
        "account",
        gettext_lazy("Account"),
        gettext_lazy("How you log in. The password is kept only as a hash that nobody can read."),
        (_NAME, _VALUE),
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
